/**
 * App Attest, attestation of a key: that the Secure Enclave of a genuine Apple device made it for this very app.
 *
 *   CBOR { fmt: 'apple-appattest', attStmt: { x5c: [leaf, intermediate], receipt: bytes }, authData: bytes }
 *
 * The nine steps of Apple's "Validating apps that connect to your server" (Verify the attestation), each one marked below.
 * Faults of libraries that this does not repeat: an expired leaf taken (node-app-attest 1.0.1), nine of the sixteen aaguid
 * bytes compared, so that a development key passes in production (appattest-checker-node 1.0.3), certificates picked by
 * their names instead of their place.
 *
 * The receipt is for Apple's fraud metric, is signed by another authority and is not looked into: only that it is there.
 */
import type { AppAttestConfig } from '../../policy/devices-config.ts';
import { matchingAppId } from './app-id.ts';
import { appleRoot } from './apple-root.ts';
import { type BundleFacts, readCredentialData } from './authenticator-data.ts';
import { cborBytes, cborMapOf, isCborMap, readCbor } from './cbor.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { checkChain } from './chain.ts';
import { readKeyId } from './key-id.ts';
import { p256Point } from './p256.ts';
import { sameBytes, sha256 } from './sha256.ts';
import { prove, proving } from './unproven.ts';

export interface AppAttestInput {
  /** The attestation object, decoded from base64. */
  readonly attestation: Uint8Array;
  /** As `generateKey` gave it to the app: base64 of a SHA-256. */
  readonly keyId: string;
  /** What the app hashed for `clientDataHash`: the challenge, and whatever else the enrolment binds to it. */
  readonly challenge: Uint8Array;
}

export interface AppAttestFacts {
  /** SPKI, DER: the key that assertions are signed with. */
  readonly publicKey: Uint8Array;
  readonly counter: 0;
  readonly environment: 'production' | 'development';
  readonly receiptPresent: boolean;
  /** The configured one that it was made for. */
  readonly appId: string;
  /** iOS 27 and later; null before. */
  readonly bundle: BundleFacts | null;
}

const FORMAT = 'apple-appattest';
const MAX_BYTES = 32 * 1024;
const NONCE_EXTENSION = '1.2.840.113635.100.8.2';
/** SEQUENCE { [1] { OCTET STRING of 32 bytes } }. */
const NONCE_PREFIX = Buffer.from('3024a1220420', 'hex');
const DIGITAL_SIGNATURE = 0x8000;

/** All sixteen bytes count. */
const AAGUID = {
  production: Buffer.from('appattest\0\0\0\0\0\0\0', 'latin1'),
  development: Buffer.from('appattestdevelop', 'latin1'),
} as const;

/**
 * @param now ms since the epoch
 * @param root instead of Apple's; for tests
 * @throws Refusal `attestation`
 */
export function verifyAppAttest(
  input: AppAttestInput,
  config: AppAttestConfig,
  now: number,
  root: Certificate = appleRoot(),
): AppAttestFacts {
  return verifyWithHash({ ...input, clientDataHash: sha256(input.challenge) }, config, now, root);
}

/** With the hash itself, for Apple's published sample, whose "hash" is the challenge as it stands. */
export function verifyWithHash(
  input: Omit<AppAttestInput, 'challenge'> & { readonly clientDataHash: Uint8Array },
  config: AppAttestConfig,
  now: number,
  root: Certificate = appleRoot(),
): AppAttestFacts {
  return proving('attestation', 'app-attest', () => {
    const { x5c, authData, receiptPresent } = readObject(input.attestation);
    const [leaf, intermediate] = x5c;
    // Step 1. Before all else: what is in the certificate counts for nothing until this holds.
    checkChain([leaf, intermediate], root, { now });
    prove(leaf.basic?.ca !== true, 'x5c[0].basicConstraints: an issuer of certificates');
    prove(leaf.usage === null || (leaf.usage & DIGITAL_SIGNATURE) !== 0, 'x5c[0].keyUsage: not for signatures');
    // Steps 2 to 4.
    const nonce = leaf.extensions.get(NONCE_EXTENSION)?.value;
    const expected = Buffer.concat([NONCE_PREFIX, sha256(authData, input.clientDataHash)]);
    prove(nonce !== undefined, 'x5c[0].extensions: no nonce');
    prove(sameBytes(nonce, expected), 'x5c[0].extensions: the nonce is of another challenge');
    // Step 5.
    const point = p256Point(leaf.spki, 'x5c[0].key');
    const keyId = readKeyId(input.keyId);
    prove(sameBytes(sha256(point), keyId), 'keyId: of another key');
    const data = readCredentialData(authData);
    prove(sameBytes(data.point, point), 'authData.key: another key');
    // Step 6.
    const appId = matchingAppId(data.appIdHash, config.appIds);
    prove(appId !== undefined, 'authData.rpIdHash: another app');
    // Step 7.
    const { counter, bundle } = data;
    prove(counter === 0, 'authData.counter: not 0');
    // Step 8.
    prove(sameBytes(data.aaguid, AAGUID[config.environment]), 'authData.aaguid: another environment');
    // Step 9.
    prove(sameBytes(data.credentialId, keyId), 'authData.credentialId: another key');
    return { publicKey: leaf.spki, counter, environment: config.environment, receiptPresent, appId, bundle };
  });
}

interface AttestationObject {
  readonly x5c: readonly [Certificate, Certificate];
  readonly authData: Uint8Array;
  readonly receiptPresent: boolean;
}

function readObject(bytes: Uint8Array): AttestationObject {
  prove(bytes.length <= MAX_BYTES, 'too long');
  const object = cborMapOf(readCbor(bytes, 'object'), ['fmt', 'attStmt', 'authData'], 'object');
  prove(object.get('fmt') === FORMAT, 'fmt: another format');
  const statement = object.get('attStmt');
  const receiptPresent = isCborMap(statement) && statement.has('receipt');
  const { x5c, receipt } = Object.fromEntries(
    cborMapOf(statement, receiptPresent ? ['x5c', 'receipt'] : ['x5c'], 'attStmt'),
  );
  if (receiptPresent) prove(cborBytes(receipt, 'receipt').length > 0, 'receipt: empty');
  prove(Array.isArray(x5c) && x5c.length === 2, 'x5c: not two certificates');
  return {
    x5c: [
      readCertificate(cborBytes(x5c[0], 'x5c[0]'), 'x5c[0]'),
      readCertificate(cborBytes(x5c[1], 'x5c[1]'), 'x5c[1]'),
    ],
    authData: cborBytes(object.get('authData'), 'authData'),
    receiptPresent,
  };
}
