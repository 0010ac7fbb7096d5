import { PosternError } from '../core/errors.ts';
import type { Connection } from '../net/connection.ts';
import type { Observation, ProbeContext } from './service.ts';

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

/** `undefined` when the answer was not the protocol; other failures stay failures. */
export async function unlessMalformed<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isMalformed(error)) return undefined;
    throw error;
  }
}

/** A whole dialogue over one connection, which is closed after it: what is not the protocol is not this service. */
export async function speak(
  context: ProbeContext,
  protocol: string,
  dialogue: (connection: Connection) => Promise<Observation>,
): Promise<Observation> {
  const connection = await context.connect();
  try {
    return (await unlessMalformed(dialogue(connection))) ?? unidentified(protocol);
  } finally {
    connection.close();
  }
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

/** What stands behind the numbers of versions; anything else there may be somebody's, and is cut off. */
const SUFFIX =
  /^[-+.][0-9a-f]{7}(?![A-Za-z0-9])|^[-+.~]?(?:alpha|beta|rc|pre|preview|dev|snapshot|release|final|stable|lts|ga|build|patch|hotfix|sp|ce|ee|oss|community|enterprise|commercial|foundation|mariadb|log|ubuntu|debian|deb|dfsg|ds|alpine|percona|k3s|gke|eks|eksbuild|rke|cp|ccs|cdh|post|nightly|unstable|main|master|[a-z])?\d{0,5}(?![A-Za-z0-9])/i;

/** A version as servers print it; undefined when it is not shaped like one (it goes into reports). */
export function parseVersion(text: string | null | undefined): string | undefined {
  const given = (text ?? '').slice(0, 200).replace(/^v/i, '');
  let version = /^\d{1,5}(?:\.\d{1,6}){0,3}(?!\d)/.exec(given)?.[0];
  if (version === undefined) return undefined;
  for (let n = 0; n < 6; n++) {
    const suffix = SUFFIX.exec(given.slice(version.length))?.[0] ?? '';
    if (suffix === '') break;
    version += suffix;
  }
  return version.replace(/[-+.~]$/, '');
}
