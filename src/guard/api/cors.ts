/**
 * Cross-origin requests (Fetch standard, 3.2). Closed unless the policy lists origins, byte for byte; never with cookies, and
 * never `*`. A preflight is answered alike for every path, so that it says nothing of what there is.
 */
import type { Answer } from '../contract/request.ts';

export interface Cors {
  /** Headers for every answer. */
  headers(origin: string | undefined): Record<string, string>;
  /** The answer to a preflight; undefined when it is none, or of an origin that is not listed. */
  preflight(headers: ReadonlyMap<string, string>): Answer | undefined;
}

const METHODS = 'GET, POST, PATCH, DELETE';
const REQUEST_HEADERS = [
  'accept',
  'app-platform',
  'app-version',
  'authorization',
  'content-type',
  'dpop',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'postern-assertion',
  'postern-challenge',
  'prefer',
].join(', ');
const EXPOSED =
  'dpop-nonce, etag, location, postern-challenge, preference-applied, retry-after, www-authenticate, x-request-id';
const MAX_AGE = '600';

export function createCors(origins: readonly string[]): Cors {
  const listed = new Set(origins);
  const others: Record<string, string> = listed.size === 0 ? {} : { vary: 'origin' };
  const isListed = (origin: string | undefined): origin is string => origin !== undefined && listed.has(origin);
  return {
    headers(origin) {
      if (!isListed(origin)) return { ...others };
      return { vary: 'origin', 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED };
    },
    preflight(headers) {
      const origin = headers.get('origin');
      if (!isListed(origin) || !headers.has('access-control-request-method')) return undefined;
      return {
        status: 204,
        headers: {
          vary: 'origin',
          'access-control-allow-origin': origin,
          'access-control-allow-methods': METHODS,
          'access-control-allow-headers': REQUEST_HEADERS,
          'access-control-max-age': MAX_AGE,
        },
        body: '',
      };
    },
  };
}
