import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BoundFilter } from '../contract/grant.ts';
import { type Json, JsonNumber, type JsonObject } from '../json/value.ts';
import { fieldsOf, holds, valuesAt } from './index.ts';

const keyword = (...values: string[]): BoundFilter => ({ kind: 'terms', field: 'f', type: 'keyword', values });
const number = (...values: (number | JsonNumber)[]): BoundFilter => ({
  kind: 'terms',
  field: 'f',
  type: 'number',
  values,
});
const boolean = (value: boolean): BoundFilter => ({ kind: 'terms', field: 'f', type: 'boolean', values: [value] });
const not = (filter: BoundFilter): BoundFilter => ({ kind: 'none', filters: [filter] });

describe('the values at a path', () => {
  it.each<[string, JsonObject, string, Json[]]>([
    ['a member', { a: 1 }, 'a', [1]],
    ['objects', { a: { b: 1 } }, 'a.b', [1]],
    ['dotted keys', { 'a.b': 1 }, 'a.b', [1]],
    ['a dotted key in an object', { a: { 'b.c': 1 } }, 'a.b.c', [1]],
    ['an object under a dotted key', { 'a.b': { c: 1 } }, 'a.b.c', [1]],
    ['all of these at once', { a: { b: { c: 1 }, 'b.c': 2 }, 'a.b': { c: 3 }, 'a.b.c': 4 }, 'a.b.c', [1, 2, 3, 4]],
    ['lists, at any depth', { a: [1, [2, [null, 3]]] }, 'a', [1, 2, 3]],
    ['objects in lists', { a: [{ b: 1 }, { b: [2] }, { c: 3 }, 4] }, 'a.b', [1, 2]],
    ['nothing for null', { a: null }, 'a', []],
    ['nothing for an empty list', { a: [] }, 'a', []],
    ['nothing below a scalar', { a: 'x' }, 'a.b', []],
    ['nothing that is inherited', {}, 'constructor', []],
    ['nothing that a text has', { a: 'x' }, 'a.length', []],
    ['nothing that a list has', { a: [1] }, 'a.length', []],
    ['nothing inside of digits', { a: new JsonNumber('1.0') }, 'a.raw', []],
  ])('are those of %s', (_name, source, path, values) => {
    const [found, expected]: readonly unknown[][] = [valuesAt(source, path), values];
    expect(found).toHaveLength(values.length);
    expect(found).toEqual(expect.arrayContaining(expected ?? []));
  });
});

describe('a document satisfies a filter as it does in the store', () => {
  it.each<[string, BoundFilter, Json, boolean]>([
    ['equal text', keyword('t1'), 't1', true],
    ['one of several', keyword('t0', 't1'), 't1', true],
    ['one of a list', keyword('t1'), ['t0', 't1'], true],
    ['other case', keyword('t1'), 'T1', false],
    ['a space more', keyword('t1'), 't1 ', false],
    ['a number as the text it is', keyword('5'), 5, true],
    ['digits as the text they are', keyword('1.0'), new JsonNumber('1.0'), true],
    ['digits that only mean the same', keyword('1'), new JsonNumber('1.0'), false],
    ['a boolean as the text it is', keyword('true'), true, true],
    ['null', keyword('null'), null, false],
    ['an object', keyword('[object Object]'), {}, false],
    ['nothing', keyword('t1'), [], false],
    ['a number', number(5), 5, true],
    ['a number in text', number(5), '5', true],
    ['digits that mean the same', number(5), new JsonNumber('5.00'), true],
    ['2^53 + 1 and 2^53', number(9007199254740992), new JsonNumber('9007199254740993'), false],
    ['2^53 + 1 and itself', number(new JsonNumber('9007199254740993')), new JsonNumber('9007199254740993'), true],
    ['a text that is no number', number(0), '', false],
    ['white space', number(0), ' ', false],
    ['a boolean that counts as 1 elsewhere', number(1), true, false],
    ['true', boolean(true), true, true],
    ['true in text', boolean(true), 'true', true],
    ['an empty text, which is false', boolean(false), '', true],
    ['a number that counts as true elsewhere', boolean(true), 1, false],
    ['an object as a value', { kind: 'exists', field: 'f' }, { a: 1 }, false],
    ['an empty text as a value', { kind: 'exists', field: 'f' }, '', true],
    ['null as a value', { kind: 'exists', field: 'f' }, [null], false],
  ])('%s', (_name, filter, value, expected) => {
    expect(holds(filter, { f: value })).toBe(expected);
  });

  it.each<[Json, boolean]>([
    ['2026-03-01', true],
    ['2026-03-01T00:00:00Z', true],
    ['2026-03-01T00:00:00+01:00', false],
    ['2026-03-31T23:59:59.999Z', true],
    ['2026-03-31T23:30:00-01:00', false],
    ['2026-03', true],
    ['2026', false],
    [Date.UTC(2026, 2, 15), true],
    [String(Date.UTC(2026, 2, 15)), true],
    [Date.UTC(2026, 3, 1), false],
    [2026, false],
    ['March 15, 2026', false],
    ['2026-03-15 10:00', false],
    [true, false],
    [null, false],
  ])('a date in March 2026: %j', (value, expected) => {
    const bounds = { gte: '2026-03-01T00:00:00.000Z', lte: '2026-03-31T23:59:59.999Z' };
    expect(holds({ kind: 'range', field: 'f', type: 'date', bounds }, { f: value })).toBe(expected);
  });

  it('a number within bounds, each bound on its own side', () => {
    const range = (bounds: Record<string, number>, value: Json): boolean =>
      holds({ kind: 'range', field: 'f', type: 'number', bounds }, { f: value });
    expect([4, 5, 6].map((value) => range({ gt: 5 }, value))).toEqual([false, false, true]);
    expect([4, 5, 6].map((value) => range({ gte: 5 }, value))).toEqual([false, true, true]);
    expect([4, 5, 6].map((value) => range({ lt: 5 }, value))).toEqual([true, false, false]);
    expect([4, 5, 6].map((value) => range({ lte: 5 }, value))).toEqual([true, true, false]);
    expect(range({ gte: 5, lt: 6 }, [1, 9])).toBe(false);
    expect(range({ gt: 9007199254740992 }, new JsonNumber('9007199254740993'))).toBe(true);
  });

  it('does not become permitted by the negation of what cannot be compared', () => {
    expect(holds(not(number(5)), { f: 6 })).toBe(true);
    expect(holds(not(number(5)), {})).toBe(true);
    for (const value of ['x', { a: 1 }, true, [6, 'x']]) expect(holds(not(number(5)), { f: value })).toBe(false);
    expect(holds(not(not(number(5))), { f: 'x' })).toBe(false);
    expect(holds(not({ kind: 'range', field: 'f', type: 'date', bounds: { gte: 'now' } }), { f: '2026' })).toBe(true);
    expect(holds(not({ kind: 'all', filters: [] }), {})).toBe(false);
  });

  it('is not satisfied by a group without filters', () => {
    for (const kind of ['all', 'any', 'none'] as const) expect(holds({ kind, filters: [] }, { f: 1 })).toBe(false);
  });

  it('reads a multi-field from its parent, and refuses a document that has both', () => {
    const filter: BoundFilter = { kind: 'terms', field: 'tenant.keyword', type: 'keyword', values: ['t1'] };
    expect(holds(filter, { tenant: 't1' })).toBe(true);
    expect(holds(filter, { tenant: 't2' })).toBe(false);
    expect(holds(filter, { tenant: { keyword: 't1' } })).toBe(true);
    expect(holds(filter, { tenant: 't2', 'tenant.keyword': 't1' })).toBe(false);
    expect(holds(not(filter), { tenant: 't2', 'tenant.keyword': 't1' })).toBe(false);
  });
});

