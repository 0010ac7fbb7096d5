/** The registered claims of a JWT (RFC 7519 section 4.1), judged strictly: a claim of a wrong type is never skipped. */

import type { Json, JsonObject } from '../json/value.ts';
import type { IssuerConfig } from '../policy/identity-config.ts';
import { Unauthenticated } from './refuse.ts';

/** 9999-12-31T23:59:59Z: the last second that a Date prints. */
const LAST_SECOND = 253_402_300_799;
const MAX_SUBJECT = 512;
const MAX_JTI = 512;
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;

/** Marks of a token that was made for something else than access: ID tokens, logout tokens, refresh tokens. */
const FOREIGN_CLAIMS = ['at_hash', 'c_hash', 's_hash', 'events'] as const;
const FOREIGN_KINDS: readonly (Json | undefined)[] = ['ID', 'Refresh', 'Offline', 'Logout'];

export interface Facts {
  readonly subject: string;
  readonly jti: string | null;
  /** Milliseconds; the tolerance is in it. */
  readonly expiresAt: number;
  /** RFC 9449 section 6: the key that must prove itself. */
  readonly jkt: string | null;
  /** RFC 8705 section 3.1: the certificate that must be on the connection. */
  readonly x5t: string | null;
}

/** @throws Unauthenticated with the claim that does not hold */
export function readClaims(claims: JsonObject, issuer: IssuerConfig, now: number): Facts {
  if (claims.iss !== issuer.issuer) throw new Unauthenticated('token.iss: not the issuer');
  checkAudience(claims.aud, issuer.audience);
  const expiresAt = checkTimes(claims, issuer.clockTolerance, now);
  for (const claim of FOREIGN_CLAIMS)
    if (claim in claims) throw new Unauthenticated(`token.${claim}: not an access token`);
  if (claims.token_use === 'id' || FOREIGN_KINDS.includes(claims.typ)) {
    throw new Unauthenticated('token.typ: not an access token');
  }
  const subject = claims[issuer.subject];
  if (typeof subject !== 'string' || subject === '' || subject.length > MAX_SUBJECT) {
    throw new Unauthenticated('token.sub: no subject');
  }
  const { jti } = claims;
  if (jti !== undefined && (typeof jti !== 'string' || jti.length > MAX_JTI))
    throw new Unauthenticated('token.jti: not an id');
  return { subject, jti: jti ?? null, expiresAt, ...confirmationOf(claims.cnf) };
}

function checkAudience(aud: Json | undefined, wanted: readonly string[]): void {
  const audience = typeof aud === 'string' ? [aud] : aud;
  if (!Array.isArray(audience) || !audience.every((one) => typeof one === 'string')) {
    throw new Unauthenticated('token.aud: not an audience');
  }
  if (!audience.some((one) => wanted.includes(one))) throw new Unauthenticated('token.aud: for somebody else');
}

/** @returns when the token ends, tolerance included, ms */
function checkTimes(claims: JsonObject, tolerance: number, now: number): number {
  const exp = seconds(claims, 'exp');
  const nbf = seconds(claims, 'nbf');
  const iat = seconds(claims, 'iat');
  if (exp === undefined) throw new Unauthenticated('token.exp: missing');
  const expiresAt = exp * 1000 + tolerance;
  if (now >= expiresAt) throw new Unauthenticated('token.exp: over');
  if (nbf !== undefined && nbf * 1000 > now + tolerance) throw new Unauthenticated('token.nbf: not yet');
  if (iat !== undefined && iat * 1000 > now + tolerance) throw new Unauthenticated('token.iat: in the future');
  return expiresAt;
}

/** A NumericDate as whole seconds; `1e9`, `1.0`, strings and what no calendar holds are refused. */
export function seconds(claims: JsonObject, name: string, what = 'token'): number | undefined {
  const value = claims[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > LAST_SECOND) {
    throw new Unauthenticated(`${what}.${name}: not a time in whole seconds`);
  }
  return value;
}

/** RFC 7800: what this gateway cannot confirm, it does not overlook. */
function confirmationOf(cnf: Json | undefined): { jkt: string | null; x5t: string | null } {
  if (cnf === undefined) return { jkt: null, x5t: null };
  if (typeof cnf !== 'object' || cnf === null) throw new Unauthenticated('token.cnf: not an object');
  let jkt: string | null = null;
  let x5t: string | null = null;
  for (const [method, value] of Object.entries(cnf)) {
    if (typeof value !== 'string' || !THUMBPRINT.test(value)) throw new Unauthenticated('token.cnf: not a thumbprint');
    if (method === 'jkt') jkt = value;
    else if (method === 'x5t#S256') x5t = value;
    else throw new Unauthenticated('token.cnf: unknown confirmation method');
  }
  if (jkt === null && x5t === null) throw new Unauthenticated('token.cnf: empty');
  return { jkt, x5t };
}
