/** The dispatcher of the query grammar: one object, one key, a type that the mode knows. */
import { Refusal } from '../../../contract/refusal.ts';
import { isJsonObject, type Json } from '../../../json/value.ts';
import type { Query } from './ast.ts';
import { compoundClauses } from './compound.ts';
import type { Place, QueryContext } from './context.ts';
import { fullTextClauses } from './full-text.ts';
import { geoClauses } from './geo.ts';
import {
  type Clause,
  exists,
  ids,
  match,
  matchAll,
  matchNone,
  matchPhrase,
  prefix,
  range,
  term,
  terms,
} from './leaves.ts';
import { refuse } from './options.ts';
import { patternClauses } from './pattern.ts';
import { scoringClauses } from './scoring.ts';
import { isQueryType, QUERY_TYPES, type QueryType } from './types.ts';

/** The types that some mode allows. `satisfies` in the table below makes a grammar for each of them a must. */
type AllowedType = {
  [T in QueryType]: (typeof QUERY_TYPES)[T]['compat'] extends 'deny' ? never : T;
}[QueryType];

const GRAMMAR: Readonly<Record<string, Clause>> = {
  term,
  terms,
  range,
  match,
  match_phrase: matchPhrase,
  prefix,
  exists,
  ids,
  match_all: matchAll,
  match_none: matchNone,
  ...compoundClauses(parseQuery),
  ...fullTextClauses,
  ...patternClauses,
  ...geoClauses,
  ...scoringClauses(parseQuery),
} satisfies Record<AllowedType, Clause>;

/** @throws Refusal `unsupported_query`, `forbidden`, `too_costly` */
export function parseQuery(json: Json, context: QueryContext, place: Place): Query {
  if (!isJsonObject(json)) throw refuse(place.at, 'not an object');
  context.spend(1);
  const [type, ...others] = Object.keys(json);
  if (type === undefined || others.length > 0) throw refuse(place.at, 'not exactly one query');
  if (!isQueryType(type)) throw refuse(place.at, 'unknown query');
  const clause = GRAMMAR[type];
  if (QUERY_TYPES[type][context.mode] === 'deny' || clause === undefined) {
    throw new Refusal('forbidden', `${place.at}: ${type} is not permitted in ${context.mode}`);
  }
  return clause(json[type] ?? null, context, { at: `${place.at}.${type}`, depth: place.depth });
}
