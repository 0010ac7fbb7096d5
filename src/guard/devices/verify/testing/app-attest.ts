/** App Attest for tests: attestations and assertions of a made-up Apple, each field as it is asked for. */
import { type KeyObject, sign } from 'node:crypto';
import { type Certificate, readCertificate } from '../certificate.ts';
import { sha256 } from '../sha256.ts';
import { cbor, type Writable } from './cbor-writer.ts';
import { type CertificateRequest, issue, type KeyPair, p256, spkiOf, USAGE } from './certificates.ts';
import { context, octets, sequence } from './der-writer.ts';

const DAY = 86_400_000;

/** A root and an intermediate in Apple's place. Give `root` to the verifier. */
export interface AppleAuthority {
  readonly root: Certificate;
  readonly intermediate: Buffer;
  readonly keys: KeyPair;
  readonly rootKeys: KeyPair;
}

export function makeAppleAuthority(
  now: number,
  changes: { root?: Partial<CertificateRequest>; intermediate?: Partial<CertificateRequest> } = {},
): AppleAuthority {
  const rootKeys = p256();
  const keys = p256();
  const [from, to] = [now - 1000 * DAY, now + 1000 * DAY];
  const root = issue({
    subject: 'Example Attestation Root',
    issuer: 'Example Attestation Root',
    keys: rootKeys,
    signer: rootKeys.privateKey,
    from,
    to,
    basic: { ca: true },
    usage: USAGE.keyCertSign,
    ...changes.root,
  });
  const intermediate = issue({
    subject: 'Example Attestation CA 1',
    issuer: 'Example Attestation Root',
    keys,
    signer: rootKeys.privateKey,
    from,
    to,
    basic: { ca: true, pathLength: 0 },
    usage: USAGE.keyCertSign,
    ...changes.intermediate,
  });
  return { root: readCertificate(root, 'root'), intermediate, keys, rootKeys };
}

export interface AppAttestRequest {
  /** `<TeamID>.<bundle id>`. */
  readonly appId: string;
  readonly environment?: 'production' | 'development';
  /** What is hashed for `clientDataHash`. */
  readonly challenge: Uint8Array;
  /** ms since the epoch. */
  readonly now: number;
  /** One of its own unless given. */
  readonly authority?: AppleAuthority;
  readonly keys?: KeyPair;
  /** As iOS 27 adds it; undefined: as before. */
  readonly bundle?: { readonly version: string; readonly category: number } | undefined;
  /** What differs from a good attestation. */
  readonly changes?: AppAttestChanges;
}

export interface AppAttestChanges {
  readonly fmt?: string;
  readonly x5c?: (good: readonly Buffer[]) => readonly Writable[];
  readonly receipt?: Writable | undefined;
  /** Further members of the object. */
  readonly members?: readonly (readonly [string, Writable])[];
  readonly appIdHash?: Uint8Array;
  readonly flags?: number;
  readonly counter?: number;
  readonly aaguid?: Uint8Array;
  readonly credentialId?: Uint8Array;
  readonly cose?: (good: Map<Writable, Writable>) => Map<Writable, Writable>;
  /** Bytes in place of the extensions at the end. */
  readonly tail?: Uint8Array;
  /** Applied before the nonce is made: what Apple would have signed. */
  readonly authData?: (good: Buffer) => Buffer;
  /** Applied after it. */
  readonly authDataAfter?: (good: Buffer) => Buffer;
  readonly nonceExtension?: (good: Buffer) => Buffer | null;
  readonly leaf?: Partial<CertificateRequest>;
  readonly leafKeys?: KeyPair;
}

export interface MadeAppAttest {
  readonly attestation: Buffer;
  readonly keyId: string;
  readonly challenge: Uint8Array;
  readonly appId: string;
  readonly keys: KeyPair;
  /** SPKI. */
  readonly publicKey: Buffer;
  readonly authority: AppleAuthority;
}

export const AAGUIDS = {
  production: Buffer.concat([Buffer.from('appattest'), Buffer.alloc(7)]),
  development: Buffer.from('appattestdevelop'),
} as const;

