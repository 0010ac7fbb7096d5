/** Buckets: filtered documents, counted by the values of a listed field or by queries. */
import type { FieldType } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import { type Json, JsonNumber, type JsonObject, jsonObject } from '../../../json/value.ts';
import { checkQuery } from '../query/index.ts';
import {
  DATES,
  EXACT,
  entryOf,
  fieldOf,
  flagOf,
  formatOf,
  integerOf,
  listOf,
  NUMERIC,
  numberOf,
  objectOf,
  refuse,
  scalarOf,
  textOf,
  wordOf,
} from '../search/options.ts';
import type { SearchScope } from '../search/scope.ts';
import type { CompiledType, TypeReader } from './compile.ts';
import { compileComposite } from './composite.ts';
import { intervalOf, lengthOf, offsetOf, zoneOf } from './interval.ts';

const ORDERS: ReadonlySet<string> = new Set(['asc', 'desc']);
const MAX_RANGES = 100;
/** What a histogram is counted as: how many buckets it makes only the data says. The answer is counted again. */
export const HISTOGRAM_BUCKETS = 100;

type Entries = [string, Json][];

/** The field first, then every other option through `read`; what that leaves undefined is unknown. */
function over(
  json: Json,
  scope: SearchScope,
  types: ReadonlySet<FieldType>,
  at: string,
  read: (key: string, value: Json, at: string) => Json | undefined,
): { entries: Entries; type: FieldType | undefined } {
  const options = objectOf(json, at);
  const [name, type] = fieldOf(options.field, scope.fields, types, at);
  const entries: Entries = [['field', name]];
  for (const [key, value] of Object.entries(options)) {
    if (key === 'field') continue;
    const option = read(key, value, `${at}.${key}`);
    if (option === undefined) throw refuse(at, 'unknown key');
    entries.push([key, option]);
  }
  return { entries, type };
}

const terms: TypeReader = (json, scope, at) => {
  const sortedBy: string[] = [];
  let size = 10;
  const { entries, type } = over(json, scope, EXACT, at, (key, value, where) => {
    if (key === 'size') {
      size = integerOf(value, where, 1, scope.grant.limits.buckets);
      return size;
    }
    // A count of zero would list the values of documents that the filter hides (B110).
    if (key === 'min_doc_count') return integerOf(value, where, 1, 0x7fffffff);
    if (key === 'order') return orderOf(value, where, sortedBy);
    if (key === 'include' || key === 'exclude') return exactly(value, where, scope);
    if (key === 'missing') return scalarOf(value, where);
    if (key === 'format') return formatOf(value, where);
    return undefined;
  });
  const asked = new Map(entries);
  asked.set('size', size);
  asked.set('min_doc_count', asked.get('min_doc_count') ?? 1);
  return { options: jsonObject(asked), prefix: termsPrefix(type), answer: 'buckets', buckets: size, sortedBy };
};

/** The stores' names for terms of a type in `typed_keys`. */
function termsPrefix(type: FieldType | undefined): string {
  if (type === 'keyword' || type === 'ip' || type === undefined) return 'sterms#';
  return type === 'double' || type === 'float' || type === 'half_float' || type === 'scaled_float'
    ? 'dterms#'
    : 'lterms#';
}

/** Exact values only: a text here would be a regular expression. */
function exactly(json: Json, at: string, scope: SearchScope): Json {
  const values = listOf(json, at, scope.grant.limits.clauses);
  scope.query.spend(values.length);
  return values.map((value) => {
    const scalar = scalarOf(value, at);
    if (scalar === null) throw refuse(at, 'null');
    return scalar;
  });
}

/** By count, by key, or by a metric right inside (`price`, `price.avg`). */
export function orderOf(json: Json, at: string, sortedBy: string[]): Json {
  const one = (item: Json): JsonObject => {
    const [path, direction] = entryOf(item, at);
    if (path !== '_count' && path !== '_key') {
      const [name = '', property, ...rest] = path.split('.');
      if (rest.length > 0 || (property !== undefined && !/^\w{1,40}$/.test(property))) throw refuse(at, 'not a metric');
      sortedBy.push(name);
    }
    return jsonObject([[path, wordOf(direction, at, ORDERS)]]);
  };
  return Array.isArray(json) ? listOf(json, at, 8).map(one) : one(json);
}

