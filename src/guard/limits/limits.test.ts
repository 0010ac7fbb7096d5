import { describe, expect, it } from 'vitest';
import { Refusal } from '../contract/refusal.ts';
import { NO_LIMITS, type RoleLimits } from '../policy/limits-config.ts';
import { createLimits, type Limits, type LimitsEvent, type LimitsOptions, type Ticket } from './limits.ts';
import { createMemoryStore } from './memory-store.ts';
import type { LimitStore, Spender } from './store.ts';

const key = Buffer.alloc(32, 1);
type Config = Parameters<typeof createLimits>[0];
const OFF: Config = { onFailure: 'refuse', peer: null, device: null };

function limitsOf(
  config: Partial<Config> = {},
  options: Partial<LimitsOptions> = {},
  store = createMemoryStore(),
): Limits {
  return createLimits({ ...OFF, ...config }, store, { key, ...options });
}

function refusalOf(work: () => unknown): Refusal {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error;
  }
  throw new Error('it was not refused');
}

function ticketOf(ticket: Ticket | Promise<Ticket>): Ticket {
  if (ticket instanceof Promise) throw new Error('memory needs no promise');
  return ticket;
}

const rate = (perSecond: number, burst: number): RoleLimits => ({ ...NO_LIMITS, rate: { perSecond, burst } });
const concurrent = (count: number): RoleLimits => ({ ...NO_LIMITS, concurrent: count });
const documents = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `profiles/${from + i}`);
const budget = { count: 100, windowMs: 3_600_000 };

/** The same numbers in every run (Lehmer). */
function pseudoRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}

describe('the rate of a principal', () => {
  it('lets the burst through, then one for each interval, and says when to come again', () => {
    const limits = limitsOf();
    for (let i = 0; i < 5; i++) limits.enter('p', null, null, rate(0.5, 5), 1000);
    const refused = refusalOf(() => limits.enter('p', null, null, rate(0.5, 5), 1000));
    expect([refused.code, refused.status, refused.retryAfter]).toEqual(['limited', 429, 2]);
    refusalOf(() => limits.enter('p', null, null, rate(0.5, 5), 2999));
    limits.enter('p', null, null, rate(0.5, 5), 3000);
    refusalOf(() => limits.enter('p', null, null, rate(0.5, 5), 3000));
  });

  it('never lets more through in any stretch of time than the burst and what flows in meanwhile', () => {
    const limits = limitsOf();
    const passed: number[] = [];
    const random = pseudoRandom(1);
    for (let now = 0; now < 20_000; now += random(40)) {
      try {
        limits.enter('p', null, null, rate(20, 10), now);
        passed.push(now);
      } catch {}
    }
    expect(passed.length).toBeGreaterThan(300);
    for (const [i, from] of passed.entries()) {
      const worst = Math.max(...passed.slice(i).map((to, j) => j + 1 - (to - from) / 50));
      expect(worst).toBeLessThanOrEqual(10 + 1e-6);
    }
  });

  it('is each one’s own', () => {
    const limits = limitsOf();
    limits.enter('p', null, null, rate(1, 1), 0);
    limits.enter('q', null, null, rate(1, 1), 0);
    refusalOf(() => limits.enter('p', null, null, rate(1, 1), 0));
  });

  it('is not lost for hours because a clock or a policy was another one', () => {
    const limits = limitsOf();
    for (let i = 0; i < 10; i++) limits.enter('p', null, null, rate(0.001, 10), 1e12);
    refusalOf(() => limits.enter('p', null, null, rate(1, 10), 0));
    limits.enter('p', null, null, rate(1, 10), 1000);
  });
});

