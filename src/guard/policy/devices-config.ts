import type { SecretReference } from '../../config/secret.ts';
import type { DevicePlatform } from '../contract/device.ts';
import type { CallLimits, RoleLimits } from './limits-config.ts';

/** Which proofs of app and device are accepted, and the tokens that they buy. */
export interface DevicesConfig {
  /** First segment of the endpoints: `/<path>/challenge`, `/<path>/enrol`, `/<path>/token`, … */
  readonly path: string;
  readonly tokens: {
    /** `iss` and `aud` of the gateway's own access tokens. */
    readonly issuer: string;
    /** ms; short. */
    readonly lifetime: number;
    /** Absolute path of the ES256 key file, made on first use; shared by all gateways. */
    readonly key: string;
  };
  /** Absolute path of the 32-byte key file that challenges and DPoP nonces are made with; shared by all gateways. */
  readonly challengeKey: string;
  /** Every DPoP proof needs a nonce of ours (RFC 9449, 8). */
  readonly nonce: boolean;
  /** Enrolments of one person. */
  readonly maxDevices: number;
  readonly appAttest: AppAttestConfig | null;
  readonly playIntegrity: PlayIntegrityConfig | null;
  readonly keyAttestation: KeyAttestationConfig | null;
  readonly appCheck: AppCheckConfig | null;
}

export interface AppAttestConfig {
  /** `<TeamID>.<bundle id>`. */
  readonly appIds: readonly string[];
  readonly environment: 'production' | 'development';
}

export interface PlayIntegrityConfig {
  readonly packages: readonly string[];
  /** SHA-256 of the signing certificates, base64url without padding, as the verdict says them. */
  readonly certificates: readonly string[];
  /** Classic: the app's own response keys. Null: no classic tokens. */
  readonly classic: { readonly decryptionKey: SecretReference; readonly verificationKey: SecretReference } | null;
  /** Standard: decoded by Google with the operator's service account. Null (the default): off. */
  readonly standard: { readonly serviceAccountFile: string } | null;
  readonly integrity: 'basic' | 'device' | 'strong';
  /** `LICENSED` is asked for. */
  readonly licensed: boolean;
  /** Oldest verdict, ms. */
  readonly maxAge: number;
}

export interface KeyAttestationConfig {
  readonly packages: readonly string[];
  /** SHA-256 of the signing certificates, hex. */
  readonly certificates: readonly string[];
  /** Absolute path of PEM roots instead of Google's own; null: Google's. */
  readonly roots: string | null;
  readonly securityLevel: 'trusted-environment' | 'strongbox';
  /** Oldest patch level, `202601`; null: any. */
  readonly patchLevel: number | null;
  /** Absolute path of the status list (JSON, as Google publishes it); null: none is consulted. */
  readonly statusList: string | null;
}

export interface AppCheckConfig {
  /** Firebase project number. */
  readonly project: string;
  readonly appIds: readonly string[];
  /** Absolute path of a JWKS file; null: Firebase's own URL is asked. */
  readonly jwks: string | null;
}

/** What a role asks of the device behind a request. */
export interface DeviceRequirement {
  readonly attested: boolean;
  /** Lowest version, by platform; `5.2.0` or a version code. */
  readonly minimumVersion: ReadonlyMap<DevicePlatform, string>;
  readonly integrity: 'basic' | 'device' | 'strong';
  /** Operations that need an assertion over this very request: `orders.delete`, or an operation of the search API. */
  readonly fresh: ReadonlySet<string>;
  /** Old versions without attestation that are still let in, each until its sunset. */
  readonly legacy: readonly LegacyVersions[];
}

export interface LegacyVersions {
  readonly platform: DevicePlatform | null;
  /** Below this version. */
  readonly below: string;
  /** ms since the epoch. */
  readonly until: number;
  readonly limits: RoleLimits;
}

/** Detection of slow theft, from features of each decision. */
export interface AnomaliesConfig {
  readonly rules: readonly AnomalyRule[];
  /** Told of every alarm; null: the journal and the metrics alone. */
  readonly webhook: { readonly url: string; readonly secret: SecretReference | null } | null;
}

export interface AnomalyRule {
  readonly kind: 'walk' | 'enumeration' | 'slicing';
  /** Events within the window that make it an anomaly. */
  readonly count: number;
  readonly windowMs: number;
  readonly action: 'alarm' | 'throttle' | 'step-up' | 'block';
  /** How long the action holds, ms. */
  readonly holdMs: number;
  /** With `throttle`. */
  readonly limits: CallLimits | null;
}