export function makeAppAttest(request: AppAttestRequest): MadeAppAttest {
  const { appId, environment = 'production', challenge, now, bundle, changes = {} } = request;
  const authority = request.authority ?? makeAppleAuthority(now);
  const keys = request.keys ?? p256();
  const certified = changes.leafKeys ?? keys;
  const point = pointOf(keys);
  const keyId = sha256(point);
  const cose = new Map<Writable, Writable>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, point.subarray(1, 33)],
    [-3, point.subarray(33)],
  ]);
  const credentialId = changes.credentialId ?? keyId;
  const good = Buffer.concat([
    changes.appIdHash ?? sha256(Buffer.from(appId)),
    Buffer.of(changes.flags ?? 0x40),
    uint32(changes.counter ?? 0),
    changes.aaguid ?? AAGUIDS[environment],
    Buffer.of(credentialId.length >> 8, credentialId.length & 0xff),
    credentialId,
    cbor(changes.cose?.(cose) ?? cose),
    changes.tail ?? bundleExtensions(bundle),
  ]);
  const authData = changes.authData?.(good) ?? good;
  const nonce = sequence(context(1, octets(sha256(authData, sha256(challenge)))));
  const extension = changes.nonceExtension ? changes.nonceExtension(nonce) : nonce;
  const leaf = issue({
    subject: keyId.toString('hex'),
    issuer: 'Example Attestation CA 1',
    keys: certified,
    signer: authority.keys.privateKey,
    from: now - DAY,
    to: now + DAY,
    basic: { ca: false },
    usage: USAGE.digitalSignature,
    extensions: extension ? [{ oid: '1.2.840.113635.100.8.2', value: extension }] : [],
    ...changes.leaf,
  });
  const certificates = [leaf, authority.intermediate];
  const statement = new Map<Writable, Writable>([['x5c', changes.x5c?.(certificates) ?? certificates]]);
  const receipt = 'receipt' in changes ? changes.receipt : Buffer.from('a receipt for Apple');
  if (receipt !== undefined) statement.set('receipt', receipt);
  const attestation = cbor(
    new Map<Writable, Writable>([
      ['fmt', changes.fmt ?? 'apple-appattest'],
      ['attStmt', statement],
      ['authData', changes.authDataAfter?.(authData) ?? authData],
      ...(changes.members ?? []),
    ]),
  );
  return {
    attestation,
    keyId: keyId.toString('base64'),
    challenge,
    appId,
    keys,
    publicKey: spkiOf(keys),
    authority,
  };
}

export interface AssertionRequest {
  readonly appId: string;
  /** What is hashed for `clientDataHash`. */
  readonly clientData: Uint8Array;
  readonly counter: number;
  readonly privateKey: KeyObject;
  readonly bundle?: { readonly version: string; readonly category: number } | undefined;
  readonly changes?: {
    readonly flags?: number;
    readonly authenticatorData?: (good: Buffer) => Buffer;
    readonly authenticatorDataAfter?: (good: Buffer) => Buffer;
    readonly signature?: Writable;
    readonly members?: readonly (readonly [string, Writable])[];
  };
}

export function makeAssertion(request: AssertionRequest): Buffer {
  const { appId, clientData, counter, privateKey, bundle, changes = {} } = request;
  const good = Buffer.concat([
    sha256(Buffer.from(appId)),
    Buffer.of(changes.flags ?? 0x40),
    uint32(counter),
    bundleExtensions(bundle),
  ]);
  const data = changes.authenticatorData?.(good) ?? good;
  const signature = changes.signature ?? sign('sha256', sha256(data, sha256(clientData)), privateKey);
  return cbor(
    new Map<Writable, Writable>([
      ['signature', signature],
      ['authenticatorData', changes.authenticatorDataAfter?.(data) ?? data],
      ...(changes.members ?? []),
    ]),
  );
}

export function bundleExtensions(bundle: AppAttestRequest['bundle']): Buffer {
  if (!bundle) return Buffer.alloc(0);
  const category = Buffer.alloc(4);
  category.writeUInt32LE(bundle.category);
  return cbor(
    new Map<Writable, Writable>([
      ['apple_bundle_version_01', bundle.version],
      ['apple_validation_category_01', category],
    ]),
  );
}

export function pointOf(keys: Pick<KeyPair, 'publicKey'>): Buffer {
  return spkiOf(keys).subarray(-65);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
