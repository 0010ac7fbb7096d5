import { afterEach, describe, expect, it } from 'vitest';
import { type AskedScope, askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { countQuery, firestoreSampling, MASKED } from './allow.ts';
import { firestore } from './index.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const error = (code: number, status: string, message: string, details?: object): Reply => [
  code,
  { error: { code, message, status, ...(details === undefined ? {} : { details: [details] }) } },
];
// github.com/GodotNuts/GodotFirebase/issues/376
const DENIED = error(403, 'PERMISSION_DENIED', 'Missing or insufficient permissions.');
const NO_DATABASE = error(404, 'NOT_FOUND', 'The database x does not exist for project bluemarket.');
const ROOT = '/v1/projects/bluemarket/databases/(default)/documents';

/** Plays the rules of one project: `readable` collections, or all of them. */
async function project(
  readable: Record<string, number>,
  change: (path: string) => Reply | undefined = () => undefined,
): Promise<TestHttpServer> {
  const server = await httpServer((path) => {
    const changed = change(path);
    if (changed !== undefined) return changed;
    if (!path.startsWith(ROOT)) return NO_DATABASE;
    if (path === `${ROOT}:runAggregationQuery`) {
      return [200, [{ result: { aggregateFields: { n: { integerValue: '3' } } }, readTime: '2026-01-01T00:00:00Z' }]];
    }
    const collection = /\/documents\/([\w-]+)\?/.exec(path)?.[1] ?? '';
    if (readable[collection] === undefined) return readable['*'] === undefined ? DENIED : [200, {}];
    const fields = path.endsWith(MASKED)
      ? {}
      : {
          fields: {
            email: { stringValue: 'jane@example.org' },
            age: { integerValue: '41' },
            home: { mapValue: { fields: { city: { stringValue: 'Lyon' } } } },
            phones: { arrayValue: { values: [{ stringValue: '+33 1' }, { stringValue: '+33 2' }] } },
            seen: { nullValue: null },
          },
        };
    return [200, { documents: [{ name: `projects/x/documents/${collection}/jane@example.org`, ...fields }] }];
  });
  servers.push(server);
  return server;
}

const SCOPE: AskedScope = { identifiers: { projectId: 'bluemarket' }, datasets: ['users', 'orders', 'a/b'] };
const ask = async (server: TestHttpServer, scope: AskedScope = SCOPE) =>
  await askPort(server.port, 'firestore', undefined, scope);

describe('the Firestore dialogue', () => {
  it('counts the documents of an open collection of the scope, without a field of them', async () => {
    const server = await project({ users: 3 });
    const result = await ask(server);
    expect(result).toMatchObject({
      service: 'firestore',
      verdict: 'anonymous-read',
      documents: 3,
      datasets: [{ name: 'users', documents: 3, fields: [] }],
      reason: 'a stranger reads 1 collections with 3 documents',
    });
    expect(result.notTested).toContain('1 further collections of the scope');
    expect(JSON.stringify(result)).not.toContain('jane');
    expect(server.asked.filter((one) => one.startsWith('GET')).every((one) => one.endsWith(MASKED))).toBe(true);
  });

  it('says that the rules open everything when a collection of a random name may be read', async () => {
    const result = await ask(await project({ '*': 0 }), { identifiers: { projectId: 'bluemarket' } });
    expect(result).toMatchObject({
      verdict: 'anonymous-read',
      reason: 'the rules let a stranger read any collection',
      datasets: [],
    });
  });

  it('is secured when the rules refuse, and says which collections were not asked', async () => {
    expect(await ask(await project({}))).toMatchObject({
      verdict: 'secured',
      notTested: [
        expect.anything(),
        expect.anything(),
        'single documents, which rules may open (`get`) although the list is not (`list`)',
        'collections that the scope does not name',
      ],
    });
    const none = await ask(await project({}), { identifiers: { projectId: 'bluemarket' } });
    expect(none.notTested).toContain('collections by name (list them under `datasets` of the target)');
  });

  it('hands values to the sink with --sample only, and keeps names', async () => {
    const taken: unknown[] = [];
    const values = { most: 5, take: (...all: unknown[]) => taken.push(all) };
    const result = await ask(await project({ users: 3 }), { ...SCOPE, datasets: ['users'], values });
    expect(result.datasets).toEqual([
      { name: 'users', documents: 3, fields: ['email', 'age', 'home.city', 'phones', 'seen'] },
    ]);
    expect(taken).toEqual([
      ['users', 'email', ['jane@example.org']],
      ['users', 'age', ['41']],
      ['users', 'home.city', ['Lyon']],
      ['users', 'phones', ['+33 1', '+33 2']],
    ]);
    expect(JSON.stringify(result)).not.toContain('jane');
  });

  it.each<[string, Reply, string]>([
    ['has no database', NO_DATABASE, 'unidentified'],
    [
      'does not use Firestore',
      error(403, 'PERMISSION_DENIED', 'disabled', { reason: 'SERVICE_DISABLED' }),
      'unidentified',
    ],
    [
      'is in Datastore mode',
      error(400, 'FAILED_PRECONDITION', 'The Cloud Firestore API is not available…'),
      'unidentified',
    ],
    ['is over its quota', error(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.'), 'inconclusive'],
  ])('knows a project that %s', async (_name, reply, verdict) => {
    expect(await ask(await project({}, () => reply))).toMatchObject({ service: 'firestore', verdict, datasets: [] });
  });

  it.each<[string, Reply]>([
    ['shows a list everywhere', [200, { documents: [{}] }]],
    ['says {} everywhere', [200, {}]],
    ['sends pages', [200, '<html></html>']],
    ['sends half an object', [403, '{"error":{"code":403']],
    ['refuses in another shape', [403, { error: 'denied' }]],
    ['nests errors', [403, { error: { code: 403, status: { a: [] }, details: 'x', message: 7 } }]],
  ])('believes nothing of a server that %s', async (_name, reply) => {
    const result = await ask(await project({}, () => reply));
    expect(['unidentified', 'inconclusive']).toContain(result.verdict);
    expect(result.datasets).toEqual([]);
  });

  it('asks nothing without a project', async () => {
    const server = await project({});
    expect(await ask(server, {})).toMatchObject({ verdict: 'inconclusive' });
    expect(server.asked).toEqual([]);
  });

  it('has no place for another project, for fields, for writing or for whole collections', () => {
    const ids = { projectId: 'bluemarket' };
    const may = (path: string, body?: string) =>
      firestore.allow.permitsRequest?.(
        { method: body === undefined ? 'GET' : 'POST', path, headers: {}, ...(body === undefined ? {} : { body }) },
        ids,
      );
    expect(may(`${ROOT}/users${MASKED}`)).toBe(true);
    expect(may(`${ROOT}:runAggregationQuery`, countQuery('users'))).toBe(true);
    expect(may(`${ROOT.replace('bluemarket', 'rival')}/users${MASKED}`)).toBe(false);
    expect(may(`${ROOT}/users`)).toBe(false);
    expect(may(`${ROOT}/users?pageSize=5`)).toBe(false);
    expect(may(`${ROOT}/users/jane${MASKED}`)).toBe(false);
    expect(may(`${ROOT}:runQuery`, '{}')).toBe(false);
    expect(may(`${ROOT}:commit`, '{"writes":[]}')).toBe(false);
    expect(may(`${ROOT}/users`, '{"fields":{}}')).toBe(false);
    expect(
      firestoreSampling.permitsRequest?.({ method: 'GET', path: `${ROOT}/users?pageSize=6`, headers: {} }, ids),
    ).toBe(false);
  });
});
