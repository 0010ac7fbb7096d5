/** The aggregations that dashboards and clients of a shop ask for: metrics, terms, filter and (date) histogram. */
import { parsingError } from './errors.ts';
import type { StoredDocument } from './index-set.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { type Comparable, comparable, type Mapping, valuesAt } from './mapping.ts';
import { compileQuery } from './query.ts';

/** A document together with the mapping of the index it lies in. */
export interface Match {
  document: StoredDocument;
  mapping: Mapping;
}

const MAX_BUCKETS = 10_000;
const KNOWN_INTERVALS = ['day', '1d', 'month', '1M', 'year', '1y'];

export function aggregate(request: Json | undefined, matches: readonly Match[], now: number): JsonObject {
  if (!isObject(request)) return {};
  const result: JsonObject = {};
  for (const [name, definition] of Object.entries(request)) result[name] = one(name, definition, matches, now);
  return result;
}

function one(name: string, definition: Json, matches: readonly Match[], now: number): JsonObject {
  if (!isObject(definition)) throw parsingError(`Aggregation definition for [${name}] must be an object`);
  const { aggs, aggregations, meta: _meta, ...kinds } = definition;
  const [entry, ...more] = Object.entries(kinds);
  if (!entry || more.length > 0) throw parsingError(`Expected exactly one aggregation type under [${name}]`);
  const [kind, body] = entry;
  if (!isObject(body)) throw parsingError(`[${kind}] aggregation must be an object`);
  const inner = aggs ?? aggregations;
  if (kind === 'filter') {
    const kept = matches.filter((match) => compileQuery(body, match.mapping, now)(match.document));
    return { doc_count: kept.length, ...aggregate(inner, kept, now) };
  }
  const field = body.field;
  if (typeof field !== 'string')
    throw parsingError(`Required one of fields [field, script] for [${kind}], but none were specified`);
  if (kind === 'terms') return terms(field, body, inner, matches, now);
  if (kind === 'histogram' || kind === 'date_histogram') return histogram(kind, field, body, inner, matches, now);
  return metric(kind, values(field, matches, now));
}

function values(field: string, matches: readonly Match[], now: number): Comparable[] {
  return matches.flatMap((match) => valuesOf(field, match, now));
}

function valuesOf(field: string, match: Match, now: number): Comparable[] {
  const type = match.mapping.get(field);
  if (type === undefined) return [];
  if (type === 'text') {
    throw parsingError(
      `Text fields are not optimised for aggregations: [${field}]. Please use a keyword field instead.`,
    );
  }
  return valuesAt(match.document.source, field).flatMap((value) => comparable(value, type, now) ?? []);
}

function metric(kind: string, found: readonly Comparable[]): JsonObject {
  if (kind === 'value_count') return { value: found.length };
  if (kind === 'cardinality') return { value: new Set(found).size };
  const numbers = found.filter((value) => typeof value === 'number');
  const count = numbers.length;
  const sum = numbers.reduce((total, value) => total + value, 0);
  // A spread of a long list overflows the stack.
  const min = count === 0 ? null : numbers.reduce((least, value) => Math.min(least, value));
  const max = count === 0 ? null : numbers.reduce((most, value) => Math.max(most, value));
  const avg = count === 0 ? null : sum / count;
  switch (kind) {
    case 'min':
      return { value: min };
    case 'max':
      return { value: max };
    case 'avg':
      return { value: avg };
    case 'sum':
      return { value: sum };
    case 'stats':
      return { count, min, max, avg, sum };
    default:
      throw parsingError(`Unknown aggregation type [${kind}]`);
  }
}

function terms(
  field: string,
  body: JsonObject,
  inner: Json | undefined,
  matches: readonly Match[],
  now: number,
): JsonObject {
  const size = body.size === undefined ? 10 : Number(body.size);
  if (!Number.isInteger(size) || size < 1 || size > MAX_BUCKETS) throw parsingError('[size] must be greater than 0');
  const buckets = group(matches, (match) => valuesOf(field, match, now));
  const sorted = [...buckets].sort(([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1));
  const shown = sorted.slice(0, size);
  return {
    doc_count_error_upper_bound: 0,
    sum_other_doc_count: sorted.slice(size).reduce((sum, [, members]) => sum + members.length, 0),
    buckets: shown.map(([key, members]) => ({ key, doc_count: members.length, ...aggregate(inner, members, now) })),
  };
}

function histogram(
  kind: string,
  field: string,
  body: JsonObject,
  inner: Json | undefined,
  matches: readonly Match[],
  now: number,
): JsonObject {
  const floor =
    kind === 'histogram' ? numeric(Number(body.interval)) : calendar(body.calendar_interval ?? body.interval);
  const buckets = group(matches, (match) =>
    valuesOf(field, match, now).flatMap((value) => (typeof value === 'number' ? floor(value) : [])),
  );
  return {
    buckets: [...buckets]
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([key, members]) => ({
        ...(kind === 'date_histogram' ? { key_as_string: new Date(Number(key)).toISOString() } : {}),
        key,
        doc_count: members.length,
        ...aggregate(inner, members, now),
      })),
  };
}

function numeric(interval: number): (value: number) => number {
  if (!(interval > 0)) throw parsingError('[interval] must be >0 for histogram aggregation');
  return (value) => Math.floor(value / interval) * interval;
}

function calendar(interval: Json | undefined): (value: number) => number {
  if (typeof interval !== 'string' || !KNOWN_INTERVALS.includes(interval)) {
    throw parsingError('The stand-in knows the calendar intervals day, month and year');
  }
  return (value) => {
    const date = new Date(value);
    const month = interval === 'year' || interval === '1y' ? 0 : date.getUTCMonth();
    return Date.UTC(date.getUTCFullYear(), month, interval === 'day' || interval === '1d' ? date.getUTCDate() : 1);
  };
}

function group(matches: readonly Match[], keysOf: (match: Match) => Comparable[]): Map<Comparable, Match[]> {
  const buckets = new Map<Comparable, Match[]>();
  for (const match of matches) {
    for (const key of new Set(keysOf(match))) {
      const members = buckets.get(key);
      if (members) members.push(match);
      else buckets.set(key, [match]);
    }
  }
  if (buckets.size > MAX_BUCKETS)
    throw parsingError(`Trying to create too many buckets. Must be less than or equal to: [${MAX_BUCKETS}]`);
  return buckets;
}
