/** Query DSL -> predicate. A query that the stand-in does not know is refused the way Elasticsearch refuses one. */
import { ElasticError, parsingError } from './errors.ts';
import { type StoredDocument, wildcard } from './index-set.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { type Comparable, comparable, type FieldType, type Mapping, tokens, valuesAt } from './mapping.ts';

export type Predicate = (document: StoredDocument) => boolean;

interface Context {
  mapping: Mapping;
  /** For date math, in ms since the epoch. */
  now: number;
  depth: number;
}

const MAX_DEPTH = 30;

/**
 * Compiles a query for one index.
 * @throws ElasticError `parsing_exception` or `query_shard_exception`, status 400
 */
export function compileQuery(query: Json | undefined, mapping: Mapping, now: number): Predicate {
  return compile(query ?? { match_all: {} }, { mapping, now, depth: 0 });
}

function compile(query: Json, outer: Context): Predicate {
  const context = { ...outer, depth: outer.depth + 1 };
  if (context.depth > MAX_DEPTH) throw parsingError('The query is nested too deeply');
  if (!isObject(query)) throw parsingError('[_na] query malformed, must start with start_object');
  const [entry, ...more] = Object.entries(query);
  if (!entry) throw parsingError('query malformed, empty clause found');
  const [kind, body] = entry;
  if (more.length > 0) throw parsingError(`[${kind}] malformed query, expected [END_OBJECT] but found [FIELD_NAME]`);
  const clause = Object.hasOwn(CLAUSES, kind) ? CLAUSES[kind] : undefined;
  if (!clause) throw parsingError(`unknown query [${kind}]`);
  return clause(body, context);
}

type Clause = (body: Json, context: Context) => Predicate;

const CLAUSES: Record<string, Clause> = {
  match_all: () => () => true,
  match_none: () => () => false,
  bool,
  constant_score: (body, context) => compile(objectOf(body, 'constant_score').filter ?? {}, context),
  ids: (body) => {
    const wanted = new Set(listOf(objectOf(body, 'ids').values).map(String));
    return (document) => wanted.has(document.id);
  },
  exists: (body, { mapping }) => {
    const field = objectOf(body, 'exists').field;
    if (typeof field !== 'string') throw parsingError('[exists] must be provided with a [field]');
    const paths = [...mapping.keys()].filter((path) => path === field || path.startsWith(`${field}.`));
    return (document) => paths.some((path) => valuesAt(document.source, path).length > 0);
  },
  term: (body, context) => {
    const [field, wanted] = fieldAnd(body, 'term', 'value');
    return onTerms(field, [wanted], context);
  },
  terms: (body, context) => {
    const named = Object.entries(objectOf(body, 'terms')).filter(([key]) => key !== 'boost');
    const [field, values] = named[0] ?? [];
    if (field === undefined || !Array.isArray(values) || named.length > 1) {
      throw parsingError('[terms] query requires one field with an array of values');
    }
    return onTerms(field, values, context);
  },
  match: (body, context) => {
    const [field, wanted, options] = fieldAnd(body, 'match', 'query');
    if (context.mapping.get(field) !== 'text') return onTerms(field, [wanted], context);
    const words = tokens(String(wanted));
    const all = String(options.operator ?? 'or').toLowerCase() === 'and';
    return onTokens(field, (has) =>
      all ? words.every((word) => has.includes(word)) : words.some((word) => has.includes(word)),
    );
  },
  match_phrase: (body, context) => {
    const [field, wanted] = fieldAnd(body, 'match_phrase', 'query');
    if (context.mapping.get(field) !== 'text') return onTerms(field, [wanted], context);
    const phrase = ` ${tokens(String(wanted)).join(' ')} `;
    return onTokens(field, (has) => ` ${has.join(' ')} `.includes(phrase));
  },
  prefix: (body, context) => {
    const [field, wanted, options] = fieldAnd(body, 'prefix', 'value');
    const start = String(wanted);
    return onStrings(field, context, options, (value, fold) => fold(value).startsWith(fold(start)));
  },
  wildcard: (body, context) => {
    const [field, wanted, options] = fieldAnd(body, 'wildcard', 'value');
    const matches = wildcard(String(wanted), true, options.case_insensitive === true);
    return onStrings(field, context, {}, (value) => matches(value));
  },
  range,
  query_string: (body, context) => queryString(String(objectOf(body, 'query_string').query ?? ''), context),
  simple_query_string: (body, context) =>
    queryString(String(objectOf(body, 'simple_query_string').query ?? ''), context),
};

function bool(body: Json, context: Context): Predicate {
  const parts = objectOf(body, 'bool');
  for (const key of Object.keys(parts)) {
    if (
      ![
        'must',
        'filter',
        'should',
        'must_not',
        'minimum_should_match',
        'boost',
        '_name',
        'adjust_pure_negative',
      ].includes(key)
    ) {
      throw parsingError(`[bool] query does not support [${key}]`);
    }
  }
  const all = [...listOf(parts.must), ...listOf(parts.filter)].map((part) => compile(part, context));
  const none = listOf(parts.must_not).map((part) => compile(part, context));
  const some = listOf(parts.should).map((part) => compile(part, context));
  // "If the bool query includes at least one should clause and no must or filter clauses, the default value is 1."
  const asked = parts.minimum_should_match;
  const least = asked === undefined ? (some.length > 0 && all.length === 0 ? 1 : 0) : Number(asked);
  if (!Number.isInteger(least)) throw parsingError('[bool] minimum_should_match: only whole numbers are known here');
  return (document) =>
    all.every((matches) => matches(document)) &&
    !none.some((matches) => matches(document)) &&
    (least <= 0 || some.filter((matches) => matches(document)).length >= least);
}

