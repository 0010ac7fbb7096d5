import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runControl } from '../../src/probe/index.ts';
import { askPort, loopbackTarget } from '../../src/probe/testing/ask.ts';
import { certificate } from './harness/daemon.ts';
import { askSampled } from './harness/sampled.ts';
import { javaHome, requireSearch, type SearchNode, seed, startSearch } from './harness/search.ts';

const seven = requireSearch('elasticsearch-7');
const eight = requireSearch('elasticsearch-8');
const OWNER = { username: 'postern-control', password: 'made-up-pass-1' };

/** A user of the file realm; the tool writes the hash that the server wants. */
function addUser(home: string): void {
  execFileSync(
    join(home, 'bin/elasticsearch-users'),
    ['useradd', OWNER.username, '-p', OWNER.password, '-r', 'superuser'],
    { stdio: 'ignore', env: { ...process.env, ES_JAVA_HOME: javaHome() } },
  );
}

describe.skipIf(!seven)('a real Elasticsearch 7 as it comes', () => {
  let node: SearchNode;
  beforeAll(async () => {
    node = await startSearch('elasticsearch-7', { settings: [] });
    await seed(node);
  });
  afterAll(() => node?.stop());

  it('is open to reading and writing, with counts, sizes and field names and no value', async () => {
    const result = await askPort(node.port);
    expect(result).toMatchObject({
      service: 'elasticsearch',
      version: '7.17.28',
      verdict: 'anonymous-write',
      documents: 8,
      notTested: [],
    });
    expect(result.bytes).toBeGreaterThan(1_000);
    expect(result.datasets).toMatchObject([
      { name: 'orders', documents: 5, fields: ['card_last4', 'order_total'] },
      { name: 'customers', documents: 3, fields: ['email', 'home.city', 'home.location', 'password_hash', 'phone'] },
    ]);
    expect(JSON.stringify(result)).not.toMatch(/example\.org|555-01|Exampleton/);
  });

  it('counts the people of an index without reading one, by the whole values of a text too', async () => {
    await node.ask('PUT', '/visits/_doc/1?refresh=true', { visitor: 'Ann Example', page: 1 });
    await node.ask('PUT', '/visits/_doc/2?refresh=true', { visitor: 'Ann Example', page: 2 });
    const { result, taken } = await askSampled(node.port, ['email', 'visitor']);
    await node.ask('DELETE', '/visits');
    expect(result.datasets.find(({ name }) => name === 'customers')).toMatchObject({
      people: { count: 3, how: 'cardinality', field: 'email' },
      fieldTypes: { email: 'keyword', 'home.location': 'geo_point' },
    });
    expect(result.datasets.find(({ name }) => name === 'visits')).toMatchObject({
      people: { count: 1, how: 'cardinality', field: 'visitor' },
      fieldTypes: { visitor: 'text', page: 'long' },
    });
    expect(result.datasets.find(({ name }) => name === 'orders')).not.toHaveProperty('people');
    expect(taken['customers.email']?.sort()).toEqual([1, 2, 3].map((n) => `person${n}@example.org`));
    expect(taken['customers.home.city']).toEqual(['Exampleton', 'Exampleton', 'Exampleton']);
    expect(taken['orders.order_total']).toHaveLength(5);
    expect(JSON.stringify(result)).not.toMatch(/example\.org|555-01|Exampleton|Ann|made-up/);
  });

  it('is asked for no value without `--sample`', async () => {
    const { exchanges } = await askPort(node.port);
    expect(exchanges.map(({ request }) => request).join()).not.toMatch(/size=[1-9]/);
  });

  it('is left exactly as it was', async () => {
    const state = () => node.ask('GET', '/_all/_stats/docs,indexing?filter_path=indices.*.primaries');
    const before = await state();
    await askPort(node.port, 'elasticsearch');
    expect(await state()).toEqual(before);
  });

  it('with indices blocked for writing is still open, and the reason says so', async () => {
    await node.ask('PUT', '/orders/_settings', { 'index.blocks.read_only': true });
    const result = await askPort(node.port, 'elasticsearch');
    await node.ask('PUT', '/orders/_settings', { 'index.blocks.read_only': false });
    expect(result).toMatchObject({ verdict: 'anonymous-write' });
    expect(result.reason).toContain('1 are blocked for writing, which anyone may lift');
  });

  it('is not taken for OpenSearch when that is asked by name', async () => {
    expect(await askPort(node.port, 'opensearch')).toMatchObject({ service: 'opensearch', verdict: 'unidentified' });
  });
});

describe.skipIf(!eight)('a real Elasticsearch 8', () => {
  const nodes: SearchNode[] = [];
  afterAll(async () => {
    for (const node of nodes) await node.stop();
  });
  const start = async (...[options]: [Parameters<typeof startSearch>[1]]) => {
    const node = await startSearch('elasticsearch-8', options);
    nodes.push(node);
    return node;
  };

  it('with security switched off is open to reading and writing', async () => {
    const node = await start({ settings: ['xpack.security.enabled: false'] });
    await seed(node);
    expect(await askPort(node.port)).toMatchObject({
      service: 'elasticsearch',
      verdict: 'anonymous-write',
      documents: 8,
    });
    const { result, taken } = await askSampled(node.port, ['email'], 'elasticsearch');
    expect(result.datasets.find(({ name }) => name === 'customers')?.people?.count).toBe(3);
    expect(taken['customers.phone']).toHaveLength(3);
    expect(JSON.stringify(result)).not.toMatch(/example\.org|555-01|Exampleton/);
  });

  it('with security is secured, and only its owner gets in', async () => {
    const node = await start({
      settings: ['xpack.security.enabled: true', 'xpack.security.enrollment.enabled: false'],
      prepare: addUser,
      login: OWNER,
    });
    await seed(node);
    expect(await askPort(node.port)).toMatchObject({ service: 'elasticsearch', verdict: 'secured', datasets: [] });
    const target = await loopbackTarget();
    expect(await runControl(target, 'elasticsearch', node.port, OWNER)).toMatchObject({ ok: true });
    const wrong = await runControl(target, 'elasticsearch', node.port, { ...OWNER, password: 'made-up-wrong' });
    expect(wrong).toMatchObject({ ok: false });
    expect(JSON.stringify(wrong)).not.toContain('made-up');
  });

  it('with TLS and an anonymous user that may only read is readable, not writable', async () => {
    const node = await start({
      settings: [
        'xpack.security.enabled: true',
        'xpack.security.enrollment.enabled: false',
        'xpack.security.http.ssl.enabled: true',
        'xpack.security.http.ssl.key: server.key',
        'xpack.security.http.ssl.certificate: server.crt',
        'xpack.security.authc.anonymous.username: visitor',
        'xpack.security.authc.anonymous.roles: visitor',
      ],
      prepare: (home) => {
        certificate(join(home, 'config'));
        addUser(home);
        const role =
          'visitor:\n  cluster: [monitor]\n  indices:\n    - names: ["*"]\n      privileges: [read, monitor, view_index_metadata]\n';
        appendFileSync(join(home, 'config/roles.yml'), role);
      },
      scheme: 'https',
      login: OWNER,
    });
    await seed(node);
    const result = await askPort(node.port);
    expect(result).toMatchObject({ service: 'elasticsearch', verdict: 'anonymous-read', documents: 8, notTested: [] });
    expect(result.reason).toContain('the anonymous user may only read');
    expect(result.exchanges[0]?.tls?.protocol).toBe('TLSv1.3');
    expect(await runControl(await loopbackTarget(), 'elasticsearch', node.port, OWNER)).toMatchObject({ ok: true });
  });
});
