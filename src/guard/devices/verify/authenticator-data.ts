/**
 * Authenticator data, as App Attest lays it out (WebAuthn level 2, section 6.1):
 *
 *   32 SHA-256 of the App ID · 1 flags · 4 counter, big endian
 *   in attestations: 16 aaguid · 2 length of the credential id · credential id · COSE key (CBOR)
 *   since iOS 27: one CBOR map { apple_bundle_version_01: text, apple_validation_category_01: 4 bytes, little endian }
 *
 * Flags: 0x40 attested credential data, 0x80 extensions. Apple leaves 0x80 clear although the map follows (webauthn4j
 * #1497), and sets 0x40 in assertions although no credential data follows. So the map is taken by its exact shape: both
 * members and nothing else. With 0x80 set it has to be there.
 *
 * Sources: Apple, "Validating apps that connect to your server" and "Attestation Object Validation Guide".
 */
import { cborBytes, cborMapOf, readCbor, readCborItem } from './cbor.ts';
import { prove, Unproven } from './unproven.ts';

export interface AuthenticatorData {
  /** SHA-256 of `<TeamID>.<bundle id>`. */
  readonly appIdHash: Uint8Array;
  readonly counter: number;
  /** Since iOS 27; else null. */
  readonly bundle: BundleFacts | null;
}

export interface CredentialData extends AuthenticatorData {
  readonly aaguid: Uint8Array;
  readonly credentialId: Uint8Array;
  /** 0x04, x, y. */
  readonly point: Uint8Array;
}

/** What the system says of the running app, iOS 27 and later. */
export interface BundleFacts {
  /** CFBundleVersion. */
  readonly version: string;
  /** How the app came onto the device, in Apple's numbers: 2 TestFlight, 3 development, 4 App Store, 5 enterprise, … */
  readonly category: number;
}

const FLAGS = 32;
const COUNTER = 33;
const HEAD = 37;
const ID_LENGTH = 53;
const ID = 55;
const ATTESTED = 0x40;
const EXTENDED = 0x80;
const MAX_BYTES = 1024;
const VERSION = 'apple_bundle_version_01';
const CATEGORY = 'apple_validation_category_01';
const MAX_VERSION = 64;

/** Of an attestation. @throws Unproven */
export function readCredentialData(bytes: Uint8Array): CredentialData {
  const { flags, view, ...head } = readHead(bytes);
  prove((flags & ~EXTENDED) === ATTESTED, 'authData.flags: not those of an attestation');
  prove(bytes.length > ID, 'authData: it ends early');
  // The length is fixed: the id is a SHA-256.
  prove(view.getUint16(ID_LENGTH) === 32, 'authData.credentialId: not 32 bytes');
  const key = readCborItem(bytes, ID + 32, 'authData.key');
  const cose = cborMapOf(key.value, [1, 3, -1, -2, -3], 'authData.key');
  // RFC 9053: kty EC2, alg ES256, crv P-256.
  prove(cose.get(1) === 2 && cose.get(3) === -7 && cose.get(-1) === 1, 'authData.key: not a P-256 key for ES256');
  const x = cborBytes(cose.get(-2), 'authData.key.x');
  const y = cborBytes(cose.get(-3), 'authData.key.y');
  prove(x.length === 32 && y.length === 32, 'authData.key: not 32 bytes a coordinate');
  return {
    ...head,
    aaguid: bytes.subarray(HEAD, ID_LENGTH),
    credentialId: bytes.subarray(ID, ID + 32),
    point: Buffer.concat([Uint8Array.of(4), x, y]),
    bundle: readBundle(bytes.subarray(key.end), flags),
  };
}

/** Of an assertion. @throws Unproven */
export function readAssertionData(bytes: Uint8Array): AuthenticatorData {
  const { flags, appIdHash, counter } = readHead(bytes);
  prove((flags & ~(ATTESTED | EXTENDED)) === 0, 'authenticatorData.flags: not those of an assertion');
  return { appIdHash, counter, bundle: readBundle(bytes.subarray(HEAD), flags) };
}

function readHead(bytes: Uint8Array): { appIdHash: Uint8Array; flags: number; counter: number; view: DataView } {
  // Without this a missing counter would read as none, and a replay would pass (node-app-attest 1.0.1).
  prove(bytes.length >= HEAD, 'authData: it ends early');
  prove(bytes.length <= MAX_BYTES, 'authData: too long');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { appIdHash: bytes.subarray(0, FLAGS), flags: view.getUint8(FLAGS), counter: view.getUint32(COUNTER), view };
}

function readBundle(rest: Uint8Array, flags: number): BundleFacts | null {
  if (rest.length === 0) {
    prove((flags & EXTENDED) === 0, 'authData.extensions: missing');
    return null;
  }
  const map = cborMapOf(readCbor(rest, 'authData.extensions'), [VERSION, CATEGORY], 'authData.extensions');
  const version = map.get(VERSION);
  const category = cborBytes(map.get(CATEGORY), 'authData.extensions.category');
  if (typeof version !== 'string' || version === '' || version.length > MAX_VERSION) {
    throw new Unproven('authData.extensions.version: not a version');
  }
  prove(category.length === 4, 'authData.extensions.category: not 4 bytes');
  return { version, category: new DataView(category.buffer, category.byteOffset, 4).getUint32(0, true) };
}
