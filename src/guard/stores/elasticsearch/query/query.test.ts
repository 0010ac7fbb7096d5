import { describe, expect, it } from 'vitest';
import { parseJson, printJson } from '../../../json/index.ts';
import type { Json } from '../../../json/value.ts';
import { checkQuery } from './compile.ts';
import { COMPAT, contextOf, refusalOf } from './testing.ts';

const strict = (query: Json, clauses?: number): string | undefined =>
  refusalOf(() => checkQuery(query, contextOf({}, clauses)));
const compat = (query: Json, clauses?: number): string | undefined =>
  refusalOf(() => checkQuery(query, contextOf(COMPAT, clauses)));

describe('fields in strict queries', () => {
  it.each<[string, Json]>([
    ['a field that is not listed (B075)', { prefix: { phone: '9' } }],
    ['one within must_not (B075)', { bool: { must_not: [{ prefix: { phone: '9' } }] } }],
    ['exists on a field that is not listed (B076)', { exists: { field: 'ssn' } }],
    ['exists on an object, whose members are not all listed (B076)', { exists: { field: 'notes' } }],
    ['a member of an object that is listed (B078)', { match: { 'notes.private': 'x' } }],
    ['a multi-field that is not listed', { term: { 'city.raw': 'x' } }],
    ['a mapping alias (B079)', { match: { tel: '9' } }],
    ['a copy_to target (B080)', { match: { all_text: '9' } }],
    ['a masked field by term (B082)', { term: { email: 'x' } }],
    ['a masked field by range (B082)', { range: { email: { gte: 'a' } } }],
    ['a masked field by exists (B082)', { exists: { field: 'email' } }],
    ['a field of the document filter', { term: { tenant: 't2' } }],
    ['a pattern', { match: { 'na*': 'x' } }],
    ['every field', { exists: { field: '*' } }],
    ['an object key that objects have', { term: { toString: 'x' } }],
    ['a field in another case', { term: { City: 'x' } }],
    ['a field with a space', { term: { 'city ': 'x' } }],
    ['the empty field', { term: { '': 'x' } }],
    [
      'an inner field of nested that is not listed (B090)',
      { nested: { path: 'reviews', query: { term: { 'reviews.secret': 'x' } } } },
    ],
    ['a nested path that is not listed (B090)', { nested: { path: 'orders', query: { match_all: {} } } }],
    ...[
      '_index',
      '_tier',
      '_id',
      '_seq_no',
      '_ignored',
      '_field_names',
      '_source',
      '_routing',
      '_version',
      '_type',
    ].flatMap((field): [string, Json][] => [
      [`${field} by term (B099)`, { term: { [field]: 'x' } }],
      [`${field} by exists (B099)`, { exists: { field } }],
      [`${field} by range (B099)`, { range: { [field]: { gte: 0 } } }],
      [`${field} by terms (B099)`, { terms: { [field]: ['x'] } }],
    ]),
  ])('refuses %s', (_name, query) => {
    expect(['forbidden', 'unsupported_query']).toContain(strict(query));
  });

  it('says the same of a field that is not listed, one that is masked and one of the store', () => {
    const detail = (field: string): string => {
      try {
        checkQuery({ term: { [field]: 'x' } }, contextOf());
      } catch (error) {
        return String(error instanceof Error && 'detail' in error ? error.detail : error);
      }
      return 'none';
    };
    expect(new Set(['ssn', 'email', '_index', 'a*'].map(detail))).toEqual(
      new Set(['query.term: a field that is not listed']),
    );
  });

  it('refuses every field where a strict rule came without a list of them', () => {
    expect(refusalOf(() => checkQuery({ term: { city: 'x' } }, contextOf({ fields: null })))).toBe('forbidden');
  });

  it.each<[string, Json]>([
    ['range on text', { range: { name: { gte: 'a' } } }],
    ['prefix on text', { prefix: { name: 'a' } }],
    ['prefix on a number', { prefix: { age: '1' } }],
    ['match_phrase on a number', { match_phrase: { age: 1 } }],
    ['term on a geo point', { term: { place: 'x' } }],
    ['term on a nested field', { term: { reviews: 'x' } }],
    ['nested on a field that is none', { nested: { path: 'city', query: { match_all: {} } } }],
    ['a text on a number', { term: { age: 'now-1d' } }],
    ['a boolean on a number', { term: { age: true } }],
    ['a number on a boolean', { term: { active: 1 } }],
    ['a list in term', { term: { city: ['x'] } }],
    ['null in term', { term: { city: null } }],
    ['null in terms', { terms: { city: [null] } }],
  ])('refuses %s', (_name, query) => {
    expect(strict(query)).toBe('unsupported_query');
  });
});

