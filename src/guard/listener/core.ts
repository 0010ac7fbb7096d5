/** What both protocols share: how a request reaches the guard, and what becomes of whatever it throws. */
import { Refusal } from '../contract/refusal.ts';
import type { Answer, RawRequest } from '../contract/request.ts';
import { contentEncoding, inflateRequest } from '../http/inflate.ts';
import { refusalAnswer } from '../http/refusal-answer.ts';
import type { Bodies } from './body.ts';
import type { Connections } from './connection.ts';
import type { Handle, Settled } from './options.ts';

export interface Core {
  readonly handle: Handle;
  readonly options: Settled;
  readonly connections: Connections;
  readonly bodies: Bodies;
  /** `publicUrl` of the listener. */
  readonly origin: string;
  draining: boolean;
}

/** Calls `answer` once; it must not throw. */
export function run(core: Core, request: RawRequest, answer: (answer: Answer) => void): void {
  let handled: Promise<Answer> | Answer;
  try {
    handled =
      request.body.byteLength > 0 && contentEncoding(request.headers) !== undefined
        ? inflatedAndHandled(core, request)
        : core.handle(request);
  } catch (error) {
    answer(answerToThrown(core, error));
    return;
  }
  if (handled instanceof Promise) handled.then(answer, (error) => answer(answerToThrown(core, error)));
  else answer(handled);
}

async function inflatedAndHandled(core: Core, request: RawRequest): Promise<Answer> {
  const { inflate } = core.options;
  // Without bounds the header stays, and the strict reader refuses it.
  if (inflate === null) return core.handle(request);
  const whole = await inflateRequest(request, inflate);
  const more = whole.body.byteLength;
  try {
    if (!core.bodies.take(more)) throw new Refusal('unavailable', 'bodies in flight');
    return await core.handle(whole);
  } finally {
    core.bodies.release(more);
  }
}

/** What the guard answers it never throws: this is a body that could not be unpacked, or a defect. */
function answerToThrown(core: Core, error: unknown): Answer {
  core.options.onMalformed(error instanceof Refusal ? error.code : 'internal');
  return refusalAnswer(error instanceof Refusal ? error : new Refusal('internal'));
}
