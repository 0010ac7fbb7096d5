/** Generated requests to declared resources through the whole gateway, over stores in memory, in two worlds. */
import { describe, expect, it } from 'vitest';
import { RESOURCE_OPERATIONS } from '../../../src/guard/contract/resource.ts';
import { RESOURCES } from '../harness/api-fixture.ts';
import { apiCampaign, createApiWorlds, printApiTally } from './api-run.ts';
import { SEED } from './campaign.ts';

/** `POSTERN_FUZZ_SCALE=10` runs ten times as many. */
const SCALE = Number(process.env.POSTERN_FUZZ_SCALE ?? 1);
const REQUESTS = 8_000 * SCALE;

describe('generated requests to declared resources', () => {
  it('hold by all oracles, and most valid ones are answered', { timeout: 300_000 * SCALE }, async () => {
    const tally = await apiCampaign(await createApiWorlds(), SEED, REQUESTS);
    console.info(`resources, seed ${SEED}: ${printApiTally(tally)}`);
    expect(tally.requests).toBeGreaterThanOrEqual(REQUESTS);
    // A generator that only gets refusals shows nothing.
    expect(tally.valid.answered / tally.valid.requests).toBeGreaterThan(0.6);
    expect(tally.hostile.answered / tally.hostile.requests).toBeLessThan(0.6);
    for (const resource of RESOURCES)
      for (const operation of RESOURCE_OPERATIONS) {
        const name = resource === 'parcels' ? 'parcels' : resource;
        expect(tally.operations.get(`${name} resource.${operation}`) ?? 0, `${name} ${operation}`).toBeGreaterThan(
          REQUESTS / 500,
        );
      }
    const codes = new Set([...tally.outcomes.keys()].map((outcome) => outcome.split(' ')[1]));
    for (const code of [
      'malformed_parameter',
      'encrypted_field',
      'absent',
      'method',
      'invalid',
      'idempotency',
      'precondition',
    ])
      expect(codes, code).toContain(code);
    for (const code of [
      'precondition_required',
      'malformed_json',
      'malformed_body',
      'malformed_path',
      'unsupported_media',
    ])
      expect(codes, code).toContain(code);
  });
});
