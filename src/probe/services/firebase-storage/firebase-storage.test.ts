import { afterEach, describe, expect, it } from 'vitest';
import { type AskedScope, askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { firebaseStorage } from './index.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const error = (code: number, message: string): Reply => [code, { error: { code, message } }];
// github.com/firebase/flutterfire/issues/1326
const DENIED = error(403, 'Permission denied. Could not perform this operation');
const MISSING = error(404, 'Not Found.');
const list = (names: readonly string[], more = false): Reply => [
  200,
  { prefixes: [], items: names.map((name) => ({ name, bucket: 'b' })), ...(more ? { nextPageToken: 'x' } : {}) },
];
const NEW = '/v0/b/bluemarket.firebasestorage.app/o?maxResults=1000';
const OLD = '/v0/b/bluemarket.appspot.com/o?maxResults=1000';
const SCOPE: AskedScope = { identifiers: { projectId: 'bluemarket' } };

async function ask(table: Record<string, Reply>, otherwise: Reply = MISSING, scope = SCOPE) {
  const server = await httpServer((path) => table[path] ?? otherwise);
  servers.push(server);
  return await askPort(server.port, 'firebase-storage', undefined, scope);
}

describe('the Firebase Storage dialogue', () => {
  it('counts the files of an open bucket and shows patterns of their names', async () => {
    const result = await ask({ [NEW]: list(['avatars/jane@example.org.jpg', 'avatars/100200300.jpg', 'export.csv']) });
    expect(result).toMatchObject({
      verdict: 'anonymous-read',
      documents: 3,
      datasets: [
        { name: 'bluemarket.firebasestorage.app', documents: 3, fields: ['avatars/*', 'avatars/*.jpg', 'export.csv'] },
      ],
    });
    expect(JSON.stringify(result)).not.toMatch(/jane|100200300/);
  });

  it('does not count a list that goes on', async () => {
    const result = await ask({ [OLD]: list(['a', 'b'], true) });
    expect(result).toMatchObject({ verdict: 'anonymous-read', datasets: [{ name: 'bluemarket.appspot.com' }] });
    expect(result).not.toHaveProperty('documents');
    expect(result.notTested).toContain('files of bluemarket.appspot.com beyond the first 2');
  });

  it('finds the open folder of the scope behind a root that is refused', async () => {
    const table = { [OLD]: DENIED, [`${OLD}&prefix=avatars%2F`]: list(['avatars/a.jpg']) };
    const result = await ask(table, MISSING, { ...SCOPE, datasets: ['avatars', '../x'] });
    expect(result).toMatchObject({ verdict: 'anonymous-read', datasets: [{ name: 'bluemarket.appspot.com/avatars' }] });
  });

  it.each<[string, Record<string, Reply>, string]>([
    ['is refused', { [NEW]: MISSING, [OLD]: DENIED }, 'secured'],
    ['is not there', {}, 'unidentified'],
    ['lost its service account', { [OLD]: error(412, 'A required service account is missing') }, 'inconclusive'],
  ])('knows a bucket that %s', async (_name, table, verdict) => {
    expect(await ask(table)).toMatchObject({ service: 'firebase-storage', verdict });
  });

  it.each<[string, Reply]>([
    ['lists everything', list(['a'])],
    ['says {} everywhere', [200, {}]],
    ['sends garbage', [200, '\u0000\u0001']],
    ['breaks off', [200, '{"items":[{"name":"a"']],
    ['refuses in another shape', [403, {}]],
  ])('believes nothing of a server that %s', async (_name, reply) => {
    expect(await ask({}, reply)).toMatchObject({ verdict: 'unidentified', datasets: [] });
  });

  it('survives items of any shape', async () => {
    const result = await ask({ [OLD]: [200, { items: [null, 7, { name: {} }, { name: 'x'.repeat(100_000) }] }] });
    expect(result).toMatchObject({ verdict: 'anonymous-read', documents: 1 });
    expect(JSON.stringify(result).length).toBeLessThan(5_000);
  });

  it('has no place for files, for other projects or without one', async () => {
    const may = (path: string) =>
      firebaseStorage.allow.permitsRequest?.({ method: 'GET', path, headers: {} }, { projectId: 'bluemarket' });
    expect(may(OLD)).toBe(true);
    expect(may('/v0/b/rival.appspot.com/o?maxResults=1000')).toBe(false);
    expect(may('/v0/b/bluemarket.appspot.com/o/a.jpg?alt=media')).toBe(false);
    expect(may('/v0/b/bluemarket.appspot.com/o')).toBe(false);
    expect(await ask({}, MISSING, {})).toMatchObject({ verdict: 'inconclusive' });
  });
});
