import { describe, expect, it } from 'vitest';
import type { BoundFilter, Filter, FilterType } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import { parseJson, printJson } from '../../../json/index.ts';
import { type Json, JsonNumber, jsonObject } from '../../../json/value.ts';
import { bindFilter, filterQuery } from './index.ts';

const claims = (tenant: Json | undefined) => jsonObject(tenant === undefined ? [] : [['tenant', tenant]]);
const term = (type: FilterType = 'keyword'): Filter => ({
  kind: 'term',
  field: 'tenant',
  type,
  value: { claim: ['tenant'] },
});
const terms = (type: FilterType = 'keyword'): Filter => ({
  kind: 'terms',
  field: 'tenant',
  type,
  values: { claim: ['tenant'] },
});

function outcome(filter: Filter, tenant: Json | undefined): BoundFilter | string {
  try {
    return bindFilter(filter, claims(tenant));
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

describe('a claim enters a filter as the value that it is', () => {
  it('is a JSON value, whatever is in it (B100)', () => {
    const hostile = 't1"}},{"match_all":{"x":"';
    const query = filterQuery(bindFilter(term(), claims(hostile)));
    expect(query).toEqual({ term: { tenant: { value: hostile } } });
    expect(parseJson(Buffer.from(printJson(query)))).toEqual(query);
  });

  it.each(['t1 ', ' t1', 'T1', 'ｔ1', 't1\n', '*', '\u0001'])('is neither trimmed nor folded: %j (B102)', (value) => {
    expect(outcome(term(), value)).toEqual({ kind: 'terms', field: 'tenant', type: 'keyword', values: [value] });
  });

  it.each<[string, Json | undefined]>([
    ['missing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['a NUL', 't1\u0000'],
    ['half a surrogate pair', 't1\ud800'],
    ['longer than a term can be', 'x'.repeat(8192)],
    ['an object', { $ne: 'x' }],
    ['a list', ['t1']],
    ['a list of two', ['t1', 't2']],
    ['a number', 1],
    ['a boolean', true],
    ['digits', new JsonNumber('1.0')],
  ])('denies where the claim of a keyword is %s (B101)', (_name, value) => {
    expect(outcome(term(), value)).toBe('forbidden');
  });

  it.each<[FilterType, Json]>([
    ['number', '5'],
    ['number', true],
    ['number', null],
    ['boolean', 'true'],
    ['boolean', 1],
    ['boolean', 0],
    ['date', 'now'],
    ['date', 'now-1d'],
    ['date', '2026-01-01||/M'],
    ['date', '2026-02-30'],
    ['date', '01/02/2026'],
    ['date', ''],
    ['date', 1.5],
    ['date', true],
  ])('denies where the claim of a %s is %j', (type, value) => {
    expect(outcome(term(type), value)).toBe('forbidden');
  });

  it('is read at its path, and never from what objects inherit', () => {
    const filter: Filter = { kind: 'term', field: 'f', type: 'keyword', value: { claim: ['org', 'id'] } };
    expect(bindFilter(filter, { org: { id: 'x' } })).toMatchObject({ values: ['x'] });
    for (const path of [
      ['constructor', 'name'],
      ['toString'],
      ['org', 'length'],
      ['__proto__', 'constructor', 'name'],
    ]) {
      expect(() => bindFilter({ ...filter, value: { claim: path } }, { org: 'x' })).toThrow(Refusal);
    }
  });

  it('may be a list where the filter says terms with one claim, and only there', () => {
    expect(outcome(terms(), ['t1', 't2'])).toMatchObject({ values: ['t1', 't2'] });
    expect(outcome(terms('number'), [1, new JsonNumber('9007199254740993')])).toMatchObject({ kind: 'terms' });
    for (const value of [
      undefined,
      null,
      't1',
      {},
      [],
      [''],
      ['t1', 2],
      ['t1', null],
      ['t1', ['t2']],
      Array(1025).fill('x'),
    ]) {
      expect(outcome(terms(), value)).toBe('forbidden');
    }
  });

  it('denies with every value of a list that is taken one by one', () => {
    const filter: Filter = {
      kind: 'terms',
      field: 'f',
      type: 'keyword',
      values: [{ literal: 'public' }, { claim: ['tenant'] }],
    };
    expect(outcome(filter, 't1')).toMatchObject({ values: ['public', 't1'] });
    expect(outcome(filter, undefined)).toBe('forbidden');
    expect(outcome(filter, ['t1'])).toBe('forbidden');
  });

  it('denies a range with a bound that cannot be compared, and one without bounds', () => {
    const range = (value: Json): BoundFilter | string =>
      outcome({ kind: 'range', field: 'f', type: 'number', bounds: { lte: { claim: ['tenant'] } } }, value);
    expect(range(5)).toEqual({ kind: 'range', field: 'f', type: 'number', bounds: { lte: 5 } });
    for (const value of ['5', null, new JsonNumber('9007199254740993'), true]) expect(range(value)).toBe('forbidden');
    expect(outcome({ kind: 'range', field: 'f', type: 'number', bounds: {} }, 1)).toBe('forbidden');
    const [one, two] = [{ literal: 1 }, { literal: 2 }];
    for (const bounds of [
      { gt: one, gte: two },
      { lt: one, lte: two },
    ]) {
      expect(outcome({ kind: 'range', field: 'f', type: 'number', bounds }, 1)).toBe('forbidden');
    }
  });

  it('denies a group without filters: it would open or close everything', () => {
    for (const kind of ['all', 'any', 'none'] as const) expect(outcome({ kind, filters: [] }, 't1')).toBe('forbidden');
  });

  it('denies the whole where one filter of a group is denied', () => {
    const open: Filter = { kind: 'term', field: 'public', type: 'boolean', value: { literal: true } };
    expect(outcome({ kind: 'any', filters: [open, term()] }, undefined)).toBe('forbidden');
    expect(outcome({ kind: 'none', filters: [term()] }, undefined)).toBe('forbidden');
  });

  it('never says in the refusal what the claim held', () => {
    expect(() => bindFilter(term(), claims('secret\u0000'))).toThrow(
      expect.objectContaining({ detail: 'filter: a value is no keyword' }),
    );
  });
});

describe('the filter as the store reads it', () => {
  const date = (value: string | number): Filter => ({
    kind: 'term',
    field: 'd',
    type: 'date',
    value: { literal: value },
  });

  it('is exact clauses, one way to say each thing', () => {
    const filter: Filter = {
      kind: 'all',
      filters: [
        { kind: 'term', field: 'tenant', type: 'keyword', value: { literal: 't1' } },
        {
          kind: 'any',
          filters: [
            { kind: 'exists', field: 'a', type: 'keyword' },
            { kind: 'term', field: 'n', type: 'number', value: { literal: 3 } },
          ],
        },
        {
          kind: 'none',
          filters: [{ kind: 'terms', field: 'b', type: 'boolean', values: [{ literal: true }, { literal: false }] }],
        },
        { kind: 'range', field: 'n', type: 'number', bounds: { gte: { literal: 1 }, lt: { literal: 9 } } },
      ],
    };
    expect(filterQuery(bindFilter(filter, {}))).toEqual({
      bool: {
        filter: [
          { term: { tenant: { value: 't1' } } },
          { bool: { should: [{ exists: { field: 'a' } }, { term: { n: { value: 3 } } }], minimum_should_match: 1 } },
          { bool: { must_not: [{ terms: { b: [true, false] } }] } },
          { range: { n: { gte: 1, lt: 9 } } },
        ],
      },
    });
  });

  it('says a date in full and in a format of its own, because the field may have another', () => {
    expect(filterQuery(bindFilter(date('2026-03-01'), {}))).toEqual({
      range: {
        d: { gte: '2026-03-01T00:00:00.000Z', lte: '2026-03-01T23:59:59.999Z', format: 'strict_date_optional_time' },
      },
    });
    expect(filterQuery(bindFilter(date(0), {}))).toMatchObject({ range: { d: { gte: '1970-01-01T00:00:00.000Z' } } });
    const range: Filter = {
      kind: 'range',
      field: 'd',
      type: 'date',
      bounds: { gt: { literal: '2026-03-01' }, lte: { literal: '2026-03-31T10:00+02:00' } },
    };
    expect(filterQuery(bindFilter(range, {}))).toMatchObject({
      range: { d: { gt: '2026-03-01T23:59:59.999Z', lte: '2026-03-31T08:00:59.999Z' } },
    });
  });

  it('matches nothing where a group came without filters', () => {
    for (const kind of ['all', 'any', 'none'] as const) {
      expect(filterQuery({ kind, filters: [] })).toEqual({ match_none: {} });
    }
    expect(filterQuery({ kind: 'terms', field: 'f', type: 'keyword', values: [] })).toEqual({ match_none: {} });
  });
});
