import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { firebaseRtdb } from './index.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Answers as the REST API does for a tree of keys; the documentation's words for refusals. */
async function database(
  root: unknown,
  change: (path: string) => Reply | undefined = () => undefined,
): Promise<TestHttpServer> {
  const server = await httpServer((path) => {
    const changed = change(path);
    if (changed !== undefined) return changed;
    const match = /^\/([\w-]*)\.json\?shallow=true&timeout=3s$/.exec(path);
    if (match === null) return [302, '', { location: 'https://console.firebase.google.com/' }];
    const here =
      match[1] === ''
        ? root
        : typeof root === 'object' && root !== null
          ? (Reflect.get(root, match[1] ?? '') ?? null)
          : null;
    if (typeof here !== 'object' || here === null) return [200, JSON.stringify(here)];
    return [
      200,
      Object.fromEntries(Object.entries(here).map(([key, value]) => [key, typeof value === 'object' ? true : value])),
    ];
  });
  servers.push(server);
  return server;
}

const ask = async (server: TestHttpServer) => await askPort(server.port, 'firebase-rtdb');

describe('the Firebase Realtime Database dialogue', () => {
  it('counts children by keys, and shows keys that are values as patterns', async () => {
    const people = { 'user-100001': {}, 'user-100002': {}, 'jane@example,org': {} };
    const server = await database({ users: people, orders: { a: {}, b: {} }, '5550100001': {}, '5550100002': {} });
    const result = await ask(server);
    expect(result).toMatchObject({ service: 'firebase-rtdb', verdict: 'anonymous-read', documents: 7 });
    expect(result.datasets).toEqual([
      { name: 'users', documents: 3, fields: [] },
      { name: 'orders', documents: 2, fields: [] },
      { name: '*', documents: 2, fields: [] },
    ]);
    expect(JSON.stringify(result)).not.toMatch(/jane|55501|10000/);
    expect(server.asked.every((one) => one.includes('shallow=true'))).toBe(true);
  });

  it('calls a readable root that is empty open', async () => {
    expect(await ask(await database(null))).toMatchObject({ verdict: 'anonymous-read', datasets: [] });
  });

  it('calls a readable root open that is too large for one answer', async () => {
    // remote.spec.ts of firebase/firebase-tools (prefetchTest)
    const large: Reply = [
      400,
      { error: 'Data requested exceeds the maximum size that can be accessed with a single request.' },
    ];
    const server = await database(null, (path) => (path.startsWith('/.json') ? large : undefined));
    expect(await ask(server)).toMatchObject({ verdict: 'anonymous-read', datasets: [] });
    expect(await ask(await database(null, () => large))).toMatchObject({ verdict: 'unidentified' });
  });

  it.each<[string, Reply, string]>([
    ['secured', [401, { error: 'Permission denied' }], 'secured'],
    ['deactivated', [423, { error: 'The Firebase database has been deactivated.' }], 'inconclusive'],
    ['over its quota', [402, { error: 'quota' }], 'inconclusive'],
    [
      'in another region',
      [
        404,
        { correctUrl: 'https://x.europe-west1.firebasedatabase.app', error: 'Database lives in a different region.' },
      ],
      'inconclusive',
    ],
    ['not there', [404, { error: '404 Not Found' }], 'unidentified'],
  ])('knows a database that is %s', async (_name, reply, verdict) => {
    expect(await ask(await database({}, () => reply))).toMatchObject({ service: 'firebase-rtdb', verdict });
  });

  it('is not deceived by a server that shows the same object everywhere', async () => {
    expect(await ask(await database({}, () => [200, { users: true }]))).toMatchObject({ verdict: 'unidentified' });
  });

  it.each([
    '/.json',
    '/users.json',
    '/.json?shallow=true',
    '/a/b.json?shallow=true&timeout=3s',
    '/.settings/rules.json',
    '/users.json?auth=x',
  ])('has no place for %s', (path) => {
    expect(firebaseRtdb.allow.permitsHttp('GET', path)).toBe(false);
  });
});