describe('requests at the same time', () => {
  it('are as many as the role allows, and the next may enter when one leaves', () => {
    const limits = limitsOf();
    const first = ticketOf(limits.enter('p', null, null, concurrent(2)));
    limits.enter('p', null, null, concurrent(2));
    expect(refusalOf(() => limits.enter('p', null, null, concurrent(2))).retryAfter).toBe(1);
    first.leave();
    first.leave();
    limits.enter('p', null, null, concurrent(2));
    refusalOf(() => limits.enter('p', null, null, concurrent(2)));
  });

  it('cost no token while there is no place', () => {
    const limits = limitsOf();
    const role = { ...concurrent(1), rate: { perSecond: 0.001, burst: 2 } };
    const first = ticketOf(limits.enter('p', null, null, role, 0));
    for (let i = 0; i < 10; i++) refusalOf(() => limits.enter('p', null, null, role, 0));
    first.leave();
    limits.enter('p', null, null, role, 0);
  });
});

describe('devices and peers', () => {
  it('have limits of their own, beside the principal’s', () => {
    const events: LimitsEvent[] = [];
    const one = { rate: { perSecond: 0.001, burst: 1 }, concurrent: null, documents: null };
    const limits = limitsOf({ device: one, peer: one }, { onEvent: (event) => events.push(event) });
    limits.enter('p', 'phone', null, rate(1, 100), 0);
    expect(refusalOf(() => limits.enter('p', 'phone', null, rate(1, 100), 0)).detail).toBe('limits: device');
    limits.enter('p', 'tablet', null, rate(1, 100), 0);
    limits.enter('p', null, null, rate(1, 100), 0);
    limits.arrive('192.0.2.1', 0);
    expect(refusalOf(() => limits.arrive('192.0.2.1', 0)).detail).toBe('limits: peer');
    limits.arrive('192.0.2.2', 0);
    expect(events).toEqual([
      { kind: 'limited', scope: 'device' },
      { kind: 'limited', scope: 'peer' },
    ]);
  });

  it('are not limited where the policy says nothing', () => {
    const limits = limitsOf();
    for (let i = 0; i < 1000; i++) {
      limits.arrive('192.0.2.1', 0);
      limits.enter('p', 'phone', '192.0.2.1', NO_LIMITS, 0);
    }
  });
});

