/**
 * The answer's aggregations, read by the tree of what was asked for: an aggregation that was not asked for, and a key that
 * its kind does not have, is dropped. Nothing is a document here: what is shown are counts, keys and numbers of listed
 * fields.
 */
import { Refusal } from '../../../contract/refusal.ts';
import { bareObject } from '../../../json/bare.ts';
import { isJsonObject, isJsonScalar, type Json, type JsonObject } from '../../../json/value.ts';
import type { AggregationNode, AggregationTree } from './tree.ts';

interface Reading {
  readonly typedKeys: boolean;
  /** Buckets that the whole answer may hold. */
  left: number;
}

/** @throws Refusal `too_costly` past so many buckets, `upstream_answer` */
export function projectAggregations(
  json: Json | undefined,
  tree: AggregationTree,
  typedKeys: boolean,
  buckets: number,
): JsonObject {
  const result: Record<string, Json> = bareObject();
  children(isJsonObject(json) ? json : EMPTY, tree, result, { typedKeys, left: buckets });
  return result;
}

const EMPTY: JsonObject = Object.freeze(bareObject());

function children(json: JsonObject, tree: AggregationTree, result: Record<string, Json>, reading: Reading): void {
  for (const [name, node] of tree) {
    const answer = Object.hasOwn(json, name) ? json[name] : undefined;
    if (!isJsonObject(answer)) continue;
    result[reading.typedKeys ? `${node.prefix}${name}` : name] = project(answer, node, reading);
  }
}

function project(json: JsonObject, node: AggregationNode, reading: Reading): JsonObject {
  const result: Record<string, Json> = bareObject();
  switch (node.answer) {
    case 'metric':
      pick(json, METRIC_KEYS, result);
      for (const key of ['std_deviation_bounds', 'std_deviation_bounds_as_string']) addNumbers(json[key], key, result);
      break;
    case 'percentiles':
      addPercentiles(json.values, result);
      break;
    case 'bucket':
      pick(json, BUCKET_KEYS, result);
      children(json, node.children, result, reading);
      break;
    case 'buckets':
      pick(json, LIST_KEYS, result);
      if (isJsonObject(json.after_key)) addNumbers(json.after_key, 'after_key', result);
      result.buckets = projectBuckets(json.buckets, node.children, reading);
      break;
  }
  return result;
}

const METRIC_KEYS = [
  ...['value', 'value_as_string', 'count', 'min', 'max', 'avg', 'sum'],
  ...['min_as_string', 'max_as_string', 'avg_as_string', 'sum_as_string'],
  ...['sum_of_squares', 'variance', 'variance_population', 'variance_sampling'],
  ...['std_deviation', 'std_deviation_population', 'std_deviation_sampling'],
  ...['sum_of_squares_as_string', 'variance_as_string', 'variance_population_as_string', 'variance_sampling_as_string'],
  ...['std_deviation_as_string', 'std_deviation_population_as_string', 'std_deviation_sampling_as_string'],
];
const BUCKET_KEYS = ['doc_count', 'key_as_string', 'from', 'from_as_string', 'to', 'to_as_string'];
const LIST_KEYS = ['doc_count_error_upper_bound', 'sum_other_doc_count'];

function projectBuckets(json: Json | undefined, tree: AggregationTree, reading: Reading): Json {
  if (Array.isArray(json)) return json.map((item) => projectBucket(item, tree, reading));
  const result: Record<string, Json> = bareObject();
  if (isJsonObject(json))
    for (const [key, item] of Object.entries(json)) result[key] = projectBucket(item, tree, reading);
  return result;
}

function projectBucket(json: Json, tree: AggregationTree, reading: Reading): JsonObject {
  reading.left -= 1;
  if (reading.left < 0) throw new Refusal('too_costly', 'aggregations: more buckets than the rule permits');
  if (!isJsonObject(json)) throw new Refusal('upstream_answer', 'aggregations: a bucket is no object');
  const result: Record<string, Json> = bareObject();
  const key = json.key;
  if (isJsonObject(key)) addNumbers(key, 'key', result);
  else if (key !== undefined && isJsonScalar(key)) result.key = key;
  pick(json, BUCKET_KEYS, result);
  children(json, tree, result, reading);
  return result;
}

function pick(json: JsonObject, keys: readonly string[], result: Record<string, Json>): void {
  for (const key of keys) {
    const value = json[key];
    if (value !== undefined && isJsonScalar(value)) result[key] = value;
  }
}

/** An object of scalars, whatever its keys: names of composite sources, bounds, percents. */
function addNumbers(json: Json | undefined, key: string, result: Record<string, Json>): void {
  if (!isJsonObject(json)) return;
  const scalars: Record<string, Json> = bareObject();
  for (const [name, value] of Object.entries(json)) if (isJsonScalar(value)) scalars[name] = value;
  result[key] = scalars;
}

function addPercentiles(json: Json | undefined, result: Record<string, Json>): void {
  if (!Array.isArray(json)) addNumbers(json, 'values', result);
  else
    result.values = json.filter(isJsonObject).map((item) => {
      const one: Record<string, Json> = bareObject();
      pick(item, ['key', 'value', 'value_as_string'], one);
      return one;
    });
}
