import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BoundFilter } from '../../../contract/grant.ts';
import { equalJson, parseJson, printJson } from '../../../json/index.ts';
import { type Json, JsonNumber, type JsonObject } from '../../../json/value.ts';
import { filterQuery } from '../filter/index.ts';
import { compileQuery } from './compile.ts';
import type { QueryContext } from './context.ts';
import { COMPAT, contextOf, TENANT } from './testing.ts';

const city: Json = { term: { city: { value: 'x' } } };
const tenant = { term: { tenant: { value: 't1' } } };

describe('the query that goes to the store', () => {
  it.each<[string, Partial<QueryContext>, Json | undefined, JsonObject]>([
    ['strict', {}, city, { constant_score: { filter: { bool: { filter: [tenant, city] } } } }],
    ['strict without a query', {}, undefined, { constant_score: { filter: { bool: { filter: [tenant] } } } }],
    ['strict over all documents', { filter: null }, city, { constant_score: { filter: city } }],
    [
      'strict over all documents without a query',
      { filter: null },
      undefined,
      { constant_score: { filter: { match_all: {} } } },
    ],
    ['with index-wide scores', { scoring: 'index-wide' }, city, { bool: { filter: [tenant], must: [city] } }],
    [
      'with index-wide scores and without a query',
      { scoring: 'index-wide' },
      undefined,
      { bool: { filter: [tenant] } },
    ],
    ['with index-wide scores over all documents', { scoring: 'index-wide', filter: null }, city, city],
    ['compat', COMPAT, city, { constant_score: { filter: { bool: { filter: [tenant, city] } } } }],
    ['compat over all documents', { ...COMPAT, filter: null }, city, city],
    ['compat over all documents without a query', { ...COMPAT, filter: null }, undefined, { match_all: {} }],
  ])('has the document filter in it: %s', (_name, changes, user, expected) => {
    expect(compileQuery(user, contextOf(changes))).toEqual(expected);
  });

  it('has the filter of the principal around a query that brings the filter of another', () => {
    const other = { constant_score: { filter: { bool: { filter: [{ term: { city: { value: 't2' } } }, city] } } } };
    const compiled = compileQuery(other, contextOf());
    expect(compiled).toEqual({
      constant_score: { filter: { bool: { filter: [tenant, other] } } },
    });
  });

  it('does not take a query for guarded that only resembles one', () => {
    const wrap = (inner: Json): Json => ({ constant_score: { filter: { bool: inner } } });
    for (const almost of [
      wrap({ filter: [tenant], should: [city] }),
      wrap({ filter: [tenant], must_not: [city] }),
      wrap({ filter: [city, tenant] }),
      wrap({ filter: [tenant, city, city] }),
      wrap({ filter: [{ term: { tenant: { value: 't1', boost: 1 } } }] }),
      wrap({ filter: [{ term: { tenant: { value: 't2' } } }, city] }),
      { constant_score: { filter: { bool: { filter: [tenant, city] } }, boost: 2 } },
    ]) {
      // The filter's field is not the client's to name, so that each of these is refused, not sent.
      expect(() => compileQuery(almost, contextOf())).toThrow();
    }
  });
});

