/** Generated requests through the whole gateway, over stores in memory: ≥ 200,000, each in two worlds and by four oracles. */
import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../src/guard/contract/grant.ts';
import { REFUSALS } from '../../../src/guard/contract/refusal.ts';
import type { Dialect } from '../../../src/guard/contract/store.ts';
import { campaign, printTally, SEED, shareAnswered } from './campaign.ts';
import { createFuzzWorlds } from './run.ts';

const RUNS: readonly (readonly [dialect: Dialect, requests: number])[] = [
  ['elasticsearch-8', 110_000],
  ['elasticsearch-7', 20_000],
  ['elasticsearch-9', 20_000],
  ['opensearch-2', 30_000],
  ['opensearch-3', 20_000],
];
/** What a generated request over a store in memory cannot be refused for: limits, faults, and sizes of the listener's. */
const BEYOND: readonly string[] = [
  ...['conflict', 'too_large', 'limited', 'budget', 'headers_too_large', 'internal', 'post_check', 'upstream_answer'],
  ...['upstream_down', 'unavailable', 'upstream_slow'],
];
/** What only resources, devices and what they ask of a request are refused for (`api-fuzz.test.ts`). */
const OF_RESOURCES: readonly string[] = [
  ...['encrypted_field', 'device', 'outdated', 'step_up', 'attestation', 'invalid', 'idempotency', 'running', 'erased'],
  ...['precondition', 'precondition_required'],
];
/** `POSTERN_FUZZ_SCALE=10` runs ten times as many. */
const SCALE = Number(process.env.POSTERN_FUZZ_SCALE ?? 1);

describe.each(RUNS)('generated requests of %s', (dialect, requests) => {
  it('hold by all four oracles, and most are answered', { timeout: 900_000 * SCALE }, async () => {
    const worlds = createFuzzWorlds({ dialect });
    const seed = SEED + RUNS.findIndex(([one]) => one === dialect);
    const tally = await campaign(worlds, { seed, opensearch: dialect.startsWith('opensearch') }, requests * SCALE);
    console.info(`${dialect}, seed ${seed}: ${printTally(tally)}`);
    expect(tally.requests).toBeGreaterThanOrEqual(requests * SCALE);
    // A generator that only gets refusals shows nothing.
    expect(shareAnswered(tally)).toBeGreaterThan(0.5);
    expect(tally.kinds.valid.answered / tally.kinds.valid.requests).toBeGreaterThan(0.7);
    expect(tally.kinds['nearly valid'].answered / tally.kinds['nearly valid'].requests).toBeLessThan(0.5);
    for (const operation of [...OPERATIONS, 'info', 'ping', 'health'])
      expect(tally.operations.get(operation) ?? 0, operation).toBeGreaterThan(requests / 5000);
    const codes = new Set([...tally.outcomes.keys()].map((outcome) => outcome.split(' ')[1]));
    expect(OF_RESOURCES.filter((code) => codes.has(code))).toEqual([]);
    const unmet = Object.keys(REFUSALS).filter((code) => !codes.has(code));
    expect(unmet.filter((code) => !BEYOND.includes(code) && !OF_RESOURCES.includes(code))).toEqual([]);
  });
});
