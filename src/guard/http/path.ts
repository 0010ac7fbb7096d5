/**
 * The path of a request: `/` segment `/` segment …, each percent-decoded once.
 *
 * Elasticsearch drops a first empty token, Java's `split` drops trailing ones, proxies merge slashes and resolve dot
 * segments: every form that two readers could read differently is refused instead of normalised.
 */
import { Refusal } from '../contract/refusal.ts';
import { decodeOnce } from './percent.ts';

export interface Path {
  readonly segments: readonly string[];
  readonly rawSegments: readonly string[];
}

/** More than any route of the store has. */
const MAX_SEGMENTS = 16;
const ROOT: Path = Object.freeze({ segments: Object.freeze([]), rawSegments: Object.freeze([]) });

/**
 * @param path begins with `/` and holds characters of `PATH_CHARACTERS` only
 * @throws Refusal `malformed_path`
 */
export function readPath(path: string): Path {
  if (path === '/') return ROOT;
  const rawSegments: string[] = [];
  let start = 1;
  while (start <= path.length) {
    let end = path.indexOf('/', start);
    if (end === -1) end = path.length;
    if (end === start) throw new Refusal('malformed_path', 'path: an empty segment');
    if (rawSegments.length === MAX_SEGMENTS) throw new Refusal('malformed_path', 'path: too many segments');
    const raw = path.slice(start, end);
    if (raw === '.' || raw === '..') throw new Refusal('malformed_path', 'path: a dot segment');
    rawSegments.push(raw);
    start = end + 1;
  }
  // Without an escape nothing decodes to anything else: one list is both.
  if (path.indexOf('%') === -1) return { segments: rawSegments, rawSegments };
  return { segments: rawSegments.map(decodeSegment), rawSegments };
}

/** `%2F` stays in a segment as `/` (document ids may hold one; no index may), `%5C` is refused. */
function decodeSegment(raw: string): string {
  const segment = decodeOnce(raw, 'malformed_path', 'path');
  if (segment.indexOf('\\') !== -1) throw new Refusal('malformed_path', 'path: a backslash');
  if (segment.indexOf('.') !== -1 && hasDotPart(segment)) throw new Refusal('malformed_path', 'path: a dot segment');
  return segment;
}

function hasDotPart(segment: string): boolean {
  return segment.split('/').some((part) => part === '.' || part === '..');
}
