/**
 * Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a creation that is repeated with its key creates once.
 *
 * The id of the new document is a keyed hash of principal, resource and key, so that this holds even where nothing remembers
 * the key: after a crash the repeated creation meets its own document.
 */
import { randomUUID } from 'node:crypto';
import { Refusal } from '../contract/refusal.ts';
import type { Resource } from '../contract/resource.ts';
import { MAX_IDEMPOTENCY_KEY } from '../contract/rest.ts';

/** How long a key is remembered, ms. */
export const KEY_LIFE = 24 * 3_600_000;

/** A string of RFC 8941 (3.3.3), as the draft has it; or its characters bare, as most clients send them. */
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])+)"$/;
const BARE = /^[!#-+\--:<-~]+$/;

/**
 * @returns the key without quotes; undefined without the header
 * @throws Refusal `malformed_request`
 */
export function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (header.length <= 2 * MAX_IDEMPOTENCY_KEY + 2) {
    const quoted = QUOTED.exec(header)?.[1]?.replace(/\\(["\\])/g, '$1');
    const key = quoted ?? (BARE.test(header) ? header : undefined);
    if (key !== undefined && key.length <= MAX_IDEMPOTENCY_KEY) return key;
  }
  throw new Refusal('malformed_request', 'headers: an idempotency-key that is none');
}

type Token = (field: string, value: string) => string;

export function keyHash(token: Token, { name }: Resource, principal: string, key: string): string {
  return token('\0idempotency', `${name}\0${principal}\0${key}`);
}

/** @param text the body in one form */
export function fingerprint(token: Token, { name }: Resource, text: string): string {
  return token('\0fingerprint', `${name}\0${text}`);
}

/**
 * The id of a new document: a UUID, with a key of version 8 (RFC 9562, 5.8) out of the keyed hash, without one random.
 */
export function newId(token: Token, { name }: Resource, principal: string, key: string | undefined): string {
  if (key === undefined) return randomUUID();
  const named = `${name}\0${principal}\0${key}`;
  const hash = Buffer.from(token('\0id.0', named).slice(0, 11) + token('\0id.1', named).slice(0, 11), 'base64url');
  hash[6] = (hash[6]! & 0x0f) | 0x80;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
