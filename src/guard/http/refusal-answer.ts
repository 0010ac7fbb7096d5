/** A refusal as Elasticsearch words its errors, so that clients read it with the code they have. */
import { REFUSALS, type Refusal, type RefusalCode } from '../contract/refusal.ts';
import type { Answer } from '../contract/request.ts';

/** Names of Elasticsearch's exceptions where it has one for the case. */
const TYPES = {
  malformed_request: 'illegal_argument_exception',
  malformed_path: 'illegal_argument_exception',
  malformed_parameter: 'illegal_argument_exception',
  malformed_json: 'x_content_parse_exception',
  malformed_body: 'parse_exception',
  malformed_index: 'invalid_index_name_exception',
  unsupported_query: 'parsing_exception',
  unsupported_option: 'illegal_argument_exception',
  too_costly: 'illegal_argument_exception',
  unauthenticated: 'security_exception',
  forbidden: 'security_exception',
  absent: 'resource_not_found_exception',
  method: 'method_not_allowed_exception',
  encrypted_field: 'security_exception',
  device: 'security_exception',
  outdated: 'security_exception',
  step_up: 'security_exception',
  attestation: 'illegal_argument_exception',
  invalid: 'illegal_argument_exception',
  idempotency: 'illegal_argument_exception',
  running: 'version_conflict_engine_exception',
  erased: 'resource_not_found_exception',
  precondition: 'version_conflict_engine_exception',
  precondition_required: 'illegal_argument_exception',
  not_acceptable: 'media_type_header_exception',
  conflict: 'version_conflict_engine_exception',
  too_large: 'too_long_http_content_exception',
  unsupported_media: 'media_type_header_exception',
  limited: 'es_rejected_execution_exception',
  budget: 'es_rejected_execution_exception',
  headers_too_large: 'too_long_http_header_exception',
  internal: 'exception',
  post_check: 'remote_transport_exception',
  upstream_answer: 'remote_transport_exception',
  upstream_down: 'node_not_connected_exception',
  unavailable: 'status_exception',
  upstream_slow: 'receive_timeout_transport_exception',
} as const satisfies Record<RefusalCode, string>;

export const ANSWER_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'content-type': 'application/json',
  'x-elastic-product': 'Elasticsearch',
});

/** One answer per code: a refusal says nothing of the request that met it. */
const PREPARED: ReadonlyMap<string, Answer> = new Map(
  Object.entries(REFUSALS).map(([code, [status, reason]]) => {
    const answer = errorAnswer(status, TYPES[code as RefusalCode], reason);
    // RFC 9110, 15.5.6: a 405 names the methods.
    if (code !== 'method') return [code, answer];
    return [code, { ...answer, headers: Object.freeze({ ...answer.headers, allow: 'GET, HEAD, POST, PUT, DELETE' }) }];
  }),
);

/**
 * @param extra headers of this answer alone, names in lower case (`www-authenticate`)
 */
export function refusalAnswer(refusal: Refusal, extra?: Readonly<Record<string, string>>): Answer {
  const answer = PREPARED.get(refusal.code)!;
  if (extra === undefined && refusal.retryAfter === undefined) return answer;
  const headers: Record<string, string> = { ...answer.headers, ...extra };
  if (refusal.retryAfter !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(refusal.retryAfter)));
  return { ...answer, headers };
}

/** The error shape itself, for the few answers of the listener that are no decision (408). */
export function errorAnswer(status: number, type: string, reason: string): Answer {
  const cause = { type, reason };
  return Object.freeze({
    status,
    headers: ANSWER_HEADERS,
    body: JSON.stringify({ error: { root_cause: [cause], ...cause }, status }),
  });
}