describe('forms that name something else than fields and values', () => {
  it.each<[string, Json]>([
    ['query_string (B083)', { query_string: { query: 'ssn:*' } }],
    ['query_string with _exists_ (B083)', { query_string: { query: '_exists_:ssn', fields: ['name'] } }],
    ['simple_query_string (B084)', { simple_query_string: { query: 'x', fields: ['*'] } }],
    ['multi_match (B084)', { multi_match: { query: 'x', fields: ['ph*^3'] } }],
    ['combined_fields (B084)', { combined_fields: { query: 'x', fields: ['*'] } }],
    ['terms by look-up (B085)', { terms: { name: { index: 'orders', id: '1', path: 'customer' } } }],
    ['terms by query', { terms: { city: { query: { match_all: {} } } } }],
    ['more_like_this (B086)', { more_like_this: { like: [{ _index: 'orders', _id: '1' }] } }],
    ['percolate (B087)', { percolate: { field: 'q', index: 'orders', id: '1' } }],
    ['an indexed shape (B088)', { geo_shape: { place: { indexed_shape: { index: 'orders', id: '1' } } } }],
    ['has_child (B089)', { has_child: { type: 'x', query: { match_all: {} } } }],
    ['has_parent (B089)', { has_parent: { parent_type: 'x', query: { match_all: {} } } }],
    ['parent_id (B089)', { parent_id: { type: 'x', id: '1' } }],
    ['a script', { script: { script: { source: '1' } } }],
    ['script_score', { script_score: { query: { match_all: {} }, script: { source: '1' } } }],
    ['wrapper (B092)', { wrapper: { query: 'eyJtYXRjaF9hbGwiOnt9fQ==' } }],
    ...['pinned', 'rule', 'semantic', 'hybrid', 'neural', 'template', 'agentic', 'sparse_vector', 'text_expansion'].map(
      (type): [string, Json] => [`${type} (B093)`, { [type]: {} }],
    ),
    ['knn as a query (B094)', { knn: { field: 'vec', query_vector: [1], k: 100 } }],
  ])('are forbidden in strict: %s', (_name, query) => {
    expect(strict(query)).toBe('forbidden');
    expect(strict({ bool: { should: [query] } })).toBe('forbidden');
    expect(strict({ nested: { path: 'reviews', query } })).toBe('forbidden');
  });

  it.each<[string, Json]>([
    ['inner hits (B090)', { nested: { path: 'reviews', query: { match_all: {} }, inner_hits: {} } }],
    ['a sibling query (B098)', { bool: {}, match_all: {} }],
    ['a query in a query (B098)', { query: { match_all: {} } }],
    ['no query (B098)', {}],
    ['a list (B098)', [{ match_all: {} }]],
    ['a text', 'match_all'],
    ['null', null],
    ['an unknown type (B106)', { matchall: {} }],
    ['a type in another case (B074)', { Match_All: {} }],
    ['a type that objects have', { toString: {} }],
    ['an unknown key (B106)', { term: { city: { value: 'x', boost2: 1 } } }],
    ['a key in another case (B074)', { term: { city: { Value: 'x' } } }],
    ['a key that objects have', { term: { city: { value: 'x', valueOf: 1 } } }],
    ['a named query', { term: { city: { value: 'x', _name: 'n' } } }],
    ['two fields', { term: { city: 'x', name: 'x' } }],
    ['two fields in terms', { terms: { city: ['x'], age: [1] } }],
    ['no field', { term: {} }],
    ['no value', { term: { city: {} } }],
    ['a format of dates (B105)', { range: { born: { gte: 'now-1d', format: 'yyyy' } } }],
    ['a relation (B105)', { range: { born: { gte: 'now-1d', relation: 'within' } } }],
    ['bounds by their old names (B105)', { range: { age: { from: 1, to: 2 } } }],
    ['a time zone on a number', { range: { age: { gte: 1, time_zone: '+01:00' } } }],
    ['a range of something else', { range: { age: [1, 2] } }],
    ['fuzziness, which expands over hidden terms', { match: { name: { query: 'x', fuzziness: 'AUTO' } } }],
    ['an analyser', { match: { name: { query: 'x', analyzer: 'standard' } } }],
    ['a rewrite', { prefix: { city: { value: 'x', rewrite: 'top_terms_10' } } }],
    ['a negative boost', { term: { city: { value: 'x', boost: -1 } } }],
    ['an empty id', { ids: { values: [''] } }],
    ['an id that is no text', { ids: { values: [1] } }],
    ['ids of types', { ids: { type: 'x', values: ['1'] } }],
    ['a list where one query stands', { constant_score: { filter: [{ match_all: {} }] } }],
    ['one query where a list stands', { dis_max: { queries: { match_all: {} } } }],
  ])('are not understood: %s', (_name, query) => {
    expect(strict(query)).toBe('unsupported_query');
    expect(strict({ bool: { filter: [query] } })).toBe('unsupported_query');
  });
});

