/** What the dialogues of web applications share: conclusions without data, and answers read defensively. */
import type { Verdict } from '../../core/verdict.ts';
import type { HttpAnswer } from '../../net/connection.ts';
import { parseJson } from '../json.ts';
import { grouped } from '../names.ts';
import type { Observation } from '../service.ts';

/** Bytes of an answer that is read for its shape alone. */
export const SHORT_ANSWER = 65_536;

/** Of an observation what its identification tells. */
export type Identity = Pick<Observation, 'identified' | 'product' | 'version'>;

/** An identified product and a verdict that brings no data sets. */
export function concluded(
  identity: Identity,
  verdict: Verdict,
  reason: string,
  notTested: readonly string[] = [],
): Observation {
  return { ...identity, verdict, datasets: [], reason, notTested: [...notTested] };
}

/** The control request was answered as a real one is: a catch-all or a honeypot, and nothing else it says counts. */
export function doubtful(identity: Identity, control: string): Observation {
  return concluded(identity, 'inconclusive', `the control request for ${control} was answered as a real one is`, [
    'what a stranger gets here',
  ]);
}

/** The JSON of a whole answer with status 200; `undefined` for every other. */
export function okJson(answer: HttpAnswer): unknown {
  return answer.status === 200 && !answer.truncated ? parseJson(answer.body) : undefined;
}

/** Refused for want of a login or a right. */
export function isRefused({ status }: HttpAnswer): boolean {
  return status === 401 || status === 403;
}

/** `1 table`, `2 tables`. */
export function counted(number: number, one: string, several = `${one}s`): string {
  return `${grouped(number)} ${number === 1 ? one : several}`;
}
