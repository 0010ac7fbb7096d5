/**
 * Answers as described in https://grafana.com/docs/loki/latest/reference/loki-http-api/, HelloWorldResource of Graylog2/graylog2-server,
 * https://docs.splunk.com/Documentation/Splunk/latest/RESTREF/RESTintrospect, https://datalust.co/docs/server-http-api,
 * src/sentry/api/endpoints/index.py of getsentry/sentry.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { type Answers, recordedServer } from '../../testing/recorded.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
async function node(answers: Answers, missing?: Reply): Promise<number> {
  const server = await recordedServer(answers, missing);
  servers.push(server);
  return server.port;
}

describe('the Loki dialogue', () => {
  const BUILD: Answers = {
    '/loki/api/v1/status/buildinfo': [200, { version: '2.9.4', revision: 'f599ebc', branch: 'HEAD' }],
  };
  const success: Reply = [200, { status: 'success', data: ['app', 'host', 'phone_15550101'] }];
  const missing: Reply = [404, '404 page not found'];

  it('is open without tenants', async () => {
    const result = await askPort(await node({ ...BUILD, '/loki/api/v1/labels': success }, missing));
    expect(result).toMatchObject({
      service: 'search-logs',
      product: 'loki',
      version: '2.9.4',
      verdict: 'anonymous-write',
    });
    expect(result.datasets).toEqual([{ name: 'logs', fields: ['app', 'host', '*'] }]);
  });

  it('is open to whoever names a tenant, unless something asks who that is', async () => {
    const tenants = async (answer: Reply) => {
      const server = await httpServer((path, request) => {
        if (!path.startsWith('/loki/api/v1/labels')) return BUILD[path] ?? missing;
        return request.headers['x-scope-orgid'] === undefined ? [401, 'no org id\n'] : answer;
      });
      servers.push(server);
      return await askPort(server.port, 'loki');
    };
    expect(await tenants([200, { status: 'success' }])).toMatchObject({ verdict: 'anonymous-write', datasets: [] });
    expect(await tenants([403, 'who are you'])).toMatchObject({ verdict: 'secured' });
    expect(await tenants([500, 'too many outstanding requests'])).toMatchObject({ verdict: 'inconclusive' });
  });
});

describe('the Graylog dialogue', () => {
  const HELLO: Answers = {
    '/api/': [
      200,
      {
        cluster_id: '8ca10e41',
        node_id: '2d6ab1c8',
        version: '5.2.4+1e1d1ed',
        tagline: "Manage your logs in the dark and have lasers going and make it look like you're from space!",
      },
    ],
  };
  it('is secured, and open where something signs strangers in', async () => {
    const refused = await node({ ...HELLO, '/api/streams': [401, ''] });
    expect(await askPort(refused, 'graylog')).toMatchObject({
      product: 'graylog',
      version: expect.stringMatching(/^5\.2\.4/),
      verdict: 'secured',
    });
    const listed = await node({ ...HELLO, '/api/streams': [200, { total: 3, streams: [{ title: 'canary' }] }] });
    const result = await askPort(listed, 'graylog');
    expect(result).toMatchObject({ verdict: 'anonymous-read' });
    expect(JSON.stringify(result)).not.toContain('canary');
  });
});

describe('the Splunk dialogue', () => {
  const SERVER = { server: 'Splunkd' };
  it('is secured with logins, and lists indexes with the free licence', async () => {
    const refusal: Reply = [401, { messages: [{ type: 'WARN', text: 'call not properly authenticated' }] }, SERVER];
    expect(await askPort(await node({}, refusal), 'splunk')).toMatchObject({ product: 'splunk', verdict: 'secured' });
    const told: Answers = {
      '/services/server/info?output_mode=json': [200, { generator: { version: '9.1.2' } }, SERVER],
      '/services/data/indexes?output_mode=json&count=50': refusal,
    };
    const shut = await askPort(await node(told, [404, {}, SERVER]), 'splunk');
    expect(shut).toMatchObject({ version: '9.1.2', verdict: 'secured' });
    const free: Answers = {
      '/services/server/info?output_mode=json': [
        200,
        { generator: { build: '77f73c9edb85', version: '8.0.6' } },
        SERVER,
      ],
      '/services/data/indexes?output_mode=json&count=50': [
        200,
        {
          entry: [
            { name: '_internal', content: { totalEventCount: 9 } },
            { name: 'main', content: { totalEventCount: 1_200, currentDBSizeMB: 2 } },
          ],
        },
        SERVER,
      ],
    };
    expect(await askPort(await node(free, [404, {}, SERVER]), 'splunk')).toMatchObject({
      version: '8.0.6',
      verdict: 'anonymous-read',
      documents: 1_200,
      bytes: 2_097_152,
      datasets: [{ name: 'main' }],
    });
  });
});

describe('the Seq dialogue', () => {
  const ROOT: Answers = {
    '/api': [200, { Product: 'Seq', Version: '2024.1.11146', Links: { SignalsResources: 'api/signals/resources' } }],
  };
  it('is secured with authentication and open without', async () => {
    const refusal: Reply = [401, { Error: 'This operation requires authentication.' }];
    const shut = await node({ ...ROOT, '/api/signals?shared=true': refusal });
    expect(await askPort(shut, 'seq')).toMatchObject({ product: 'seq', version: '2024.1.11146', verdict: 'secured' });
    const open = await askPort(
      await node({ ...ROOT, '/api/signals?shared=true': [200, [{ Title: 'canary' }]] }),
      'seq',
    );
    expect(open).toMatchObject({ verdict: 'anonymous-read' });
    expect(JSON.stringify(open)).not.toContain('canary');
  });
});

describe('the Sentry dialogue', () => {
  it('is secured', async () => {
    const answers: Answers = {
      '/api/0/': [200, { version: '0', auth: null, user: null }],
      '/api/0/organizations/': [401, { detail: 'Authentication credentials were not provided.' }],
    };
    expect(await askPort(await node(answers), 'sentry')).toMatchObject({
      product: 'sentry',
      verdict: 'secured',
      datasets: [],
    });
  });
});

describe('every log server', () => {
  it.each(['loki', 'graylog', 'splunk', 'seq', 'sentry'])(
    '%s is not seen where everything is answered',
    async (face) => {
      expect((await askPort(await node({}, [200, {}]), face)).verdict).toBe('unidentified');
      expect((await askPort(await node({}, [200, '{"version":']), face)).verdict).toBe('unidentified');
    },
  );
});
