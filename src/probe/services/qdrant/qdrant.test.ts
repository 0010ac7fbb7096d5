/** Answers as described in https://api.qdrant.tech/api-reference/collections/get-collection, …/points/scroll-points, src/actix/auth.rs. */
import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import type { Reply, TestHttpServer } from '../../testing/http-server.ts';
import { type Answers, recordedServer } from '../../testing/recorded.ts';

const ROOT: Reply = [200, { title: 'qdrant - vector search engine', version: '1.9.2', commit: '8ec33bd' }];
const OPEN: Answers = {
  '/': ROOT,
  '/collections': [
    200,
    {
      result: { collections: [{ name: 'customers' }, { name: '..' }, { name: 'jane@example.org' }] },
      status: 'ok',
      time: 0.1,
    },
  ],
  '/collections/customers': [
    200,
    {
      result: { status: 'green', points_count: 42, payload_schema: { email: { data_type: 'keyword', points: 42 } } },
      status: 'ok',
    },
  ],
  'POST /collections/customers/points/scroll': [
    200,
    {
      result: { points: [{ id: 1, payload: { email: 'canary@example.org', home: { city: 'Canaryville' } } }] },
      status: 'ok',
    },
  ],
};

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
async function node(answers: Answers, missing?: Reply): Promise<number> {
  const server = await recordedServer(answers, missing);
  servers.push(server);
  return server.port;
}

describe('the Qdrant dialogue', () => {
  it('calls an answered list open to writing: where a key is configured, everything wants it', async () => {
    const result = await askPort(await node(OPEN));
    expect(result).toMatchObject({
      service: 'qdrant',
      version: '1.9.2',
      verdict: 'anonymous-write',
      documents: 42,
      datasets: [{ name: 'customers', documents: 42, fields: ['email'], fieldTypes: { email: 'keyword' } }],
    });
    expect(result.notTested).toContain('2 further collections');
    expect(JSON.stringify(result)).not.toContain('jane');
  });

  it('hands payloads to the classifier only', async () => {
    const taken: Record<string, unknown> = {};
    const values = {
      most: 5,
      take: (dataset: string, field: string, all: readonly unknown[]) => {
        taken[`${dataset}.${field}`] = all;
      },
    };
    const result = await askPort(await node(OPEN), 'qdrant', undefined, { values });
    expect(taken).toEqual({ 'customers.email': ['canary@example.org'], 'customers.home.city': ['Canaryville'] });
    expect(result.datasets[0]?.fields).toEqual(['email', 'home.city']);
    expect(JSON.stringify(result)).not.toMatch(/canary/i);
  });

  it('calls a server with a key secured, and one that answers everything nothing', async () => {
    const refusal: Reply = [401, 'Must provide an API key or an Authorization bearer token'];
    expect(await askPort(await node({ '/': ROOT }, refusal))).toMatchObject({
      service: 'qdrant',
      version: '1.9.2',
      verdict: 'secured',
    });
    // src/actix/api_key.rs of qdrant/qdrant, before paths were excepted
    expect(await askPort(await node({}, [403, 'Invalid api-key']), 'qdrant')).toMatchObject({ verdict: 'secured' });
    const honeypot = await node(OPEN, [200, { result: { points_count: 1 }, status: 'ok' }]);
    expect(await askPort(honeypot, 'qdrant')).toMatchObject({ verdict: 'inconclusive', datasets: [] });
  });

  it('is not taken for anything else', async () => {
    expect(await askPort(await node({ '/': [200, { title: 'something' }] }), 'qdrant')).toMatchObject({
      verdict: 'unidentified',
    });
    expect(
      (await askPort(await node({ '/': ROOT, '/collections': [200, '{"result":{"coll'] }), 'qdrant')).verdict,
    ).toBe('inconclusive');
  });
});
