/**
 * DPoP proofs (RFC 9449): a JWT in the `DPoP` header, signed with the client's key for this one request.
 *
 *   header  { "typ": "dpop+jwt", "alg": …, "jwk": { the public key } }
 *   claims  { "jti", "htm": method, "htu": URI, "iat": seconds, "ath": SHA-256 of the access token, "nonce"? }
 *
 * All checks of section 4.3, in its order where that matters; further members are ignored as it says, but `crit`.
 */
import type { KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { RawRequest } from '../contract/request.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import { verifySignature } from './algorithms.ts';
import { seconds } from './claims.ts';
import { MAX_PROOF_LENGTH } from './credentials.ts';
import { normaliseUri } from './htu.ts';
import { importJwk, type PublicJwk } from './jwk.ts';
import { openJws, readObject } from './jws.ts';
import type { Nonces } from './nonce.ts';
import { type ChallengeError, Unauthenticated } from './refuse.ts';
import type { ReplayStore } from './replay.ts';

/** What FAPI 2.0 (section 5.4) accepts. */
export const PROOF_ALGORITHMS = ['ES256', 'EdDSA', 'Ed25519', 'PS256'] as const;

const MAX_AGE = 60_000;
const CLOCK_TOLERANCE = 10_000;
const MAX_MODULUS_BYTES = 512;
const MAX_KEYS = 10_000;
const MAX_JTI = 256;

export interface ProofVerifier {
  /**
   * @param ath SHA-256 of the access token, base64url
   * @param jkt thumbprint of the key that the token is bound to
   * @throws Unauthenticated, Refusal `unavailable` when the replay store fails
   */
  verify(proof: string, request: RawRequest, ath: string, jkt: string, now: number): void | Promise<void>;
  /**
   * The same for a key that nothing is bound to yet: whoever enrols it shows that it is theirs.
   *
   * @returns the key of the proof
   * @throws Unauthenticated, Refusal `unavailable` when the replay store fails
   */
  introduce(proof: string, request: RawRequest, ath: string, now: number): ProofKey | Promise<ProofKey>;
}

export interface ProofKey {
  /** RFC 7638, SHA-256, base64url: what a token's `cnf.jkt` will say. */
  readonly thumbprint: string;
  readonly key: KeyObject;
  readonly algorithm: string;
}

interface ProofOptions {
  readonly replay: ReplayStore;
  /** Asked for in every proof where given. */
  readonly nonces: Nonces | null;
}

interface ProofHeader {
  readonly algorithm: string;
  readonly key: PublicJwk;
}

interface Checked {
  readonly header: ProofHeader;
  readonly id: string;
  /** ms. */
  readonly expiresAt: number;
}

export function createProofVerifier(options: ProofOptions): ProofVerifier {
  return new Verifier(options);
}

class Verifier implements ProofVerifier {
  readonly #options: ProofOptions;
  /** By the header as it was sent: a client's proofs all have the same, and its key is read once. */
  readonly #headers = new LRUCache<string, ProofHeader>({ max: MAX_KEYS });

  constructor(options: ProofOptions) {
    this.#options = options;
  }

  verify(proof: string, request: RawRequest, ath: string, jkt: string, now: number): void | Promise<void> {
    const checked = this.#check(proof, request, ath, jkt, now);
    return this.#once(checked);
  }

  introduce(proof: string, request: RawRequest, ath: string, now: number): ProofKey | Promise<ProofKey> {
    const checked = this.#check(proof, request, ath, null, now);
    const { algorithm, key } = checked.header;
    const introduced: ProofKey = { thumbprint: key.thumbprint, key: key.key, algorithm };
    const once = this.#once(checked);
    return once instanceof Promise ? once.then(() => introduced) : introduced;
  }

  #once({ header, id, expiresAt }: Checked): void | Promise<void> {
    // Until then the same proof would pass the check of its time.
    const replayed = this.#options.replay.seen(header.key.thumbprint, id, expiresAt);
    if (replayed === false) return;
    if (replayed === true) throw invalid('jti: used before');
    // Whatever a store calls a promise, what is waited for is one.
    return Promise.resolve(replayed).then((again) => {
      if (again !== false) throw invalid('jti: used before');
    });
  }

  /** @param jkt null: any key */
  #check(proof: string, request: RawRequest, ath: string, jkt: string | null, now: number): Checked {
    try {
      const jws = openJws(proof, 'proof', MAX_PROOF_LENGTH);
      const known = this.#headers.get(jws.encodedHeader);
      const header = known ?? readHeader(readObject(jws.header, 'proof header'));
      // The cheap comparison first: a foreign key gets no signature checked.
      if (jkt !== null && header.key.thumbprint !== jkt) throw invalid('jwk: not the key that the token is bound to');
      const claims = readObject(jws.payload, 'proof claims');
      const jti = checkClaims(claims, request, ath, now);
      if (!verifySignature(header.algorithm, header.key.key, jws.input, jws.signature))
        throw invalid('the signature does not hold');
      if (!known) this.#headers.set(jws.encodedHeader, header);
      this.#checkNonce(claims.nonce, now);
      return { ...jti, header };
    } catch (error) {
      if (error instanceof Unauthenticated && error.challenge === 'invalid_token')
        throw invalid(error.detail, 'invalid_dpop_proof', '');
      throw error;
    }
  }

  #checkNonce(nonce: Json | undefined, now: number): void {
    const { nonces } = this.#options;
    if (nonces && (typeof nonce !== 'string' || !nonces.good(nonce, now)))
      throw invalid('nonce: none of ours', 'use_dpop_nonce');
  }
}

