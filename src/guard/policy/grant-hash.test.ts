import { describe, expect, it } from 'vitest';
import { parse, withRoles } from './testing/policies.ts';

const RULE = `{ indices: [a], operations: [search, get], filter: { term: { t: '\${claims.t}' } }, fields: { t: keyword, u: { type: keyword, mask: redact } } }`;

function hashOf(rule: string, role = 'r', before = ''): string | undefined {
  const policy = parse(withRoles(`${role}: { match: { issuer: shop }, rules: [${before}${rule}] }`));
  return policy.roles[0]?.rules.at(-1)?.grants[0]?.hash;
}

describe('the hash of a grant', () => {
  const plain = hashOf(RULE);

  it('stays the same when nothing that decides has changed', () => {
    expect(hashOf(RULE)).toBe(plain);
    expect(hashOf(RULE, 'other')).toBe(plain);
    expect(hashOf(RULE.replace('search, get', 'get, search'))).toBe(plain);
    expect(hashOf(RULE, 'r', '{ indices: [b], operations: [get], filter: all, fields: { x: keyword } }, ')).toBe(plain);
    expect(
      hashOf(
        RULE.replace(
          '{ t: keyword, u: { type: keyword, mask: redact } }',
          '{ u: { mask: redact, type: keyword }, t: keyword }',
        ),
      ),
    ).toBe(plain);
  });

  it.each([
    ['index', RULE.replace('[a]', '[b]')],
    ['operations', RULE.replace('search, get', 'search')],
    ['filter', RULE.replace('claims.t', 'claims.u')],
    ['a literal for a claim', RULE.replace("'${claims.t}'", 'claims')],
    ['fields', RULE.replace('t: keyword, u', 't: keyword, v: long, u')],
    ['mask', RULE.replace('redact', 'token')],
    ['type', RULE.replace('type: keyword', 'type: text')],
    ['scoring', RULE.replace('{ indices', '{ scoring: index-wide, indices')],
    ['limits', RULE.replace('{ indices', '{ limits: { page: 7 }, indices')],
    ['namespace', RULE.replace('{ indices', '{ idNamespace: x, indices')],
  ])('changes with its %s', (_what, rule) => {
    expect(rule).not.toBe(RULE);
    expect(hashOf(rule)).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf(rule)).not.toBe(plain);
  });

  it('changes with what may be written', () => {
    const write = (text: string) =>
      hashOf(RULE.replace('search, get', 'index').replace('{ indices', `{ write: ${text}, indices`));
    const plainWrite = write('{ fields: { t: { type: keyword, maxLength: 9, pattern: "a+" } } }');
    expect(write('{ fields: { t: { type: keyword, maxLength: 9, pattern: "b+" } } }')).not.toBe(plainWrite);
    expect(write('{ fields: { t: { type: keyword, maxLength: 8, pattern: "a+" } } }')).not.toBe(plainWrite);
    expect(write('{ fields: {}, set: { t: x } }')).not.toBe(write('{ fields: {}, set: { t: y } }'));
    expect(write('{ fields: { t: keyword }, required: [t] }')).not.toBe(write('{ fields: { t: keyword } }'));
  });
});
