/** Metrics: numbers over one listed field. */
import type { FieldType } from '../../../contract/grant.ts';
import { type Json, jsonObject } from '../../../json/value.ts';
import {
  EXACT,
  fieldOf,
  flagOf,
  formatOf,
  integerOf,
  listOf,
  MEASURABLE,
  NUMERIC,
  numberOf,
  objectOf,
  refuse,
  scalarOf,
} from '../search/options.ts';
import type { TypeReader } from './compile.ts';
import type { AnswerShape } from './tree.ts';

type OptionReader = (json: Json, at: string) => Json;

const COMMON: Readonly<Record<string, OptionReader>> = { missing: scalarOf, format: formatOf };

function metric(
  types: ReadonlySet<FieldType>,
  prefix: string,
  more: Readonly<Record<string, OptionReader>> = {},
  answer: AnswerShape = 'metric',
): TypeReader {
  return (json, scope, at) => {
    const read: [string, Json][] = [];
    const options = objectOf(json, at);
    read.push(['field', fieldOf(options.field, scope.fields, types, at)[0]]);
    for (const [key, value] of Object.entries(options)) {
      if (key === 'field') continue;
      const reader = Object.hasOwn(more, key) ? more[key] : Object.hasOwn(COMMON, key) ? COMMON[key] : undefined;
      if (reader === undefined) throw refuse(at, 'unknown key');
      read.push([key, reader(value, `${at}.${key}`)]);
    }
    return { options: jsonObject(read), prefix, answer, buckets: 1, sortedBy: [] };
  };
}

function percentsOf(json: Json, at: string): Json {
  return listOf(json, at, 50).map((percent) => numberOf(percent, at));
}

function thresholdOf(json: Json, at: string): Json {
  return integerOf(json, at, 0, 40_000);
}

export const METRICS: readonly (readonly [string, TypeReader])[] = [
  ['avg', metric(MEASURABLE, 'avg#')],
  ['sum', metric(NUMERIC, 'sum#')],
  ['min', metric(MEASURABLE, 'min#')],
  ['max', metric(MEASURABLE, 'max#')],
  ['stats', metric(MEASURABLE, 'stats#')],
  ['extended_stats', metric(MEASURABLE, 'extended_stats#', { sigma: numberOf })],
  ['value_count', metric(EXACT, 'value_count#')],
  ['cardinality', metric(EXACT, 'cardinality#', { precision_threshold: thresholdOf })],
  ['percentiles', metric(MEASURABLE, 'tdigest_percentiles#', { percents: percentsOf, keyed: flagOf }, 'percentiles')],
];
