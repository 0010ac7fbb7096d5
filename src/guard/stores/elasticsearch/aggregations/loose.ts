/**
 * Aggregations of trusted services (compat): the types of the table, with options that are read as data – bounded, and
 * never a script, at any depth. Queries in them go through the query grammar.
 */
import { Refusal } from '../../../contract/refusal.ts';
import { isJsonObject, type Json, type JsonObject, jsonObject } from '../../../json/value.ts';
import { checkQuery } from '../query/index.ts';
import { listOf, objectOf, refuse, textOf } from '../search/options.ts';
import type { SearchScope } from '../search/scope.ts';
import { partsOf } from './parts.ts';
import { AGGREGATION_TYPES } from './types.ts';

const NAME = /^[^[\]>]{1,128}$/;
const MAX_DEPTH = 16;
const MAX_NODES = 2000;

export function isLoose(type: string): boolean {
  return (
    Object.hasOwn(AGGREGATION_TYPES, type) &&
    AGGREGATION_TYPES[type as keyof typeof AGGREGATION_TYPES].compat === 'allow'
  );
}

export function compileLoosely(json: Json, scope: SearchScope): JsonObject {
  return level(json, scope, { left: MAX_NODES }, 0);
}

interface Budget {
  left: number;
}

function level(json: Json, scope: SearchScope, budget: Budget, depth: number): JsonObject {
  if (depth > MAX_DEPTH) throw new Refusal('too_costly', 'aggs: too deep');
  const printed: [string, Json][] = [];
  for (const [name, value] of Object.entries(objectOf(json, 'aggs'))) {
    if (!NAME.test(name)) throw refuse('aggs', 'not a permitted name');
    const aggregation = objectOf(value, 'aggs');
    const meta = aggregation.meta;
    const { type, options, children } = partsOf(without(aggregation, 'meta'), 'aggs');
    if (!isLoose(type)) throw refuse('aggs', 'not a supported aggregation');
    const one: [string, Json][] = [[type, optionsOf(type, options, scope, budget)]];
    if (children !== undefined) one.push(['aggs', level(children, scope, budget, depth + 1)]);
    if (meta !== undefined) one.push(['meta', data(meta, budget, 0)]);
    printed.push([name, jsonObject(one)]);
  }
  return jsonObject(printed);
}

function without(json: JsonObject, name: string): JsonObject {
  return jsonObject(Object.entries(json).filter(([key]) => key !== name));
}

function optionsOf(type: string, json: Json, scope: SearchScope, budget: Budget): Json {
  if (type === 'filter') return checkQuery(json, scope.query);
  const options = objectOf(json, type);
  return jsonObject(
    Object.entries(options).map(([key, value]): [string, Json] => {
      if (key === 'background_filter') return [key, checkQuery(value, scope.query)];
      if (key === 'filters') return [key, queries(value, scope)];
      return [nameOf(key), data(value, budget, 0)];
    }),
  );
}

function queries(json: Json, scope: SearchScope): Json {
  if (Array.isArray(json)) return listOf(json, 'filters', 1000).map((query) => checkQuery(query, scope.query));
  const entries = Object.entries(objectOf(json, 'filters'));
  return jsonObject(entries.map(([name, query]) => [textOf(name, 'filters', 256), checkQuery(query, scope.query)]));
}

/** A value without scripts. */
export function data(json: Json, budget: Budget, depth: number): Json {
  budget.left -= 1;
  if (budget.left < 0 || depth > MAX_DEPTH) throw new Refusal('too_costly', 'options: too much');
  if (Array.isArray(json)) return json.map((item) => data(item, budget, depth + 1));
  if (!isJsonObject(json)) return json;
  return jsonObject(Object.entries(json).map(([key, value]) => [nameOf(key), data(value, budget, depth + 1)]));
}

/** No key that any store reads a script, a stored script, another index or a whole query under. */
const REFUSED: ReadonlySet<string> = new Set([
  ...['script', 'scripts', 'script_fields', '_script', 'init_script', 'map_script', 'combine_script', 'reduce_script'],
  ...['value_script', 'weight_script', 'script_heuristic', 'inline', 'source', 'lang', 'index', '_index', 'query'],
  ...['inner_hits', 'highlight', 'runtime_mappings', 'collate', 'rescore'],
]);

function nameOf(key: string): string {
  if (REFUSED.has(key) || key.includes('script')) throw refuse('options', 'not a supported key');
  return key;
}
