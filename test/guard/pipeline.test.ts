import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/guard/contract/refusal.ts';
import type { RawRequest } from '../../src/guard/contract/request.ts';
import type { Upstream } from '../../src/guard/contract/store.ts';
import type { DecisionEntry } from '../../src/guard/journal/entry.ts';
import type { Limits } from '../../src/guard/limits/index.ts';
import { createGuard, type GuardParts } from '../../src/guard/pipeline/handle.ts';
import type { Snapshot } from '../../src/guard/pipeline/snapshot.ts';
import { createBench, FIXTURE_POLICY, rawOf } from './harness/fixture.ts';

const SEARCH: RawRequest = rawOf({ target: '/profiles/_search' });

/** The parts of a gateway over the fixture, of which a test replaces some. */
function partsOf(changes: Partial<GuardParts> & { snapshotChanges?: Partial<Snapshot> } = {}): GuardParts & {
  entries: DecisionEntry[];
} {
  const entries: DecisionEntry[] = [];
  const { snapshotChanges, ...others } = changes;
  const bench = createBench(1);
  const snapshot = { ...bench.snapshot(), ...snapshotChanges };
  return {
    snapshot: () => snapshot,
    journal: {
      healthy: true,
      commit: async (entry) => {
        entries.push(entry);
      },
    },
    limits: free(),
    pseudonyms: { of: (kind, value) => `${kind}:${value.length}` },
    journalFailure: 'refuse',
    ...others,
    entries,
  };
}

function free(changes: Partial<Limits> = {}): Limits {
  const ticket = { leave() {} };
  return {
    arrive: () => ticket,
    enter: () => ticket,
    spendDocuments: () => undefined,
    spendAll: () => undefined,
    ready: () => true,
    close: async () => undefined,
    ...changes,
  };
}

describe('the pipeline', () => {
  it('journals every answer before it leaves, with the request id of the answer', async () => {
    let committed = false;
    const parts = partsOf();
    const guard = createGuard({
      ...parts,
      journal: {
        healthy: true,
        commit: async (entry) => {
          await new Promise((done) => setImmediate(done));
          parts.entries.push(entry);
          committed = true;
        },
      },
    });
    const answer = await guard.handle(SEARCH);
    expect(committed).toBe(true);
    expect(answer.headers['x-request-id']).toBe(parts.entries[0]?.requestId);
    expect(parts.entries[0]).toMatchObject({
      operation: 'search',
      decision: 'allow',
      status: 200,
      role: 'mobile',
      rules: ['roles.mobile.rules[0]'],
      indices: ['profiles'],
      documents: 10,
      authKind: 'token',
      observed: null,
    });
  });

  it('journals refusals too, those of nobody and those of malformed requests', async () => {
    const parts = partsOf();
    const guard = createGuard(parts);
    expect((await guard.handle(rawOf({ target: '/profiles/_search', as: null }))).status).toBe(401);
    expect((await guard.handle(rawOf({ target: '//profiles' }))).status).toBe(400);
    expect((await guard.handle(rawOf({ target: '/orders/_search' }))).status).toBe(403);
    expect(parts.entries.map(({ decision, code }) => [decision, code])).toEqual([
      ['deny', 'unauthenticated'],
      ['deny', 'malformed_path'],
      ['deny', 'forbidden'],
    ]);
    expect(parts.entries[0]?.principal).toBeNull();
    expect(parts.entries[2]?.principal).not.toBeNull();
  });

  it('never journals who asked in clear', async () => {
    const parts = partsOf();
    await createGuard(parts).handle(SEARCH);
    expect(JSON.stringify(parts.entries)).not.toMatch(/token:shop|192\.0\.2\.1|Bearer/);
  });

  it('refuses when the journal fails, and lets through where the policy says so', async () => {
    const failing = { healthy: true, commit: () => Promise.reject(new Error('disk')) };
    const told: string[] = [];
    const strict = createGuard({ ...partsOf({ journal: failing }), onFailure: (what) => told.push(what) });
    const answer = await strict.handle(SEARCH);
    expect(answer.status).toBe(503);
    expect(String(answer.body)).not.toContain('Person');
    expect(told).toEqual(['the journal could not be written']);
    const open = createGuard(partsOf({ journal: failing, journalFailure: 'allow' }));
    expect((await open.handle(SEARCH)).status).toBe(200);
  });

  it('does not ask the store while nothing can be journalled', async () => {
    const bench = createBench(1);
    const guard = createGuard(
      partsOf({
        journal: { healthy: false, commit: () => Promise.reject(new Error('disk')) },
        snapshotChanges: bench.snapshot(),
      }),
    );
    expect((await guard.handle(SEARCH)).status).toBe(503);
    expect(bench.store.seen).toEqual([]);
  });

  it('answers a defect with a bare 500 and tells the operator', async () => {
    const told: unknown[] = [];
    const broken: Upstream = {
      send: () => Promise.reject(new TypeError('CANARY-DOC-1 is not a function')),
    };
    const bench = createBench(1, { upstream: broken });
    const guard = createGuard({
      ...partsOf({ snapshotChanges: bench.snapshot() }),
      onFailure: (_, error) => told.push(error),
    });
    const answer = await guard.handle(SEARCH);
    expect(answer.status).toBe(500);
    expect(String(answer.body)).not.toContain('CANARY');
    expect(told).toHaveLength(1);
  });

  it('shows nothing of an answer that the budget does not cover', async () => {
    const policy = FIXTURE_POLICY.replace(
      'match: { issuer: shop, claims: { role: { equals: mobile } } }\n',
      'match: { issuer: shop, claims: { role: { equals: mobile } } }\n    limits: { documents: 5/1h }\n',
    );
    const bench = createBench(1, { policy });
    const refused = await bench.guard.handle(SEARCH);
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toMatch(/^\d+$/);
    expect(String(refused.body)).not.toContain('Person');
    const few = await bench.guard.handle(rawOf({ target: '/profiles/_search?size=5' }));
    expect(few.status).toBe(200);
    // The same documents again cost nothing; another one is one too many.
    expect((await bench.guard.handle(rawOf({ target: '/profiles/_search?size=5' }))).status).toBe(200);
    expect((await bench.guard.handle(rawOf({ target: '/profiles/_search?size=6' }))).status).toBe(429);
    expect(bench.entries.at(-1)).toMatchObject({ decision: 'deny', code: 'budget', documents: 0 });
  });

  it('gives places back whatever happens to the request', async () => {
    let inside = 0;
    const counting = {
      leave() {
        inside--;
      },
    };
    const enter = () => {
      inside++;
      return counting;
    };
    const guard = createGuard(partsOf({ limits: free({ arrive: enter, enter }) }));
    await guard.handle(SEARCH);
    await guard.handle(rawOf({ target: '/orders/_search' }));
    await guard.handle(rawOf({ target: '//', as: null }));
    expect(inside).toBe(0);
  });

  it('passes a limit on with the time to wait', async () => {
    const limits = free({
      enter: () => {
        throw new Refusal('limited', '', { retryAfter: 2.2 });
      },
    });
    const answer = await createGuard(partsOf({ limits })).handle(SEARCH);
    expect(answer.status).toBe(429);
    expect(answer.headers['retry-after']).toBe('3');
  });
});
