/** Answers that are no document: RFC 9457 problems, one shared response for each status, and the headers that go with them. */
import { REFUSALS, type RefusalCode } from '../contract/refusal.ts';
import { PROBLEM, PROBLEM_TYPE } from '../contract/rest.ts';
import type { Header, Reference, Response, Schema } from './document.ts';
import { EXAMPLE_ETAG, EXAMPLE_UUID } from './example.ts';

/** Headers of answers, as components. */
export const HEADERS = {
  RequestId: {
    description: 'Names this request in the journal of the gateway.',
    schema: { type: 'string' },
    example: EXAMPLE_UUID,
  },
  ETag: { description: 'This version of the document.', schema: { type: 'string' }, example: EXAMPLE_ETAG },
  Location: { description: 'Path of the new document.', schema: { type: 'string', format: 'uri-reference' } },
  RetryAfter: { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 1 }, example: 1 },
  PreferenceApplied: {
    description: 'The preference that was followed (RFC 7240).',
    schema: { type: 'string' },
    example: 'return=minimal',
  },
  WwwAuthenticate: { description: 'The schemes of authentication that are accepted.', schema: { type: 'string' } },
  DPoPNonce: { description: 'The nonce that the next DPoP proof must hold (RFC 9449, 8).', schema: { type: 'string' } },
} as const satisfies Record<string, Header>;

export type HeaderName = keyof typeof HEADERS;

const FIELD_NAMES = {
  RequestId: 'x-request-id',
  ETag: 'ETag',
  Location: 'Location',
  RetryAfter: 'Retry-After',
  PreferenceApplied: 'Preference-Applied',
  WwwAuthenticate: 'WWW-Authenticate',
  DPoPNonce: 'DPoP-Nonce',
} as const satisfies Record<HeaderName, string>;

/** References to headers by the names that they have in an answer. The request's id is in every answer. */
export function headersOf(...names: readonly HeaderName[]): Readonly<Record<string, Reference>> {
  const all = [...names, 'RequestId' as const];
  return Object.fromEntries(all.map((name) => [FIELD_NAMES[name], { $ref: `#/components/headers/${name}` }]));
}

interface ProblemGroup {
  readonly name: string;
  readonly description: string;
  readonly codes: readonly [RefusalCode, ...RefusalCode[]];
  readonly headers: readonly HeaderName[];
}

/** By status: what a request of a resource can be refused with. Of the words the first is the one in examples. */
export const PROBLEMS: ReadonlyMap<number, ProblemGroup> = new Map<number, ProblemGroup>([
  [
    400,
    group('BadRequest', 'The request is malformed, or holds a parameter that does not exist.', [
      'malformed_request',
      'malformed_path',
      'malformed_parameter',
      'malformed_json',
      'malformed_body',
    ]),
  ],
  [
    401,
    group(
      'Unauthenticated',
      'Authentication is missing or not accepted.',
      ['unauthenticated', 'step_up'],
      ['WwwAuthenticate', 'DPoPNonce'],
    ),
  ],
  [403, group('Forbidden', 'Not permitted.', ['forbidden', 'encrypted_field', 'device', 'outdated'])],
  [404, group('NotFound', 'There is no such document for this caller.', ['absent'])],
  [405, group('MethodNotAllowed', 'The path has other methods.', ['method'])],
  [406, group('NotAcceptable', 'Answers are JSON.', ['not_acceptable'])],
  [
    409,
    group('Conflict', 'Another request is under way with this document, or with this idempotency key.', [
      'running',
      'conflict',
    ]),
  ],
  [410, group('Gone', 'The data of this person was erased.', ['erased'])],
  [412, group('PreconditionFailed', 'The document was changed in the meantime.', ['precondition'])],
  [413, group('ContentTooLarge', 'The body is too large.', ['too_large'])],
  [415, group('UnsupportedMediaType', 'The body is not of the documented media type.', ['unsupported_media'])],
  [
    422,
    group('Invalid', 'The content is not valid, or the idempotency key was used for another request.', [
      'invalid',
      'idempotency',
    ]),
  ],
  [428, group('PreconditionRequired', 'If-Match is missing.', ['precondition_required'])],
  [
    429,
    group(
      'TooManyRequests',
      'Too many requests, or too many different documents.',
      ['limited', 'budget'],
      ['RetryAfter'],
    ),
  ],
  [431, group('HeadersTooLarge', 'The header fields are too large.', ['headers_too_large'])],
  [
    500,
    group('Failed', 'The gateway failed, or its store gave an answer that the policy does not permit.', [
      'internal',
      'post_check',
    ]),
  ],
  [502, group('BadAnswer', 'The store gave an answer that could not be read.', ['upstream_answer'])],
  [
    503,
    group(
      'Unavailable',
      'The store cannot be reached, or the gateway cannot decide at present.',
      ['unavailable', 'upstream_down'],
      ['RetryAfter'],
    ),
  ],
  [504, group('TooSlow', 'The store did not answer in time.', ['upstream_slow'])],
]);

function group(
  name: string,
  description: string,
  codes: readonly [RefusalCode, ...RefusalCode[]],
  headers: readonly HeaderName[] = [],
): ProblemGroup {
  return { name, description, codes, headers };
}

export function problemReference(status: number): Reference {
  const found = PROBLEMS.get(status);
  if (found === undefined) throw new TypeError(`no problem of status ${status}`);
  return { $ref: `#/components/responses/${found.name}` };
}

/** Components for these statuses: nothing is described that no operation answers. */
export function problemResponses(statuses: ReadonlySet<number>): Readonly<Record<string, Response>> {
  const responses: Record<string, Response> = {};
  for (const [status, { name, description, codes, headers }] of PROBLEMS) {
    if (!statuses.has(status)) continue;
    responses[name] = {
      description,
      headers: headersOf(...headers),
      content: {
        [PROBLEM]: { schema: { $ref: '#/components/schemas/Problem' }, example: problemExample(status, codes[0]) },
      },
    };
  }
  return responses;
}

function problemExample(status: number, code: RefusalCode): unknown {
  return {
    type: `${PROBLEM_TYPE}${code}`,
    title: REFUSALS[code][1],
    status,
    ...(code === 'invalid' && { errors: [{ detail: 'must be one of the declared values', pointer: '/status' }] }),
  };
}

export const VIOLATION_SCHEMA: Schema = {
  type: 'object',
  properties: {
    pointer: {
      type: 'string',
      description: 'JSON Pointer (RFC 6901) into the body; absent where a parameter is meant.',
    },
    detail: { type: 'string', description: 'What is wrong there.' },
  },
  required: ['detail'],
  additionalProperties: false,
};

export const PROBLEM_SCHEMA: Schema = {
  type: 'object',
  description: 'A problem (RFC 9457). It holds nothing of the request and nothing of any document.',
  properties: {
    type: {
      type: 'string',
      format: 'uri',
      description: 'What went wrong, for programs: `urn:postern:problem:` and a word.',
    },
    title: { type: 'string', description: 'What went wrong, in one sentence for people.' },
    status: { type: 'integer', format: 'int32', description: 'The status of the answer.' },
    errors: {
      type: 'array',
      description: 'What is wrong, one by one.',
      items: { $ref: '#/components/schemas/Violation' },
    },
  },
  required: ['type', 'title', 'status'],
  additionalProperties: false,
};
