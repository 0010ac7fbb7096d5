import { describe, expect, it } from 'vitest';
import { EXAMPLE, NOW, parse, withRoles } from '../testing/policies.ts';
import { LINT_RULES } from './finding.ts';
import { lint } from './lint.ts';
import { readAliases, readMapping } from './mapping.ts';

const OBSERVER = 'limits: { rate: 5/s, documents: 10/1h }';

/** What is found of one strict role, as `rule: text at the place`. */
function found(rules: string, options: { mapping?: unknown; aliases?: unknown; role?: string; more?: string } = {}) {
  const role = options.role ?? `match: { issuer: shop, claims: { scope: { contains: read } } }\n${OBSERVER}`;
  const text = withRoles(`r:\n${`${role}\nrules:\n${rules}`.replace(/^/gm, '  ')}`, options.more);
  const input = {
    now: NOW,
    ...(options.mapping !== undefined && { mapping: readMapping(options.mapping) }),
    ...(options.aliases !== undefined && { aliases: readAliases(options.aliases) }),
  };
  return lint(parse(text), input)
    .filter(({ rule }) => rule !== 'guard/no-witness')
    .map(({ rule, severity, position }) => {
      const place = text.split('\n')[position.line - 1]?.slice(position.column - 1) ?? '';
      return `${severity} ${rule} @${place.split(/[ :,\]}]/)[0]}`;
    });
}

const CLEAN = '  - { indices: [a], operations: [search], filter: all, fields: { f: keyword } }';
const mapping = (properties: object) => ({ a: { mappings: { properties } } });

