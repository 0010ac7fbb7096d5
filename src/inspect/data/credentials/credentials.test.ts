import { generateKeyPairSync } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../../core/severity.ts';
import { matchNamed, matchRules, mayHoldCredential } from '../../detectors/match-credentials.ts';
import { CREDENTIAL_FAMILIES, CREDENTIAL_RULES, credentialSeverity, NAMED_RULES } from './index.ts';
import { awsAccount, base62, hasCrc, isPrivateKey, isRandom } from './validate.ts';

function bounded({ source }: RegExp): string {
  return source.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
}
const UNBOUNDED = /[*+](?![?])|\{\d+,\}/;

function namedOf(text: string) {
  const at = text.indexOf('=');
  return matchNamed(`string/${text.slice(0, at)}`, text.slice(at + 1));
}

describe('the families of credentials', () => {
  it('are many, each once, and every kind has one severity and one sensitivity', () => {
    expect(new Set(CREDENTIAL_FAMILIES.map(({ name }) => name)).size).toBe(CREDENTIAL_FAMILIES.length);
    expect(CREDENTIAL_RULES.length).toBeGreaterThan(60);
    const worth = new Map<string, string>();
    for (const rule of [...CREDENTIAL_RULES, ...NAMED_RULES]) {
      const variants = 'variants' in rule ? Object.values(rule.variants ?? {}) : [];
      for (const { provider = rule.provider, kind, severity, sensitivity, grants } of [rule, ...variants]) {
        const name = `${provider} ${kind}`;
        const said = `${severity} ${sensitivity}`;
        expect(worth.get(name) ?? said, name).toBe(said);
        worth.set(name, said);
        expect(SEVERITIES).toContain(severity);
        expect(grants.length, name).toBeGreaterThan(10);
        expect(grants, name).not.toMatch(/\.$/);
        // what is public by design is no fault of the app, and what is secret is
        if (sensitivity === 'public') expect(['info', 'low'], name).toContain(severity);
        if (sensitivity === 'secret') expect(['info', 'low'], name).not.toContain(severity);
        expect(credentialSeverity(provider, kind)).toBe(severity);
      }
    }
  });

  for (const { name, rules, named = [] } of CREDENTIAL_FAMILIES) {
    describe(name, () => {
      it.each(rules.flatMap((rule) => rule.examples.bad.map((text) => [text, rule] as const)))(
        'finds %s',
        (text, rule) => {
          expect(mayHoldCredential(text)).toBe(true);
          expect(matchRules(text).map((match) => match.rule)).toContain(rule);
        },
      );
      it.each(rules.flatMap((rule) => rule.examples.good.map((text) => [text, rule] as const)))(
        'does not take %s for one',
        (text, rule) => {
          expect(matchRules(text).map((match) => match.rule)).not.toContain(rule);
        },
      );
      it.each(named.flatMap((rule) => rule.examples.bad.map((text) => [text, rule] as const)))(
        'finds by its name %s',
        (text, { provider, kind }) => {
          expect(namedOf(text)).toMatchObject({ provider, kind });
        },
      );
      it.each(named.flatMap((rule) => rule.examples.good.map((text) => [text, rule] as const)))(
        'does not take by its name %s',
        (text, { provider, kind }) => {
          expect(namedOf(text) ?? {}).not.toMatchObject({ provider, kind });
        },
      );
      it('has only bounded quantifiers, and a source for each rule', () => {
        for (const { pattern, source, prefilter = '' } of rules) {
          expect(bounded(pattern)).not.toMatch(UNBOUNDED);
          expect(prefilter.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x')).not.toMatch(UNBOUNDED);
          expect(pattern.flags).toBe('g');
          expect(source).toMatch(/^https:\/\//);
        }
        for (const { name: pattern, value, source } of named) {
          expect(bounded(pattern)).not.toMatch(UNBOUNDED);
          expect(bounded(value)).not.toMatch(UNBOUNDED);
          expect(value.source).toMatch(/^\^.+\$$/);
          expect(source).toMatch(/^https:\/\//);
        }
      });
    });
  }
});

describe('what is not a credential', () => {
  it.each([
    ['an example key of AWS', 'AKIAIOSFODNN7EXAMPLE'],
    ['the secret that goes with it', `secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCY${'EXAMPLEKEY'}"`],
    ['the test key of Stripe’s documentation', `sk_test_${'4eC39HqLyjWDarjtT1zdp7dc'}`],
    [
      'the storage emulator of Azure',
      `AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1${'a1B2'.repeat(13)}aB==`,
    ],
    ['a UUID', '0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9'],
    ['a commit', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
    ['a digest', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['a font in base64', `d09GRgABAAAAA${'GQAAAAAA0gAAEAAAAAAAAAAAA'.repeat(40)}`],
    ['an image in base64', `iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk${'aB3/d5+7'.repeat(60)}`],
    ['the header of a PEM file', '-----BEGIN RSA PRIVATE KEY-----'],
    ['a resource name', 'abc_action_bar_title_item_and_key_2'],
    ['a header of a request', 'Basic realm="bluemarket"'],
  ])('%s', (_what, text) => {
    expect(matchRules(text)).toEqual([]);
  });
});

describe('what a key says of itself', () => {
  const body = 'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1';
  const one = (text: string) => matchRules(text)[0];

  it('a token of GitHub has a checksum; a wrong one makes it unproven, not unseen', () => {
    const right = `ghp_${body}${base62(crc32(body))}`;
    expect(hasCrc(right)).toBe(true);
    expect(one(right)).toMatchObject({ provider: 'github', validated: 'checksum' });
    expect(one(`ghp_${body}000000`)?.validated).toBeUndefined();
    expect(one(`npm_${body}${base62(crc32(body))}`)).toMatchObject({ provider: 'npm', validated: 'checksum' });
    expect(base62(0)).toBe('000000');
    expect(base62(61)).toBe('00000z');
    expect(base62(62)).toBe('000010');
  });

  it('a key id of AWS names its account', () => {
    // by the published decoding of ids: ASIAQNZGKIQY56JQ7WML belongs to 029608264753
    expect(awsAccount('ASIAQNZGKIQY56JQ7WML')).toBe('029608264753');
    expect(awsAccount('AKIAIOSFODNN7EXAMPLE')).toBeUndefined();
    expect(one('ASIAQNZGKIQY56JQ7WML')).toMatchObject({
      validated: 'structure',
      grants: expect.stringContaining('029608264753'),
    });
  });

  it('the mode of a Stripe key decides how bad it is', () => {
    const key = body.slice(0, 24);
    expect(one(`sk_live_${key}`)).toMatchObject({ kind: 'secret-key', severity: 'critical' });
    expect(one(`sk_test_${key}`)).toMatchObject({ kind: 'test-secret-key', severity: 'medium' });
    expect(one(`rk_live_${key}`)).toMatchObject({ kind: 'restricted-key', severity: 'high' });
    expect(one(`pk_live_${key}`)).toMatchObject({ sensitivity: 'public', severity: 'info' });
  });

  it('tells the two keys of Supabase by their claims', () => {
    const part = (text: string) => Buffer.from(text).toString('base64url');
    const token = (role: string) =>
      `${part('{"alg":"HS256","typ":"JWT"}')}.${part(`{"iss":"supabase","ref":"abcdefghijklmnopqrst","role":"${role}","exp":1900000000}`)}.c2lnbmF0dXJlLW9mLWEtdGVzdA`;
    expect(one(token('anon'))).toMatchObject({
      provider: 'supabase',
      kind: 'anon-key',
      sensitivity: 'public',
      severity: 'info',
    });
    expect(one(token('service_role'))).toMatchObject({
      provider: 'supabase',
      kind: 'service-role-key',
      severity: 'critical',
    });
    expect(
      one(`${part('{"alg":"RS256"}')}.${part('{"sub":"1","exp":1900000000}')}.c2lnbmF0dXJlLW9mLWEtdGVzdA`)?.grants,
    ).toContain('until 2030-03-17');
  });

  it('a private key parses, in one line and in many', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(isPrivateKey(pem)).toBe(true);
    expect(isPrivateKey(pem.replaceAll('\n', '\\n'))).toBe(true);
    expect(isPrivateKey(pem.replace(/[A-Z]/, '!'))).toBe(false);
    expect(isPrivateKey(pem.replace('MIG', 'AIG'))).toBe(false);
    expect(one(pem)).toMatchObject({
      provider: 'pem',
      kind: 'private-key',
      validated: 'structure',
      severity: 'critical',
    });
  });

  it('a row of one character is not random, nor is the alphabet', () => {
    expect(isRandom('0'.repeat(32))).toBe(false);
    expect(isRandom('abcdefghijklmnopqrstuvwxyz')).toBe(false);
    expect(isRandom('aB3dE5gH7jK9mN1p')).toBe(true);
  });
});
