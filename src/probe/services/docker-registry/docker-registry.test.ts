import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { registryAllow } from './allow.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const VERSION = { 'docker-distribution-api-version': 'registry/2.0' };
const UNKNOWN: Reply = [404, { errors: [{ code: 'NAME_UNKNOWN' }] }];

async function ask(answers: Readonly<Record<string, Reply>>, other: Reply = UNKNOWN) {
  const server = await httpServer((path) => answers[path] ?? other);
  servers.push(server);
  return await askPort(server.port, 'docker-registry');
}

describe('the registry dialogue', () => {
  it('says when there are more repositories, and shows names that are values as patterns', async () => {
    const result = await ask({
      '/v2/': [200, {}, VERSION],
      '/v2/_catalog?n=100': [
        200,
        { repositories: ['shop/api', 'u/4915112345678', '../x'] },
        { link: '</v2/_catalog>' },
      ],
      '/v2/shop/api/tags/list?n=100': [200, { name: 'shop/api', tags: ['1', '2'] }],
    });
    expect(result).toMatchObject({ verdict: 'anonymous-write', documents: 2 });
    expect(result.datasets[0]).toEqual({ name: 'shop/api', documents: 2, fields: [] });
    expect(JSON.stringify(result)).not.toContain('4915112345678');
    expect(result.notTested).toContain('repositories beyond the first 100');
  });

  it('takes challenges as secured', async () => {
    const challenge = (scheme: string): Reply => [
      401,
      { errors: [{ code: 'UNAUTHORIZED' }] },
      { ...VERSION, 'www-authenticate': `${scheme} realm="https://auth.example.org/token"` },
    ];
    expect(await ask({}, challenge('Basic'))).toMatchObject({ service: 'docker-registry', verdict: 'secured' });
    const bearer = await ask({}, challenge('Bearer'));
    expect(bearer.notTested.join()).toContain('token');
  });

  it('believes nothing where every repository exists, and leaves others alone', async () => {
    expect(await ask({ '/v2/': [200, {}, VERSION] }, [200, {}])).toMatchObject({ verdict: 'inconclusive' });
    expect(await ask({}, [200, {}])).toMatchObject({ verdict: 'unidentified' });
  });
});

it.each(['/v2/shop/api/manifests/latest', '/v2/shop/api/blobs/sha256:x', '/v2/_catalog', '/v1/search'])(
  'the registry allow-list has no place for %s',
  (path) => {
    expect(registryAllow.permitsHttp('GET', path)).toBe(false);
  },
);