describe('guarding a guarded query changes nothing', () => {
  const word = fc.constantFrom('x', 'y z', 'ü"', '');
  const number: fc.Arbitrary<Json> = fc.oneof(
    fc.integer(),
    fc.constantFrom(new JsonNumber('1.0'), new JsonNumber('9007199254740993')),
  );
  const boost = fc.option(fc.constantFrom<Json>(1, 0.5, new JsonNumber('2.0')), { nil: undefined });
  const withBoost = (value: JsonObject, given: Json | undefined): JsonObject =>
    given === undefined ? value : { ...value, boost: given };
  const leaf: fc.Arbitrary<JsonObject> = fc.oneof(
    fc.constant({ match_all: {} }),
    fc.constant({ match_none: {} }),
    word.map((value) => ({ term: { city: value } })),
    fc.tuple(word, boost).map(([value, given]) => ({ term: { city: withBoost({ value }, given) } })),
    fc
      .tuple(fc.array(word, { maxLength: 3 }), boost)
      .map(([values, given]) => ({ terms: withBoost({ city: values }, given) })),
    fc
      .tuple(number, fc.constantFrom('gt', 'gte', 'lt', 'lte'))
      .map(([value, key]) => ({ range: { age: { [key]: value } } })),
    fc.constantFrom<JsonObject>(
      { range: { born: { gte: 'now-1d/d', time_zone: 'Europe/Berlin' } } },
      { prefix: { city: 'x' } },
    ),
    word.map((value) => ({ match: { name: { query: value, operator: 'and' } } })),
    word.map((value) => ({ match_phrase: { name: value } })),
    fc.constant({ exists: { field: 'age' } }),
    fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }).map((values) => ({ ids: { values } })),
  );
  const { query } = fc.letrec<{ query: JsonObject }>((tie) => {
    const list = fc.array(tie('query'), { maxLength: 3 });
    return {
      query: fc.oneof(
        { maxDepth: 4, depthSize: 'small' },
        leaf,
        fc.record(
          {
            bool: fc.record(
              {
                must: fc.oneof(list, tie('query')),
                filter: list,
                should: list,
                must_not: tie('query'),
                minimum_should_match: fc.constantFrom<Json>(1, '75%'),
                boost: fc.constant(1),
              },
              { requiredKeys: [], noNullPrototype: true },
            ),
          },
          { noNullPrototype: true },
        ),
        tie('query').map((filter) => ({ constant_score: { filter } })),
        list.map((queries) => ({ dis_max: { queries, tie_breaker: 0.5 } })),
        tie('query').map((inner) => ({ nested: { path: 'reviews', query: inner, score_mode: 'none' } })),
        // As a client would write the wrapper itself, around what it likes.
        tie('query').map((inner) => ({ constant_score: { filter: { bool: { filter: [inner] } } } })),
      ),
    };
  });
  const filters: readonly (BoundFilter | null)[] = [
    null,
    TENANT,
    { kind: 'range', field: 'age', type: 'number', bounds: { gte: 18 } },
    { kind: 'terms', field: 'tenant', type: 'number', values: [new JsonNumber('1.0'), 2] },
    { kind: 'all', filters: [TENANT, { kind: 'none', filters: [{ kind: 'exists', field: 'gone' }] }] },
  ];

  it.each(['strict', 'compat'] as const)('in %s, whatever the query, the filter and the scoring are', (mode) => {
    fc.assert(
      fc.property(
        fc.option(query, { nil: undefined }),
        fc.constantFrom(...filters),
        fc.constantFrom('constant' as const, 'index-wide' as const),
        (user, filter, scoring) => {
          const context = () => contextOf({ mode, filter, scoring });
          const once = printJson(compileQuery(user, context()));
          const twice = printJson(compileQuery(parseJson(Buffer.from(once)), context()));
          expect(twice).toBe(once);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('and the filter stands where every hit must pass it', () => {
    fc.assert(
      fc.property(
        fc.option(query, { nil: undefined }),
        fc.constantFrom('constant' as const, 'index-wide' as const),
        (user, scoring) => {
          const compiled = compileQuery(user, contextOf({ scoring }));
          const outer = scoring === 'constant' ? member(member(compiled, 'constant_score'), 'filter') : compiled;
          const list = member(member(outer, 'bool'), 'filter');
          expect(Array.isArray(list) && equalJson(list[0], filterQuery(TENANT))).toBe(true);
          expect(Object.keys(compiled)).toHaveLength(1);
        },
      ),
      { numRuns: 500 },
    );
  });
});

function member(value: Json | undefined, key: string): Json | undefined {
  return value instanceof Object && key in value ? Reflect.get(value, key) : undefined;
}
