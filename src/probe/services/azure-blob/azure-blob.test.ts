import { afterEach, describe, expect, it } from 'vitest';
import { type AskedScope, askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { azureBlob } from './index.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const XML = '<?xml version="1.0" encoding="utf-8"?>';
const AZURE = { 'x-ms-request-id': '10f9687f', server: 'Azurite-Blob/3.37.0' };
const error = (status: number, code: string): Reply => [
  status,
  `${XML}<Error><Code>${code}</Code><Message>m</Message></Error>`,
  { ...AZURE, 'x-ms-error-code': code },
];
const blobs = (names: readonly string[], marker = ''): Reply => [
  200,
  `${XML}<EnumerationResults ContainerName="c"><Blobs>${names
    .map((name) => `<Blob><Name>${name}</Name><Properties><Content-Length>100</Content-Length></Properties></Blob>`)
    .join('')}</Blobs><NextMarker>${marker}</NextMarker></EnumerationResults>`,
  AZURE,
];
const LIST = '?restype=container&comp=list&maxresults=1000';
const REFUSED = error(404, 'ResourceNotFound');

async function ask(
  table: Record<string, Reply>,
  otherwise: Reply = REFUSED,
  scope: AskedScope = { buckets: ['avatars', 'private'] },
) {
  const server = await httpServer((path) => table[path] ?? otherwise);
  servers.push(server);
  return await askPort(server.port, 'azure-blob', undefined, scope);
}

describe('the Azure Blob Storage dialogue', () => {
  it('counts the blobs of a public container, with sizes and patterns of names', async () => {
    const result = await ask({
      [`/devstoreaccount1/avatars${LIST}`]: blobs(['jane@example.org.jpg', 'users/export.csv']),
    });
    expect(result).toMatchObject({
      service: 'azure-blob',
      product: 'azurite',
      version: '3.37.0',
      verdict: 'anonymous-read',
      documents: 2,
      bytes: 200,
      datasets: [{ name: 'avatars', documents: 2, fields: ['*', 'users/export.csv'] }],
      reason: 'a stranger lists the blobs of 1 of the 2 containers that the scope names',
    });
    expect(JSON.stringify(result)).not.toContain('jane');
  });

  it('asks under the account of the scope', async () => {
    const scope = { buckets: ['avatars'], identifiers: { account: 'shopaccount' } };
    const result = await ask({ [`/shopaccount/avatars${LIST}`]: blobs(['a', 'b'], 'next') }, REFUSED, scope);
    expect(result).toMatchObject({ verdict: 'anonymous-read', datasets: [{ name: 'avatars' }] });
    expect(result).not.toHaveProperty('documents');
  });

  it.each<[string, Reply, string, string]>([
    ['refuses both containers', REFUSED, 'secured', 'are refused'],
    ['wants a signature', error(403, 'AuthorizationFailure'), 'secured', 'are refused'],
    // github.com/blobfile/blobfile/issues/139
    ['lets no container be public', error(409, 'PublicAccessNotPermitted'), 'secured', 'lets no container be public'],
    ['lists containers that do not exist', blobs(['a']), 'inconclusive', 'cannot exist'],
  ])('judges an account that %s', async (_name, reply, verdict, words) => {
    const result = await ask({}, reply);
    expect(result).toMatchObject({ verdict, datasets: [] });
    expect(result.reason).toContain(words);
  });

  it('says that containers must be named', async () => {
    expect((await ask({}, REFUSED, {})).notTested).toContain(
      'containers by name (list them under `buckets` of the target)',
    );
  });

  it.each<[string, Reply]>([
    ['is S3', [404, `${XML}<Error><Code>NoSuchBucket</Code></Error>`]],
    ['sends garbage', [200, '\u0000']],
    ['breaks off', [200, `${XML}<EnumerationResults><Blobs><Blob>`]],
    ['is a page', [200, '<html></html>']],
  ])('knows nothing of a server that %s', async (_name, reply) => {
    expect(await ask({}, reply)).toMatchObject({ verdict: 'unidentified' });
  });

  it('does not expand hostile XML', async () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "${'A'.repeat(1000)}"><!ENTITY b "${'&a;'.repeat(1000)}">]>`;
    const hostile: Reply = [
      200,
      `${bomb}<EnumerationResults><Blobs><Blob><Name>&b;</Name></Blob></Blobs></EnumerationResults>`,
      AZURE,
    ];
    const result = await ask({ [`/devstoreaccount1/avatars${LIST}`]: hostile });
    expect(JSON.stringify(result).length).toBeLessThan(10_000);
  });

  it('is recognised by its root, and by nothing else', () => {
    const root = (headers: Record<string, string>) =>
      azureBlob.recognise?.({ status: 400, headers, body: Buffer.alloc(0), truncated: false });
    expect(root({ server: 'Azurite-Blob/3.37.0' })).toBe('sure');
    expect(root({ server: 'MiniServ/2.105' })).toBe('no');
  });

  it.each([
    `/a/b/c${LIST}`,
    '/avatars/a.jpg',
    '/avatars?restype=container&comp=list',
    '/?comp=list',
    `/avatars${LIST}&sig=x`,
    '/avatars?restype=container&comp=acl',
  ])('has no place for %s', (path) => {
    const headers = { 'x-ms-version': '2020-10-02' };
    expect(azureBlob.allow.permitsRequest?.({ method: 'GET', path, headers }, { account: 'shop' })).toBe(false);
  });
});
