/** Queries over one field or none: the leaves of the strict grammar. */
import type { FieldRule, FieldType } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../json/value.ts';
import type { Query } from './ast.ts';
import type { Place, QueryContext } from './context.ts';
import { fieldOf, fieldReader, ORDERED, SCALAR, TEXTUAL, valueReader, WITH_VALUES } from './fields.ts';
import {
  boost,
  flag,
  integer,
  listOf,
  minimumShouldMatch,
  number,
  objectOf,
  oneOf,
  operator,
  type Reader,
  type Readers,
  readOptions,
  refuse,
  scalar,
  text,
  timeZone,
} from './options.ts';
import type { QueryType } from './types.ts';

/** Reads what stands under a query's name. */
export type Clause = (value: Json, context: QueryContext, place: Place) => Query;

interface FieldGrammar {
  readonly type: QueryType;
  readonly types: readonly FieldType[];
  /** The key that `{"term":{"city":"x"}}` means; null where there is no short form. */
  readonly short: string | null;
  readonly required: readonly string[];
  readonly readers: (rule: FieldRule | null) => Readers;
  /** Keys of compat beside them. */
  readonly compat?: Readers;
}

/** `_name` comes back as `matched_queries`, which strict answers do not have. */
export const NAMED: Readers = { _name: text };

/** Tables of readers are made once, for each type of field and each mode. */
function tablesOf(grammar: FieldGrammar): (rule: FieldRule | null, mode: QueryContext['mode']) => Readers {
  const tables = { strict: new Map<FieldType | null, Readers>(), compat: new Map<FieldType | null, Readers>() };
  return (rule, mode) => {
    const type = rule?.type ?? null;
    let table = tables[mode].get(type);
    if (table === undefined) {
      const readers = grammar.readers(rule);
      table = mode === 'compat' ? { ...readers, ...grammar.compat, ...NAMED } : readers;
      tables[mode].set(type, table);
    }
    return table;
  };
}

/** `{"<type>":{"<field>":{…options}}}`: one field, literal. */
export function fieldClause(grammar: FieldGrammar): Clause {
  const table = tablesOf(grammar);
  return (value, context, { at }) => {
    const [field, inner] = onlyMember(objectOf(value, at), at);
    const rule = fieldOf(field, context, at, grammar.types);
    const given = isJsonObject(inner) || grammar.short === null ? inner : { [grammar.short]: inner };
    const options = readOptions(objectOf(given, at), table(rule, context.mode), at, context);
    need(grammar.required, options, at);
    return { kind: 'field', type: grammar.type, field, options };
  };
}

function onlyMember(object: JsonObject, at: string): readonly [string, Json] {
  const [member, ...others] = Object.entries(object);
  if (member === undefined || others.length > 0) throw refuse(at, 'not exactly one field');
  return member;
}

export function need(required: readonly string[], options: JsonObject, at: string): void {
  for (const key of required) if (!Object.hasOwn(options, key)) throw refuse(at, `${key} is missing`);
}

/** `{"<type>":{…options}}` */
export function plainClause(type: QueryType, readers: Readers, required: readonly string[] = []): Clause {
  const tables = { strict: readers, compat: { ...readers, ...NAMED } };
  return (value, context, { at }) => {
    const options = readOptions(objectOf(value, at), tables[context.mode], at, context);
    need(required, options, at);
    return { kind: 'plain', type, options };
  };
}

export const term = fieldClause({
  type: 'term',
  types: SCALAR,
  short: 'value',
  required: ['value'],
  readers: (rule) => ({ value: valueReader(rule), boost, case_insensitive: flag }),
});

export const prefix = fieldClause({
  type: 'prefix',
  types: ['keyword'],
  short: 'value',
  required: ['value'],
  readers: () => ({ value: text, boost, case_insensitive: flag }),
  compat: { rewrite: text },
});

export const range = fieldClause({
  type: 'range',
  types: ORDERED,
  short: null,
  required: [],
  readers: (rule) => {
    const value = valueReader(rule);
    return { gt: value, gte: value, lt: value, lte: value, boost, ...(isDate(rule) ? { time_zone: timeZone } : {}) };
  },
  compat: { format: text, relation: oneOf('INTERSECTS', 'CONTAINS', 'WITHIN', 'intersects', 'contains', 'within') },
});

function isDate(rule: FieldRule | null): boolean {
  return rule === null || rule.type === 'date';
}

/** Options that clients send by habit and that do nothing without fuzziness, which strict does not know: it expands over hidden terms. */
const INERT: Readers = {
  auto_generate_synonyms_phrase_query: flag,
  fuzzy_transpositions: flag,
  lenient: flag,
  max_expansions: integer(1, 50),
  prefix_length: integer(0, 1024),
};
const zeroTerms = oneOf('none', 'all', 'NONE', 'ALL');

export const match = fieldClause({
  type: 'match',
  types: SCALAR,
  short: 'query',
  required: ['query'],
  readers: (rule) => ({
    query: valueReader(rule),
    operator,
    minimum_should_match: minimumShouldMatch,
    zero_terms_query: zeroTerms,
    boost,
    ...INERT,
  }),
  compat: { analyzer: text, fuzziness: scalar, fuzzy_rewrite: text, cutoff_frequency: number },
});

export const matchPhrase = fieldClause({
  type: 'match_phrase',
  types: TEXTUAL,
  short: 'query',
  required: ['query'],
  readers: () => ({ query: scalar, slop: integer(0, 64), zero_terms_query: zeroTerms, boost }),
  compat: { analyzer: text },
});

export const exists = plainClause('exists', { field: fieldReader(WITH_VALUES), boost }, ['field']);
export const matchAll = plainClause('match_all', { boost });
export const matchNone = plainClause('match_none', { boost });

/** Ids are at most 512 bytes in the stores. */
const id: Reader = (value, at, { storeId }) => {
  if (typeof value !== 'string' || value === '' || value.length > 512) throw refuse(at, 'not an id');
  return storeId === undefined ? value : storeId(value);
};

const idsPlain = plainClause('ids', { values: listOf(id, 10_000), boost }, ['values']);

/** Ids in a list, at most as many as a result window holds. */
export const ids: Clause = (value, context, place) => {
  const values = objectOf(value, place.at).values;
  if (Array.isArray(values)) context.spend(values.length);
  return idsPlain(value, context, place);
};

/** A list of values beside `boost`; an object in its place names a document of any index. */
export const terms: Clause = (value, context, { at }) => {
  const options: Record<string, Json> = {};
  let found: { field: string; values: readonly Json[] } | undefined;
  for (const [key, given] of Object.entries(objectOf(value, at))) {
    if (key === 'boost') {
      options.boost = boost(given, `${at}.boost`, context);
    } else if (key === '_name' && context.mode === 'compat') {
      options._name = text(given, `${at}._name`, context);
    } else {
      if (found !== undefined) throw refuse(at, 'more than one field');
      const rule = fieldOf(key, context, at, SCALAR);
      if (isJsonObject(given)) throw new Refusal('forbidden', `${at}: terms by look-up`);
      if (Array.isArray(given)) context.spend(given.length);
      const values = listOf(valueReader(rule), 65_536)(given, at, context);
      found = { field: key, values: Array.isArray(values) ? values : [] };
    }
  }
  if (found === undefined) throw refuse(at, 'no field');
  return { kind: 'terms', ...found, options };
};
