/**
 * A public JSON Web Key (RFC 7517, 7518 section 6, 8037), read by a closed reading: a key that is private, symmetric, meant
 * for something else, weak, or written in a second way is not taken.
 */
import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import type { Json, JsonObject } from '../json/value.ts';
import { algorithmsFor } from './algorithms.ts';
import { decodeBase64url } from './base64url.ts';
import { Unauthenticated } from './refuse.ts';
import { isRocaModulus } from './roca.ts';

export interface PublicJwk {
  readonly kid: string | null;
  /** Algorithms that it may verify. */
  readonly algorithms: ReadonlySet<string>;
  /** RFC 7638, SHA-256, base64url. */
  readonly thumbprint: string;
  readonly key: KeyObject;
}

/** Bytes of a coordinate. */
const CURVES: ReadonlyMap<Json | undefined, number> = new Map([
  ['P-256', 32],
  ['P-384', 48],
  ['P-521', 66],
]);

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const;

/** 65537, as every standard and library makes it: a small exponent is weak, a large one costs. */
const EXPONENT = 'AQAB';
const MIN_MODULUS_BYTES = 256;

/**
 * @param maxModulusBytes a larger modulus is refused, since checking costs the square of it
 * @throws Unauthenticated with the member that is wrong
 */
export function importJwk(jwk: JsonObject, maxModulusBytes: number): PublicJwk {
  for (const member of PRIVATE_MEMBERS) if (member in jwk) throw new Unauthenticated(`jwk: holds the secret ${member}`);
  const { use, key_ops: operations, alg, kid } = jwk;
  if (use !== undefined && use !== 'sig') throw new Unauthenticated('jwk.use: not sig');
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    throw new Unauthenticated('jwk.key_ops: no verify');
  }
  if (kid !== undefined && typeof kid !== 'string') throw new Unauthenticated('jwk.kid: not a string');
  const { members, crv } = publicMembers(jwk, maxModulusBytes);
  const able = algorithmsFor(members.kty, crv);
  if (alg !== undefined && !able.some((name) => name === alg))
    throw new Unauthenticated('jwk.alg: does not fit the key');
  return {
    kid: kid ?? null,
    algorithms: new Set(alg === undefined ? able : able.filter((name) => name === alg)),
    thumbprint: hash('sha256', JSON.stringify(members), 'base64url'),
    key: keyObject(members),
  };
}

/** The members that make the key, in the order that RFC 7638 hashes them. */
type Members = { readonly kty: string } & Readonly<Record<string, string>>;

function publicMembers(jwk: JsonObject, maxModulusBytes: number): { members: Members; crv: string | null } {
  switch (jwk.kty) {
    case 'EC': {
      const { crv } = jwk;
      const size = CURVES.get(crv);
      if (size === undefined || typeof crv !== 'string') throw new Unauthenticated('jwk.crv: not supported');
      return { members: { crv, kty: 'EC', x: exactly(jwk, 'x', size), y: exactly(jwk, 'y', size) }, crv };
    }
    case 'OKP':
      if (jwk.crv !== 'Ed25519') throw new Unauthenticated('jwk.crv: not supported');
      return { members: { crv: 'Ed25519', kty: 'OKP', x: exactly(jwk, 'x', 32) }, crv: 'Ed25519' };
    case 'RSA':
      if (jwk.e !== EXPONENT) throw new Unauthenticated('jwk.e: not 65537');
      return { members: { e: EXPONENT, kty: 'RSA', n: modulus(jwk, maxModulusBytes) }, crv: null };
    default:
      throw new Unauthenticated('jwk.kty: not an asymmetric key');
  }
}

function exactly(jwk: JsonObject, member: string, size: number): string {
  const text = jwk[member];
  if (typeof text !== 'string' || decodeBase64url(text)?.length !== size) {
    throw new Unauthenticated(`jwk.${member}: not a value of this size`);
  }
  return text;
}

function modulus(jwk: JsonObject, maxBytes: number): string {
  const text = jwk.n;
  const bytes = typeof text === 'string' && text.length <= 2 * maxBytes ? decodeBase64url(text) : undefined;
  // RFC 7518 section 6.3.1.1: no leading zero; so the length of the bytes is the length of the number.
  if (typeof text !== 'string' || !bytes || bytes[0] === 0) throw new Unauthenticated('jwk.n: not a modulus');
  const weak = bytes.length < MIN_MODULUS_BYTES || (bytes.length === MIN_MODULUS_BYTES && (bytes[0] ?? 0) < 0x80);
  if (weak) throw new Unauthenticated('jwk.n: shorter than 2048 bits');
  if (bytes.length > maxBytes) throw new Unauthenticated('jwk.n: too long');
  if ((bytes.at(-1) ?? 0) % 2 === 0 || isRocaModulus(bytes)) throw new Unauthenticated('jwk.n: a weak modulus');
  return text;
}

function keyObject(members: Members): KeyObject {
  try {
    return createPublicKey({ key: members, format: 'jwk' });
  } catch {
    // Among others a point that is not on its curve.
    throw new Unauthenticated('jwk: not a key');
  }
}
