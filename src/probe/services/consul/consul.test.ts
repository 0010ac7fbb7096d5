/**
 * The answers are recorded: "ACL support disabled" as in https://github.com/hashicorp/vault/issues/9164, refusals as in
 * https://github.com/hashicorp/consul-esm/issues/74, lists as in https://developer.hashicorp.com/consul/api-docs.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { consulAllow } from './allow.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const DENIED: Reply = [403, 'Permission denied: anonymous token lacks permission'];
const OPEN: Readonly<Record<string, Reply>> = {
  '/v1/status/leader': [200, '"10.1.10.12:8300"'],
  '/v1/agent/self': [200, { Config: { Version: '1.20.1', NodeName: 'planted' }, Member: { Addr: '10.1.10.12' } }],
  '/v1/acl/policies': [401, 'ACL support disabled'],
  '/v1/catalog/services': [200, { consul: [], 'billing-api': ['v1'] }],
  '/v1/kv/?keys&separator=/': [200, ['config/', 'jane@example.org']],
};

async function ask(answers: Readonly<Record<string, Reply>>, other: Reply = [404, '']) {
  const server = await httpServer((path) => answers[path] ?? other);
  servers.push(server);
  return await askPort(server.port, 'consul');
}

describe('the Consul dialogue', () => {
  it('takes disabled ACLs as open to everything, with names of services and patterns of keys', async () => {
    const result = await ask(OPEN);
    expect(result).toMatchObject({ service: 'consul', verdict: 'anonymous-write', version: '1.20.1', documents: 4 });
    expect(result.datasets).toEqual([
      { name: 'services', documents: 2, fields: ['consul', 'billing-api'] },
      { name: 'kv', documents: 2, fields: expect.any(Array) },
    ]);
    expect(JSON.stringify(result)).not.toMatch(/jane|planted|10\.1\.10/);
  });

  it('does not call open to writing what takes writes from named networks only', async () => {
    // checkWriteAccess in agent/http.go of hashicorp/consul
    const self = { Config: { Version: '1.20.1' }, DebugConfig: { AllowWriteHTTPFrom: ['10.9.8.0/24'] } };
    const result = await ask({ ...OPEN, '/v1/agent/self': [200, self] });
    expect(result).toMatchObject({ verdict: 'anonymous-read', documents: 4 });
    expect(JSON.stringify(result)).not.toContain('10.9.8');
  });

  it('takes a default policy of deny as secured', async () => {
    const answers = { ...OPEN, '/v1/agent/self': DENIED, '/v1/acl/policies': DENIED };
    const lists = { '/v1/catalog/services': [200, {}] as const, '/v1/kv/?keys&separator=/': DENIED };
    expect(await ask({ ...answers, ...lists }, DENIED)).toMatchObject({
      service: 'consul',
      verdict: 'secured',
      datasets: [],
    });
  });

  it('judges what the anonymous token may read', async () => {
    const enabled = { ...OPEN, '/v1/acl/policies': DENIED };
    expect(await ask(enabled)).toMatchObject({ verdict: 'anonymous-read' });
    expect(await ask({ ...enabled, '/v1/kv/?keys&separator=/': DENIED })).toMatchObject({ verdict: 'metadata-only' });
  });

  it('believes nothing where the control request succeeds, and nobody who only says a string', async () => {
    expect(await ask(OPEN, [200, ['x']])).toMatchObject({ verdict: 'inconclusive', datasets: [] });
    expect(await ask({}, [200, '"10.0.0.1:8300"'])).toMatchObject({ verdict: 'unidentified' });
    expect(await ask({}, [200, '<html></html>'])).toMatchObject({ verdict: 'unidentified' });
  });
});

it.each(['/v1/kv/config/?raw', '/v1/kv/?recurse', '/v1/acl/tokens', '/v1/agent/leave', '/v1/snapshot'])(
  'the Consul allow-list has no place for %s',
  (path) => {
    expect(consulAllow.permitsHttp('GET', path)).toBe(false);
  },
);
