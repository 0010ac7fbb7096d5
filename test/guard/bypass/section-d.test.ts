import { describe, expect, it } from 'vitest';
import { PosternError } from '../../../src/core/errors.ts';
import { parsePolicy } from '../../../src/guard/policy/index.ts';
import { FIXTURE_POLICY } from '../harness/fixture.ts';
import { runCases } from './run-cases.ts';
import { SECTION_D } from './section-d.ts';

runCases(SECTION_D);

describe('B103 a document filter on an analysed field', () => {
  it('is an error of the policy, with its place', () => {
    const policy = FIXTURE_POLICY.replace(
      "filter: { term: { tenant: '${claims.tenant}' } }",
      "filter: { term: { name: '${claims.tenant}' } }",
    );
    expect(policy).not.toBe(FIXTURE_POLICY);
    let error: unknown;
    try {
      parsePolicy('/fixture/guard.yaml', policy);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(PosternError);
    expect(error).toMatchObject({
      code: 'E_POLICY_INVALID',
      at: { line: expect.any(Number), column: expect.any(Number) },
    });
  });
});