function readHeader(header: JsonObject): ProofHeader {
  const { typ, alg, jwk, crit } = header;
  if (typ !== 'dpop+jwt') throw invalid('typ: not dpop+jwt');
  if (typeof alg !== 'string' || !PROOF_ALGORITHMS.some((name) => name === alg)) throw invalid('alg: not accepted');
  if (crit !== undefined || 'b64' in header) throw invalid('crit: not accepted');
  if (!isJsonObject(jwk)) throw invalid('jwk: missing');
  const key = importJwk(jwk, MAX_MODULUS_BYTES);
  if (!key.algorithms.has(alg)) throw invalid('alg: does not fit the key');
  return { algorithm: alg, key };
}

function checkClaims(
  claims: JsonObject,
  request: RawRequest,
  ath: string,
  now: number,
): { id: string; expiresAt: number } {
  const { jti, htm, htu } = claims;
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI) throw invalid('jti: not an id');
  if (htm !== request.method) throw invalid('htm: another method');
  if (typeof htu !== 'string' || !sameUri(htu, request)) throw invalid('htu: another URI');
  if (claims.ath !== ath) throw invalid('ath: not the hash of the token');
  const iat = seconds(claims, 'iat', 'proof');
  const exp = seconds(claims, 'exp', 'proof');
  const nbf = seconds(claims, 'nbf', 'proof');
  if (iat === undefined) throw invalid('iat: missing');
  const expiresAt = iat * 1000 + MAX_AGE + CLOCK_TOLERANCE;
  if (now >= expiresAt || iat * 1000 > now + CLOCK_TOLERANCE) throw invalid('iat: not of this time');
  // Not asked for by RFC 9449; where a client sends them they mean what RFC 7519 says.
  if (exp !== undefined && now >= exp * 1000 + CLOCK_TOLERANCE) throw invalid('exp: over');
  if (nbf !== undefined && nbf * 1000 > now + CLOCK_TOLERANCE) throw invalid('nbf: not yet');
  return { id: jti, expiresAt };
}

function sameUri(htu: string, request: RawRequest): boolean {
  const end = request.target.indexOf('?');
  const uri = request.origin + (end === -1 ? request.target : request.target.slice(0, end));
  if (htu === uri) return true;
  const normal = normaliseUri(htu);
  return normal !== undefined && normal === normaliseUri(uri);
}

function invalid(detail: string, challenge: ChallengeError = 'invalid_dpop_proof', prefix = 'proof.'): Unauthenticated {
  return new Unauthenticated(`${prefix}${detail}`, challenge);
}