describe('lint', () => {
  it('finds nothing where nothing is', () => {
    expect(found(CLEAN)).toEqual([]);
    expect(found(CLEAN, { mapping: mapping({ f: { type: 'keyword' } }) })).toEqual([]);
  });

  it('finds no error in the example of the documentation', () => {
    expect(lint(parse(EXAMPLE), { now: NOW }).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('finds a rule that an earlier one decides for', () => {
    expect(found(`${CLEAN}\n${CLEAN}`)).toEqual(['error guard/rule-never-matches @{']);
    expect(found(`${CLEAN}\n${CLEAN.replace('[search]', '[search, count]')}`)).toEqual([]);
  });

  it('finds a rule behind a pattern for everything', () => {
    const all = CLEAN.replace('[a]', "['*']").replace('operations', 'catalogue: true, operations');
    expect(found(`${all}\n${CLEAN}`)).toEqual([
      "warning guard/wide-pattern @['*'",
      'error guard/rule-never-matches @{',
    ]);
  });

  it('finds a role that nobody can have', () => {
    expect(found(CLEAN, { role: `match: { anonymous: true, claims: { a: { equals: b } } }\n${OBSERVER}` })).toContain(
      'error guard/role-nobody @{',
    );
  });

  it('finds names that mean two things', () => {
    const alias = CLEAN.replace('operations', 'aliases: [x], operations');
    const other = alias.replace('[a]', '[b]');
    expect(found(`${alias}\n${other}`)).toEqual(['warning guard/alias-overlap @x']);
    expect(found(`${alias}\n${CLEAN.replace('[a]', '[x]')}`)).toEqual(['error guard/alias-is-index @x']);
    expect(found(CLEAN.replace('[a]', '[.kibana]'))).toEqual(['warning guard/dot-index @.kibana']);
  });

  it('finds operations that lack what they are made of', () => {
    expect(found(CLEAN.replace('[search]', '[scroll]'))).toEqual(['warning guard/operation-without-base @[scroll']);
  });

  it('finds roles that are wider than they need be', () => {
    const open = CLEAN.replace(', fields: { f: keyword }', '');
    expect(found(open, { role: 'match: { issuer: shop }\nmode: compat' })).toEqual([
      'info guard/role-matches-anyone @{',
      'warning guard/compat-for-people @compat',
    ]);
    expect(found(open, { role: 'match: { anonymous: true }\nmode: compat' })).toContain(
      'error guard/compat-anonymous @compat',
    );
    expect(found(CLEAN, { role: 'match: { anonymous: true }' })).toEqual([
      'warning guard/no-document-budget @r',
      'warning guard/no-rate @r',
      'warning guard/everything-for-strangers @all',
    ]);
    expect(found(CLEAN, { role: `match: { anonymous: true }\n${OBSERVER}\nobserve: { until: 2026-06-20 }` })).toContain(
      'warning guard/observed @{',
    );
  });

  it('finds an index name in two stores', () => {
    const two = (index: string) =>
      withRoles(
        `r:\n  match: { issuer: shop, claims: { scope: { contains: read } } }\n  ${OBSERVER}\n  rules:\n  ${CLEAN.replace('{ ', '{ upstream: shop, ')}\n  ${CLEAN.replace('{ ', '{ upstream: other, ').replace('[a]', `[${index}]`)}`,
      ).replace(
        'upstreams: { ',
        'upstreams: { other: { store: opensearch, version: 2, nodes: [http://127.0.0.1:9201] }, ',
      );
    const rules = (text: string) => lint(parse(text), { now: NOW }).map(({ rule }) => rule);
    expect(rules(two('a'))).toContain('guard/index-in-two-stores');
    expect(rules(two('b'))).not.toContain('guard/index-in-two-stores');
  });

  it('finds an observation that is over', () => {
    const role = (until: string) =>
      `match: { issuer: shop, claims: { scope: { contains: read } } }\n${OBSERVER}\nobserve: { until: ${until} }`;
    expect(found(CLEAN, { role: role('2026-05-20') })).toEqual(['info guard/observation-over @{']);
    expect(found(CLEAN, { role: role('2026-06-20') })).toEqual(['warning guard/observed @{']);
  });

  it('finds very large pages', () => {
    const page = (size: number) => CLEAN.replace('filter: all', `filter: all, limits: { page: ${size} }`);
    expect(found(page(1001))).toEqual(['warning guard/large-page @1001']);
    expect(found(page(1000))).toEqual([]);
  });

  it('finds scores that tell of hidden documents', () => {
    const scoring = (filter: string, how: string) => CLEAN.replace('filter: all', `filter: ${filter}, scoring: ${how}`);
    expect(found(scoring('{ term: { f: x } }', 'index-wide'))).toEqual(['warning guard/scores-tell @index-wide']);
    expect(found(scoring('{ term: { f: x } }', 'constant'))).toEqual([]);
    expect(found(scoring('all', 'index-wide'))).toEqual([]);
  });

  it('finds a listener that no proof can name', () => {
    const listening = (listener: string) => {
      const text = withRoles(`r:\n  match: { issuer: shop }\n  ${OBSERVER}\n  rules:\n  ${CLEAN}`);
      return lint(parse(text.replace('{ address: 127.0.0.1:9280 }', `{ ${listener} }`)), { now: NOW }).map(
        ({ rule }) => rule,
      );
    };
    const cert = 'tls: { certificate: c.pem, key: k.pem }';
    expect(listening(`address: '0.0.0.0:9280', ${cert}`)).toContain('guard/public-url');
    expect(listening(`address: '[::]:9280', ${cert}`)).toContain('guard/public-url');
    expect(listening(`address: '0.0.0.0:9280', ${cert}, publicUrl: 'https://search.shop.example'`)).not.toContain(
      'guard/public-url',
    );
  });

  it('finds certificates that no listener asks for', () => {
    const asking = (tls: string) => {
      const text = withRoles(`r:\n  match: { issuer: shop }\n  ${OBSERVER}\n  rules:\n  ${CLEAN}`)
        .replace('{ address: 127.0.0.1:9280 }', `{ address: 127.0.0.1:9280${tls} }`)
        .replace('  anonymous: true\n', '  certificates: [{ name: services, ca: services.pem }]\n');
      return lint(parse(text), { now: NOW }).map(({ rule }) => rule);
    };
    expect(asking('')).toContain('guard/certificates-not-asked');
    expect(
      asking(', tls: { certificate: c.pem, key: k.pem, clientCertificates: optional, clientCa: ca.pem }'),
    ).not.toContain('guard/certificates-not-asked');
  });

  it('finds writes that the filter never admits', () => {
    const rule = (write: string) =>
      `  - { indices: [a], operations: [create], idNamespace: n, filter: { term: { t: x } }, fields: { f: keyword, t: keyword }, write: ${write} }`;
    expect(found(rule('{ fields: { f: keyword } }'))).toEqual(['error guard/write-cannot-succeed @{']);
    expect(found(rule('{ fields: { f: keyword }, set: { t: x } }'))).toEqual([]);
  });

  it('tells that ids cannot be chosen without a namespace (B177)', () => {
    const rule = `  - { indices: [a], operations: [create], filter: { term: { t: x } }, fields: { t: keyword }, write: { fields: {}, set: { t: x } } }`;
    expect(found(rule)).toEqual(['info guard/ids-tell @[create']);
  });

  it('finds how a gateway is run unsafely', () => {
    const more = 'journal: { onFailure: allow }\nlimits: { onFailure: allow }\n';
    expect(found(CLEAN, { more })).toEqual(['warning guard/fails-open @allow', 'warning guard/fails-open @allow']);
    const text = withRoles(`r:\n  match: { issuer: shop }\n  ${OBSERVER}\n  rules:\n  ${CLEAN}`)
      .replace('types: [at+jwt]', 'types: [JWT]')
      .replace('http://127.0.0.1:9200', 'http://10.0.0.5:9200');
    const rules = lint(parse(text), { now: NOW }).map(({ rule }) => rule);
    expect(rules).toContain('guard/id-token-accepted');
    expect(rules).toContain('guard/plain-store');
  });

  it('finds a store of the limits that is spoken to in clear, away from this machine', () => {
    const more = (url: string) => `limits: { store: { valkey: { url: '${url}' } } }\n`;
    expect(found(CLEAN, { more: more('redis://limits.internal:6379') })).toEqual([
      "warning guard/plain-limits @'redis",
    ]);
    expect(found(CLEAN, { more: more('rediss://limits.internal:6379') })).toEqual([]);
    expect(found(CLEAN, { more: more('redis://127.0.0.1:6379') })).toEqual([]);
  });

  describe('beside a mapping', () => {
    const fields = (list: string) => CLEAN.replace('{ f: keyword }', `{ ${list} }`);

    it('finds fields that are not there, or of another type', () => {
      expect(found(fields('f: keyword, g: long'), { mapping: mapping({ f: { type: 'text' } }) })).toEqual([
        'warning guard/field-type @f',
        'warning guard/field-unknown @g',
      ]);
    });

    it('finds mapping aliases of hidden fields (B079)', () => {
      const given = mapping({ phone: { type: 'keyword' }, tel: { type: 'alias', path: 'phone' } });
      expect(found(fields('tel: keyword'), { mapping: given })).toEqual(['error guard/field-alias @tel']);
      expect(found(fields('tel: keyword, phone: { type: keyword, mask: redact }'), { mapping: given })).toContain(
        'error guard/field-alias @tel',
      );
      expect(found(fields('tel: keyword, phone: keyword'), { mapping: given })).toEqual([
        'warning guard/field-alias @tel',
      ]);
    });

    it('finds copy_to targets of hidden fields (B080)', () => {
      const given = mapping({
        phone: { type: 'keyword', copy_to: ['all'] },
        name: { type: 'text', copy_to: 'all' },
        all: { type: 'text' },
      });
      expect(found(fields('name: text, all: text'), { mapping: given })).toEqual(['error guard/copy-to @all']);
      expect(found(fields('name: text, all: text, phone: { type: keyword, mask: token }'), { mapping: given })).toEqual(
        ['error guard/copy-to @all'],
      );
      expect(found(fields('name: text, all: text, phone: keyword'), { mapping: given })).toEqual([]);
    });

    it('finds multi-fields of hidden fields', () => {
      const given = mapping({ phone: { type: 'text', fields: { raw: { type: 'keyword' } } } });
      expect(found(fields('phone.raw: keyword'), { mapping: given })).toEqual(['error guard/multi-field @phone.raw']);
    });

    it('finds filters that the store understands otherwise (B103)', () => {
      const rule = CLEAN.replace('filter: all', 'filter: { term: { t: x } }').replace(
        '{ f: keyword }',
        '{ t: keyword }',
      );
      const of = (field: object) => found(rule, { mapping: mapping({ t: field }) });
      expect(of({ type: 'keyword' })).toEqual([]);
      expect(of({ type: 'text' })).toContain('error guard/filter-analysed @{');
      expect(of({ type: 'keyword', normalizer: 'lower' })).toEqual(['error guard/filter-rewritten @{']);
      expect(of({ type: 'keyword', null_value: 'x' })).toEqual(['error guard/filter-rewritten @{']);
      expect(of({ type: 'keyword', ignore_above: 256 })).toEqual(['info guard/filter-rewritten @{']);
      expect(of({ type: 'long' })).toContain('error guard/field-type @{');
      expect(found(rule, { mapping: mapping({ u: { type: 'keyword' } }) })).toContain('error guard/field-unknown @{');
    });

    it('finds names that are aliases in the store', () => {
      const aliases = { a: { aliases: { people: {} } }, orders: { aliases: { people: {} } } };
      expect(found(CLEAN.replace('[a]', '[people]'), { aliases })).toEqual(['error guard/alias-in-store @people']);
      expect(found(CLEAN.replace('operations', 'aliases: [people], operations'), { aliases })).toEqual([
        'warning guard/alias-in-store @people',
      ]);
      expect(found(CLEAN.replace('[a]', '[gone]'), { mapping: mapping({ f: { type: 'keyword' } }) })).toEqual([
        'warning guard/index-unknown @gone',
      ]);
    });

    it('looks at every index that a pattern matches', () => {
      const all = CLEAN.replace('[a]', "['a*']").replace('operations', 'catalogue: true, operations');
      expect(found(all, { mapping: mapping({ f: { type: 'long' } }) })).toEqual(['warning guard/field-type @f']);
    });
  });

  it('has a name for each of its rules', () => {
    for (const title of Object.values(LINT_RULES)) expect(title).toMatch(/^[a-zI]/);
  });
});

describe('readMapping', () => {
  it('reads objects, multi-fields and the mappings of version 6', () => {
    const typed = { old: { mappings: { doc: { properties: { a: { properties: { b: { type: 'keyword' } } } } } } } };
    expect([...(readMapping(typed).get('old')?.values() ?? [])].map(({ name, type }) => `${name} ${type}`)).toEqual([
      'a object',
      'a.b keyword',
    ]);
  });

  it('says what it wants when it is given something else', () => {
    for (const wrong of [null, [], {}, { a: 1 }, 'x', { error: {} }]) {
      expect(() => readMapping(wrong)).toThrow(/GET \/_mapping/);
    }
  });
});
