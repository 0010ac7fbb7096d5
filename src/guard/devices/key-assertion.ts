/**
 * The assertion of a device whose proofs are made by the attested key itself (Android Key Attestation): a JWS of that key.
 *
 *   header  { "typ": "postern-assertion+jwt", "alg": "ES256", "jwk": { the public key } }
 *   claims  { "hash": SHA-256 of the client data, base64url }
 */
import { hash } from 'node:crypto';
import { verifySignature } from '../authn/algorithms.ts';
import { PROOF_ALGORITHMS } from '../authn/dpop.ts';
import { importJwk } from '../authn/jwk.ts';
import { openJws, readObject } from '../authn/jws.ts';
import { Unauthenticated } from '../authn/refuse.ts';
import { Refusal } from '../contract/refusal.ts';
import { isJsonObject } from '../json/value.ts';

const TYPE = 'postern-assertion+jwt';
const MAX_LENGTH = 4096;
const MAX_MODULUS_BYTES = 512;

/** @throws Refusal `attestation` */
export function verifyKeyAssertion(text: string, clientData: Uint8Array, jkt: string): void {
  try {
    check(text, clientData, jkt);
  } catch (error) {
    if (error instanceof Unauthenticated) throw new Refusal('attestation', error.detail);
    throw error;
  }
}

function check(text: string, clientData: Uint8Array, jkt: string): void {
  const jws = openJws(text, 'assertion', MAX_LENGTH);
  const { typ, alg, jwk, crit } = readObject(jws.header, 'assertion header');
  if (typ !== TYPE) throw new Unauthenticated('assertion.typ: another type');
  if (typeof alg !== 'string' || !PROOF_ALGORITHMS.some((name) => name === alg))
    throw new Unauthenticated('assertion.alg: not accepted');
  if (crit !== undefined) throw new Unauthenticated('assertion.crit: not accepted');
  if (!isJsonObject(jwk)) throw new Unauthenticated('assertion.jwk: missing');
  const key = importJwk(jwk, MAX_MODULUS_BYTES);
  if (key.thumbprint !== jkt) throw new Unauthenticated('assertion.jwk: not the enrolled key');
  if (!key.algorithms.has(alg)) throw new Unauthenticated('assertion.alg: does not fit the key');
  const claims = readObject(jws.payload, 'assertion claims');
  if (claims.hash !== hash('sha256', clientData, 'base64url'))
    throw new Unauthenticated('assertion.hash: of something else');
  if (!verifySignature(alg, key.key, jws.input, jws.signature))
    throw new Unauthenticated('assertion: the signature does not hold');
}
