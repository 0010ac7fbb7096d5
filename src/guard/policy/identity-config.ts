import type { JsonObject } from '../json/value.ts';

/** The ways in that the policy opens. What is not listed here is not accepted. */
export interface IdentityConfig {
  readonly issuers: readonly IssuerConfig[];
  /** Absolute path of the key file (`[{ id, hash, roles?, claims?, expires? }]`); null: no API keys. */
  readonly apiKeys: { readonly file: string } | null;
  readonly certificates: readonly CertificateSource[];
  /** Null: a request without credentials is refused. */
  readonly anonymous: { readonly claims: JsonObject } | null;
}

export interface IssuerConfig {
  /** What `match.issuer` says. */
  readonly name: string;
  /** Compared with `iss` byte by byte. */
  readonly issuer: string;
  /** The token's `aud` must hold one of them. */
  readonly audience: readonly string[];
  readonly keys: KeySource;
  readonly algorithms: readonly TokenAlgorithm[];
  /** Accepted `typ` headers, lower case, without `application/`. A token without `typ` counts as `jwt`. */
  readonly types: readonly string[];
  /** Milliseconds. */
  readonly clockTolerance: number;
  /** Claim that names the person. */
  readonly subject: string;
  /** `required`: every token must be bound to a key; `when-bound`: a bound token needs its proof. */
  readonly dpop: 'when-bound' | 'required';
  /** Absolute path of lists `{ jti?, sub?, kid? }`, read again when it changes; null: nothing is revoked. */
  readonly revoked: string | null;
}

export type KeySource =
  | { readonly kind: 'url'; readonly url: string }
  /** Absolute. */
  | { readonly kind: 'file'; readonly path: string }
  /** URL of the discovery document. */
  | { readonly kind: 'discovery'; readonly url: string }
  /** The key set itself, as JSON: the gateway's own issuer, never a policy's. */
  | { readonly kind: 'given'; readonly jwks: string };

/** Asymmetric only: with a shared secret every gateway could sign tokens. */
export const TOKEN_ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
  'EdDSA',
] as const;
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

export interface CertificateSource {
  /** What `match.certificate` says. */
  readonly name: string;
  /** Absolute path of the PEM file with the authorities that sign these certificates. */
  readonly ca: string;
  /** What of the certificate names its holder: the common name, the first DNS name, or the first URI name (SPIFFE). */
  readonly subject: 'cn' | 'dns' | 'uri';
  /** Given to every holder. */
  readonly claims: JsonObject;
}
