import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { gcs } from './index.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const error = (code: number, message: string): Reply => [
  code,
  { error: { code, message, errors: [{ message, domain: 'global', reason: code === 404 ? 'notFound' : 'required' }] } },
];
const MISSING = error(404, 'The specified bucket does not exist.');
// github.com/googleapis/google-cloud-node/issues/2806
const DENIED = error(
  401,
  'Anonymous caller does not have storage.objects.list access to the Google Cloud Storage bucket.',
);
const held = (...permissions: string[]): Reply => [200, { kind: 'storage#testIamPermissionsResponse', permissions }];
const list = (names: readonly string[], more = false): Reply => [
  200,
  { items: names.map((name) => ({ name, size: '100' })), ...(more ? { nextPageToken: 'x' } : {}) },
];

async function ask(
  listed: Reply,
  permissions: Reply,
  otherwise: Reply = MISSING,
  identifiers: Record<string, string> = { bucket: 'app-uploads' },
) {
  const server = await httpServer((path) => {
    if (path.startsWith('/storage/v1/b/app-uploads/o?')) return listed;
    return path.startsWith('/storage/v1/b/app-uploads/iam/testPermissions?') ? permissions : otherwise;
  });
  servers.push(server);
  return await askPort(server.port, 'gcs', undefined, { identifiers });
}

describe('the Cloud Storage dialogue', () => {
  it('counts the objects of an open bucket, with sizes and patterns of names', async () => {
    const result = await ask(
      list(['photos/jane@example.org.jpg', 'photos/100200300.jpg', 'export.csv']),
      held('storage.objects.list', 'storage.objects.get'),
    );
    expect(result).toMatchObject({
      service: 'gcs',
      verdict: 'anonymous-read',
      documents: 3,
      bytes: 300,
      datasets: [{ name: 'app-uploads', fields: ['photos/*', 'photos/*.jpg', 'export.csv'] }],
      reason: 'a stranger lists 3 objects and downloads each object whose name it knows',
    });
    expect(JSON.stringify(result)).not.toMatch(/jane|100200300/);
  });

  it('tells that everybody may write from the permissions alone', async () => {
    expect(await ask(DENIED, held('storage.objects.create'))).toMatchObject({
      verdict: 'anonymous-write',
      reason: 'everybody holds storage.objects.create',
    });
    const both = await ask(list(['a']), held('storage.objects.list', 'storage.objects.delete'));
    expect(both.reason).toBe('a stranger lists 1 objects, and everybody holds storage.objects.delete');
  });

  it('finds objects that are readable by name although the list is refused', async () => {
    expect(await ask(DENIED, held('storage.objects.get'))).toMatchObject({ verdict: 'anonymous-read', datasets: [] });
  });

  it('is secured when everybody holds nothing', async () => {
    expect(await ask(DENIED, held())).toMatchObject({
      verdict: 'secured',
      notTested: ['what any signed-in Google account gets (`allAuthenticatedUsers`)'],
    });
    expect((await ask(DENIED, error(403, 'x'))).notTested).toContain(
      'single objects, which may be public although the list is not',
    );
  });

  it('does not count a list that goes on, and knows an empty bucket', async () => {
    expect(await ask(list(['a', 'b'], true), held())).not.toHaveProperty('documents');
    expect(await ask([200, {}], held())).toMatchObject({ verdict: 'anonymous-read', documents: 0 });
  });

  it.each<[string, Reply, Reply, string]>([
    ['knows no such bucket', MISSING, MISSING, 'unidentified'],
    ['is over its quota', error(429, 'x'), MISSING, 'inconclusive'],
    ['lists every bucket', list(['a']), list(['a']), 'unidentified'],
    ['sends garbage', [200, 'x'], MISSING, 'unidentified'],
    ['breaks off', [200, '{"items":[{"name":"a"'], MISSING, 'unidentified'],
    ['is another API', [200, { users: [] }], MISSING, 'unidentified'],
  ])('concludes nothing from a server that %s', async (_name, listed, otherwise, verdict) => {
    expect(await ask(listed, error(429, 'x'), otherwise)).toMatchObject({ verdict, datasets: [] });
  });

  it('survives items of any shape, and permissions that nobody asked for', async () => {
    const result = await ask([200, { items: [null, 7, { name: {} }, { size: 'x' }] }], held('jane@example.org'));
    expect(result).toMatchObject({ verdict: 'anonymous-read', documents: 4, bytes: 0 });
    expect(JSON.stringify(result)).not.toContain('jane');
  });

  it('has no place for another bucket, for objects or for the policy', async () => {
    const may = (path: string) =>
      gcs.allow.permitsRequest?.({ method: 'GET', path, headers: {} }, { bucket: 'app-uploads' });
    const page = '/o?maxResults=1000&fields=items(name,size),nextPageToken';
    expect(may(`/storage/v1/b/app-uploads${page}`)).toBe(true);
    expect(may(`/storage/v1/b/rival${page}`)).toBe(false);
    expect(may('/storage/v1/b/app-uploads/o/a.jpg?alt=media')).toBe(false);
    expect(may('/storage/v1/b/app-uploads/iam')).toBe(false);
    expect(await ask(DENIED, held(), MISSING, {})).toMatchObject({ verdict: 'inconclusive' });
  });
});
