/** Queries that hold queries. */
import { Refusal } from '../../../contract/refusal.ts';
import { isJsonObject, type Json } from '../../../json/value.ts';
import type { Query } from './ast.ts';
import type { Place, QueryContext } from './context.ts';
import { fieldReader } from './fields.ts';
import { type Clause, NAMED } from './leaves.ts';
import {
  boost,
  flag,
  minimumShouldMatch,
  number,
  objectOf,
  oneOf,
  type Readers,
  readOptions,
  refuse,
} from './options.ts';
import type { QueryType } from './types.ts';

/**
 * Compound queries around a leaf. Printed, each takes up to three levels of JSON, and what was printed must stay readable
 * within the 32 levels that a request may have.
 */
export const MAX_QUERY_DEPTH = 8;

type ParseQuery = (value: Json, context: QueryContext, place: Place) => Query;

interface CompoundGrammar {
  readonly type: QueryType;
  /** How many queries stand under a key: one, or a list (for `bool` one stands for a list of one). */
  readonly inner: Readonly<Record<string, 'one' | 'list' | 'some'>>;
  readonly required: readonly string[];
  readonly options: Readers;
}

export function compoundClause(grammar: CompoundGrammar, parse: ParseQuery): Clause {
  const tables = { strict: grammar.options, compat: { ...grammar.options, ...NAMED } };
  return (value, context, { at, depth }) => {
    if (depth >= MAX_QUERY_DEPTH) throw new Refusal('too_costly', `${at}: too deep`);
    const inner = new Map<string, Query | readonly Query[]>();
    const rest: Record<string, Json> = {};
    const given = objectOf(value, at);
    for (const key of Object.keys(given)) {
      const form = Object.hasOwn(grammar.inner, key) ? grammar.inner[key] : undefined;
      const part = given[key] ?? null;
      if (form === undefined) rest[key] = part;
      else inner.set(key, parseInner(form, part, context, { at: `${at}.${key}`, depth: depth + 1 }, parse));
    }
    const options = readOptions(rest, tables[context.mode], at, context);
    for (const key of grammar.required) {
      if (!inner.has(key) && !Object.hasOwn(options, key)) throw refuse(at, `${key} is missing`);
    }
    return { kind: 'compound', type: grammar.type, inner, options };
  };
}

function parseInner(
  form: 'one' | 'list' | 'some',
  part: Json,
  context: QueryContext,
  place: Place,
  parse: ParseQuery,
): Query | readonly Query[] {
  if (form === 'one') return parse(part, context, place);
  if (Array.isArray(part)) {
    return part.map((item, index) => parse(item, context, { at: `${place.at}[${index}]`, depth: place.depth }));
  }
  if (form === 'some' && isJsonObject(part)) return [parse(part, context, place)];
  throw refuse(place.at, 'not a list of queries');
}

export function compoundClauses(parse: ParseQuery) {
  const clause = (grammar: CompoundGrammar): Clause => compoundClause(grammar, parse);
  return {
    bool: clause({
      type: 'bool',
      inner: { must: 'some', filter: 'some', should: 'some', must_not: 'some' },
      required: [],
      options: { minimum_should_match: minimumShouldMatch, adjust_pure_negative: flag, boost },
    }),
    constant_score: clause({
      type: 'constant_score',
      inner: { filter: 'one' },
      required: ['filter'],
      options: { boost },
    }),
    dis_max: clause({
      type: 'dis_max',
      inner: { queries: 'list' },
      required: ['queries'],
      options: { tie_breaker: number, boost },
    }),
    nested: clause({
      type: 'nested',
      inner: { query: 'one' },
      required: ['query', 'path'],
      options: {
        path: fieldReader(['nested']),
        score_mode: oneOf('avg', 'sum', 'min', 'max', 'none'),
        ignore_unmapped: flag,
        boost,
      },
    }),
    boosting: clause({
      type: 'boosting',
      inner: { positive: 'one', negative: 'one' },
      required: ['positive', 'negative', 'negative_boost'],
      options: { negative_boost: boost, boost },
    }),
  };
}
