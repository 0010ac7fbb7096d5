import { describe, expect, it } from 'vitest';
import { CREDENTIAL_RULES, jwtClaims } from './credential-rules.ts';
import { matchRules, mayHoldCredential } from './match-credentials.ts';

describe('credential rules', () => {
  for (const rule of CREDENTIAL_RULES) {
    describe(`${rule.provider} ${rule.kind}`, () => {
      it.each(rule.examples.bad)('matches %s', (text) => {
        expect(mayHoldCredential(text)).toBe(true);
        const kinds = matchRules(text).map((match) => match.rule.pattern.source);
        expect(kinds).toContain(rule.pattern.source);
      });
      it.each(rule.examples.good)('does not match %s', (text) => {
        const kinds = matchRules(text).map((match) => match.rule.pattern.source);
        expect(kinds).not.toContain(rule.pattern.source);
      });
      it('has only bounded quantifiers', () => {
        expect(rule.pattern.source.replace(/\\./g, '').replace(/\[[^\]]*\]/g, '')).not.toMatch(/[*+](?![?])|\{\d+,\}/);
      });
    });
  }

  it('tells the two keys of Supabase by their claims', () => {
    const token = (role: string) =>
      `${Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')}.${Buffer.from(`{"iss":"supabase","role":"${role}"}`).toString('base64url')}.c2lnbmF0dXJlLW9mLWEtdGVzdA`;
    expect(matchRules(token('anon'))[0]).toMatchObject({
      sensitivity: 'public',
      rule: { provider: 'supabase', kind: 'anon-key' },
    });
    expect(matchRules(token('service_role'))[0]).toMatchObject({
      sensitivity: 'secret',
      rule: { kind: 'service-role-key' },
    });
    expect(jwtClaims('eyJ.!!!.x')).toBeUndefined();
  });
});
