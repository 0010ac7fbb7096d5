/**
 * Every query type that the specifications of Elasticsearch and OpenSearch publish, and whether this gateway knows it.
 * What is not here does not exist either: this list is for the reasons, and the completeness test (types.test.ts) for
 * the proof that nobody forgot one. `strict` asks more than `compat`: what looks at terms or documents outside of the
 * principal's own is denied there even where the answer would be filtered.
 */
export interface Classification {
  readonly strict: 'allow' | 'deny';
  readonly compat: 'allow' | 'deny';
  readonly reason: string;
}

function both(reason: string) {
  return { strict: 'allow', compat: 'allow', reason } as const;
}

function compatOnly(reason: string) {
  return { strict: 'deny', compat: 'allow', reason } as const;
}

function never(reason: string) {
  return { strict: 'deny', compat: 'deny', reason } as const;
}

const EXACT = 'compares one listed field with values of the request';
const ANALYSED = 'matches the analysed text of one listed field';
const COMBINES = 'only combines queries that are checked themselves';
const SCRIPT = 'runs a script, which can read every field of every document';
const OTHER_DOCUMENT = 'reads a stored document that no document filter covers';
const JOINS = 'the joined documents are not under the document filter';
const MODEL = 'runs a model or a pipeline that the store keeps, over fields that are not listed';
const EXPANDS = 'expands over the terms of the whole index, hidden documents included, and can be made costly';
const MANY_FIELDS = 'names its fields within a text of its own, by patterns or not at all';
const SCORES = 'changes scores only, which say nothing to a strict role';
const VECTOR = 'ranks the nearest documents of the whole index before any filter is applied';
const SPANS = 'a second way to say what match_phrase says, with wrapped multi-term queries inside';
const GEO = 'compares one geo field; exact positions of others can be searched for step by step';
const GONE = 'removed from the store, or replaced there by another type';

export const QUERY_TYPES = {
  bool: both(COMBINES),
  constant_score: both(COMBINES),
  dis_max: both(COMBINES),
  exists: both('tells whether one listed field has a value'),
  ids: both('names documents by their id; the document filter decides about them'),
  match: both(ANALYSED),
  match_all: both('every document of the document filter'),
  match_none: both('selects no document at all'),
  match_phrase: both(ANALYSED),
  nested: both('looks into one listed nested field, without inner hits'),
  prefix: both(EXACT),
  range: both(EXACT),
  term: both(EXACT),
  terms: both(`${EXACT}; the look-up form is refused`),

  boosting: compatOnly(SCORES),
  combined_fields: compatOnly(MANY_FIELDS),
  distance_feature: compatOnly(SCORES),
  function_score: compatOnly(`${SCORES}; functions with a script are refused`),
  fuzzy: compatOnly(EXPANDS),
  geo_bounding_box: compatOnly(GEO),
  geo_distance: compatOnly(GEO),
  geo_shape: compatOnly(`${GEO}; the form with an indexed shape is refused`),
  match_bool_prefix: compatOnly(EXPANDS),
  match_phrase_prefix: compatOnly(EXPANDS),
  multi_match: compatOnly(MANY_FIELDS),
  query_string: compatOnly(MANY_FIELDS),
  rank_feature: compatOnly(SCORES),
  regexp: compatOnly(EXPANDS),
  simple_query_string: compatOnly(MANY_FIELDS),
  terms_set: compatOnly('counts matching terms by another field; the form with a script is refused'),
  wildcard: compatOnly(EXPANDS),

  agentic: never(MODEL),
  common: never(GONE),
  field_masking_span: never(SPANS),
  geo_grid: never('names a cell of an aggregation; bounding boxes say the same'),
  geo_polygon: never(GONE),
  has_child: never(JOINS),
  has_parent: never(JOINS),
  hybrid: never(VECTOR),
  intervals: never(SPANS),
  knn: never(VECTOR),
  more_like_this: never(OTHER_DOCUMENT),
  neural: never(MODEL),
  neural_sparse: never(MODEL),
  parent_id: never(JOINS),
  percolate: never(OTHER_DOCUMENT),
  pinned: never('puts documents by id before what matches'),
  rule: never('applies rules that the store keeps'),
  script: never(SCRIPT),
  script_score: never(SCRIPT),
  semantic: never(MODEL),
  shape: never('may name an indexed shape of another index'),
  sltr: never(MODEL),
  span_containing: never(SPANS),
  span_field_masking: never(SPANS),
  span_first: never(SPANS),
  span_multi: never(SPANS),
  span_near: never(SPANS),
  span_not: never(SPANS),
  span_or: never(SPANS),
  span_term: never(SPANS),
  span_within: never(SPANS),
  sparse_vector: never(MODEL),
  template: never('runs a template, whose text becomes a query after it was checked'),
  text_expansion: never(MODEL),
  type: never(GONE),
  weighted_tokens: never(MODEL),
  wrapper: never('holds another query in base64'),
  xy_shape: never('may name an indexed shape of another index'),

  // Names that are not in the lists of queries: a newer type, and a part of span_near.
  kql: never(MANY_FIELDS),
  span_gap: never(SPANS),
} as const satisfies Record<string, Classification>;

export type QueryType = keyof typeof QUERY_TYPES;

export function isQueryType(name: string): name is QueryType {
  return Object.hasOwn(QUERY_TYPES, name);
}
