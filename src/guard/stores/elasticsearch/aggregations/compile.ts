/**
 * Aggregations: a closed grammar, read recursively. Every field is listed and unmasked at any depth (B111, B117, B118), no
 * option is a script (B112), and the buckets that a branch may ask for are bounded by their product.
 */
import { Refusal } from '../../../contract/refusal.ts';
import { type Json, type JsonObject, jsonObject } from '../../../json/value.ts';
import { objectOf, refuse } from '../search/options.ts';
import type { SearchScope } from '../search/scope.ts';
import { BUCKETS } from './buckets.ts';
import { compileLoosely } from './loose.ts';
import { METRICS } from './metrics.ts';
import { partsOf } from './parts.ts';
import type { AggregationNode, AggregationTree } from './tree.ts';

/** One aggregation as its type's reader leaves it. */
export interface CompiledType {
  readonly options: Json;
  readonly prefix: string;
  readonly answer: AggregationNode['answer'];
  /** Buckets that it may make of one document set. */
  readonly buckets: number;
  /** Names of direct children that it sorts by; each must be a metric. */
  readonly sortedBy: readonly string[];
}

export type TypeReader = (options: Json, scope: SearchScope, at: string) => CompiledType;

export interface CompiledAggregations {
  readonly json: JsonObject;
  /** Null where the answer is passed on as the store gave it (trusted services). */
  readonly tree: AggregationTree | null;
}

const NAME = /^[\w-]{1,64}$/;
/** Keys of buckets: an inner aggregation of that name would stand beside them under the same key. */
const RESERVED: ReadonlySet<string> = new Set([
  'key',
  'key_as_string',
  'doc_count',
  'from',
  'to',
  'from_as_string',
  'to_as_string',
]);
const MAX_DEPTH = 8;
const MAX_AGGREGATIONS = 100;

const READERS: ReadonlyMap<string, TypeReader> = new Map([...BUCKETS, ...METRICS]);

interface Budget {
  left: number;
}

/** @throws Refusal `forbidden`, `unsupported_option`, `unsupported_query`, `too_costly` */
export function compileAggregations(json: Json, scope: SearchScope): CompiledAggregations {
  if (!scope.strict) return { json: compileLoosely(json, scope), tree: null };
  return level(json, scope, 'aggs', 0, 1, { left: MAX_AGGREGATIONS });
}

function level(json: Json, scope: SearchScope, at: string, depth: number, buckets: number, budget: Budget) {
  if (depth >= MAX_DEPTH) throw new Refusal('too_costly', `${at}: too deep`);
  const printed: [string, Json][] = [];
  const tree = new Map<string, AggregationNode>();
  for (const [name, aggregation] of Object.entries(objectOf(json, at))) {
    budget.left -= 1;
    if (budget.left < 0) throw new Refusal('too_costly', `${at}: too many aggregations`);
    if (!NAME.test(name) || RESERVED.has(name)) throw refuse(at, 'not a permitted name');
    const { json: one, node } = compileOne(objectOf(aggregation, at), scope, `${at}.*`, depth, buckets, budget);
    printed.push([name, one]);
    tree.set(name, node);
  }
  return { json: jsonObject(printed), tree };
}

function compileOne(json: JsonObject, scope: SearchScope, at: string, depth: number, outer: number, budget: Budget) {
  const { type, options, children } = partsOf(json, at);
  const reader = READERS.get(type);
  if (reader === undefined) throw refuse(at, 'not a supported aggregation');
  const compiled = reader(options, scope, `${at}.${type}`);
  const buckets = outer * compiled.buckets;
  if (buckets > scope.grant.limits.buckets)
    throw new Refusal('too_costly', `${at}: more buckets than the rule permits`);
  const printed: [string, Json][] = [[type, compiled.options]];
  let tree: AggregationTree = new Map();
  if (children !== undefined) {
    if (compiled.answer === 'metric' || compiled.answer === 'percentiles')
      throw refuse(at, 'a metric has no inner aggregations');
    const inner = level(children, scope, `${at}.aggs`, depth + 1, buckets, budget);
    printed.push(['aggs', inner.json]);
    tree = inner.tree;
  }
  for (const name of compiled.sortedBy) {
    const answer = tree.get(name)?.answer;
    if (answer !== 'metric') throw refuse(at, 'sorted by what is not a metric inside it');
  }
  const node: AggregationNode = { prefix: compiled.prefix, answer: compiled.answer, children: tree };
  return { json: jsonObject(printed), node };
}
