/**
 * JWS compact serialization (RFC 7515 section 7.1): BASE64URL(header) `.` BASE64URL(payload) `.` BASE64URL(signature).
 *
 * Read strictly: exactly three parts (a JWE has five), each canonical, the header a JSON object without duplicate keys.
 */
import { Refusal } from '../contract/refusal.ts';
import { parseJson } from '../json/index.ts';
import { isJsonObject, type JsonObject } from '../json/value.ts';
import { decodeBase64url } from './base64url.ts';
import { Unauthenticated } from './refuse.ts';

export interface Jws {
  /** The first part as it was sent. */
  readonly encodedHeader: string;
  readonly header: Buffer;
  readonly payload: Buffer;
  readonly signature: Buffer;
  /** What the signature covers: ASCII of the first two parts with their dot. */
  readonly input: Buffer;
}

/**
 * Takes a compact JWS apart. Nothing in it is trusted yet.
 *
 * @param what `token` or `proof`, for the detail
 * @throws Unauthenticated
 */
export function openJws(text: string, what: string, maxLength: number): Jws {
  if (text.length > maxLength) throw new Unauthenticated(`${what}: too long`);
  const first = text.indexOf('.');
  const second = text.indexOf('.', first + 1);
  if (first < 1 || second === -1 || text.indexOf('.', second + 1) !== -1) {
    throw new Unauthenticated(`${what}: not three parts`);
  }
  const encodedHeader = text.slice(0, first);
  const header = decodeBase64url(encodedHeader);
  const payload = decodeBase64url(text.slice(first + 1, second));
  const signature = decodeBase64url(text.slice(second + 1));
  if (!header || !payload || !signature) throw new Unauthenticated(`${what}: not canonical base64url`);
  if (signature.length === 0) throw new Unauthenticated(`${what}: no signature`);
  return { encodedHeader, header, payload, signature, input: Buffer.from(text.slice(0, second), 'latin1') };
}

/** @throws Unauthenticated */
export function readObject(bytes: Uint8Array, what: string): JsonObject {
  let value: ReturnType<typeof parseJson>;
  try {
    value = parseJson(bytes);
  } catch (error) {
    if (error instanceof Refusal) throw new Unauthenticated(`${what}: ${error.detail}`);
    throw error;
  }
  if (!isJsonObject(value)) throw new Unauthenticated(`${what}: not an object`);
  return value;
}
