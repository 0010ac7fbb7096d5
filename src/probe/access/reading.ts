/** One answer, reduced to what can be compared. */
import { PosternError } from '../../core/errors.ts';
import type { HttpAnswer } from '../../net/index.ts';
import { type Leaves, leavesOf } from './leaves.ts';

export type Reading =
  /** Something was given. */
  | { kind: 'content'; status: number; leaves: Leaves; cached: boolean }
  /** The server said no: 4xx, or a redirect (to a login, as a rule). */
  | { kind: 'refused'; status: number }
  /** A good status and nothing in it. */
  | { kind: 'nothing'; status: number }
  /** It cannot be told what the answer means. */
  | { kind: 'unclear'; status: number | null; why: string };

/** Most bytes read of one answer; a longer one is compared by its beginning. */
export const MOST_BYTES = 256 * 1024;

export function readingOf(answer: HttpAnswer | PosternError, key: Uint8Array, id: string): Reading {
  if (answer instanceof PosternError) return { kind: 'unclear', status: null, why: withoutStop(answer.message) };
  const { status, headers, body, truncated } = answer;
  if (status === 408 || status === 425 || status === 429) {
    return { kind: 'unclear', status, why: `the server asked for patience (HTTP ${status})` };
  }
  if (status >= 500) return { kind: 'unclear', status, why: `the server failed (HTTP ${status})` };
  if (status < 200 || status >= 300) return { kind: 'refused', status };
  if (status === 206) return { kind: 'unclear', status, why: 'the server answered with a part that was not asked for' };
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== '') {
    return { kind: 'unclear', status, why: 'the answer is compressed although that was not asked for' };
  }
  if (body.length === 0) return { kind: 'nothing', status };
  const leaves = leavesOf(truncated ? body.toString('latin1') : parsedBody(body), key, id);
  if (leaves.size === 0) return { kind: 'nothing', status };
  return { kind: 'content', status, leaves, cached: isCached(headers) };
}

/** JSON, whatever its content type says; else the whole text as one value. */
export function parsedBody(body: Buffer): unknown {
  const text = body.toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return body.toString('latin1');
  }
}

/** A store between us and the API answered: what it says about the API is not known. */
function isCached(headers: Readonly<Record<string, string>>): boolean {
  if (Number(headers.age ?? 0) > 0) return true;
  const told = ['x-cache', 'x-cache-status', 'x-proxy-cache', 'cf-cache-status', 'cache-status', 'x-varnish-cache'];
  return told.some((name) => /\bhit\b/i.test(headers[name] ?? ''));
}

/** The shape of an answer, for evidence: never a value. */
export function shapeOf(reading: Reading): string {
  switch (reading.kind) {
    case 'content':
      return `HTTP ${reading.status}, ${reading.leaves.size} ${reading.leaves.size === 1 ? 'value' : 'values'}${reading.cached ? ', from a cache' : ''}`;
    case 'refused':
      return `HTTP ${reading.status}`;
    case 'nothing':
      return `HTTP ${reading.status}, nothing in it`;
    case 'unclear':
      return reading.status === null ? `no answer: ${reading.why}` : `HTTP ${reading.status}: ${reading.why}`;
  }
}

export function withoutStop(text: string): string {
  return text.replace(/\.$/, '');
}
