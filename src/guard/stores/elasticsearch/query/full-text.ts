/** Full-text queries of compat beside `match` and `match_phrase`. */
import { Refusal } from '../../../contract/refusal.ts';
import { boostedFieldReader, fieldReader, TEXTUAL } from './fields.ts';
import { type Clause, fieldClause, plainClause } from './leaves.ts';
import {
  boost,
  flag,
  integer,
  listOf,
  matching,
  minimumShouldMatch,
  number,
  oneOf,
  operator,
  type Readers,
  scalar,
  text,
  timeZone,
} from './options.ts';

/** A text with operators of its own costs more a character than a plain one. */
const expression = matching(/^[^\u0000]*$/, 1024);
const MAX_FIELDS = 64;

const matchPhrasePrefix = fieldClause({
  type: 'match_phrase_prefix',
  types: TEXTUAL,
  short: 'query',
  required: ['query'],
  readers: () => ({
    query: scalar,
    analyzer: text,
    slop: integer(0, 64),
    max_expansions: integer(1, 1000),
    zero_terms_query: oneOf('none', 'all'),
    boost,
  }),
});

const matchBoolPrefix = fieldClause({
  type: 'match_bool_prefix',
  types: TEXTUAL,
  short: 'query',
  required: ['query'],
  readers: () => ({
    query: scalar,
    analyzer: text,
    operator,
    minimum_should_match: minimumShouldMatch,
    fuzziness: scalar,
    prefix_length: integer(0, 1024),
    max_expansions: integer(1, 1000),
    fuzzy_transpositions: flag,
    boost,
  }),
});

const FIELDS: Readers = { fields: listOf(boostedFieldReader(TEXTUAL), MAX_FIELDS) };

const MULTI_MATCH: Readers = {
  query: scalar,
  type: oneOf('best_fields', 'most_fields', 'cross_fields', 'phrase', 'phrase_prefix', 'bool_prefix'),
  operator,
  minimum_should_match: minimumShouldMatch,
  tie_breaker: number,
  analyzer: text,
  fuzziness: scalar,
  prefix_length: integer(0, 1024),
  max_expansions: integer(1, 1000),
  fuzzy_transpositions: flag,
  auto_generate_synonyms_phrase_query: flag,
  zero_terms_query: oneOf('none', 'all'),
  slop: integer(0, 64),
  lenient: flag,
  boost,
};

/** Without `fields` a store takes all of them: good only where all are listed. */
const multiMatch = plainClause('multi_match', { ...MULTI_MATCH, ...FIELDS }, ['query', 'fields']);

const combinedFields = plainClause(
  'combined_fields',
  {
    query: scalar,
    operator: oneOf('and', 'or'),
    minimum_should_match: minimumShouldMatch,
    auto_generate_synonyms_phrase_query: flag,
    zero_terms_query: oneOf('none', 'all'),
    boost,
    ...FIELDS,
  },
  ['query', 'fields'],
);

const QUERY_STRING: Readers = {
  query: expression,
  default_operator: operator,
  analyzer: text,
  quote_analyzer: text,
  allow_leading_wildcard: flag,
  analyze_wildcard: flag,
  auto_generate_synonyms_phrase_query: flag,
  enable_position_increments: flag,
  fuzziness: scalar,
  fuzzy_max_expansions: integer(1, 1000),
  fuzzy_prefix_length: integer(0, 1024),
  fuzzy_transpositions: flag,
  lenient: flag,
  max_determinized_states: integer(1, 10_000),
  minimum_should_match: minimumShouldMatch,
  phrase_slop: integer(0, 64),
  tie_breaker: number,
  time_zone: timeZone,
  type: oneOf('best_fields', 'most_fields', 'cross_fields', 'phrase', 'phrase_prefix', 'bool_prefix'),
  escape: flag,
  boost,
};

const queryStringPlain = plainClause(
  'query_string',
  { ...QUERY_STRING, ...FIELDS, default_field: fieldReader(TEXTUAL) },
  ['query'],
);

/** Its text names fields (`ssn:x`, `_exists_:ssn`), so that a list of fields cannot hold it. */
const queryString: Clause = (value, context, place) => {
  if (context.fields !== null) throw new Refusal('forbidden', `${place.at}: names fields that are not listed`);
  return queryStringPlain(value, context, place);
};

const simplePlain = plainClause(
  'simple_query_string',
  {
    query: expression,
    default_operator: operator,
    analyzer: text,
    analyze_wildcard: flag,
    auto_generate_synonyms_phrase_query: flag,
    flags: matching(/^[A-Z]+(?:\|[A-Z]+)*$/, 128),
    fuzzy_max_expansions: integer(1, 1000),
    fuzzy_prefix_length: integer(0, 1024),
    fuzzy_transpositions: flag,
    lenient: flag,
    minimum_should_match: minimumShouldMatch,
    boost,
    ...FIELDS,
  },
  ['query'],
);

const simpleQueryString: Clause = (value, context, place) => {
  const query = simplePlain(value, context, place);
  if (context.fields !== null && !Object.hasOwn(query.kind === 'plain' ? query.options : {}, 'fields')) {
    throw new Refusal('forbidden', `${place.at}: searches every field`);
  }
  return query;
};

export const fullTextClauses = {
  combined_fields: combinedFields,
  match_bool_prefix: matchBoolPrefix,
  match_phrase_prefix: matchPhrasePrefix,
  multi_match: multiMatch,
  query_string: queryString,
  simple_query_string: simpleQueryString,
};
