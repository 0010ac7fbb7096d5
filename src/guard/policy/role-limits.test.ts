import { describe, expect, it } from 'vitest';
import { limitsFor } from './role-limits.ts';
import { parse, withRoles } from './testing/policies.ts';

const rules = 'rules: [{ indices: [a], operations: [search], filter: all, fields: { f: keyword } }]';
const policy = parse(
  withRoles(`slow: { match: { issuer: shop }, limits: { rate: 10/s, concurrent: 5, documents: 100/1h }, ${rules} }
fast: { match: { issuer: shop }, limits: { rate: 600/m, burst: 99, concurrent: 9, documents: 200/1d }, ${rules} }
free: { match: { issuer: shop }, ${rules} }`),
);

describe('limitsFor', () => {
  it('gives a role its limits, with a burst of one second when it names none', () => {
    expect(limitsFor(policy, ['slow'])).toEqual({
      rate: { perSecond: 10, burst: 10 },
      concurrent: 5,
      documents: { count: 100, windowMs: 3_600_000 },
    });
  });

  it('takes the loosest of several roles, each kind by itself', () => {
    expect(limitsFor(policy, ['slow', 'fast'])).toMatchObject({ concurrent: 9, documents: { count: 100 } });
    expect(limitsFor(policy, ['slow', 'free'])).toEqual({ rate: null, concurrent: null, documents: null });
  });

  it('limits nothing for nobody, who may do nothing', () => {
    expect(limitsFor(policy, [])).toEqual({ rate: null, concurrent: null, documents: null });
  });
});
