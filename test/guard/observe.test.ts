import { describe, expect, it } from 'vitest';
import { createBench, FIXTURE_POLICY, rawOf } from './harness/fixture.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const OBSERVED = FIXTURE_POLICY.replace(
  'match: { issuer: shop, claims: { role: { equals: mobile } } }\n',
  'match: { issuer: shop, claims: { role: { equals: mobile } } }\n    observe: { until: 2026-12-01 }\n',
);

async function ask(target: string, options: { now?: number; as?: string | null; body?: unknown } = {}) {
  const bench = createBench(1, { policy: OBSERVED, now: () => options.now ?? NOW });
  const answer = await bench.guard.handle(
    rawOf({
      target,
      ...(options.as !== undefined && { as: options.as }),
      ...(options.body !== undefined && { body: options.body }),
    }),
  );
  return { status: answer.status, body: String(answer.body), entry: bench.entries.at(-1), seen: bench.store.seen };
}

describe('a role that is only watched', () => {
  it('gets whole answers, and the journal says that enforcing would have narrowed them', async () => {
    const { status, body, entry, seen } = await ask('/profiles/_search?size=50');
    expect(status).toBe(200);
    expect(body).toContain('CANARY-DOC');
    expect(seen[0]?.body ?? '').not.toContain('tenant');
    expect(entry).toMatchObject({ decision: 'allow', observed: 'narrow', role: 'mobile' });
  });

  it('gets what enforcing would deny, and the journal says so', async () => {
    const { status, entry } = await ask('/profiles/_search', { body: { query: { term: { ssn: 'x' } } } });
    expect(status).toBe(200);
    expect(entry).toMatchObject({ decision: 'allow', observed: 'deny' });
  });

  it('gets nothing that the gateway does not understand, and no index that its rules do not name', async () => {
    expect((await ask('/_cat/indices')).status).toBe(403);
    expect((await ask('/orders/_search')).status).toBe(403);
    expect((await ask('/profiles/_search?x=1')).status).toBe(400);
    expect((await ask('/profiles/_search', { body: { query: { script: { script: '1' } } } })).status).toBe(403);
    expect((await ask('/profiles/_search', { as: null })).status).toBe(401);
  });

  it('is enforced again from its date on', async () => {
    const { status, body, entry } = await ask('/profiles/_search?size=50', { now: Date.parse('2026-12-02T00:00:00Z') });
    expect(status).toBe(200);
    expect(body).not.toContain('CANARY');
    expect(entry).toMatchObject({ observed: null });
  });

  it('leaves other roles enforced', async () => {
    const { body, entry } = await ask('/profiles/_search?size=50', { as: 'W' });
    expect(body).not.toContain('CANARY');
    expect(entry).toMatchObject({ observed: null, role: 'writer' });
  });
});
