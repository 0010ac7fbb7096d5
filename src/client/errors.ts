/** What the gateway refused. */

/** A problem (RFC 9457), or the error of an operation of the search API, read into one shape. */
export class GatewayError extends Error {
  readonly status: number;
  /** What went wrong, for programs: `limited`, `precondition`, `outdated`, …; empty where the answer does not say. */
  readonly code: string;
  /** What is wrong in the body, one by one. */
  readonly errors: readonly Violation[];
  /** Names the request in the gateway's journal. */
  readonly requestId: string | null;
  /** Seconds to wait, where the gateway says so. */
  readonly retryAfter: number | null;

  constructor(problem: Problem) {
    super(problem.title);
    this.name = 'GatewayError';
    this.status = problem.status;
    this.code = problem.code;
    this.errors = problem.errors;
    this.requestId = problem.requestId;
    this.retryAfter = problem.retryAfter;
  }
}

export interface Violation {
  /** JSON Pointer into the body; absent where a parameter is meant. */
  readonly pointer?: string;
  readonly detail: string;
}

interface Problem {
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly errors: readonly Violation[];
  readonly requestId: string | null;
  readonly retryAfter: number | null;
}

const PROBLEM_TYPE = 'urn:postern:problem:';

/** The error of an answer that is none of success; reads its body. */
export async function errorOf(response: Response): Promise<GatewayError> {
  const body = record(await response.json().catch(() => null));
  const legacy = record(body.error);
  const type = typeof body.type === 'string' ? body.type : '';
  const title = [body.title, legacy.reason].find((text) => typeof text === 'string');
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new GatewayError({
    title: title ?? `status ${response.status}`,
    status: response.status,
    code: type.startsWith(PROBLEM_TYPE) ? type.slice(PROBLEM_TYPE.length) : '',
    errors: Array.isArray(body.errors) ? body.errors.flatMap(violation) : [],
    requestId: response.headers.get('x-request-id'),
    retryAfter: Number.isFinite(seconds) ? seconds : null,
  });
}

function violation(value: unknown): Violation[] {
  const { pointer, detail } = record(value);
  if (typeof detail !== 'string') return [];
  return [typeof pointer === 'string' ? { pointer, detail } : { detail }];
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
