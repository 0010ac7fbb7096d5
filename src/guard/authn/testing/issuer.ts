/** An issuer, its clients and their requests for tests: keys are made when they are asked for, and nothing is real. */
import { createHash, type webcrypto } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import type { Peer } from '../../contract/principal.ts';
import type { RawRequest } from '../../contract/request.ts';
import type { IdentityConfig, IssuerConfig } from '../../policy/identity-config.ts';
import { NO_LIMITS } from '../../policy/limits-config.ts';
import type { Role } from '../../policy/policy.ts';
import type { FetchedDocument, GetDocument } from '../fetch.ts';

/** 2026-01-01T00:00:00Z. */
export const NOW = Date.UTC(2026, 0, 1);
export const ISSUER = 'https://id.example.org/';
export const AUDIENCE = 'shop-search';
export const ORIGIN = 'https://search.example.org';

export interface SigningKey {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: webcrypto.CryptoKey;
  readonly privateJwk: JWK;
  readonly jwk: JWK;
}

export async function makeKey(
  kid: string,
  alg = 'ES256',
  options: { modulusLength?: number } = {},
): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, ...options });
  return {
    alg,
    kid,
    privateKey,
    privateJwk: await exportJWK(privateKey),
    jwk: { ...(await exportJWK(publicKey)), kid },
  };
}

export const CLAIMS = {
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'ada',
  scope: 'shop.read',
  tenant: 't1',
  iat: NOW / 1000 - 10,
  exp: NOW / 1000 + 600,
} as const;

/** A token that holds; what is undefined in the changes is left away. */
export function makeToken(
  key: SigningKey,
  claims: Readonly<Record<string, unknown>> = {},
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  return sign(key, { typ: 'at+jwt', kid: key.kid, ...header }, { ...CLAIMS, ...claims });
}

export function sign(key: SigningKey, header: Readonly<Record<string, unknown>>, claims: JWTPayload): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: key.alg, ...header }).sign(key.privateKey);
}

let proofs = 0;

export interface ProofChanges {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
}

export function makeProof(key: SigningKey, token: string, { claims, header }: ProofChanges = {}): Promise<string> {
  const { kid: _, ...jwk } = key.jwk;
  proofs += 1;
  const all = {
    htm: 'GET',
    htu: `${ORIGIN}/profiles/_search`,
    jti: `proof-${proofs}`,
    iat: NOW / 1000,
    ath: sha256(token),
  };
  return sign(key, { typ: 'dpop+jwt', jwk, ...header }, { ...all, ...claims });
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** Signs bytes that no library would sign. */
export function b64(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

export function request(headers: readonly string[], changes: Partial<RawRequest> = {}): RawRequest {
  const peer: Peer = { address: '192.0.2.1', port: 40_000 };
  return {
    method: 'GET',
    target: '/profiles/_search',
    headers,
    body: new Uint8Array(),
    peer,
    protocol: '1.1',
    origin: ORIGIN,
    ...changes,
  };
}

export const ISSUER_CONFIG: IssuerConfig = {
  name: 'shop',
  issuer: ISSUER,
  audience: [AUDIENCE],
  keys: { kind: 'url', url: 'https://id.example.org/jwks.json' },
  algorithms: ['ES256'],
  types: ['at+jwt'],
  clockTolerance: 30_000,
  subject: 'sub',
  dpop: 'when-bound',
  revoked: null,
};

export function identityOf(issuer: Partial<IssuerConfig> = {}, changes: Partial<IdentityConfig> = {}): IdentityConfig {
  return { issuers: [{ ...ISSUER_CONFIG, ...issuer }], apiKeys: null, certificates: [], anonymous: null, ...changes };
}

/** The network of a test: documents by URL, which may change, and how often each was asked for. */
export function network(documents: Record<string, unknown>): {
  get: GetDocument;
  documents: Record<string, unknown>;
  asked: string[];
} {
  const asked: string[] = [];
  async function get(url: URL): Promise<FetchedDocument> {
    asked.push(url.href);
    const document = documents[url.href];
    if (document === undefined) throw new Error('status 503');
    return { bytes: Buffer.from(typeof document === 'string' ? document : JSON.stringify(document)), maxAge: null };
  }
  return { get, documents, asked };
}

/** Roles that match as told, with no rules. */
export function role(name: string, match: Role['match']): Role {
  return { name, match, mode: 'strict', observe: null, limits: NO_LIMITS, device: null, rules: [] };
}
