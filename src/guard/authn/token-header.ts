/**
 * The header of an access token (RFC 7515 section 4.1, RFC 9068 section 2.1): a closed list. The token names its key by `kid`
 * and never brings one along; what would change how it is read (`crit`, `b64`, `zip`, `cty`) is refused.
 */
import type { JsonObject } from '../json/value.ts';
import type { IssuerConfig } from '../policy/identity-config.ts';
import { Unauthenticated } from './refuse.ts';

export interface TokenHeader {
  readonly algorithm: string;
  readonly kid: string | null;
}

/** Certificate hashes stand beside `kid` in tokens of some issuers; they say nothing here. */
const KNOWN = new Set(['alg', 'typ', 'kid', 'x5t', 'x5t#S256']);
const MAX_KID = 512;

/** @throws Unauthenticated with the member that is wrong */
export function readTokenHeader(header: JsonObject, issuer: IssuerConfig): TokenHeader {
  for (const name of Object.keys(header)) {
    if (!KNOWN.has(name)) throw new Unauthenticated('token header: a member that is not accepted');
  }
  const { alg, typ, kid } = header;
  if (typeof alg !== 'string' || !issuer.algorithms.some((name) => name === alg)) {
    throw new Unauthenticated('token.alg: not of the issuer');
  }
  if (typ !== undefined && typeof typ !== 'string') throw new Unauthenticated('token.typ: not a string');
  if (!issuer.types.includes(mediaType(typ ?? 'jwt'))) throw new Unauthenticated('token.typ: not accepted');
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > MAX_KID))
    throw new Unauthenticated('token.kid: not an id');
  return { algorithm: alg, kid: kid ?? null };
}

/** RFC 7515 section 4.1.9: compared without case, and `application/` may be left away. */
function mediaType(typ: string): string {
  const lower = typ.toLowerCase();
  return lower.startsWith('application/') ? lower.slice('application/'.length) : lower;
}
