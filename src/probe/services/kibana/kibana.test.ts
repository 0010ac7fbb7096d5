import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const KIBANA = { 'kbn-name': 'node-of-the-test', 'kbn-license-sig': 'x' };
/** https://github.com/elastic/kibana/issues/9745 */
const LOGIN: Reply = [302, '', { ...KIBANA, location: '/login?next=%2F' }];
const MISSING: Reply = [404, { statusCode: 404, error: 'Not Found', message: 'Not Found' }, KIBANA];
const PATTERNS: Reply = [
  200,
  {
    page: 1,
    total: 2,
    saved_objects: [
      { type: 'index-pattern', attributes: { title: 'orders-*' } },
      { attributes: { title: 'jane@example.org' } },
    ],
  },
  KIBANA,
];

async function dashboards(answer: (path: string) => Reply | undefined): Promise<number> {
  const server = await httpServer(answer);
  servers.push(server);
  return server.port;
}

const open =
  (who: Reply, headers: Record<string, string> = KIBANA) =>
  (path: string): Reply => {
    if (path === '/') return [302, '', { ...headers, location: '/app/home' }];
    if (path === '/api/status')
      return [200, { name: 'x', version: { number: '8.9.0' }, status: { overall: { level: 'available' } } }, headers];
    if (path.startsWith('/api/saved_objects/_find')) return PATTERNS;
    return path === '/internal/security/me' || path === '/api/v1/configuration/account' ? who : MISSING;
  };

describe('the Kibana dialogue', () => {
  it('calls one without security open to writing', async () => {
    const result = await askPort(await dashboards(open(MISSING)));
    expect(result).toMatchObject({
      service: 'kibana',
      version: '8.9.0',
      verdict: 'anonymous-write',
      datasets: [{ name: 'orders-*', fields: [] }, { name: '*' }],
    });
    expect(JSON.stringify(result)).not.toMatch(/jane|node-of-the-test/);
  });

  it('calls an anonymous user who may read just that', async () => {
    const result = await askPort(
      await dashboards(open([200, { username: 'anonymous', roles: ['viewer'] }, KIBANA])),
      'kibana',
    );
    expect(result).toMatchObject({ verdict: 'anonymous-read' });
    expect(result.notTested).toContain('whether a stranger may write');
  });

  it('asks an old Kibana, which does not know the newer path, before it says that security is off', async () => {
    const old = (path: string): Reply =>
      path === '/api/security/v1/me' ? [200, { roles: ['kibana_user'] }, KIBANA] : open(MISSING)(path);
    expect(await askPort(await dashboards(old), 'kibana')).toMatchObject({ verdict: 'anonymous-read' });
  });

  it('calls an anonymous superuser open to writing', async () => {
    expect(await askPort(await dashboards(open([200, { roles: ['superuser'] }, KIBANA])), 'kibana')).toMatchObject({
      verdict: 'anonymous-write',
    });
  });

  it('knows OpenSearch Dashboards', async () => {
    const result = await askPort(await dashboards(open(MISSING, { 'osd-name': 'x' })), 'kibana');
    expect(result).toMatchObject({ product: 'opensearch-dashboards', verdict: 'anonymous-write' });
  });

  it('is secured where everything leads to the login', async () => {
    const port = await dashboards((path) => (path === '/api/status' ? [401, { statusCode: 401 }, KIBANA] : LOGIN));
    expect(await askPort(port, 'kibana')).toMatchObject({ product: 'kibana', verdict: 'secured', datasets: [] });
  });

  it('is secured where the status alone is open', async () => {
    const port = await dashboards((path) => (path === '/api/status' ? open(MISSING)(path) : LOGIN));
    expect(await askPort(port, 'kibana')).toMatchObject({ version: '8.9.0', verdict: 'secured' });
  });

  it('believes no server that has every API', async () => {
    const port = await dashboards((path) => (path === '/' ? LOGIN : [200, { total: 3, saved_objects: [] }, KIBANA]));
    expect(await askPort(port, 'kibana')).toMatchObject({ verdict: 'inconclusive' });
  });

  it('is not found elsewhere', async () => {
    expect(await askPort(await dashboards(() => [200, '<html>']), 'kibana')).toMatchObject({
      verdict: 'unidentified',
    });
  });
});
