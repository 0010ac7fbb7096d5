/** Refusals as problem details (RFC 9457): our own words, and JSON Pointers into what was sent. Nothing of the store, no value. */
import { REFUSALS, Refusal, type RefusalCode } from '../contract/refusal.ts';
import type { Answer } from '../contract/request.ts';
import { PROBLEM, PROBLEM_TYPE } from '../contract/rest.ts';

/** A refusal whose answer needs headers: `allow` with 405 (RFC 9110, 15.5.6), `accept-patch` with 415 (RFC 5789, 2.2). */
export class RouteRefusal extends Refusal {
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: RefusalCode, detail: string, headers: Readonly<Record<string, string>>) {
    super(code, detail);
    this.headers = headers;
  }
}

const HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'content-type': PROBLEM,
  'x-content-type-options': 'nosniff',
});

/** One body per code: what is refused without further words reads alike, byte for byte. */
const BODIES: ReadonlyMap<RefusalCode, string> = new Map(
  (Object.keys(REFUSALS) as RefusalCode[]).map((code) => [code, JSON.stringify(bodyOf(code))]),
);

export function problemAnswer(refusal: Refusal, extra: Readonly<Record<string, string>> = {}): Answer {
  const headers: Record<string, string> = {
    ...HEADERS,
    ...(refusal instanceof RouteRefusal ? refusal.headers : {}),
    ...extra,
  };
  if (refusal.retryAfter !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(refusal.retryAfter)));
  const { code, status, problems } = refusal;
  if (problems.length === 0) return { status, headers, body: BODIES.get(code)! };
  const errors = problems.map(({ pointer, detail }) => (pointer === PARAMETER ? { detail } : { detail, pointer }));
  return { status, headers, body: JSON.stringify({ ...bodyOf(code), errors }) };
}

/** In the place of a pointer: the problem is one of a parameter, which its words name. */
export const PARAMETER = '?';

function bodyOf(code: RefusalCode): { type: string; title: string; status: number } {
  const [status, title] = REFUSALS[code];
  return { type: `${PROBLEM_TYPE}${code}`, title, status };
}

/** @param words name a declared parameter and what it must be, never what was sent */
export function badParameter(words: string): Refusal {
  return new Refusal('malformed_parameter', words, { problems: [{ pointer: PARAMETER, detail: words }] });
}