describe('the budget of distinct documents', () => {
  it('is taken from principal, device and version together, or from none of them', () => {
    const events: LimitsEvent[] = [];
    const limits = createLimits({ onFailure: 'refuse', peer: null, device: null }, createMemoryStore(), {
      key: Buffer.alloc(32, 1),
      onEvent: (event) => events.push(event),
    });
    const of = (scope: Spender['scope'], count: number): Spender => ({
      id: scope,
      scope,
      count,
      windowMs: 1000,
      counting: 'exact',
    });
    const keys = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `i/${from + at}`);
    limits.spendAll([of('principal', 10), of('device', 5)], keys(0, 5), 0);
    expect(() => limits.spendAll([of('principal', 10), of('device', 5)], keys(4, 9), 1)).toThrow(
      expect.objectContaining({ code: 'budget', detail: 'limits: distinct documents of the device' }),
    );
    expect(events).toEqual([{ kind: 'budget', scope: 'device', principal: 'device' }]);
    // Nothing of the refused answer was counted against the principal.
    limits.spendAll([of('principal', 10)], keys(20, 25), 2);
    expect(() => limits.spendAll([of('principal', 10)], keys(25, 26), 3)).toThrow();
  });

  it('trips on single reads, on a walk, and on slices, whichever way the documents are asked for (B217)', () => {
    const ways: Record<string, string[][]> = {
      'single reads': documents(0, 10_000).map((document) => [document]),
      'pages of a walk': Array.from({ length: 100 }, (_, page) => documents(page * 7, page * 7 + 7)),
      'overlapping slices': Array.from({ length: 100 }, (_, slice) => documents(slice * 5, slice * 5 + 10)),
    };
    for (const [way, answers] of Object.entries(ways)) {
      const events: LimitsEvent[] = [];
      const limits = limitsOf({}, { onEvent: (event) => events.push(event) });
      const seen = new Set<string>();
      for (const answer of answers) {
        try {
          limits.spendDocuments('p', answer, budget, 0);
          for (const document of answer) seen.add(document);
        } catch (error) {
          expect(error).toMatchObject({ code: 'budget', status: 429 });
        }
      }
      expect(seen.size, way).toBeGreaterThan(90);
      expect(seen.size, way).toBeLessThanOrEqual(100);
      expect(events[0], way).toEqual({ kind: 'budget', scope: 'principal', principal: 'p' });
    }
  });

  it('charges nothing for a document that was seen already', () => {
    const limits = limitsOf();
    limits.spendDocuments('p', documents(0, 100), budget, 0);
    for (let i = 0; i < 50; i++) limits.spendDocuments('p', documents(0, 100), budget, i);
    refusalOf(() => limits.spendDocuments('p', documents(100, 101), budget, 60));
  });

  it('counts nothing of an answer that does not fit as a whole', () => {
    const limits = limitsOf();
    limits.spendDocuments('p', documents(0, 90), budget, 0);
    for (let i = 0; i < 5; i++) refusalOf(() => limits.spendDocuments('p', documents(90, 101), budget, 0));
    limits.spendDocuments('p', documents(90, 100), budget, 0);
  });

  it('counts a document once that stands in an answer twice', () => {
    const limits = limitsOf();
    limits.spendDocuments('p', [...documents(0, 100), ...documents(0, 100)], budget, 0);
  });

  it('holds over every stretch as long as the window, not from one full hour to the next', () => {
    const limits = limitsOf();
    const narrow = { count: 10, windowMs: 1000 };
    const shown: { at: number; document: string }[] = [];
    const random = pseudoRandom(7);
    for (let now = 0; now < 10_000; now += 1 + random(60)) {
      const answer = Array.from({ length: 1 + random(4) }, () => `d/${random(40)}`);
      try {
        limits.spendDocuments('p', answer, narrow, now);
        for (const document of answer) shown.push({ at: now, document });
      } catch {}
    }
    expect(shown.length).toBeGreaterThan(100);
    for (const { at } of shown) {
      const within = shown.filter((other) => other.at > at - 1000 && other.at <= at);
      expect(new Set(within.map(({ document }) => document)).size).toBeLessThanOrEqual(10);
    }
  });

  it('says when there will be room, and then there is', () => {
    const limits = limitsOf();
    limits.spendDocuments('p', documents(0, 50), budget, 0);
    limits.spendDocuments('p', documents(50, 100), budget, 600_000);
    const refused = refusalOf(() => limits.spendDocuments('p', documents(100, 120), budget, 700_000));
    expect(refused.retryAfter).toBe(2900);
    limits.spendDocuments('p', documents(100, 120), budget, 3_600_000);
    expect(refusalOf(() => limits.spendDocuments('p', documents(200, 301), budget, 3_600_000)).retryAfter).toBe(3600);
  });

  it('lets one see again what it has seen, also after its budget was made smaller', () => {
    const limits = limitsOf();
    limits.spendDocuments('p', documents(0, 100), budget, 0);
    limits.spendDocuments('p', documents(0, 100), { ...budget, count: 10 }, 0);
    refusalOf(() => limits.spendDocuments('p', documents(100, 101), { ...budget, count: 10 }, 0));
  });

  it('is nobody else’s, and none where the role has none', () => {
    const limits = limitsOf();
    limits.spendDocuments('p', documents(0, 100), budget, 0);
    limits.spendDocuments('q', documents(100, 200), budget, 0);
    limits.spendDocuments('p', documents(0, 100_000), null, 0);
  });
});

