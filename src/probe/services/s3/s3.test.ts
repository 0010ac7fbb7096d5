import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { s3Allow } from './allow.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const XML = '<?xml version="1.0" encoding="UTF-8"?>\n';
const error = (status: number, code: string): Reply => [
  status,
  `${XML}<Error><Code>${code}</Code><Message>m</Message></Error>`,
];
const buckets = (...names: string[]): Reply => [
  200,
  `${XML}<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Buckets>${names
    .map((name) => `<Bucket><Name>${name}</Name></Bucket>`)
    .join('')}</Buckets></ListAllMyBucketsResult>`,
];
const objects = (keys: readonly string[], more = false): Reply => [
  200,
  `${XML}<ListBucketResult><Name>b</Name><IsTruncated>${more}</IsTruncated>${keys
    .map((key) => `<Contents><Key>${key}</Key><Size>100</Size></Contents>`)
    .join('')}</ListBucketResult>`,
];
const acl = (permission: string): Reply => [
  200,
  `${XML}<AccessControlPolicy><AccessControlList><Grant><Grantee><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>${permission}</Permission></Grant></AccessControlList></AccessControlPolicy>`,
];

async function store(table: Record<string, Reply>, otherwise: Reply = error(404, 'NoSuchBucket')): Promise<number> {
  const server = await httpServer((path) => table[path] ?? otherwise);
  servers.push(server);
  return server.port;
}

const LIST = '?list-type=2&max-keys=1000';

