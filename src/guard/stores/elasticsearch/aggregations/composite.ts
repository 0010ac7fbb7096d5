/** `composite`: pages through the combinations of listed fields. */
import type { FieldType } from '../../../contract/grant.ts';
import { type Json, type JsonObject, jsonObject } from '../../../json/value.ts';
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
  wordOf,
} from '../search/options.ts';
import type { SearchScope } from '../search/scope.ts';
import type { CompiledType } from './compile.ts';
import { intervalOf, offsetOf, zoneOf } from './interval.ts';

const NAME = /^[\w-]{1,64}$/;
const ORDERS: ReadonlySet<string> = new Set(['asc', 'desc']);
const MISSING_ORDERS: ReadonlySet<string> = new Set(['first', 'last', 'default']);
const MAX_SOURCES = 10;

const TYPES: Readonly<Record<string, ReadonlySet<FieldType>>> = {
  terms: EXACT,
  histogram: NUMERIC,
  date_histogram: DATES,
};

export function compileComposite(json: Json, scope: SearchScope, at: string): CompiledType {
  const options = objectOf(json, at);
  const size = options.size === undefined ? 10 : integerOf(options.size, `${at}.size`, 1, scope.grant.limits.buckets);
  const names = new Set<string>();
  const sources = listOf(options.sources ?? null, `${at}.sources`, MAX_SOURCES).map((item) => {
    const [name, source] = entryOf(item, `${at}.sources`);
    if (!NAME.test(name) || names.has(name)) throw refuse(`${at}.sources`, 'not a permitted name');
    names.add(name);
    return jsonObject([[name, sourceOf(source, scope, `${at}.sources.*`)]]);
  });
  if (sources.length === 0) throw refuse(at, 'no sources');
  const read: [string, Json][] = [
    ['size', size],
    ['sources', sources],
  ];
  for (const [key, value] of Object.entries(options)) {
    if (key === 'after') read.push([key, afterOf(objectOf(value, `${at}.after`), names, `${at}.after`)]);
    else if (key !== 'size' && key !== 'sources') throw refuse(at, 'unknown key');
  }
  return { options: jsonObject(read), prefix: 'composite#', answer: 'buckets', buckets: size, sortedBy: [] };
}

function sourceOf(json: Json, scope: SearchScope, at: string): JsonObject {
  const [type, value] = entryOf(json, at);
  const types = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (types === undefined) throw refuse(at, 'not a supported source');
  const options = objectOf(value, at);
  const read: [string, Json][] = [['field', fieldOf(options.field, scope.fields, types, at)[0]]];
  let intervals = 0;
  for (const [key, option] of Object.entries(options)) {
    const where = `${at}.${key}`;
    if (key === 'field') continue;
    if (key === 'order') read.push([key, wordOf(option, where, ORDERS)]);
    else if (key === 'missing_bucket') read.push([key, flagOf(option, where)]);
    else if (key === 'missing_order') read.push([key, wordOf(option, where, MISSING_ORDERS)]);
    else if (key === 'interval' && type === 'histogram') {
      intervals += 1;
      read.push([key, numberOf(option, where)]);
    } else if ((key === 'calendar_interval' || key === 'fixed_interval') && type === 'date_histogram') {
      intervals += 1;
      read.push([key, intervalOf(key, option, where)]);
    } else if (key === 'offset' && type === 'date_histogram') read.push([key, offsetOf(option, where)]);
    else if (key === 'time_zone' && type === 'date_histogram') read.push([key, zoneOf(option, where)]);
    else if (key === 'format' && type === 'date_histogram') read.push([key, formatOf(option, where)]);
    else throw refuse(at, 'unknown key');
  }
  if (intervals !== (type === 'terms' ? 0 : 1)) throw refuse(at, 'not one interval');
  return jsonObject([[type, jsonObject(read)]]);
}

function afterOf(json: JsonObject, names: ReadonlySet<string>, at: string): JsonObject {
  const entries = Object.entries(json).map(([name, value]): [string, Json] => {
    if (!names.has(name)) throw refuse(at, 'not a source');
    return [name, scalarOf(value, at)];
  });
  return jsonObject(entries);
}
