/** What the service asks the verifiers; `verifiers.ts` joins the two. */
import type { KeyObject } from 'node:crypto';
import type { AttestationFormat, DeviceFacts, DevicePlatform, DeviceRow } from '../contract/device.ts';

/** An attestation as it was sent, with what it has to be made over. */
export interface AttestationClaim {
  readonly format: AttestationFormat;
  readonly platform: DevicePlatform;
  readonly app: string;
  readonly version: string;
  /** One text, or certificates from the leaf on; base64, base64url or a token, as the format has it. */
  readonly attestation: readonly string[];
  /** App Attest; else empty. */
  readonly keyId: string;
  readonly clientData: Uint8Array;
  /** The key of the proofs. */
  readonly deviceKey: KeyObject;
}

export interface Attested {
  readonly facts: Omit<DeviceFacts, 'id'>;
  /** SPKI (DER) of the key of assertions; null: the key of the proofs is the attested one, or there is none. */
  readonly assertionKey: Uint8Array | null;
  /** Canonical. */
  readonly keyId: string;
  readonly counter: number;
  /** Text that may be accepted once until then (ms); null: the challenge in it is enough. */
  readonly once: { readonly token: string; readonly until: number } | null;
}

/** An assertion of an enrolled device. */
export interface AssertionClaim {
  readonly assertion: string;
  readonly clientData: Uint8Array;
  readonly row: DeviceRow;
}

export interface Asserted {
  /** To be advanced to; null: the format has none. */
  readonly counter: number | null;
}

export interface Attester {
  /** @throws Refusal `attestation`, `unavailable` */
  attest(claim: AttestationClaim, now: number): Attested | Promise<Attested>;
  /** @throws Refusal `attestation`, `step_up`, `unavailable` */
  assert(claim: AssertionClaim, now: number): Asserted | Promise<Asserted>;
  close?(): void;
}
