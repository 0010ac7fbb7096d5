/** What HTTP dialogues have in common: answers as JSON, recorded by their shape, and how they end. */
import type { Verdict } from '../core/verdict.ts';
import type { HttpAnswer, PostingSession } from '../net/connection.ts';
import { parseJson } from './json.ts';
import { grouped } from './names.ts';
import { parseVersion, sumKnown } from './observations.ts';
import type { Observation, ObservedDataset, ProbeContext } from './service.ts';

export interface JsonAnswer {
  status: number;
  json: unknown;
  answer: HttpAnswer;
}

export interface AskOptions {
  /** The path as it may be shown, where it has names in it. */
  shown?: string;
  headers?: Record<string, string>;
  maxBytes?: number;
  /** Posted as JSON; left out: GET. */
  body?: string;
  /** What the answer is, without values. */
  note?: (answer: JsonAnswer) => string | undefined;
}

/** One request, recorded with its status. */
export async function askJson(
  session: PostingSession,
  context: ProbeContext,
  path: string,
  { shown = path, headers, maxBytes = 1_048_576, body, note }: AskOptions = {},
): Promise<JsonAnswer> {
  const options = { maxBytes, ...(headers === undefined ? {} : { headers }) };
  const answer = body === undefined ? await session.get(path, options) : await session.post(path, body, options);
  const told = { status: answer.status, json: answer.truncated ? undefined : parseJson(answer.body), answer };
  const shape = note?.(told);
  const method = body === undefined ? 'GET' : 'POST';
  context.record(`${method} ${shown}`, `${answer.status}${shape === undefined ? '' : `, ${shape}`}`);
  return told;
}

export function isLocked({ status }: { status: number }): boolean {
  return status === 401 || status === 403;
}

/** What is known of the product, before anything is known of its doors. */
export interface Known {
  identified: true;
  product?: string;
  version?: string;
}

export function known(product: string | undefined, told: string | undefined): Known {
  const version = parseVersion(told);
  return {
    identified: true,
    ...(product === undefined ? {} : { product }),
    ...(version === undefined ? {} : { version }),
  };
}

export function conclude(
  base: Known,
  verdict: Verdict,
  reason: string,
  notTested: readonly string[] = [],
  datasets: readonly ObservedDataset[] = [],
): Observation {
  const documents = sumKnown(datasets.map((one) => one.documents));
  const bytes = sumKnown(datasets.map((one) => one.bytes));
  return {
    ...base,
    verdict,
    ...(documents === undefined ? {} : { documents }),
    ...(bytes === undefined ? {} : { bytes }),
    datasets: [...datasets],
    reason,
    notTested: [...notTested],
  };
}

/** What cannot exist was answered: nothing else that this port says is believed. */
export function disbelieved(base: Known, what: string, status: number): Observation {
  return conclude(base, 'inconclusive', `the control request for ${what} was answered with ${status}`, [
    'what a stranger gets here',
  ]);
}

/** The list that everything else follows from is neither there nor refused. */
export function notReady(base: Known, what: string, { status, answer }: JsonAnswer): Observation {
  const cut = answer.truncated ? ' and is longer than the limit' : '';
  return conclude(base, 'inconclusive', `${what} answers ${status}${cut}`, ['what a stranger gets here']);
}

/** `2 collections with 1,200 documents`. */
export function seen(datasets: readonly ObservedDataset[], one: string, many: string, records = 'documents'): string {
  const total = sumKnown(datasets.map(({ documents }) => documents));
  const counted = `${grouped(datasets.length)} ${datasets.length === 1 ? one : many}`;
  return total === undefined ? counted : `${counted} with ${grouped(total)} ${records}`;
}
