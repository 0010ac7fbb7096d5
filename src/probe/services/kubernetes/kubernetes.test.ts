import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { kubernetesAllow } from './allow.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function ask(answer: (path: string) => Reply | undefined) {
  const server = await httpServer(answer);
  servers.push(server);
  return await askPort(server.port, 'kubernetes');
}

/** As in https://kubernetes.io/docs/reference/using-api/api-concepts/ and the API server's refusals. */
const status = (code: number, message: string): Reply => [
  code,
  { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'Forbidden', code },
];
const forbidden = status(403, 'forbidden: User "system:anonymous" cannot get path "/x"');
const VERSION: Reply = [200, { major: '1', minor: '31', gitVersion: 'v1.31.2', platform: 'linux/amd64' }];
const list = (items: number, remaining: number): Reply => [
  200,
  {
    kind: 'PartialObjectMetadataList',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { remainingItemCount: remaining },
    items: Array.from({ length: items }, () => ({ metadata: { name: 'planted-jane@example.org' } })),
  },
];

describe('the Kubernetes dialogue with an API server', () => {
  it('takes what RBAC forbids the anonymous user as secured', async () => {
    const result = await ask((path) => (path === '/version' ? VERSION : forbidden));
    expect(result).toMatchObject({ service: 'kubernetes', verdict: 'secured', version: '1.31.2', datasets: [] });
    const none = await ask(() => status(401, 'Unauthorized'));
    expect(none).toMatchObject({ verdict: 'secured' });
  });

  it('counts what a binding of the anonymous user shows, and no name', async () => {
    const result = await ask((path) => {
      if (path === '/version') return VERSION;
      return path.startsWith('/api/v1/namespaces') ? list(1, 11) : forbidden;
    });
    expect(result).toMatchObject({ verdict: 'anonymous-read', datasets: [{ name: 'namespaces', documents: 12 }] });
    expect(JSON.stringify(result)).not.toContain('planted');
  });

  it('knows the insecure port, which forbids nothing', async () => {
    const result = await ask((path) => {
      if (path === '/version') return VERSION;
      return path.startsWith('/api/v1/') ? list(1, 4) : [404, '404 page not found'];
    });
    expect(result).toMatchObject({ verdict: 'anonymous-write', documents: 10 });
  });

  it('believes nothing where the control request succeeds', async () => {
    expect(await ask((path) => (path === '/version' ? VERSION : list(1, 1)))).toMatchObject({
      verdict: 'inconclusive',
      datasets: [],
    });
  });
});

/** As pkg/kubelet/server/server.go answers. */
describe('the Kubernetes dialogue with a kubelet', () => {
  const pods = {
    kind: 'PodList',
    apiVersion: 'v1',
    metadata: {},
    items: [{ spec: { containers: [{ env: [{ name: 'PASSWORD', value: 'planted' }] }] } }, {}],
  };

  it('counts pods and keeps none of their secrets', async () => {
    const result = await ask((path) => {
      if (path === '/healthz') return [200, 'ok'];
      return path === '/pods' ? [200, pods] : [404, '404 page not found'];
    });
    expect(result).toMatchObject({ verdict: 'anonymous-read', product: 'kubelet', documents: 2 });
    expect(JSON.stringify(result)).not.toContain('planted');
  });

  it('takes its refusals as secured', async () => {
    const words = 'Forbidden (user=system:anonymous, verb=get, resource=nodes, subresource=proxy)';
    expect(await ask(() => [403, words])).toMatchObject({ service: 'kubernetes', verdict: 'secured' });
    expect(await ask(() => [401, 'Unauthorized'])).toMatchObject({ verdict: 'secured' });
  });

  it('leaves other web servers alone', async () => {
    expect(await ask(() => [200, '<html></html>'])).toMatchObject({ verdict: 'unidentified' });
    expect(await ask(() => undefined)).toMatchObject({ verdict: 'unidentified' });
  });
});

it.each(['/api/v1/secrets?limit=1', '/pods/x', '/run/a/b/c', '/exec/a/b/c', '/logs/', '/api/v1/pods'])(
  'the Kubernetes allow-list has no place for %s',
  (path) => {
    expect(kubernetesAllow.permitsHttp('GET', path)).toBe(false);
  },
);
