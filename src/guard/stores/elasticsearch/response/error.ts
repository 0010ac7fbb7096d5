/**
 * What the store says when it refuses, rebuilt: a type of this list, a status, a sentence of ours. Its own words hold
 * values, names of other indices, node ids and pieces of the rewritten query (B181).
 */
import { Refusal } from '../../../contract/refusal.ts';
import type { StoreReply, UpstreamAnswer } from '../../../contract/store.ts';
import { parseAnswer } from '../../../json/answer.ts';
import { isJsonObject, type Json, type JsonObject, jsonObject } from '../../../json/value.ts';
import { type ReplyExtras, reply } from './reply.ts';

interface Known {
  readonly status: number;
  readonly reason: string;
}

const NOT_ACCEPTED: Known = { status: 400, reason: 'the store did not accept the request' };
const BUSY: Known = { status: 429, reason: 'the store is busy' };
const UNAVAILABLE: Known = { status: 503, reason: 'the store cannot answer at present' };

const TYPES: ReadonlyMap<string, Known> = new Map<string, Known>([
  ['version_conflict_engine_exception', { status: 409, reason: 'the document was changed in the meantime' }],
  ['parsing_exception', NOT_ACCEPTED],
  ['x_content_parse_exception', NOT_ACCEPTED],
  ['illegal_argument_exception', NOT_ACCEPTED],
  ['mapper_parsing_exception', NOT_ACCEPTED],
  ['document_parsing_exception', NOT_ACCEPTED],
  ['strict_dynamic_mapping_exception', NOT_ACCEPTED],
  ['query_shard_exception', NOT_ACCEPTED],
  ['parse_exception', NOT_ACCEPTED],
  ['number_format_exception', NOT_ACCEPTED],
  ['date_time_parse_exception', NOT_ACCEPTED],
  ['action_request_validation_exception', NOT_ACCEPTED],
  ['too_many_buckets_exception', NOT_ACCEPTED],
  ['too_many_clauses', NOT_ACCEPTED],
  ['aggregation_execution_exception', NOT_ACCEPTED],
  ['search_phase_execution_exception', NOT_ACCEPTED],
  ['es_rejected_execution_exception', BUSY],
  ['rejected_execution_exception', BUSY],
  ['circuit_breaking_exception', BUSY],
  ['cluster_block_exception', BUSY],
  ['no_shard_available_action_exception', UNAVAILABLE],
  ['unavailable_shards_exception', UNAVAILABLE],
  ['process_cluster_event_timeout_exception', UNAVAILABLE],
]);

/** What these name does not exist for the client, which is all that it learns. */
const ABSENT: ReadonlySet<string> = new Set([
  'index_not_found_exception',
  'resource_not_found_exception',
  'search_context_missing_exception',
  'document_missing_exception',
  'index_closed_exception',
  'no_such_index_exception',
]);

/**
 * The reply to an answer that is no success. Thrown are the cases that read like refusals of the gateway itself.
 *
 * @throws Refusal `absent`; `unavailable` where the store refuses the gateway's own account; `upstream_answer`
 */
export function errorReply(answer: UpstreamAnswer, extras: Partial<ReplyExtras> = {}): StoreReply {
  const { status, json } = errorOf(answer.status, errorBody(answer));
  return reply(status, json, { ...extras, documents: [], outcome: 'answered' });
}

/** One failed part of an answer to many (`_msearch`, `_bulk`): `{error, status}`. @throws as `errorReply` */
export function errorOf(status: number, body: Json | undefined): { status: number; json: JsonObject } {
  const types = typesOf(body);
  if (status === 404 || types.some((type) => ABSENT.has(type)))
    throw new Refusal('absent', 'the store does not have it');
  if (
    status === 401 ||
    types.includes('security_exception') ||
    (status === 403 && !types.includes('cluster_block_exception'))
  ) {
    throw new Refusal('unavailable', "the store refuses the gateway's own account");
  }
  for (const type of types) {
    const known = TYPES.get(type);
    if (known !== undefined) return { status: known.status, json: errorJson(known.status, type, known.reason) };
  }
  if (status === 429) return { status, json: errorJson(status, 'es_rejected_execution_exception', BUSY.reason) };
  if (status === 503) return { status, json: errorJson(status, 'unavailable_shards_exception', UNAVAILABLE.reason) };
  if (status >= 400 && status < 500) {
    return { status: 400, json: errorJson(400, 'illegal_argument_exception', NOT_ACCEPTED.reason) };
  }
  throw new Refusal('upstream_answer', `the store answered with status ${status}`);
}

/** The shape of the stores' errors, which their clients read. */
export function errorJson(status: number, type: string, reason: string): JsonObject {
  const cause = jsonObject([
    ['type', type],
    ['reason', reason],
  ]);
  return jsonObject([
    ['error', jsonObject([['root_cause', [cause]], ...Object.entries(cause)])],
    ['status', status],
  ]);
}

function errorBody(answer: UpstreamAnswer): Json | undefined {
  if (answer.body.length === 0 || answer.body.length > 1024 * 1024) return undefined;
  try {
    return parseAnswer(answer.body);
  } catch {
    return undefined;
  }
}

/** The first root cause says more than the phase that it ended. */
function typesOf(body: Json | undefined): string[] {
  const error = isJsonObject(body) ? (isJsonObject(body.error) ? body.error : body) : undefined;
  if (error === undefined) return [];
  const causes = error.root_cause;
  const cause = Array.isArray(causes) ? causes[0] : undefined;
  const types = [isJsonObject(cause) ? cause.type : undefined, error.type];
  return types.filter((type) => typeof type === 'string');
}