describe('the S3 dialogue', () => {
  it('lists anonymous buckets with counts, sizes and patterns of object names', async () => {
    const port = await store({
      '/': buckets('app-uploads', 'private'),
      [`/app-uploads${LIST}`]: objects(['photos/jane@example.org.jpg', 'photos/100200300.jpg', 'export.csv']),
      [`/private${LIST}`]: error(403, 'AccessDenied'),
    });
    const result = await askPort(port);
    expect(result).toMatchObject({ service: 's3', verdict: 'anonymous-read', documents: 3, bytes: 300 });
    expect(result.datasets).toMatchObject([{ name: 'app-uploads', documents: 3 }]);
    expect(result.notTested).toContain('whether a stranger may write: the access rules cannot be read');
    expect(JSON.stringify(result)).not.toMatch(/jane|100200300/);
  });

  it('says that everybody may write when the access control list says so', async () => {
    const port = await store({ '/': buckets('drop'), [`/drop${LIST}`]: objects([]), '/drop?acl': acl('WRITE') });
    expect(await askPort(port, 's3')).toMatchObject({ verdict: 'anonymous-write', documents: 0 });
  });

  it('finds the open bucket that the scope names although the list of buckets is refused', async () => {
    const port = await store(
      { '/': error(403, 'AccessDenied'), [`/avatars${LIST}`]: objects(['a.jpg', 'b.jpg']) },
      error(403, 'AccessDenied'),
    );
    expect(await askPort(port, 's3')).toMatchObject({
      verdict: 'secured',
      notTested: [expect.stringContaining('buckets by name'), expect.anything()],
    });
    const named = await askPort(port, 's3', undefined, ['avatars', 'backups']);
    expect(named).toMatchObject({ verdict: 'anonymous-read', documents: 2, datasets: [{ name: 'avatars' }] });
  });

  it('is secured when the named buckets refuse strangers too, and says which were not asked', async () => {
    const port = await store({ '/': error(403, 'AccessDenied') }, error(403, 'AccessDenied'));
    expect(await askPort(port, 's3', undefined, ['avatars'])).toMatchObject({
      verdict: 'secured',
      notTested: ['buckets that the scope does not name', expect.anything()],
    });
  });

  it('does not count a list that goes on', async () => {
    const port = await store({
      '/': buckets('big'),
      [`/big${LIST}`]: objects(['a', 'b'], true),
      '/big?acl': acl('READ'),
    });
    const result = await askPort(port, 's3');
    expect(result.verdict).toBe('anonymous-read');
    expect(result).not.toHaveProperty('documents');
    expect(result.notTested).toContain('objects of big beyond the first 2');
  });

  it('calls names of buckets that do not open metadata only', async () => {
    const port = await store({ '/': buckets('one', 'two') });
    expect(await askPort(port, 's3')).toMatchObject({ verdict: 'metadata-only' });
  });

  it('calls a refused list secured, and says what that does not tell', async () => {
    const port = await store({}, error(403, 'AccessDenied'));
    const result = await askPort(port);
    expect(result).toMatchObject({ service: 's3', verdict: 'secured' });
    expect(result.notTested).toContain('single objects, which may be public although the list is not');
  });

  it('believes nothing where a random bucket opens', async () => {
    const port = await store({ '/': buckets('one') }, objects(['x']));
    expect(await askPort(port, 's3')).toMatchObject({ verdict: 'inconclusive', datasets: [] });
  });

  it('does not expand hostile XML', async () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "${'A'.repeat(1000)}"><!ENTITY b "${'&a;'.repeat(1000)}"><!ENTITY c "${'&b;'.repeat(1000)}">]>`;
    const port = await store({
      '/': [
        200,
        `${bomb}<ListAllMyBucketsResult><Buckets><Bucket><Name>&c;</Name></Bucket></Buckets></ListAllMyBucketsResult>`,
      ],
    });
    const result = await askPort(port, 's3');
    expect(['unidentified', 'metadata-only', 'inconclusive']).toContain(result.verdict);
    expect(JSON.stringify(result).length).toBeLessThan(10_000);
  });

  it.each([
    '/bucket/key',
    '/bucket',
    '/bucket?policyStatus',
    '/?list-type=2',
    '/bucket?list-type=2&max-keys=1001',
    '/a/b?list-type=2&max-keys=1000',
    '/?delete',
  ])('has no place for %s', (path) => {
    expect(s3Allow.permitsHttp('GET', path)).toBe(false);
  });

  it('asks for the one bucket that the authority proves, where all customers share the host', async () => {
    const server = await httpServer((path) => {
      if (path === `/app-uploads${LIST}`) return objects(['a.jpg']);
      return path === '/app-uploads?acl' ? acl('WRITE') : error(404, 'NoSuchBucket');
    });
    servers.push(server);
    const scope = { identifiers: { bucket: 'app-uploads' }, buckets: ['rival'] };
    expect(await askPort(server.port, 's3', undefined, scope)).toMatchObject({
      verdict: 'anonymous-write',
      datasets: [{ name: 'app-uploads', documents: 1 }],
    });
    expect(server.asked.every((one) => one.startsWith('GET /app-uploads'))).toBe(true);
  });

  it('has no place for another bucket there', () => {
    const may = (path: string) =>
      s3Allow.permitsRequest?.({ method: 'GET', path, headers: {} }, { bucket: 'app-uploads' });
    expect(may(`/app-uploads${LIST}`)).toBe(true);
    expect(may('/app-uploads?acl')).toBe(true);
    expect(may(`/rival${LIST}`)).toBe(false);
    expect(may('/rival?acl')).toBe(false);
    expect(may('/')).toBe(false);
  });

  it.each<[string, object, string]>([
    ['lets everybody do all', { Effect: 'Allow', Principal: '*', Action: 's3:*' }, 'anonymous-write'],
    [
      'lets everybody put objects',
      { Effect: 'Allow', Principal: { AWS: ['*'] }, Action: ['s3:PutObject'] },
      'anonymous-write',
    ],
    ['lets everybody read', { Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'] }, 'anonymous-read'],
    ['has a condition', { Effect: 'Allow', Principal: '*', Action: 's3:*', Condition: { Bool: {} } }, 'anonymous-read'],
    [
      'lets one account write',
      { Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 's3:*' },
      'anonymous-read',
    ],
    ['denies', { Effect: 'Deny', Principal: '*', Action: 's3:*' }, 'anonymous-read'],
  ])('judges a policy that %s', async (_name, statement, verdict) => {
    const port = await store({
      '/': buckets('drop'),
      [`/drop${LIST}`]: objects([]),
      '/drop?policy': [200, { Version: '2012-10-17', Statement: [{ ...statement, Resource: 'arn:aws:s3:::drop/*' }] }],
    });
    expect(await askPort(port, 's3')).toMatchObject({ verdict });
  });

  it('calls Ceph secured, which shows strangers an empty list of buckets', async () => {
    // Ceph’s guide to its object gateway shows this answer to a request without a signature (port 7480).
    const list = `${XML}<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>anonymous</ID><DisplayName></DisplayName></Owner><Buckets></Buckets></ListAllMyBucketsResult>`;
    expect(await askPort(await store({ '/': [200, list] }), 's3')).toMatchObject({
      verdict: 'secured',
      reason: 'the list of buckets is empty',
      notTested: [expect.stringContaining('buckets by name'), expect.anything()],
    });
  });
});