const range: TypeReader = (json, scope, at) => {
  let count = 1;
  const { entries } = over(json, scope, NUMERIC, at, (key, value, where) => {
    if (key === 'keyed') return flagOf(value, where);
    if (key === 'missing') return numberOf(value, where);
    if (key === 'format') return formatOf(value, where);
    if (key !== 'ranges') return undefined;
    const ranges = rangesOf(value, where, numberOf);
    count = ranges.length;
    return ranges;
  });
  return { options: jsonObject(entries), prefix: 'range#', answer: 'buckets', buckets: count, sortedBy: [] };
};

const dateRange: TypeReader = (json, scope, at) => {
  let count = 1;
  const { entries } = over(json, scope, DATES, at, (key, value, where) => {
    if (key === 'keyed') return flagOf(value, where);
    if (key === 'missing') return dateOf(value, where);
    if (key === 'format') return formatOf(value, where);
    if (key === 'time_zone') return zoneOf(value, where);
    if (key !== 'ranges') return undefined;
    const ranges = rangesOf(value, where, dateOf);
    count = ranges.length;
    return ranges;
  });
  return { options: jsonObject(entries), prefix: 'date_range#', answer: 'buckets', buckets: count, sortedBy: [] };
};

/** A date, a number of milliseconds, or date mathematics on `now`. */
export function dateOf(json: Json, at: string): Json {
  return typeof json === 'string' ? textOf(json, at, 64) : numberOf(json, at);
}

function rangesOf(json: Json, at: string, bound: (json: Json, at: string) => Json): Json[] {
  const ranges = listOf(json, at, MAX_RANGES);
  if (ranges.length === 0) throw refuse(at, 'empty');
  return ranges.map((item) => {
    const read: Entries = [];
    for (const [key, value] of Object.entries(objectOf(item, at))) {
      if (key === 'key') read.push([key, textOf(value, at, 64)]);
      else if (key === 'from' || key === 'to') read.push([key, bound(value, at)]);
      else throw refuse(at, 'unknown key');
    }
    return jsonObject(read);
  });
}

/**
 * Whether the store itself makes buckets that hold nothing. Elasticsearch counts them against its limit while it makes
 * them; OpenSearch (2.19) makes them all first, and one histogram of a millisecond over two documents fills its heap.
 * There they are made within `hard_bounds` only, whose number is known beforehand, and left out where nobody asks.
 */
function makesEmpty(entries: Entries, hard: number | undefined, scope: SearchScope, at: string): boolean {
  const asked = new Map(entries);
  const least = asked.get('min_doc_count');
  if (typeof least === 'number' && least > 0) return false;
  if (!scope.dialect.startsWith('opensearch') || (hard !== undefined && !Number.isNaN(hard))) return true;
  if (least === 0 || asked.has('extended_bounds')) throw refuse(at, 'empty buckets without hard_bounds');
  entries.push(['min_doc_count', 1]);
  return false;
}

const histogram: TypeReader = (json, scope, at) => {
  const sortedBy: string[] = [];
  const seen: { interval?: number; extended?: number; hard?: number } = {};
  const { entries } = over(json, scope, NUMERIC, at, (key, value, where) => {
    if (key === 'interval') {
      const interval = numberOf(value, where);
      seen.interval = Number(interval instanceof JsonNumber ? interval.raw : interval);
      if (!(seen.interval > 0)) throw refuse(where, 'not above zero');
      return interval;
    }
    if (key === 'min_doc_count') return integerOf(value, where, 0, 0x7fffffff);
    if (key === 'offset' || key === 'missing') return numberOf(value, where);
    if (key === 'keyed') return flagOf(value, where);
    if (key === 'format') return formatOf(value, where);
    if (key === 'order') return orderOf(value, where, sortedBy);
    if (key !== 'extended_bounds' && key !== 'hard_bounds') return undefined;
    const [printed, span] = boundsOf(value, where, numberOf);
    seen[key === 'hard_bounds' ? 'hard' : 'extended'] = span;
    return printed;
  });
  if (seen.interval === undefined) throw refuse(at, 'no interval');
  makesEmpty(entries, seen.hard, scope, at);
  const span = seen.hard ?? Math.max(seen.extended ?? 0, HISTOGRAM_BUCKETS * seen.interval);
  const buckets = Math.ceil(span / seen.interval) + 1;
  return { options: jsonObject(entries), prefix: 'histogram#', answer: 'buckets', buckets, sortedBy };
};

