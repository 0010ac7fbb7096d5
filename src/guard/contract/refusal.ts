/**
 * Every reason to refuse, with its status and the one sentence that the client reads. A sentence never holds anything
 * from the request or from the store: what does not exist and what is not permitted read alike.
 */
export const REFUSALS = {
  malformed_request: [400, 'the request is malformed'],
  malformed_path: [400, 'the path is malformed'],
  malformed_parameter: [400, 'a query parameter is malformed, repeated or not supported'],
  malformed_json: [400, 'the body is not the JSON that this gateway reads'],
  malformed_body: [400, 'the body is missing, not expected, or not of the expected shape'],
  malformed_index: [400, 'the index expression is not supported'],
  unsupported_query: [400, 'the query holds a part that is not supported'],
  unsupported_option: [400, 'the request holds an option that is not supported'],
  too_costly: [400, 'the request is too costly'],
  unauthenticated: [401, 'authentication is required'],
  forbidden: [403, 'not permitted'],
  absent: [404, 'not found'],
  method: [405, 'the method is not supported here'],
  encrypted_field: [403, 'an encrypted field cannot be used in this way'],
  device: [403, 'this needs a device and an app that were attested'],
  outdated: [403, 'this version of the app is not served any more'],
  step_up: [401, 'this needs a fresh assertion of the device'],
  attestation: [400, 'the attestation is not accepted'],
  invalid: [422, 'the content is not valid'],
  idempotency: [422, 'the idempotency key was used for another request'],
  running: [409, 'the request with this idempotency key is still running'],
  erased: [410, 'the data of this person was erased'],
  precondition: [412, 'the document was changed in the meantime'],
  precondition_required: [428, 'a condition is required: send If-Match'],
  not_acceptable: [406, 'only JSON is spoken here'],
  conflict: [409, 'the document was changed in the meantime'],
  too_large: [413, 'the request is too large'],
  unsupported_media: [415, 'only JSON is spoken here'],
  limited: [429, 'too many requests'],
  budget: [429, 'the budget of documents is spent'],
  headers_too_large: [431, 'the header fields are too large'],
  internal: [500, 'the gateway failed'],
  post_check: [500, 'the store gave an answer that the policy does not permit'],
  upstream_answer: [502, 'the store gave an answer that could not be read'],
  upstream_down: [503, 'the store cannot be reached'],
  unavailable: [503, 'the gateway cannot decide at present'],
  upstream_slow: [504, 'the store did not answer in time'],
} as const satisfies Record<string, readonly [status: number, sentence: string]>;

export type RefusalCode = keyof typeof REFUSALS;

/** A request that is not answered as it was asked. `detail` is for the operator (journal, explain), never for the client. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly status: number;
  /** For the operator. Names grammar positions (`query.bool.must[0]: unknown query`), never values. */
  readonly detail: string;
  /** Seconds, with `limited` and `budget`. */
  readonly retryAfter: number | undefined;
  /** Of `invalid`: JSON Pointers into what was sent, with our own words. Never a value. */
  readonly problems: readonly { readonly pointer: string; readonly detail: string }[];

  constructor(
    code: RefusalCode,
    detail = '',
    options: { cause?: unknown; retryAfter?: number; problems?: Refusal['problems'] } = {},
  ) {
    super(REFUSALS[code][1], options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Refusal';
    this.code = code;
    this.status = REFUSALS[code][0];
    this.detail = detail;
    this.retryAfter = options.retryAfter;
    this.problems = options.problems ?? [];
  }
}
