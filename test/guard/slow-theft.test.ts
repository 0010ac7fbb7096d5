/** Requests that are each allowed and together are theft: seen by what they are, and stopped as the policy says (B217). */
import { describe, expect, it } from 'vitest';
import { type Alarm, createAnomalies, createMemoryAnomalies } from '../../src/guard/anomalies/index.ts';
import { Refusal } from '../../src/guard/contract/refusal.ts';
import type { Devices } from '../../src/guard/devices/index.ts';
import type { AnomalyRule } from '../../src/guard/policy/devices-config.ts';
import { type BenchOptions, createBench, rawOf, type Sent } from './harness/fixture.ts';

let now = Date.parse('2026-11-22T12:00:00Z');

function thief(rule: Partial<AnomalyRule> & Pick<AnomalyRule, 'kind'>, options: Partial<BenchOptions> = {}) {
  const alarms: Alarm[] = [];
  const full: AnomalyRule = { count: 5, windowMs: 60_000, action: 'block', holdMs: 30_000, limits: null, ...rule };
  const anomalies = createAnomalies({ rules: [full], webhook: null }, createMemoryAnomalies(), {
    onAlarm: (alarm) => alarms.push(alarm),
    onFailure: (error) => {
      throw error;
    },
  });
  const bench = createBench(1, { now: () => now, anomalies, ...options });
  async function ask(sent: Sent): Promise<number> {
    const answer = await bench.guard.handle(rawOf(sent));
    return answer.status;
  }
  return { alarms, ask, bench };
}

const WALK: Sent = {
  target: '/profiles/_search',
  body: { size: 1, sort: [{ age: 'asc' }], search_after: [0], query: { match_all: {} } },
};

describe('a walk by search_after', () => {
  it('is blocked at its count for as long as the policy says, and nobody else is', async () => {
    const { alarms, ask } = thief({ kind: 'walk' });
    for (let page = 0; page < 5; page++) expect(await ask(WALK)).toBe(200);
    expect(await ask(WALK)).toBe(429);
    expect(await ask({ target: '/profiles/_count' })).toBe(429);
    expect(await ask({ ...WALK, as: 'A2' })).toBe(200);
    expect(alarms).toMatchObject([{ kind: 'walk', action: 'block', source: 'profiles', count: 5 }]);
    expect(JSON.stringify(alarms)).not.toContain('token:shop');
    now += 30_001;
    expect(await ask({ target: '/profiles/_count' })).toBe(200);
  });

  it('is not seen in pages that begin anew', async () => {
    const { alarms, ask } = thief({ kind: 'walk' });
    for (let n = 0; n < 20; n++) expect(await ask({ target: '/profiles/_search?size=1' })).toBe(200);
    expect(alarms).toEqual([]);
  });
});

describe('enumeration of ids', () => {
  it.each([
    ['one by one', (n: number): Sent => ({ target: `/profiles/_doc/guess-${n}` }), 404],
    ['in lists', (n: number): Sent => ({ target: '/profiles/_mget', body: { ids: [`a-${n}`] } }), 200],
  ])('is throttled when ids are tried %s', async (_how, guess, missed) => {
    const limits = { rate: { perSecond: 0.001, burst: 1 }, concurrent: null };
    const { ask } = thief({ kind: 'enumeration', action: 'throttle', limits });
    for (let n = 0; n < 5; n++) expect(await ask(guess(n))).toBe(missed);
    expect(await ask({ target: '/profiles/_count' })).toBe(200);
    expect(await ask({ target: '/profiles/_count' })).toBe(429);
  });
});

describe('slicing by ranges', () => {
  const slice = (n: number): Sent => ({
    target: '/profiles/_search',
    body: { query: { bool: { filter: [{ range: { age: { gte: n, lt: n + 1 } } }] } } },
  });

  it('is seen where the bounds differ, and not where one query is asked again', async () => {
    const { alarms, ask } = thief({ kind: 'slicing', action: 'alarm' });
    for (let n = 0; n < 20; n++) expect(await ask(slice(20))).toBe(200);
    expect(alarms).toEqual([]);
    for (let n = 21; n < 25; n++) expect(await ask(slice(n))).toBe(200);
    expect(alarms).toMatchObject([{ kind: 'slicing', action: 'alarm' }]);
    expect(await ask(slice(30))).toBe(200);
  });

  it('needs a fresh assertion of the device where the policy says so, and is free after one', async () => {
    let fresh = false;
    const asked: string[] = [];
    const devices = {
      owns: () => false,
      challengeHeaders: () => ({ 'postern-challenge': 'c' }),
      check(
        requirement: { fresh: ReadonlySet<string> },
        _who: unknown,
        _request: unknown,
        _raw: unknown,
        name: string,
      ) {
        asked.push(name);
        expect(requirement.fresh).toEqual(new Set([name]));
        if (!fresh) throw new Refusal('step_up', 'no assertion');
        return { legacy: null };
      },
    } as unknown as Devices;
    const { ask } = thief({ kind: 'slicing', action: 'step-up' }, { devices });
    for (let n = 0; n < 5; n++) expect(await ask(slice(n))).toBe(200);
    expect(await ask(slice(5))).toBe(401);
    expect(await ask({ target: '/profiles/_count' })).toBe(401);
    fresh = true;
    expect(await ask({ target: '/profiles/_count' })).toBe(200);
    expect(asked).toEqual(['search', 'count', 'count']);
    fresh = false;
    expect(await ask({ target: '/profiles/_count' })).toBe(200);
  });
});

describe('old app versions', () => {
  const legacy = {
    platform: 'android',
    below: '5.0.0',
    until: Date.parse('2027-03-31'),
    limits: { rate: { perSecond: 0.001, burst: 3 }, concurrent: null, documents: null },
  } as const;
  const devices = {
    owns: () => false,
    challengeHeaders: () => ({}),
    check: () => ({ legacy }),
  } as unknown as Devices;
  const requirement = {
    attested: true,
    minimumVersion: new Map(),
    integrity: 'basic',
    fresh: new Set<string>(),
    legacy: [legacy],
  } as const;

  it('are let in under limits of their own, and the journal says by which entry', async () => {
    const bench = createBench(1, { now: () => now, devices, requirementOf: () => requirement });
    const statuses: number[] = [];
    for (let n = 0; n < 5; n++) {
      statuses.push((await bench.guard.handle(rawOf({ target: '/profiles/_count' }))).status);
    }
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect(bench.entries[0]).toMatchObject({ app: 'unattested below 5.0.0', decision: 'allow' });
  });

  it('share one budget of documents over all who use them', async () => {
    const budgets = {
      device: null,
      version: { documents: { count: 3, windowMs: 3_600_000 } },
      counting: 'exact',
    } as const;
    const bench = createBench(1, { now: () => now, devices, requirementOf: () => requirement, budgets });
    const ask = async (as: string) =>
      (await bench.guard.handle(rawOf({ target: '/profiles/_search?size=2&sort=age', as }))).status;
    expect(await ask('A')).toBe(200);
    expect(await ask('A2')).toBe(200);
    // Two documents of another tenant: four in all, and three are what the version may see in an hour.
    expect(await ask('B')).toBe(429);
  });
});
