/**
 * An encrypted value in a document, text:
 *
 *   pv1. base64url( nonce 12 | ciphertext n | tag 16 )          AES-256-GCM under the person's key
 *
 * Additional data, each with its length in front: `postern value 1`, the family of the store, the column, the person's
 * reference. Not the index and not the document's id: a reindex must not make values unreadable.
 *
 * Nonces are random: one person's key would have to seal 2^32 values before NIST SP 800-38D section 8.3 minds.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { Refusal } from '../contract/refusal.ts';
import type { Reference, ValuePlace } from '../contract/vault.ts';
import { lengthPrefixed } from './length-prefixed.ts';
import { NONCE_BYTES, nextNonce } from './nonces.ts';

export const VALUE_MARK = 'pv1.';
const CIPHER = 'aes-256-gcm';
const TAG_BYTES = 16;
const LABEL = 'postern value 1';
/** Characters of the shortest: an empty value is 28 bytes. */
const MIN_TEXT = VALUE_MARK.length + 38;
/** In this mode a pair is one character, so only a half of one matches. */
const LONE_SURROGATE = /\p{Surrogate}/u;
const FORM = /^pv1\.[\w-]{38,}$/;

/** @throws Refusal `invalid` for text that UTF-8 cannot hold (half of a surrogate pair) */
export function sealValue(key: Uint8Array, reference: Reference, place: ValuePlace, value: string): string {
  if (LONE_SURROGATE.test(value)) throw new Refusal('invalid', 'a text holds half of a surrogate pair');
  const nonce = nextNonce();
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(additionalData(place, reference));
  const body = cipher.update(value, 'utf8');
  cipher.final();
  return VALUE_MARK + Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url');
}

/** Undefined for anything that this key did not seal for this place and person. */
export function unsealValue(
  key: Uint8Array,
  reference: Reference,
  place: ValuePlace,
  text: string,
): string | undefined {
  const bytes = bytesOf(text);
  if (bytes === undefined) return undefined;
  const end = bytes.length - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(additionalData(place, reference));
  decipher.setAuthTag(bytes.subarray(end));
  const plain = decipher.update(bytes.subarray(NONCE_BYTES, end));
  try {
    // Throws unless the tag is right; until then nothing of `plain` is looked at.
    decipher.final();
  } catch {
    return undefined;
  }
  return plain.toString('utf8');
}

/** Whether a value has the outer form of a sealed one. Says nothing about whether it opens. */
export function isSealedValue(text: unknown): boolean {
  return typeof text === 'string' && text.startsWith(VALUE_MARK) && FORM.test(text);
}

/** One value has one text: padding, other alphabets and non-zero spare bits are not taken. */
function bytesOf(text: string): Buffer | undefined {
  if (text.length < MIN_TEXT || !text.startsWith(VALUE_MARK)) return undefined;
  const encoded = text.slice(VALUE_MARK.length);
  const bytes = Buffer.from(encoded, 'base64url');
  return bytes.length >= NONCE_BYTES + TAG_BYTES && bytes.toString('base64url') === encoded ? bytes : undefined;
}

/** The part that is the same for every person; columns come from the policy, so there are few. */
const fronts = { elasticsearch: new Map<string, Buffer>(), postgresql: new Map<string, Buffer>() } as const;
const MAX_FRONTS = 4096;

function additionalData(place: ValuePlace, reference: Reference): Buffer {
  const known = fronts[place.store];
  let front = known.get(place.column);
  if (front === undefined) {
    front = lengthPrefixed(LABEL, place.store, place.column);
    if (known.size >= MAX_FRONTS) known.clear();
    known.set(place.column, front);
  }
  const length = Buffer.byteLength(reference);
  const bytes = Buffer.allocUnsafe(front.length + 4 + length);
  front.copy(bytes);
  bytes.writeUInt32BE(length, front.length);
  bytes.write(reference, front.length + 4, 'utf8');
  return bytes;
}
