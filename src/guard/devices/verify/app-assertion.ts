/**
 * App Attest, assertion: that the attested key signed this very request.
 *
 *   CBOR { signature: DER ECDSA, authenticatorData: bytes }
 *
 * ES256 over nonce = SHA256(authenticatorData ‖ SHA256(clientData)): the steps of Apple's "Validating apps that connect to
 * your server" (Verify the assertion). That the challenge within the client data is ours and unused is the service's part,
 * and so is the compare-and-set of the counter.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { matchingAppId } from './app-id.ts';
import { type BundleFacts, readAssertionData } from './authenticator-data.ts';
import { cborBytes, cborMapOf, readCbor } from './cbor.ts';
import { p256Point } from './p256.ts';
import { sha256 } from './sha256.ts';
import { prove, proving, Unproven } from './unproven.ts';

export interface AssertionInput {
  /** Decoded from base64. */
  readonly assertion: Uint8Array;
  /** What the app hashed for `clientDataHash`. */
  readonly clientData: Uint8Array;
  /** SPKI, DER: `publicKey` of the attestation. */
  readonly publicKey: Uint8Array;
  /** `<TeamID>.<bundle id>`; an enrolled device has one. */
  readonly appIds: readonly string[];
  /** The last one that was accepted. */
  readonly lastCounter: number;
}

const MAX_BYTES = 2048;

/** @throws Refusal `step_up` */
export function verifyAssertion(input: AssertionInput): {
  readonly counter: number;
  readonly appId: string;
  readonly bundle: BundleFacts | null;
} {
  return proving('step_up', 'assertion', () => {
    prove(input.assertion.length <= MAX_BYTES, 'too long');
    const object = cborMapOf(readCbor(input.assertion, 'object'), ['signature', 'authenticatorData'], 'object');
    const signature = cborBytes(object.get('signature'), 'signature');
    const authenticatorData = cborBytes(object.get('authenticatorData'), 'authenticatorData');
    const data = readAssertionData(authenticatorData);
    const nonce = sha256(authenticatorData, sha256(input.clientData));
    prove(holds(nonce, keyOf(input.publicKey), signature), 'signature: does not hold');
    const appId = matchingAppId(data.appIdHash, input.appIds);
    prove(appId !== undefined, 'authenticatorData.rpIdHash: another app');
    prove(data.counter > input.lastCounter, 'authenticatorData.counter: not above the last one');
    return { counter: data.counter, appId, bundle: data.bundle };
  });
}

function keyOf(spki: Uint8Array): KeyObject {
  p256Point(spki, 'publicKey');
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    throw new Unproven('publicKey: not a point of the curve');
  }
}

function holds(nonce: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  try {
    return verify('sha256', nonce, { key, dsaEncoding: 'der' }, signature);
  } catch {
    return false;
  }
}
