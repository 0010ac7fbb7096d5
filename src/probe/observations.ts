import { PosternError } from '../core/errors.ts';
import type { Observation } from './service.ts';

const MALFORMED = Symbol('malformed answer');

/** What a codec throws when the peer's bytes are not the protocol; distinct from a connection that failed. */
export function malformed(protocol: string, detail: string): PosternError {
  return new PosternError('E_PROBE_IO', `the answer is not valid ${protocol}: ${detail}`, { cause: MALFORMED });
}

/** True for what `malformed` made: the peer answered, but in another language. */
export function isMalformed(error: unknown): boolean {
  return error instanceof PosternError && error.cause === MALFORMED;
}

/** This port speaks something else. */
export function unidentified(protocol: string): Observation {
  return {
    identified: false,
    verdict: 'unidentified',
    datasets: [],
    reason: `the port does not speak ${protocol}`,
    notTested: [],
  };
}

/** The sum of what is known; undefined when nothing is. */
export function sumKnown(values: Iterable<number | undefined>): number | undefined {
  let total: number | undefined;
  for (const value of values) if (value !== undefined) total = (total ?? 0) + value;
  return total;
}

/** A count that a server sent as text; undefined when it is not a plain non-negative safe integer. */
export function parseCount(text: string | null | undefined): number | undefined {
  if (text === undefined || text === null || !/^\d{1,15}$/.test(text)) return undefined;
  return Number(text);
}

/** A version as servers print it; undefined when it is not shaped like one (it goes into reports). */
export function parseVersion(text: string | null | undefined): string | undefined {
  return /^[vV]?(\d{1,5}(?:\.\d{1,5}){0,3}(?:[-+.~]?[A-Za-z0-9]{1,16}){0,4})/.exec(text ?? '')?.[1];
}
