/** Devices: which app, on what, was proven to hold the key that a request is bound to. */

export const DEVICE_PLATFORMS = ['ios', 'android', 'web'] as const;
export type DevicePlatform = (typeof DEVICE_PLATFORMS)[number];

export type AttestationFormat = 'app-attest' | 'play-integrity' | 'key-attestation' | 'app-check';

/** What an attestation proved, as the gateway's own token for the device repeats it. */
export interface DeviceFacts {
  /** Random id of the enrolment. */
  readonly id: string;
  readonly platform: DevicePlatform;
  /** Bundle id or package name. */
  readonly app: string;
  /** As the app calls it: `5.2.0`, or a version code. */
  readonly version: string;
  readonly format: AttestationFormat;
  /** What the platform says of the device: `basic`, `device`, `strong`; hardware-backed keys are `strong`. */
  readonly integrity: 'basic' | 'device' | 'strong';
}

/** What a request proves of its device. */
export interface DeviceProof {
  /** Null: the app has no attestation. Then `claimedVersion` is its word alone. */
  readonly facts: DeviceFacts | null;
  /** Version that an app without attestation says it is (header `app-version`), checked for its form. */
  readonly claimedVersion: string | null;
  readonly claimedPlatform: DevicePlatform | null;
}

/** An enrolled device. Holds no personal data: the subject is a keyed hash. */
export interface DeviceRow {
  readonly id: string;
  /** Thumbprint of the DPoP key (RFC 7638, base64url). */
  readonly jkt: string;
  /** Keyed hash of issuer and subject. */
  readonly subject: string;
  readonly facts: DeviceFacts;
  /** SPKI (DER) of the key that signs assertions; null where the DPoP key itself is the attested one. */
  readonly assertionKey: Uint8Array | null;
  /** App Attest: key id, base64; else empty. */
  readonly keyId: string;
  /** Last accepted assertion counter. */
  readonly counter: number;
  readonly enrolledAt: number;
  readonly revokedAt: number | null;
}

/** @throws Refusal `unavailable` */
export interface DeviceStore {
  /** @returns false when a device of this id or key id is there already */
  add(row: DeviceRow): Promise<boolean>;
  device(id: string): DeviceRow | undefined | Promise<DeviceRow | undefined>;
  /** Every device of a person, revoked ones too. */
  devicesOf(subject: string): readonly DeviceRow[] | Promise<readonly DeviceRow[]>;
  /** Compare-and-set: true when `counter` is above the last one, which it then is. One atomic step over all gateways. */
  advance(id: string, counter: number): Promise<boolean>;
  revoke(
    match: {
      readonly id?: string;
      readonly subject?: string;
      readonly platform?: DevicePlatform;
      readonly version?: string;
    },
    at: number,
  ): Promise<number>;
  /** Distinct; false: used before. Remembered until `expiresAt`. For challenges and Play tokens. */
  useOnce(token: string, expiresAt: number): boolean | Promise<boolean>;
  devices(after: string | null, limit: number): Promise<readonly DeviceRow[]>;
  close(): Promise<void>;
}
