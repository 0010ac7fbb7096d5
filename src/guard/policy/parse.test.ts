import { describe, expect, it } from 'vitest';
import { loadPolicy } from './parse.ts';
import { failure, pointed } from './testing/failure.ts';
import { EXAMPLE, EXAMPLE_PATH, NOW, parse, withRoles, withRule } from './testing/policies.ts';

const TENANT = `filter: { term: { tenant: '\${claims.tenant}' } }`;

describe('parsePolicy', () => {
  it('reads the example of the documentation', async () => {
    const policy = await loadPolicy(EXAMPLE_PATH, { now: NOW });
    expect(policy.roles.map(({ name }) => name)).toEqual(['mobile', 'dashboards', 'importer']);
    expect(policy.listeners[0]).toMatchObject({
      host: '0.0.0.0',
      port: 9443,
      publicUrl: 'https://search.shop.example',
      http2: true,
    });
    expect(policy.upstreams.get('shop')).toMatchObject({
      dialect: 'elasticsearch-8',
      timeout: 30_000,
      answerBytes: 64 * 2 ** 20,
      credentials: {
        kind: 'basic',
        username: 'postern-guard',
        password: { file: expect.stringMatching(/docs\/guard\/secrets\/store$/) },
      },
    });
    expect(policy.roles[0]?.limits).toEqual({
      rate: { perSecond: 50, burst: 100 },
      concurrent: 10,
      documents: { count: 2000, windowMs: 3_600_000 },
    });
    expect(policy.files).toHaveLength(4);
  });

  it('compiles a rule into a frozen grant with its filter, fields and masks', () => {
    const [rule] = parse(EXAMPLE).roles[0]?.rules ?? [];
    const [grant] = rule?.grants ?? [];
    expect(Object.isFrozen(grant)).toBe(true);
    expect(grant).toMatchObject({
      role: 'mobile',
      rule: 'roles.mobile.rules[0]',
      upstream: 'shop',
      index: 'profiles',
      mode: 'strict',
      filter: { kind: 'term', field: 'tenant', type: 'keyword', value: { claim: ['tenant'] } },
      write: null,
      scoring: 'constant',
      limits: { page: 100, window: 1000, items: 50, clauses: 256, buckets: 10_000, keepAlive: 300_000 },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(grant?.fields?.get('email')).toEqual({ name: 'email', type: 'keyword', mask: { kind: 'email' } });
    expect(grant?.fields?.has('phone')).toBe(false);
  });

  it('leaves whole documents to compat alone, and only where it says so', () => {
    const compat = (rule: string) =>
      withRoles(
        `r:\n  match: { issuer: shop }\n  mode: compat\n  rules:\n    - { indices: [a], operations: [search]${rule} }`,
      );
    expect(parse(compat(', filter: all')).roles[0]?.rules[0]?.grants[0]).toMatchObject({ fields: null, filter: null });
    expect(failure(compat('')).message).toBe('roles.r.rules[0].filter: is missing');
    expect(failure(compat(', filter: all, fields: { a: keyword }')).message).toContain(
      'a compat role sees whole documents',
    );
    expect(failure(compat(', filter: { term: { a: x } }, filterFields: { a: keyword }')).message).toContain(
      'sees every document',
    );
    expect(failure(withRule('filter: all')).message).toContain('a strict rule needs `fields`');
  });

  it.each([
    [
      'an unknown key with the nearest known one',
      withRule(`${TENANT}\nfeilds: { a: keyword }`),
      'unknown key "feilds"',
      /^feilds:/,
    ],
    [
      'an unknown key inside a filter',
      withRule(`filter: { tern: { a: b } }\nfields: { a: keyword }`),
      'unknown key "tern"',
      /^tern:/,
    ],
    ['a missing filter', withRule('fields: { a: keyword }'), 'filter: is missing', /^indices:/],
    ['a filter on text', withRule(`${TENANT}\nfields: { tenant: text }`), 'text is analysed', /^'\$\{claims/],
    [
      'a filter field without a type',
      withRule(`${TENANT}\nfields: { a: keyword }`),
      'the type of tenant is not declared',
      /^'\$\{claims/,
    ],
    [
      'a filter field that is not used',
      withRule(`filter: all\nfilterFields: { b: keyword }\nfields: { a: keyword }`),
      'not used',
      /^b: /,
    ],
    [
      'a filter inside a nested field',
      withRule(`filter: { term: { r.s: x } }\nfields: { r: nested, r.s: keyword }`),
      'inside the nested',
      /^x /,
    ],
    [
      'a claim inside a longer text',
      withRule(`filter: { term: { t: 'x-\${claims.t}' } }\nfields: { t: keyword }`),
      'a claim stands alone',
      /^'x-/,
    ],
    [
      'two claims in one value',
      withRule(`filter: { term: { t: '\${claims.a}\${claims.b}' } }\nfields: { t: keyword }`),
      'a claim stands alone',
      /^'\$/,
    ],
    [
      'something other than claims',
      withRule(`filter: { term: { t: '\${env.HOME}' } }\nfields: { t: keyword }`),
      'a claim stands alone',
      /^'\$/,
    ],
    [
      'a value of another type',
      withRule(`filter: { term: { t: '1' } }\nfields: { t: long }`),
      'expected a number value',
      /^'1'/,
    ],
    [
      'an integer that is not held exactly',
      withRule('filter: { term: { t: 9007199254740993 } }\nfields: { t: long }'),
      'cannot be held exactly',
      /^9007/,
    ],
    [
      'date arithmetic',
      withRule('filter: { range: { d: { gte: now-1d } } }\nfields: { d: date }'),
      'expected a date value',
      /^now-1d/,
    ],
    [
      'a range over keywords',
      withRule('filter: { range: { t: { gte: a } } }\nfields: { t: keyword }'),
      'a range needs a number or a date',
      /^\{ gte/,
    ],
    [
      'two kinds in one filter',
      withRule('filter: { exists: t, term: { t: a } }\nfields: { t: keyword }'),
      'exactly one key',
      /^\{ exists/,
    ],
    [
      'two fields in one term',
      withRule('filter: { term: { t: a, u: b } }\nfields: { t: keyword, u: keyword }'),
      'exactly one field',
      /^\{ t: a/,
    ],
    [
      'a wildcard among fields',
      withRule('filter: all\nfields: { "na*": keyword }'),
      'expected the full literal name',
      /./,
    ],
    ['a metadata field', withRule('filter: all\nfields: { _id: keyword }'), 'expected the full literal name', /./],
    [
      'a container without members',
      withRule('filter: all\nfields: { notes: object }'),
      'no member of this object',
      /^notes:/,
    ],
    [
      'a mask of a container',
      withRule('filter: all\nfields: { n: { type: object, mask: redact }, n.a: keyword }'),
      'no value to mask',
      /^redact/,
    ],
    [
      'a mask that does not fit',
      withRule('filter: all\nfields: { n: { type: long, mask: email } }'),
      'the mask email is for keyword or text',
      /^email/,
    ],
    [
      'a member that shows what its parent masks',
      withRule('filter: all\nfields: { e: { type: text, mask: redact }, e.raw: keyword }'),
      'shows what the mask of e hides',
      /^e\.raw/,
    ],
    [
      'a pattern without a catalogue',
      withRule('filter: all\nfields: { a: keyword }').replace('[profiles]', "['logs-*']"),
      'needs `catalogue: true`',
      /^'logs-/,
    ],
    [
      'a pattern of dot names',
      withRule('filter: all\nfields: { a: keyword }').replace('[profiles]', "['.k*']"),
      'expected an index name',
      /^'\.k/,
    ],
    [
      'a backing index',
      withRule('filter: all\nfields: { a: keyword }').replace('[profiles]', '[.ds-logs-app-1]'),
      'is a backing index',
      /^\.ds-/,
    ],
    [
      'an index name in capitals',
      withRule('filter: all\nfields: { a: keyword }').replace('[profiles]', '[Profiles]'),
      'expected an index name',
      /^Profiles/,
    ],
    [
      'an alias of two indices',
      withRule('filter: all\nfields: { a: keyword }\naliases: [x]').replace('[profiles]', '[a, b]'),
      'an alias means one index',
      /^\[x\]/,
    ],
    [
      'writing without a list of fields',
      withRule('filter: all\nfields: { a: keyword }').replace('[search]', '[index]'),
      'need `write` with `fields`',
      /^indices/,
    ],
    [
      'a write section without writing',
      withRule('filter: all\nfields: { a: keyword }\nwrite: { fields: { a: keyword } }'),
      'no operation of this rule writes',
      /^\{ fields/,
    ],
    [
      'an unknown operation',
      withRule('filter: all\nfields: { a: keyword }').replace('[search]', '[serch]'),
      'operations[0]',
      /^serch/,
    ],
    [
      'an unknown upstream',
      withRule('filter: all\nfields: { a: keyword }\nupstream: other'),
      'no upstream of this name',
      /^other/,
    ],
    [
      'an observation without an end',
      withRoles('r: { match: { issuer: shop }, observe: {}, rules: [] }'),
      'observe.until: is missing',
      /^\{/,
    ],
    [
      'an observation of more than 90 days',
      withRoles(
        'r: { match: { issuer: shop }, observe: { until: 2026-10-01 }, rules: [{ indices: [a], operations: [search], filter: all, fields: { a: keyword } }] }',
      ),
      'more than 90 days',
      /^2026-10-01/,
    ],
    [
      'a day that does not exist',
      withRoles('r: { match: { issuer: shop }, observe: { until: 2026-06-31 }, rules: [] }'),
      'expected a day',
      /^2026-06-31/,
    ],
    ['an unknown issuer', withRoles('r: { match: { issuer: shopp }, rules: [] }'), 'r', /./],
    ['a role that begins with a digit', withRoles('1: { match: { issuer: shop }, rules: [] }'), 'expected a name', /./],
    [
      'plain HTTP beyond loopback',
      withRule('filter: all\nfields: { a: keyword }').replace('127.0.0.1:9280', '0.0.0.0:9280'),
      'plain HTTP is for loopback',
      /^\{ address/,
    ],
    [
      'a shared secret as algorithm',
      withRule('filter: all\nfields: { a: keyword }').replace('ES256', 'HS256'),
      'algorithms[0]',
      /^HS256/,
    ],
    [
      'a password in the file',
      withRule('filter: all\nfields: { a: keyword }').replace(
        'version: 8,',
        'credentials: { username: u, password: hunter },',
      ),
      'unknown key "password"',
      /^password/,
    ],
    [
      'a place still to be filled in',
      withRule('filter: all\nfields: { a: keyword }').replace('[shop-search]', '[TODO]'),
      'still to be filled in',
      /^TODO/,
    ],
    ['a number where a duration belongs', EXAMPLE.replace('timeout: 30s', 'timeout: 30'), 'expected a duration', /^30/],
    ['a page larger than the window', EXAMPLE.replace('window: 1000', 'window: 10'), 'is larger than window', /^100/],
  ])('says where: %s', (_title, text, message, place) => {
    const error = failure(text);
    expect(error.code).toBe('E_POLICY_INVALID');
    expect(error.message).toContain(message);
    expect(error.hint).not.toBe('');
    expect(pointed(text)).toMatch(place);
  });
});
