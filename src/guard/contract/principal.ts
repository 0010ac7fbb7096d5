import type { JsonObject } from '../json/value.ts';
import type { DeviceFacts } from './device.ts';

/** Who asks, as far as it was proven. */
export interface Principal {
  readonly kind: 'token' | 'api-key' | 'certificate' | 'anonymous';
  /** Stable and unique over all identity sources: `token:<issuer>:<subject>`, `api-key:<id>`, … Personal: never logged as it is. */
  readonly id: string;
  /** Names of the policy's roles that it has, in the policy's order. */
  readonly roles: readonly string[];
  /** Verified claims; of an API key or a certificate, what the policy gives it. No prototype. */
  readonly claims: JsonObject;
  /** Thumbprint of the key that its requests are bound to (RFC 9449 `jkt`, RFC 8705 `x5t#S256`). */
  readonly confirmation: string | null;
  /** Milliseconds since the epoch after which it is nobody. */
  readonly expiresAt: number | null;
  /** The attested device that the principal's own token of the gateway speaks of; undefined: none. */
  readonly device?: DeviceFacts;
}

/** What the limits count against, beside the principal. */
export interface Peer {
  readonly address: string;
  readonly port: number;
  /** SHA-256 of the verified client certificate (base64url), where one was asked for. */
  readonly certificate?: {
    readonly thumbprint: string;
    readonly subject: string;
    readonly names: readonly string[];
    /** DER of the leaf (`getPeerCertificate().raw`). Without it a certificate is no principal; it can still bind a token. */
    readonly raw?: Uint8Array;
  };
}
