/**
 * Puts a principal's claims into a document filter. A claim enters as a JSON value of the type that the policy names,
 * exactly as it was signed: nothing is trimmed, folded or converted, and what does not fit denies.
 */
import { claimAt } from '../contract/claim-at.ts';
import type { BoundFilter, Filter, FilterType, FilterValue } from '../contract/grant.ts';
import { Refusal } from '../contract/refusal.ts';
import { hasLoneSurrogate } from '../json/surrogate.ts';
import { type Json, JsonNumber, type JsonObject, type JsonScalar } from '../json/value.ts';
import { type DateSpan, printDate, readDate } from './date.ts';

/** Values of one claim's list; far more than a person has groups, far fewer than a store's limit of 65,536. */
const MAX_VALUES = 1024;
/** Lucene's longest term is 32,766 bytes: longer than that, nothing can be equal. */
const MAX_LENGTH = 8191;

/** @throws Refusal `forbidden` where a claim is missing, empty, null or of another type */
export function bindFilter(filter: Filter, claims: JsonObject): BoundFilter {
  switch (filter.kind) {
    case 'term':
      return equals(filter.field, filter.type, [given(filter.value, claims)]);
    case 'terms':
      return equals(filter.field, filter.type, listOf(filter.values, claims));
    case 'range':
      return { kind: 'range', field: filter.field, type: filter.type, bounds: boundsOf(filter, claims) };
    case 'exists':
      return { kind: 'exists', field: filter.field };
    default:
      if (filter.filters.length === 0) throw denied('a group of the filter is empty');
      return { kind: filter.kind, filters: filter.filters.map((inner) => bindFilter(inner, claims)) };
  }
}

function equals(field: string, type: FilterType, values: readonly Json[]): BoundFilter {
  if (values.length === 0 || values.length > MAX_VALUES) throw denied('the list of values is empty or too long');
  if (type !== 'date') return { kind: 'terms', field, type, values: values.map((value) => scalarOf(type, value)) };
  // Equality with a date is a span (`2026-01-01` is a day), and only a range can say which format it is in.
  const spans = values.map((value): BoundFilter => ({ kind: 'range', field, type, bounds: spanBounds(dateOf(value)) }));
  const [only, ...others] = spans;
  return only !== undefined && others.length === 0 ? only : { kind: 'any', filters: spans };
}

function spanBounds(span: DateSpan): { gte: string; lte: string } {
  return { gte: printDate(span.from), lte: printDate(span.to) };
}

function boundsOf(filter: Extract<Filter, { kind: 'range' }>, claims: JsonObject): Record<string, string | number> {
  const bounds: Record<string, string | number> = {};
  for (const key of ['gt', 'gte', 'lt', 'lte'] as const) {
    const bound = filter.bounds[key];
    if (bound === undefined) continue;
    const value = given(bound, claims);
    if (filter.type === 'date') {
      const span = dateOf(value);
      bounds[key] = printDate(key === 'gt' || key === 'lte' ? span.to : span.from);
    } else {
      const number = scalarOf('number', value);
      if (typeof number !== 'number') throw denied('a bound has more digits than can be compared');
      bounds[key] = number;
    }
  }
  if (Object.keys(bounds).length === 0) throw denied('a range without bounds');
  // Of two lower or two upper bounds, the stores take the one that stands last.
  if (('gt' in bounds && 'gte' in bounds) || ('lt' in bounds && 'lte' in bounds)) {
    throw denied('a range with two bounds on one side');
  }
  return bounds;
}

function listOf(values: Extract<Filter, { kind: 'terms' }>['values'], claims: JsonObject): readonly Json[] {
  if (!('claim' in values)) return values.map((value) => given(value, claims));
  const list = requiredClaim(claims, values.claim);
  if (!Array.isArray(list)) throw denied('a claim that must be a list is none');
  return list;
}

function given(value: FilterValue, claims: JsonObject): Json {
  return 'literal' in value ? value.literal : requiredClaim(claims, value.claim);
}

function requiredClaim(claims: JsonObject, path: readonly string[]): Json {
  const claim = claimAt(claims, path);
  if (claim === undefined) throw denied('a claim is missing');
  return claim;
}

function scalarOf(type: Exclude<FilterType, 'date'>, value: Json): JsonScalar {
  if (type === 'keyword' && typeof value === 'string' && isPlainText(value)) return value;
  if (type === 'boolean' && typeof value === 'boolean') return value;
  if (type === 'number' && ((typeof value === 'number' && Number.isFinite(value)) || value instanceof JsonNumber)) {
    return value;
  }
  throw denied(`a value is no ${type}`);
}

function dateOf(value: Json): DateSpan {
  const span =
    typeof value === 'string'
      ? readDate(value)
      : typeof value === 'number' && Number.isSafeInteger(value)
        ? { from: value, to: value }
        : undefined;
  // Year 0 to 9999: beyond, the ISO form has a sign and more digits, which the stores read differently.
  if (span === undefined || span.from < -62_167_219_200_000 || span.to > 253_402_300_799_999) {
    throw denied('a value is no date');
  }
  return span;
}

/** Not empty, no NUL, no half of a surrogate pair, not longer than a term can be. */
function isPlainText(text: string): boolean {
  return text !== '' && text.length <= MAX_LENGTH && !text.includes('\0') && !hasLoneSurrogate(text);
}

function denied(detail: string): Refusal {
  return new Refusal('forbidden', `filter: ${detail}`);
}