const dateHistogram: TypeReader = (json, scope, at) => {
  const sortedBy: string[] = [];
  let intervals = 0;
  let length = 1;
  let span = 0;
  let hard: number | undefined;
  const { entries } = over(json, scope, DATES, at, (key, value, where) => {
    if (key === 'calendar_interval' || key === 'fixed_interval') {
      intervals += 1;
      const interval = intervalOf(key, value, where);
      length = lengthOf(interval);
      return interval;
    }
    if (key === 'min_doc_count') return integerOf(value, where, 0, 0x7fffffff);
    if (key === 'offset') return offsetOf(value, where);
    if (key === 'time_zone') return zoneOf(value, where);
    if (key === 'missing') return dateOf(value, where);
    if (key === 'keyed') return flagOf(value, where);
    if (key === 'format') return formatOf(value, where);
    if (key === 'order') return orderOf(value, where, sortedBy);
    if (key !== 'extended_bounds' && key !== 'hard_bounds') return undefined;
    const [printed, asked] = boundsOf(value, where, dateOf);
    if (key === 'extended_bounds') span = asked;
    else hard = asked;
    return printed;
  });
  if (intervals !== 1) throw refuse(at, 'not one interval');
  if (makesEmpty(entries, hard, scope, at)) span = Math.max(span, hard ?? 0);
  // Bounds that only the store can read (`now-1y`, formats of its own) are bounded by the store's limit of buckets, in
  // Elasticsearch; for OpenSearch they were refused.
  const buckets = Math.max(HISTOGRAM_BUCKETS, Number.isNaN(span) ? 0 : Math.ceil(span / length) + 1);
  return {
    options: jsonObject(entries),
    prefix: 'date_histogram#',
    answer: 'buckets',
    buckets,
    sortedBy,
  };
};

function boundsOf(json: Json, at: string, bound: (json: Json, at: string) => Json): [JsonObject, number] {
  const read: Entries = [];
  const numbers = { min: 0, max: 0 };
  for (const [key, value] of Object.entries(objectOf(json, at))) {
    if (key !== 'min' && key !== 'max') throw refuse(at, 'unknown key');
    const printed = bound(value, at);
    numbers[key] =
      typeof printed === 'string' ? Date.parse(printed) : Number(printed instanceof JsonNumber ? printed.raw : printed);
    read.push([key, printed]);
  }
  if (read.length !== 2) throw refuse(at, 'not both bounds');
  return [jsonObject(read), Math.max(0, numbers.max - numbers.min)];
}

const filter: TypeReader = (json, scope) => single(checkQuery(json, scope.query), 'filter#');

const filters: TypeReader = (json, scope, at) => {
  let count = 1;
  const read: Entries = [];
  for (const [key, value] of Object.entries(objectOf(json, at))) {
    if (key === 'other_bucket' || key === 'keyed') read.push([key, flagOf(value, `${at}.${key}`)]);
    else if (key === 'other_bucket_key') read.push([key, textOf(value, `${at}.${key}`, 64)]);
    else if (key === 'filters') {
      const [printed, number] = queriesOf(value, scope, `${at}.filters`);
      count += number;
      read.push([key, printed]);
    } else throw refuse(at, 'unknown key');
  }
  return { options: jsonObject(read), prefix: 'filters#', answer: 'buckets', buckets: count, sortedBy: [] };
};

function queriesOf(json: Json, scope: SearchScope, at: string): [Json, number] {
  if (Array.isArray(json)) {
    const queries = listOf(json, at, MAX_RANGES).map((query) => checkQuery(query, scope.query));
    return [queries, queries.length];
  }
  const entries = Object.entries(objectOf(json, at));
  if (entries.length > MAX_RANGES) throw new Refusal('too_costly', `${at}: too many`);
  return [
    jsonObject(entries.map(([name, query]) => [textOf(name, at, 64), checkQuery(query, scope.query)])),
    entries.length,
  ];
}

const missing: TypeReader = (json, scope, at) => {
  const { entries } = over(json, scope, EXACT, at, () => undefined);
  return single(jsonObject(entries), 'missing#');
};

const NESTED: ReadonlySet<FieldType> = new Set(['nested']);

const nested: TypeReader = (json, scope, at) => {
  const [key, path] = entryOf(json, at);
  if (key !== 'path') throw refuse(at, 'unknown key');
  return single(jsonObject([['path', fieldOf(path, scope.fields, NESTED, at)[0]]]), 'nested#');
};

function single(options: Json, prefix: string): CompiledType {
  return { options, prefix, answer: 'bucket', buckets: 1, sortedBy: [] };
}

export const BUCKETS: readonly (readonly [string, TypeReader])[] = [
  ['terms', terms],
  ['range', range],
  ['date_range', dateRange],
  ['histogram', histogram],
  ['date_histogram', dateHistogram],
  ['filter', filter],
  ['filters', filters],
  ['missing', missing],
  ['nested', nested],
  ['composite', compileComposite],
];
