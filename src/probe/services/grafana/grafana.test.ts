/** Answers as described in https://grafana.com/docs/grafana/latest/developers/http_api/ (other, org, folder_dashboard_search, access_control). */
import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import type { Reply, TestHttpServer } from '../../testing/http-server.ts';
import { type Answers, recordedServer } from '../../testing/recorded.ts';

const HEALTH: Answers = { '/api/health': [200, { commit: '087143285', database: 'ok', version: '10.4.1' }] };
const ROOT: Answers = { '/': [302, '<a href="/login">Found</a>', { location: '/login' }] };
const OPEN: Answers = {
  ...HEALTH,
  '/': [
    200,
    '<!DOCTYPE html><html><head><title>Grafana</title></head><script>window.grafanaBootData = {}</script></html>',
  ],
  '/api/org': [200, { id: 1, name: 'Canary Org', address: {} }],
  '/api/search?type=dash-db&limit=5000': [
    200,
    [
      { id: 1, title: 'Canary dashboard' },
      { id: 2, title: 'Other' },
    ],
  ],
  '/api/access-control/user/actions': [200, { 'dashboards:read': true, 'folders:read': true }],
};
const UNAUTHORIZED: Reply = [401, { message: 'Unauthorized' }];
const MISSING: Reply = [404, { message: 'Not found' }];

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
async function node(answers: Answers, missing = MISSING): Promise<number> {
  const server = await recordedServer(answers, missing);
  servers.push(server);
  return server.port;
}

describe('the Grafana dialogue', () => {
  it('counts the dashboards that a stranger opens and keeps no title', async () => {
    const result = await askPort(await node(OPEN));
    expect(result).toMatchObject({
      service: 'grafana',
      version: '10.4.1',
      verdict: 'anonymous-read',
      documents: 2,
      notTested: ['queries of one’s own to the data sources'],
    });
    expect(JSON.stringify(result)).not.toContain('Canary');
  });

  it('tells an anonymous role that may change things', async () => {
    const actions: Reply = [200, { 'dashboards:read': true, 'dashboards:write': true }];
    const port = await node({ ...OPEN, '/api/access-control/user/actions': actions });
    expect(await askPort(port)).toMatchObject({ verdict: 'anonymous-write' });
  });

  it('is secured without anonymous access, and says where everybody may sign up', async () => {
    const shut: Answers = { ...HEALTH, ...ROOT, '/api/org': UNAUTHORIZED };
    const result = await askPort(await node(shut), 'grafana');
    expect(result).toMatchObject({ verdict: 'secured', version: '10.4.1', notTested: [] });
    const login: Answers = { '/login': [200, '<script>{"settings":{"disableUserSignUp":false}}</script>'] };
    const open = await askPort(await node({ ...shut, ...login }), 'grafana');
    expect(open).toMatchObject({ verdict: 'secured' });
    expect(open.notTested[0]).toContain('allow_sign_up');
  });

  it('believes nothing where everything is answered', async () => {
    expect(await askPort(await node(OPEN, [200, {}]), 'grafana')).toMatchObject({
      verdict: 'inconclusive',
      datasets: [],
    });
  });
});