describe('costs (B104)', () => {
  it('are counted for every clause and every value of a list', () => {
    expect(strict({ bool: { must: [{ match_all: {} }, { match_all: {} }] } }, 3)).toBeUndefined();
    expect(strict({ bool: { must: [{ match_all: {} }, { match_all: {} }] } }, 2)).toBe('too_costly');
    expect(strict({ terms: { city: ['a', 'b', 'c'] } }, 4)).toBeUndefined();
    expect(strict({ terms: { city: ['a', 'b', 'c'] } }, 3)).toBe('too_costly');
    expect(strict({ ids: { values: ['a', 'b', 'c'] } }, 3)).toBe('too_costly');
    expect(compat({ terms_set: { city: { terms: ['a', 'b', 'c'], minimum_should_match: 1 } } }, 3)).toBe('too_costly');
    expect(strict({ terms: { city: Array(100_000).fill('x') } })).toBe('too_costly');
    expect(strict({ bool: { should: Array(65_536).fill({ match_all: {} }) } })).toBe('too_costly');
  });

  it('end a query that is too deep before they are all read', () => {
    const nest = (depth: number): Json => (depth === 0 ? { match_all: {} } : { bool: { must: nest(depth - 1) } });
    expect(strict(nest(8))).toBeUndefined();
    expect(strict(nest(9))).toBe('too_costly');
    expect(strict(nest(5000))).toBe('too_costly');
    const deepest = printJson(checkQuery(nest(8), contextOf()));
    expect(() => parseJson(Buffer.from(`{"query":${deepest}}`))).not.toThrow();
  });

  it('are bounded for texts that become automata', () => {
    for (const type of ['wildcard', 'regexp', 'fuzzy']) {
      expect(strict({ [type]: { city: 'x' } })).toBe('forbidden');
      expect(compat({ [type]: { city: 'x'.repeat(256) } })).toBeUndefined();
      expect(compat({ [type]: { city: 'x'.repeat(257) } })).toBe('unsupported_query');
    }
    expect(compat({ fuzzy: { city: { value: 'x', max_expansions: 100_000 } } })).toBe('unsupported_query');
    expect(compat({ regexp: { city: { value: 'x', max_determinized_states: 2_000_000_000 } } })).toBe(
      'unsupported_query',
    );
    expect(compat({ query_string: { query: 'a '.repeat(600) } })).toBe('unsupported_query');
    expect(strict({ match: { name: 'x'.repeat(5000) } })).toBe('unsupported_query');
  });
});

