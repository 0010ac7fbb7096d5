/** One visit at a gateway: a stranger, the signed-in control, the attempts, and the control once more. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PosternError } from '../../../core/errors.ts';
import {
  allowExactly,
  createDialer,
  type Dialer,
  deadlineIn,
  type HttpAnswer,
  type NetworkTarget,
  Peer,
  type PinnedAddress,
  type PostingSession,
} from '../../../net/index.ts';
import { type Attempt, bypassAttempts, controlRequest, strangerRequests } from './attempts.ts';

export interface Gateway {
  readonly target: NetworkTarget;
  readonly port: number;
  readonly tls: boolean;
  readonly index: string;
  /** The value of the `authorization` header. Never told. */
  readonly authorization: string;
}

/** What was seen, over every address of the gateway. */
export interface Visit {
  strangers: { name: string; status: number | null }[];
  controls: { ok: boolean; detail: string; total: number | null }[];
  attempts: { name: string; status: number | null; total: number | null; narrowable: boolean }[];
}

export interface VisitOptions {
  dialer?: Dialer;
  deadlineMs?: number;
  signal?: AbortSignal;
}

/** Signed by nobody: `{"alg":"none"}` and an empty set of claims. */
const NOBODYS_TOKEN = 'Bearer eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30.';
const MOST_BYTES = 65_536;
const LONGEST_WAIT_S = 5;
const MOST_WAITS = 3;

/** @throws PosternError `E_SCOPE`, `E_PROBE_IO` when no address of the gateway can be asked */
export async function visit(gateway: Gateway, options: VisitOptions = {}): Promise<Visit> {
  const dialer = options.dialer ?? createDialer();
  const { addresses } = await dialer.resolve(gateway.target);
  if (addresses.length === 0) throw new PosternError('E_SCOPE', 'the gateway has no address in scope');
  const seen: Visit = { strangers: [], controls: [], attempts: [] };
  for (const at of addresses) await visitAt(gateway, at, dialer, seen, options);
  return seen;
}

async function visitAt(
  gateway: Gateway,
  at: PinnedAddress,
  dialer: Dialer,
  seen: Visit,
  options: VisitOptions,
): Promise<void> {
  const { index, authorization } = gateway;
  const strangers = strangerRequests(index);
  const attempts = bypassAttempts(index);
  const control = controlRequest(index);
  const deadline = deadlineIn(options.deadlineMs ?? 30_000, options.signal);
  const allow = allowExactly([...strangers, control, ...attempts]);
  const own = { dialer, target: gateway.target, at, port: gateway.port, allow, deadline, firstByteMs: deadline.left() };
  // Nobody's requests need no trusted certificate; the control's token goes only to whom it is meant for.
  const stranger = new Peer({ ...own, tls: gateway.tls, credentials: true });
  const signedIn = new Peer({ ...own, tls: gateway.tls, credentials: true, verified: true });
  try {
    const outside = stranger.http();
    for (const request of strangers) {
      seen.strangers.push({ name: request.name, status: (await outcomeOf(outside, request)).status });
    }
    const forged = await outcomeOf(outside, control, { authorization: NOBODYS_TOKEN });
    seen.strangers.push({ name: 'a token that nobody signed', status: forged.status });
    const inside = signedIn.http();
    seen.controls.push(await controlled(inside, control, authorization));
    if (seen.controls.at(-1)?.ok === true) {
      for (const request of attempts) {
        const outcome = await outcomeOf(inside, request, { authorization });
        seen.attempts.push({ name: request.name, narrowable: request.narrowable === true, ...outcome });
      }
      // Once more: a token that ended in between would have been refused everything.
      seen.controls.push(await controlled(inside, control, authorization));
    }
  } finally {
    stranger.close();
    signedIn.close();
  }
}

async function controlled(
  session: PostingSession,
  control: Attempt,
  authorization: string,
): Promise<Visit['controls'][number]> {
  const answer = await send(session, control, { authorization }).catch(failure);
  if (answer instanceof PosternError) return { ok: false, detail: answer.message, total: null };
  if (answer.status !== 200) return { ok: false, detail: `it was answered ${answer.status}`, total: null };
  const total = totalOf(answer);
  return { ok: total !== null, detail: total === null ? 'its answer is not one of a search' : '', total };
}

/** Null as status when there was no answer: that proves nothing. */
async function outcomeOf(
  session: PostingSession,
  request: Attempt,
  headers: Record<string, string> = {},
): Promise<{ status: number | null; total: number | null }> {
  const answer = await send(session, request, headers).catch(failure);
  return answer instanceof PosternError
    ? { status: null, total: null }
    : { status: answer.status, total: totalOf(answer) };
}

/** A gateway that counts requests may ask for patience: then it has not looked at the request, and is asked again. */
async function send(
  session: PostingSession,
  { path, body }: Attempt,
  headers: Record<string, string>,
): Promise<HttpAnswer> {
  const options = { headers, maxBytes: MOST_BYTES };
  for (let again = 0; ; again++) {
    const answer = await (body === undefined ? session.get(path, options) : session.post(path, body, options));
    const seconds = answer.status === 429 ? Number(answer.headers['retry-after'] ?? Number.NaN) : Number.NaN;
    if (!(seconds >= 0 && seconds <= LONGEST_WAIT_S) || again === MOST_WAITS) return answer;
    await sleep(seconds * 1_000);
  }
}

function failure(error: unknown): PosternError {
  if (error instanceof PosternError && error.code !== 'E_PROBE_FORBIDDEN') return error;
  throw error;
}

/** `hits.total` of a search: an object, or a number where a client asked for that. Null for anything else. */
function totalOf({ body }: HttpAnswer): number | null {
  try {
    const answer: unknown = JSON.parse(body.toString('utf8'));
    const total = member(member(answer, 'hits'), 'total');
    const value = typeof total === 'number' ? total : member(total, 'value');
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
  } catch {
    return null;
  }
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}
