import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { dockerAllow } from './allow.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const PING = { 'api-version': '1.41', server: 'Docker/20.10.24 (linux)' };

interface Shape {
  plugins?: unknown;
  info?: Reply;
  headers?: Record<string, string>;
  other?: Reply;
}

async function ask({ plugins = { Authorization: null }, info, headers = PING, other }: Shape, service?: string) {
  const server = await httpServer((path) => {
    if (path === '/_ping') return [200, 'OK', headers];
    if (path === '/version') return [200, { Version: '20.10.24', ApiVersion: '1.41' }];
    if (path === '/info') return info ?? [200, { Containers: 3, Images: 9, Name: 'planted-host', Plugins: plugins }];
    if (path === '/containers/json?limit=1') return [200, [{ Names: ['/janedoe'], Command: 'planted' }]];
    return other ?? [404, { message: 'page not found' }];
  });
  servers.push(server);
  return await askPort(server.port, service);
}

describe('the Docker dialogue', () => {
  it('calls an API without an authorization plug-in open to writing', async () => {
    const result = await ask({});
    expect(result).toMatchObject({ service: 'docker', verdict: 'anonymous-write', version: '20.10.24', documents: 3 });
    expect(JSON.stringify(result)).not.toMatch(/janedoe|planted/);
  });

  it('does not say so where a plug-in decides, or where the list of plug-ins is missing', async () => {
    expect(await ask({ plugins: { Authorization: ['opa'] } })).toMatchObject({ verdict: 'anonymous-read' });
    expect(await ask({ plugins: undefined, info: [200, { Containers: 1 }] })).toMatchObject({
      verdict: 'anonymous-read',
    });
  });

  it('takes a refusal as secured', async () => {
    expect(await ask({ info: [403, { message: 'authorization denied by plugin' }] })).toMatchObject({
      verdict: 'secured',
    });
  });

  it('knows Podman by its own header', async () => {
    const headers = { 'api-version': '1.41', 'libpod-api-version': '4.3.1' };
    expect(await ask({ headers })).toMatchObject({ product: 'podman', verdict: 'anonymous-write' });
  });

  it('believes nothing where the control request succeeds, and leaves others alone', async () => {
    expect(await ask({ other: [200, {}] }, 'docker')).toMatchObject({ verdict: 'inconclusive', datasets: [] });
    expect(await ask({ headers: {} }, 'docker')).toMatchObject({ verdict: 'unidentified' });
  });
});

it.each(['/containers/json', '/containers/x/json', '/events', '/images/json', '/system/df', '/secrets'])(
  'the Docker allow-list has no place for %s',
  (path) => {
    expect(dockerAllow.permitsHttp('GET', path)).toBe(false);
  },
);
