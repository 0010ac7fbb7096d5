/** Typed comparisons in the store's query language: exact clauses only, and one way to say each. */

import { Refusal } from '../../../contract/refusal.ts';
import type { Condition, ResourceScope } from '../../../contract/resource.ts';
import { printDate, readDate } from '../../../document/index.ts';
import { hasLoneSurrogate } from '../../../json/surrogate.ts';
import { type Json, type JsonObject, type JsonScalar, jsonObject } from '../../../json/value.ts';
import { filterQuery } from '../filter/index.ts';

const NOTHING: JsonObject = Object.freeze({ match_none: {} });

/**
 * The one query of every operation: what the caller's documents are, and what of them is asked for. Nothing of it scores.
 *
 * @param narrowed further clauses, of our own
 */
export function scopeQuery(
  { bound }: ResourceScope,
  conditions: readonly Condition[],
  narrowed: readonly JsonObject[] = [],
  excluded: readonly JsonObject[] = [],
): JsonObject {
  const filter: JsonObject[] = bound === null ? [] : [filterQuery(bound)];
  filter.push(...conditions.map(conditionQuery), ...narrowed);
  const bool: [string, Json][] = [['filter', filter.length === 0 ? [jsonObject([['match_all', {}]])] : filter]];
  if (excluded.length > 0) bool.push(['must_not', excluded]);
  return jsonObject([['bool', jsonObject(bool)]]);
}

function conditionQuery(condition: Condition): JsonObject {
  const { column } = condition;
  if (condition.kind === 'exists') {
    const exists = one('exists', jsonObject([['field', column]]));
    return condition.exists ? exists : one('bool', jsonObject([['must_not', [exists]]]));
  }
  if (condition.kind === 'range') return rangeQuery(column, condition.type, condition.bounds);
  const { type } = condition;
  const values = condition.values.filter(isWhole);
  if (values.length === 0) return NOTHING;
  if (type !== 'date') return one('terms', jsonObject([[column, [...values]]]));
  const moments = values.map((value) => {
    const date = dateOf(value);
    return rangeQuery(column, type, { gte: date, lte: date });
  });
  return one(
    'bool',
    jsonObject([
      ['should', moments],
      ['minimum_should_match', 1],
    ]),
  );
}

type Range = Extract<Condition, { kind: 'range' }>;

function rangeQuery(column: string, type: Range['type'], bounds: Range['bounds']): JsonObject {
  const parts: [string, Json][] = [];
  for (const name of ['gt', 'gte', 'lt', 'lte'] as const) {
    const bound = bounds[name];
    if (bound === undefined) continue;
    if (!isWhole(bound)) throw new Refusal('malformed_parameter', 'condition: half a character');
    parts.push([name, type === 'date' ? dateOf(bound) : bound]);
  }
  if (parts.length === 0) return NOTHING;
  // The field's own format may be another one.
  if (type === 'date') parts.push(['format', 'strict_date_optional_time']);
  return one('range', jsonObject([[column, jsonObject(parts)]]));
}

/** Half a surrogate pair would reach the store as another character, and equal that one. */
function isWhole(value: JsonScalar): boolean {
  return typeof value !== 'string' || !hasLoneSurrogate(value);
}

const MOMENT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/;

/** A moment with at least its milliseconds: what is left out of an upper bound, the stores fill up (`…:59` is `…:59.999`). */
function dateOf(value: Json): string {
  const text = typeof value === 'string' ? value : '';
  const span = readDate(text);
  // Years 0 to 9999: beyond, the ISO form has a sign and more digits.
  if (span === undefined || span.from < -62_167_219_200_000 || span.from >= 253_402_300_800_000) {
    throw new Refusal('malformed_parameter', 'condition: no date');
  }
  const [, seconds, fraction = ''] = MOMENT.exec(text) ?? [];
  return seconds === undefined ? printDate(span.from) : `${seconds}.${fraction.padEnd(3, '0')}Z`;
}

function one(name: string, value: Json): JsonObject {
  return jsonObject([[name, value]]);
}
