/**
 * One known way around an access control, as data: what is sent, and what must come of it. The four oracles hold for every
 * request besides (`harness/fixture.ts`); the outcome says what the catalogue demands on top. What cannot be said in one
 * request (sequences, raw bytes, faults) is a story: steps with a name, under the same heads.
 */
import type { Outcome, Sent } from '../harness/fixture.ts';

/**
 * `refused-400`: malformed or unsupported, nothing reached the store · `refused-401` · `refused-403` · `refused`: one of 400,
 * 403, 405, 406 and 415, nothing reached the store · `undeclared`: 404 or 405, nothing reached the store · `refused-422`: not what is
 * declared, nothing was written · `absent`: like what does not exist · `rewritten`: answered from a
 * request that was written anew · `filtered`: answered, with what is hidden left out · `synthesised`: answered by the gateway
 * itself, nothing reached the store · `forbidden`: 403 after the document was looked for under the filter · `failed-closed`: nothing is shown, 5xx or 429 · `harmless`: answered as if it had not been
 * tried.
 */
export type Expected =
  | 'refused-400'
  | 'refused-401'
  | 'refused-403'
  | 'refused-404'
  | 'refused-422'
  | 'undeclared'
  | 'refused'
  | 'absent'
  | 'rewritten'
  | 'filtered'
  | 'synthesised'
  | 'forbidden'
  | 'failed-closed'
  | 'harmless';

export interface Attempt {
  readonly sent: Sent;
  readonly expect: Expected;
  /** What else must hold. Throws (or `expect`s). */
  readonly check?: (outcome: Outcome) => void;
}

interface Entry {
  /** `B001`. */
  readonly id: string;
  readonly title: string;
  /** Where the class is known from. */
  readonly precedent: string;
}

export interface BypassCase extends Entry {
  readonly attempts: readonly Attempt[];
}

/** A case that takes a sequence of requests, a socket or a fault. */
export interface BypassStory extends Entry {
  readonly steps: readonly Step[];
}

export interface Step {
  readonly does: string;
  readonly expect: Expected;
  readonly run: () => Promise<void>;
  /** False where the machine lacks a program; whoever looks for it says so. */
  readonly possible?: boolean;
}

export function step(does: string, expect: Expected, run: () => Promise<void>): Step {
  return { does, expect, run };
}

/** Many requests with one outcome. */
export function each(expect: Expected, ...sents: readonly (string | Sent)[]): Attempt[] {
  return sents.map((sent) => ({ expect, sent: typeof sent === 'string' ? { target: sent } : sent }));
}

/** A search on `profiles` with each of these bodies. */
export function bodies(expect: Expected, ...all: readonly unknown[]): Attempt[] {
  return all.map((body) => ({ expect, sent: { target: '/profiles/_search', body } }));
}

/** A search on `profiles` with each of these queries. */
export function queries(expect: Expected, ...all: readonly unknown[]): Attempt[] {
  return bodies(expect, ...all.map((query) => ({ query })));
}
