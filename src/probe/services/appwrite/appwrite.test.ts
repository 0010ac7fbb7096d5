import { afterEach, describe, expect, it } from 'vitest';
import { type AskedScope, askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { appwrite } from './index.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

// github.com/appwrite/appwrite/issues/3504
const error = (code: number, type: string): Reply => [code, { message: 'm', code, type, version: '1.6.1' }];
const MISSING = error(404, 'collection_not_found');
const DENIED = error(401, 'user_unauthorized');
const documents = (total: number): Reply => [
  200,
  { total, documents: [{ $id: 'jane@example.org', email: 'jane@example.org' }] },
];
const SCOPE: AskedScope = { identifiers: { projectId: 'bluemarket' }, datasets: ['main/users', 'main/orders'] };

async function ask(
  table: Record<string, Reply>,
  { scope = SCOPE, version = '1.6.1' }: { scope?: AskedScope; version?: string } = {},
) {
  const server = await httpServer((path, request) => {
    if (path === '/v1/health/version') return table['/'] ?? [200, { version }];
    if (request.headers['x-appwrite-project'] !== 'bluemarket') return error(404, 'project_not_found');
    const collection = /^\/v1\/databases\/main\/collections\/([\w-]+)\/documents\?/.exec(path)?.[1] ?? '';
    return table[collection] ?? table['*'] ?? MISSING;
  });
  servers.push(server);
  return { server, result: await askPort(server.port, 'appwrite', undefined, scope) };
}

describe('the Appwrite dialogue', () => {
  it('counts the documents of an open collection, asking for the id of one', async () => {
    const { server, result } = await ask({
      users: [200, { total: 3, documents: [{ $id: 'jane@example.org' }] }],
      orders: DENIED,
    });
    expect(result).toMatchObject({
      service: 'appwrite',
      version: '1.6.1',
      verdict: 'anonymous-read',
      documents: 3,
      datasets: [{ name: 'main/users', documents: 3, fields: [] }],
    });
    expect(JSON.stringify(result)).not.toContain('jane');
    const lists = server.asked.filter((one) => one.includes('/documents'));
    expect(lists.every((one) => decodeURIComponent(one).includes('{"method":"select","values":["$id"]}'))).toBe(true);
  });

  it('speaks the words of versions before 1.5, and keeps names of fields only', async () => {
    const { server, result } = await ask({ users: documents(3) }, { version: '1.4.13' });
    expect(result).toMatchObject({ version: '1.4.13', datasets: [{ name: 'main/users', fields: ['email'] }] });
    expect(server.asked.some((one) => one.endsWith('?queries[]=limit(1)'))).toBe(true);
    expect(JSON.stringify(result)).not.toContain('jane');
  });

  it('takes the database of the scope', async () => {
    const scope = { identifiers: { projectId: 'bluemarket', databaseId: 'main' }, datasets: ['users'] };
    expect((await ask({ users: documents(1) }, { scope })).result).toMatchObject({
      datasets: [{ name: 'main/users' }],
    });
  });

  it('hands values to the sink with --sample only', async () => {
    const taken: unknown[] = [];
    const values = { most: 5, take: (...all: unknown[]) => taken.push(all) };
    const { result } = await ask({ users: documents(3) }, { scope: { ...SCOPE, values } });
    expect(result.datasets).toMatchObject([{ fields: ['email'] }]);
    expect(taken).toEqual([['main/users', 'email', ['jane@example.org']]]);
    expect(JSON.stringify(result)).not.toContain('jane');
  });

  it.each<[string, Record<string, Reply>, string]>([
    ['refuses both collections', { users: DENIED, orders: DENIED }, 'secured'],
    ['shows no document', { users: [200, { total: 0, documents: [] }] }, 'secured'],
    ['does not understand the query', { users: error(400, 'general_query_invalid') }, 'inconclusive'],
    ['has had enough', { users: error(429, 'general_rate_limit_exceeded') }, 'inconclusive'],
    ['lists every collection', { '*': documents(1) }, 'inconclusive'],
    ['knows no such project', { '*': error(404, 'project_not_found') }, 'unidentified'],
    ['is another one', { '/': [200, { version: '1.2.3', name: 'x' }] }, 'unidentified'],
    ['is a page', { '/': [200, '<html></html>'] }, 'unidentified'],
    ['breaks off', { '/': [200, '{"version":"1.6'] }, 'unidentified'],
  ])('judges a server that %s', async (_name, table, verdict) => {
    expect((await ask(table)).result).toMatchObject({ verdict, datasets: [] });
  });

  it('says what the scope must name', async () => {
    expect((await ask({}, { scope: {} })).result).toMatchObject({
      verdict: 'inconclusive',
      version: '1.6.1',
      notTested: ['collections by name (list them as database/collection under `datasets` of the target)'],
    });
  });

  it('has no place for another project, for whole collections or for writing', () => {
    const one = `?queries[]=${encodeURIComponent('{"method":"limit","values":[1]}')}&queries[]=${encodeURIComponent('{"method":"select","values":["$id"]}')}`;
    const may = (path: string, project = 'bluemarket') =>
      appwrite.allow.permitsRequest?.(
        { method: 'GET', path, headers: { 'x-appwrite-project': project } },
        { projectId: 'bluemarket' },
      );
    const path = '/v1/databases/main/collections/users/documents';
    expect(may(`${path}${one}`)).toBe(true);
    expect(may(`${path}${one}`, 'rival')).toBe(false);
    expect(may(path)).toBe(false);
    expect(may('/v1/databases/main/collections/users')).toBe(false);
    expect(may(`${path}/jane`)).toBe(false);
  });

  it('is recognised by its name, and may stand behind a proxy', () => {
    const root = (headers: Record<string, string>) =>
      appwrite.recognise?.({ status: 200, headers, body: Buffer.alloc(0), truncated: false });
    expect(root({ server: 'Appwrite' })).toBe('sure');
    expect(root({ server: 'nginx/1.27' })).toBe('possible');
    expect(root({})).toBe('possible');
    expect(root({ server: 'Jetty(9.4)' })).toBe('no');
  });
});
