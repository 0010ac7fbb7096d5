import { sign, timingSafeEqual, verify } from 'node:crypto';
import { canonicalJson } from './canonical.ts';
import { isPublicKey, keyIdOf, publicKeyObject, strictBase64url } from './public-key.ts';
import type { SigningKey } from './signing-key.ts';

/** A signature over the RFC 8785 canonical form of the body beside it. */
export interface Signature {
  algorithm: 'Ed25519';
  keyId: string;
  /** For display; trust comes from pinned keys only. */
  publicKey: string;
  value: string;
}

const SIGNATURE_BYTES = 64;

/** @param body must say what it is (its `schema`), so that one kind of document cannot stand for another */
export function signBody(body: { schema: string }, key: SigningKey): Signature {
  const value = sign(null, Buffer.from(canonicalJson(body)), key.privateKey).toString('base64url');
  return { algorithm: 'Ed25519', keyId: key.keyId, publicKey: key.publicKey, value };
}

/** The body of a document that is to be trusted, or why it is not. */
export type Opened = { body: unknown; reason?: never } | { reason: string };

/**
 * Opens a signed document if a pinned key signed exactly this. Every field of the signature must be exactly what
 * signing with the pinned key writes, so that no byte of the file can be changed unnoticed.
 *
 * @param document what was read, unparsed: the body is judged as it came, unknown fields included
 * @param pinned raw public keys, base64url
 */
export function openSigned(document: unknown, pinned: readonly string[]): Opened {
  if (!isObject(document) || !hasExactly(document, ['body', 'signature']))
    return { reason: 'it is not a signed document' };
  const { body, signature } = document;
  if (!isObject(body) || !isSignature(signature)) return { reason: 'it is not a signed document' };
  if (pinned.length === 0) return { reason: 'no key is pinned to trust it by' };
  const key = pinned.find((candidate) => isPublicKey(candidate) && sameText(keyIdOf(candidate), signature.keyId));
  if (key === undefined) return { reason: `it is signed by key ${printable(signature.keyId)}, which is not pinned` };
  if (!sameText(key, signature.publicKey)) return { reason: 'its public key is not the pinned key' };
  const value = strictBase64url(signature.value);
  if (value?.length !== SIGNATURE_BYTES) return { reason: 'its signature is damaged' };
  if (!verify(null, canonicalBytes(body), publicKeyObject(key), value)) {
    return { reason: 'it was changed after signing' };
  }
  return { body };
}

/** No bytes for what nests so deep that it has no canonical form: nothing that was signed is like that. */
function canonicalBytes(body: unknown): Buffer {
  try {
    return Buffer.from(canonicalJson(body));
  } catch {
    return Buffer.alloc(0);
  }
}

function isSignature(value: unknown): value is Signature {
  return (
    isObject(value) &&
    hasExactly(value, ['algorithm', 'keyId', 'publicKey', 'value']) &&
    value.algorithm === 'Ed25519' &&
    typeof value.keyId === 'string' &&
    typeof value.publicKey === 'string' &&
    typeof value.value === 'string'
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasExactly(value: Record<string, unknown>, keys: readonly string[]): boolean {
  const own = Object.keys(value);
  return own.length === keys.length && keys.every((key) => own.includes(key));
}

/** Compares without telling by its time where two texts differ. */
function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function printable(keyId: string): string {
  return /^[0-9a-f]{32}$/.test(keyId) ? keyId : '(damaged id)';
}