describe('against an evaluator that knows nothing of paths and types', () => {
  const value = fc.oneof(
    fc.constantFrom<Json>('a', 'b', '1', '2', 'x y'),
    fc.integer({ min: 0, max: 3 }),
    fc.boolean(),
    fc.constant(null),
  );
  const field = fc.constantFrom('a', 'b', 'a.b', 'a.c');
  const source: fc.Arbitrary<JsonObject> = fc.dictionary(
    fc.constantFrom('a', 'b', 'a.b', 'c'),
    fc.oneof(value, fc.array(value, { maxLength: 3 })),
    { noNullPrototype: true },
  );
  const leaf: fc.Arbitrary<BoundFilter> = fc.oneof(
    fc.record({
      kind: fc.constant('terms' as const),
      field,
      type: fc.constant('keyword' as const),
      values: fc.array(fc.constantFrom('a', 'b', '1', '2', 'true'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('exists' as const), field }),
  );
  const { filter } = fc.letrec<{ filter: BoundFilter }>((tie) => ({
    filter: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.record({
        kind: fc.constantFrom('all' as const, 'any' as const, 'none' as const),
        filters: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }),
      }),
    ),
  }));

  /** Sets of `path=text` pairs, built from the flat keys that the documents above have. */
  function naive(bound: BoundFilter, pairs: ReadonlySet<string>): boolean {
    if (bound.kind === 'terms') return bound.values.some((one) => pairs.has(`${bound.field}=${String(one)}`));
    if (bound.kind === 'exists') return [...pairs].some((pair) => pair.startsWith(`${bound.field}=`));
    if (bound.kind === 'range') throw new Error('not made here');
    const results = bound.filters.map((inner) => naive(inner, pairs));
    return bound.kind === 'all'
      ? results.every(Boolean)
      : bound.kind === 'any'
        ? results.some(Boolean)
        : !results.some(Boolean);
  }

  it('agrees', () => {
    let yes = 0;
    fc.assert(
      fc.property(filter, source, (bound, document) => {
        // A document whose `a` is a value and which has an `a.b` is one that no mapping explains.
        const scalarA = [document.a ?? null].flat().some((one) => one !== null);
        if (scalarA && fieldsOf(bound).some((name) => name.startsWith('a.'))) return;
        const pairs = new Set(
          Object.entries(document).flatMap(([key, values]) =>
            [values]
              .flat()
              .filter((one) => one !== null)
              .map((one) => `${key}=${String(one)}`),
          ),
        );
        const expected = naive(bound, pairs);
        if (expected) yes += 1;
        expect(holds(bound, document)).toBe(expected);
      }),
      { numRuns: 5000 },
    );
    expect(yes).toBeGreaterThan(100);
  });
});

describe('the fields of a filter', () => {
  it('are each named once', () => {
    expect(
      fieldsOf({ kind: 'all', filters: [keyword('a'), not({ kind: 'exists', field: 'g' }), keyword('b')] }),
    ).toEqual(['f', 'g']);
  });
});
