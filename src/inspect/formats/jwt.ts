/**
 * JSON Web Tokens in compact form: `base64url(header).base64url(claims).base64url(signature)` (RFC 7519, RFC 7515 §7.1).
 * Read, never verified: what a token says of itself is all that is wanted.
 */
import { Buffer } from 'node:buffer';

export interface Jwt {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
}

const LONGEST_PART = 8192;

/** Header and claims; undefined when either is not a JSON object: base64 that only looks like a token. */
export function readJwt(token: string): Jwt | undefined {
  const [first, second] = token.split('.', 2);
  const header = objectIn(first);
  const claims = header === undefined ? undefined : objectIn(second);
  return header === undefined || claims === undefined ? undefined : { header, claims };
}

function objectIn(part: string | undefined): Record<string, unknown> | undefined {
  if (part === undefined || part.length > LONGEST_PART) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