describe('compat', () => {
  it.each<[string, Json, string]>([
    ['terms by look-up', { terms: { city: { index: 'orders', id: '1', path: 'x' } } }, 'forbidden'],
    [
      'an indexed shape',
      {
        geo_shape: { place: { indexed_shape: { index: 'o', id: '1' }, shape: { type: 'point', coordinates: [1, 2] } } },
      },
      'unsupported_query',
    ],
    [
      'a script in terms_set',
      { terms_set: { city: { terms: ['x'], minimum_should_match_script: { source: '1' } } } },
      'unsupported_query',
    ],
    [
      'a script in function_score',
      { function_score: { script_score: { script: { source: '1' } } } },
      'unsupported_query',
    ],
    [
      'a script in a function',
      { function_score: { functions: [{ script_score: { script: '1' } }] } },
      'unsupported_query',
    ],
    [
      'a denied query in a function',
      { function_score: { functions: [{ filter: { script: {} }, weight: 1 }] } },
      'forbidden',
    ],
    ['inner hits', { nested: { path: 'r', query: { match_all: {} }, inner_hits: {} } }, 'unsupported_query'],
    ['fields by pattern', { multi_match: { query: 'x', fields: ['*'] } }, 'forbidden'],
    ['fields by pattern in query_string', { query_string: { query: 'x', fields: ['na*^3'] } }, 'forbidden'],
    ['the index as a field', { term: { _index: 'orders' } }, 'forbidden'],
    ['more_like_this', { more_like_this: { like: ['x'] } }, 'forbidden'],
    ['a stored query', { percolate: { field: 'q', index: 'o', id: '1' } }, 'forbidden'],
    [
      'a shape of ten thousand lists',
      { geo_shape: { place: { shape: { type: 'linestring', coordinates: Array(9000).fill([1, 2]) } } } },
      'too_costly',
    ],
    ['a shape without a shape', { geo_shape: { place: { relation: 'within' } } }, 'unsupported_query'],
  ])('refuses %s', (_name, query, code) => {
    expect(compat(query)).toBe(code);
  });

  it('keeps to the fields of a rule that has some', () => {
    const listed = (query: Json): string | undefined =>
      refusalOf(() => checkQuery(query, contextOf({ mode: 'compat' })));
    expect(listed({ wildcard: { city: 'x*' } })).toBeUndefined();
    expect(listed({ multi_match: { query: 'x', fields: ['name'] } })).toBeUndefined();
    expect(listed({ wildcard: { phone: 'x*' } })).toBe('forbidden');
    expect(listed({ multi_match: { query: 'x', fields: ['name', 'phone'] } })).toBe('forbidden');
    expect(listed({ multi_match: { query: 'x' } })).toBe('unsupported_query');
    expect(listed({ query_string: { query: 'phone:x', fields: ['name'] } })).toBe('forbidden');
    expect(listed({ simple_query_string: { query: 'x' } })).toBe('forbidden');
    expect(listed({ simple_query_string: { query: 'x', fields: ['name'] } })).toBeUndefined();
    expect(listed({ function_score: { field_value_factor: { field: 'phone' } } })).toBe('forbidden');
    expect(listed({ function_score: { gauss: { phone: { origin: 1, scale: 1 } } } })).toBe('forbidden');
    expect(listed({ terms_set: { city: { terms: ['x'], minimum_should_match_field: 'phone' } } })).toBe('forbidden');
    expect(listed({ distance_feature: { field: 'phone', origin: 'now', pivot: '1d' } })).toBe('forbidden');
    expect(listed({ geo_distance: { distance: '1km', home: [1, 2] } })).toBe('forbidden');
  });
});

describe('what is printed', () => {
  const printed = (text: string): string => printJson(checkQuery(parseJson(Buffer.from(text)), contextOf()));

  it('is the long form of each query', () => {
    expect(printed('{"term":{"city":"x"}}')).toBe('{"term":{"city":{"value":"x"}}}');
    expect(printed('{"match":{"name":"x"}}')).toBe('{"match":{"name":{"query":"x"}}}');
    expect(printed('{"bool":{"filter":{"exists":{"field":"city"}},"boost":1.0}}')).toBe(
      '{"bool":{"filter":[{"exists":{"field":"city"}}],"boost":1.0}}',
    );
  });

  it('keeps every digit (B064)', () => {
    expect(printed('{"term":{"age":9007199254740993}}')).toBe('{"term":{"age":{"value":9007199254740993}}}');
    expect(printed('{"terms":{"age":[1.0,9007199254740993]}}')).toBe('{"terms":{"age":[1.0,9007199254740993]}}');
  });

  it('takes what clients send by habit and what does nothing', () => {
    const habit =
      '{"match":{"name":{"query":"x","operator":"OR","prefix_length":0,"max_expansions":50,"fuzzy_transpositions":true,"lenient":false,"zero_terms_query":"NONE","auto_generate_synonyms_phrase_query":true,"boost":1.0}}}';
    expect(printed(habit)).toBe(habit);
    const bool =
      '{"bool":{"must":[{"match_all":{"boost":1.0}}],"adjust_pure_negative":true,"minimum_should_match":"2<75%"}}';
    expect(printed(bool)).toBe(bool);
  });

  it('names documents as the store does, where ids have a namespace', () => {
    const context = contextOf({ storeId: (id) => `t1:${id}` });
    expect(checkQuery({ ids: { values: ['a', 'b'] } }, context)).toEqual({ ids: { values: ['t1:a', 't1:b'] } });
  });
});
