import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Grant } from '../../contract/grant.ts';
import { isIndexName, matchesGlob, resolveIndices } from './indices.ts';
import {
  accessOf,
  compatGrantOf,
  contextOf,
  grantOf,
  plan,
  refusalOf,
  requestOf,
  sentBody,
  storeOf,
} from './testing/fixture.ts';

const profiles = grantOf();
const logs = [
  grantOf({ index: 'logs-1', rule: 'roles.mobile.rules[1]' }),
  grantOf({ index: 'logs-2', rule: 'roles.mobile.rules[1]' }),
];
const hidden = grantOf({ index: '.kibana', rule: 'roles.mobile.rules[2]' });
const mobile = accessOf([profiles], { people: 'profiles' });
const wide = accessOf([profiles, ...logs, hidden]);

const names = (grants: readonly Grant[]) => grants.map(({ index }) => index);
const resolved = (expression: string | undefined, access = mobile) =>
  names(resolveIndices(expression, 'search', access));
const codeOf = (expression: string | undefined, access = mobile) =>
  refusalOf(() => resolveIndices(expression, 'search', access));

describe('index expressions', () => {
  it.each([undefined, '_all', '*', '**', 'prof*', 'profiles', 'profiles,profiles', 'p*f*s', 'people'])(
    'B001, B002, B004, B005, B026 mean the one index that is granted: %s',
    (expression) => {
      expect(resolved(expression)).toEqual(['profiles']);
    },
  );

  it.each([
    'orders',
    'nosuch',
    'profiles,orders',
    'orders,profiles',
    'profiles,nosuch',
    'profiles,x*',
    'x*',
    'profiles-archive',
    '.kibana',
    '.security-7',
    '.ds-logs-app-2026.11.22-000001',
    '.*',
  ])('B006, B027, B028, B032 are refused alike, absent or denied: %s', (expression) => {
    expect(codeOf(expression)).toBe('forbidden');
  });

  it.each([
    '*,-orders',
    '-profiles',
    '<profiles-{now/d}>',
    'profiles::failures',
    'profiles::data',
    'remote:profiles',
    'Profiles',
    'pro files',
    'pro+files',
    'pro%files',
    'profiles,',
    ',profiles',
    '',
    ',',
    '.',
    '..',
    'profiles/_search',
    '_profiles',
    'pro?iles',
    'pröfiles',
    'profiles\0',
    '"profiles"',
    'a'.repeat(256),
    Array(65).fill('profiles').join(','),
  ])('B007, B008, B010, B016, B021 are no names: %s', (expression) => {
    expect(codeOf(expression)).toBe('malformed_index');
  });

  it('mean no hidden index unless the expression says its dot, and the policy its name', () => {
    expect(codeOf('*', accessOf([hidden]))).toBe('forbidden');
    expect(resolved('.kib*', wide)).toEqual(['.kibana']);
    expect(resolved('.kibana', wide)).toEqual(['.kibana']);
  });

  it('mean several indices only when one rule of one store decides on all of them', () => {
    expect(resolved('logs-*', wide)).toEqual(['logs-1', 'logs-2']);
    expect(resolved('logs-2,logs-1', wide)).toEqual(['logs-2', 'logs-1']);
    expect(codeOf('profiles,logs-1', wide)).toBe('forbidden');
    expect(codeOf('*', wide)).toBe('forbidden');
    const elsewhere = { ...logs[1]!, upstream: 'other' };
    expect(codeOf('logs-*', accessOf([logs[0]!, elsewhere]))).toBe('forbidden');
  });

  it('are not more than the store can read in one line', () => {
    const many = Array.from({ length: 400 }, (_, n) => grantOf({ index: `logs-2026.${n}` }));
    expect(codeOf('logs-*', accessOf(many))).toBe('too_costly');
    expect(resolved('logs-*', accessOf(many.slice(0, 100)))).toHaveLength(100);
  });

  it('mean only what the operation is granted on', () => {
    const reader = accessOf([grantOf({ operations: new Set(['get'] as const) })]);
    expect(codeOf('profiles', reader)).toBe('forbidden');
    expect(codeOf('*', reader)).toBe('forbidden');
  });

  it('B001 are sent as the concrete names, never as wildcards, and never left out', async () => {
    const context = contextOf({
      grants: logs.map((grant) => compatGrantOf({ ...grant, mode: 'compat', filter: null, fields: null })),
    });
    for (const target of ['/_search', '/_all/_search', '/*/_search', '/logs-*/_search', '/%5Fall/_search']) {
      const store = storeOf(() => ({ status: 503, json: {} }));
      await plan(requestOf('GET', target), context)
        .run(store)
        .catch(() => {});
      expect(store.sent[0]?.path).toBe('/logs-1%2Clogs-2/_search');
      expect(sentBody(store.sent[0]).query).toBeDefined();
    }
  });

  it('B032 read alike in every word, whether the index is denied or absent', () => {
    const messages = ['orders', 'nosuch', '.kibana'].map((name) => {
      try {
        plan(requestOf('GET', `/${name}/_search`), contextOf());
      } catch (error) {
        return JSON.stringify(error, ['name', 'code', 'status', 'message', 'detail']);
      }
      return 'planned';
    });
    expect(new Set(messages).size).toBe(1);
    expect(messages[0]).toContain('forbidden');
  });

  it('resolve to granted concrete names, or to a refusal, whatever they are', () => {
    const alphabet = [...'abcflopr012*,.-_<>:%+/ '].map((char) => fc.constant(char));
    fc.assert(
      fc.property(fc.string({ unit: fc.oneof(...alphabet, fc.string({ minLength: 1, maxLength: 1 })) }), (text) => {
        const code = codeOf(text, wide);
        if (code !== 'planned') return code === 'forbidden' || code === 'malformed_index';
        return resolveIndices(text, 'search', wide).every(({ index }) => isIndexName(index));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('wildcards', () => {
  it('match as a regular expression of the same meaning does', () => {
    const unit = fc.constantFrom('a', 'b', '*');
    fc.assert(
      fc.property(
        fc.string({ unit, maxLength: 8 }),
        fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }),
        (glob, text) => matchesGlob(glob, text) === new RegExp(`^${glob.replaceAll(/\*+/g, '.*')}$`).test(text),
      ),
      { numRuns: 3000 },
    );
  });

  it('take no longer for many stars', () => {
    expect(matchesGlob(`${'*a'.repeat(120)}b`, 'a'.repeat(255))).toBe(false);
  });
});