function range(body: Json, context: Context): Predicate {
  const [entry] = Object.entries(objectOf(body, 'range'));
  if (!entry || !isObject(entry[1])) throw parsingError('[range] query malformed, no field with bounds');
  const [field, bounds] = entry;
  const type = context.mapping.get(field);
  if (type === undefined) return () => false;
  const tests: ((value: Comparable) => boolean)[] = [];
  for (const [key, bound] of Object.entries(bounds)) {
    if (['format', 'time_zone', 'boost', 'relation'].includes(key) || bound === null) continue;
    const limit = required(bound, field, type, context.now);
    if (key === 'gt') tests.push((value) => value > limit);
    else if (key === 'gte' || key === 'from') tests.push((value) => value >= limit);
    else if (key === 'lt') tests.push((value) => value < limit);
    else if (key === 'lte' || key === 'to') tests.push((value) => value <= limit);
    else throw parsingError(`[range] query does not support [${key}]`);
  }
  return onValues(field, type, context, (value) => tests.every((test) => test(value)));
}

/** The small part of the Lucene syntax that `?q=` is used for: words (any of them), `field:value`, `*`. */
function queryString(text: string, context: Context): Predicate {
  if (/[()"[\]{}^~\\/]/.test(text)) {
    throw new ElasticError(400, 'query_shard_exception', `Failed to parse query [${text.slice(0, 80)}]`);
  }
  const clauses = text.split(/\s+/).filter((word) => word !== '' && word !== 'OR');
  const some = clauses.map((clause): Predicate => {
    if (clause === '*' || clause === '*:*') return () => true;
    const colon = clause.indexOf(':');
    const wanted = clause.slice(colon + 1);
    const matches = wildcard(wanted, true, true);
    const fields = colon > 0 ? [clause.slice(0, colon)] : [...context.mapping.keys()];
    return (document) =>
      fields.some((field) => {
        const type = context.mapping.get(field);
        if (type === undefined) return false;
        return valuesAt(document.source, field).some((value) =>
          type === 'text' ? tokens(String(value)).some(matches) : !isObject(value) && matches(String(value)),
        );
      });
  });
  return (document) => some.some((matches) => matches(document));
}

function onTerms(field: string, wanted: readonly Json[], context: Context): Predicate {
  if (field === '_id') {
    const ids = new Set(wanted.map(String));
    return (document) => ids.has(document.id);
  }
  const type = context.mapping.get(field);
  if (type === undefined) return () => false;
  if (type === 'text') {
    const terms = new Set(wanted.map(String));
    return onTokens(field, (has) => has.some((token) => terms.has(token)));
  }
  const terms = new Set(wanted.map((value) => required(value, field, type, context.now)));
  return onValues(field, type, context, (value) => terms.has(value));
}

function onValues(field: string, type: FieldType, context: Context, test: (value: Comparable) => boolean): Predicate {
  return (document) =>
    valuesAt(document.source, field).some((value) => {
      const compared = comparable(value, type, context.now);
      return compared !== undefined && test(compared);
    });
}

function onTokens(field: string, test: (tokens: string[]) => boolean): Predicate {
  return (document) => valuesAt(document.source, field).some((value) => test(tokens(String(value))));
}

function onStrings(
  field: string,
  context: Context,
  options: JsonObject,
  test: (value: string, fold: (text: string) => string) => boolean,
): Predicate {
  const type = context.mapping.get(field);
  if (type === undefined) return () => false;
  if (type !== 'keyword' && type !== 'text') {
    throw new ElasticError(
      400,
      'query_shard_exception',
      `Can only use prefix and wildcard queries on keyword and text fields - not on [${field}] which is of type [${type}]`,
    );
  }
  const fold = options.case_insensitive === true ? (text: string) => text.toLowerCase() : (text: string) => text;
  return (document) =>
    valuesAt(document.source, field).some((value) =>
      type === 'text' ? tokens(String(value)).some((token) => test(token, fold)) : test(String(value), fold),
    );
}

function required(value: Json, field: string, type: FieldType, now: number): Comparable {
  const compared = comparable(value, type, now);
  if (compared === undefined) {
    throw new ElasticError(
      400,
      'query_shard_exception',
      `failed to create query: the value for [${field}] is not a ${type}`,
    );
  }
  return compared;
}

/** `{ field: value }` or `{ field: { [inner]: value, …options } }`. */
function fieldAnd(body: Json, kind: string, inner: string): [field: string, value: Json, options: JsonObject] {
  const [entry, ...more] = Object.entries(objectOf(body, kind));
  if (!entry || more.length > 0) throw parsingError(`[${kind}] query doesn't support multiple fields`);
  const [field, value] = entry;
  if (!isObject(value)) return [field, value, {}];
  const wanted = value[inner];
  if (wanted === undefined) throw parsingError(`[${kind}] query requires [${inner}]`);
  return [field, wanted, value];
}

function objectOf(body: Json | undefined, kind: string): JsonObject {
  if (!isObject(body)) throw parsingError(`[${kind}] query malformed, no start_object after query name`);
  return body;
}

function listOf(value: Json | undefined): Json[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