describe('a store that cannot be asked', () => {
  const down: LimitStore = {
    enter: () => Promise.reject(new Refusal('unavailable')),
    spend: () => Promise.reject(new Refusal('unavailable')),
    ready: () => false,
    close: async () => {},
  };

  it('refuses everything that would have to be counted', async () => {
    const limits = limitsOf({}, {}, down);
    await expect(limits.enter('p', null, null, rate(1, 1))).rejects.toMatchObject({ code: 'unavailable', status: 503 });
    await expect(limits.spendDocuments('p', ['d'], budget)).rejects.toMatchObject({ code: 'unavailable' });
    expect(limits.ready()).toBe(false);
  });

  it('lets requests go on uncounted where the policy says so, and tells', async () => {
    const events: LimitsEvent[] = [];
    const limits = limitsOf({ onFailure: 'allow' }, { onEvent: (event) => events.push(event) }, down);
    (await limits.enter('p', null, null, rate(1, 1))).leave();
    await limits.spendDocuments('p', ['d'], budget);
    expect(events).toEqual([{ kind: 'uncounted' }, { kind: 'uncounted' }]);
    expect(limits.ready()).toBe(true);
  });

  it('takes no other error for that', async () => {
    const broken: LimitStore = { ...down, enter: () => Promise.reject(new TypeError('a defect')) };
    const limits = limitsOf({ onFailure: 'allow' }, {}, broken);
    await expect(limits.enter('p', null, null, rate(1, 1))).rejects.toThrow(TypeError);
  });

  it('lets a refusal of its own stand where failures are allowed', () => {
    const limits = limitsOf({ onFailure: 'allow' });
    limits.enter('p', null, null, rate(1, 1), 0);
    expect(refusalOf(() => limits.enter('p', null, null, rate(1, 1), 0)).code).toBe('limited');
    limits.spendDocuments('p', documents(0, 100), budget, 0);
    expect(refusalOf(() => limits.spendDocuments('p', documents(100, 101), budget, 0)).code).toBe('budget');
  });
});

describe('the memory', () => {
  it('forgets who is not limited any more, and refuses newcomers rather than forget who is', () => {
    const limits = limitsOf({}, {}, createMemoryStore({ buckets: 10 }));
    for (let i = 0; i < 10; i++) limits.enter(`p${i}`, null, null, rate(0.001, 1), 0);
    expect(refusalOf(() => limits.enter('new', null, null, rate(0.001, 1), 0)).code).toBe('unavailable');
    for (let i = 0; i < 10; i++) {
      expect(refusalOf(() => limits.enter(`p${i}`, null, null, rate(0.001, 1), 1)).code).toBe('limited');
    }
    for (let i = 0; i < 1000; i++) limits.enter(`later${i}`, null, null, rate(1000, 1), 2_000_000 + i * 10);
  });

  it('counts nothing of a request that it refuses because it is full', () => {
    const one = { rate: { perSecond: 0.001, burst: 5 }, concurrent: null, documents: null };
    const limits = limitsOf({ device: one }, {}, createMemoryStore({ buckets: 1 }));
    limits.enter('p', 'phone', null, NO_LIMITS, 0);
    for (let i = 0; i < 10; i++) {
      expect(refusalOf(() => limits.enter('p', 'tablet', null, concurrent(1), 0)).code).toBe('unavailable');
    }
    limits.enter('p', 'phone', null, concurrent(1), 0);
  });

  it('refuses rather than forget a document that was shown, and has room when windows have passed', () => {
    const limits = limitsOf({}, {}, createMemoryStore({ documents: 150 }));
    limits.spendDocuments('p', documents(0, 100), budget, 0);
    limits.spendDocuments('q', documents(0, 50), budget, 0);
    expect(refusalOf(() => limits.spendDocuments('r', documents(0, 1), budget, 1)).code).toBe('unavailable');
    limits.spendDocuments('p', documents(0, 100), budget, 1);
    // The first asks for nothing new and only moves the clock on.
    for (let i = 0; i < 3; i++) limits.spendDocuments(`s${i}`, documents(0, 50), budget, 3_700_000);
  });

  it('wants a key that cannot be guessed', () => {
    expect(() => createLimits(OFF, createMemoryStore(), { key: Buffer.alloc(16) })).toThrow(TypeError);
  });
});
