/**
 * The query parameters, typed. A parameter that a route does not list does not exist (B057); one that it lists is read
 * here, and what is read is never forwarded: the operations print their own.
 */
import { Refusal } from '../../contract/refusal.ts';

/** True for a value of the right form. Every check is one pass over a bounded text. */
export type Reader = (value: string) => boolean;

/** Accepted on every route. `filter_path` is applied to the guarded answer (B043); the others change nothing that a client can rely on. */
export const GLOBAL_PARAMETERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['pretty', isFlag],
  ['human', isFlag],
  ['error_trace', isFlag],
  ['include_source_on_error', isFlag],
  ['filter_path', (value) => value.length <= 2048],
  // Only what is spoken anyway (B044).
  ['format', (value) => value === 'json'],
]);

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  // Every index is a concrete name by the time that it is sent, so what these say about unresolved names is moot.
  ['ignore_unavailable', isFlag],
  ['allow_no_indices', isFlag],
  ['ignore_throttled', isFlag],
  ['expand_wildcards', isExpansion],
  // Tuning of the cluster: read, and dropped.
  ['ccs_minimize_roundtrips', isFlag],
  ['request_cache', isFlag],
  ['batched_reduce_size', isCount],
  ['max_concurrent_shard_requests', isCount],
  ['max_concurrent_searches', isCount],
  ['pre_filter_shard_size', isCount],
  ['search_type', (value) => value === 'query_then_fetch'],
  ['scroll', isDuration],
  ['scroll_id', isToken],
  ['keep_alive', isDuration],
  ['realtime', isFlag],
  ['rest_total_hits_as_int', isFlag],
  ['fields', (value) => value.length <= 8192],
  ['include_unmapped', (value) => value === 'false'],
  ['include_empty_fields', isFlag],
  ['refresh', (value) => isFlag(value) || value === 'wait_for'],
  ['op_type', (value) => value === 'index' || value === 'create'],
  ['if_seq_no', isCount],
  ['if_primary_term', isCount],
  ['wait_for_active_shards', (value) => value === '1' || value === 'all' || isCount(value)],
  ['retry_on_conflict', isCount],
  ['require_alias', (value) => value === 'false'],
  ['require_data_stream', (value) => value === 'false'],
  ['timeout', isDuration],
  ['master_timeout', isDuration],
  ['cluster_manager_timeout', isDuration],
  ['local', isFlag],
  ['wait_for_status', (value) => value === 'green' || value === 'yellow' || value === 'red'],
]);

/** @throws Error for a name that no reader reads: a fault of the route table, found when it is built */
export function readerOf(name: string): Reader {
  const reader = READERS.get(name);
  if (reader === undefined) throw new Error(`no reader for the parameter ${name}`);
  return reader;
}

/** @param allowed what the route lists, with the reader of each @throws Refusal `malformed_parameter` */
export function checkParameters(query: ReadonlyMap<string, string>, allowed: ReadonlyMap<string, Reader>): void {
  if (query.size === 0) return;
  for (const [name, value] of query) {
    const reader = allowed.get(name) ?? GLOBAL_PARAMETERS.get(name);
    if (reader === undefined) throw new Refusal('malformed_parameter', 'parameters: unknown parameter');
    if (!reader(value)) throw new Refusal('malformed_parameter', `parameters.${name}: not of the expected form`);
  }
}

/** `?pretty` and `?pretty=` say true, as the stores read them. */
export function isFlag(value: string): boolean {
  return value === 'true' || value === 'false' || value === '';
}

export function flagOf(value: string | undefined): boolean {
  return value === 'true' || value === '';
}

/** Plain decimal digits, without a sign and within an int. */
export function isCount(value: string): boolean {
  if (value.length === 0 || value.length > 10) return false;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return (value.length === 1 || value.charCodeAt(0) !== 48) && Number(value) <= 0x7fffffff;
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** Milliseconds of `30s`, `5m`, … as the stores write time; undefined for anything else (no `-1`, no fractions, no `0`). */
export function durationOf(value: string): number | undefined {
  let digits = 0;
  while (digits < value.length && digits < 8 && isDigit(value.charCodeAt(digits))) digits++;
  const unit = UNITS.get(value.slice(digits));
  if (digits === 0 || unit === undefined || value.charCodeAt(0) === 48) return undefined;
  return Number(value.slice(0, digits)) * unit;
}

/** How long a scroll or point in time may live: what was asked for, never more than the rule gives. @throws Refusal */
export function keepAliveOf(value: string, limit: number): number {
  const milliseconds = durationOf(value);
  if (milliseconds === undefined) throw new Refusal('malformed_parameter', 'keep_alive: not a time value');
  if (milliseconds > limit) throw new Refusal('too_costly', 'keep_alive: longer than the rule permits');
  return milliseconds;
}

function isDuration(value: string): boolean {
  return durationOf(value) !== undefined;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** The names that wildcards could mean are the policy's, whatever state the store has them in. */
function isExpansion(value: string): boolean {
  if (value.length > 64) return false;
  for (const member of value.split(',')) if (member !== 'open' && member !== 'hidden' && member !== 'all') return false;
  return true;
}

function isToken(value: string): boolean {
  return value.length > 0 && value.length <= 16_384;
}
