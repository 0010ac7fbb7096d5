/** Key Attestation for tests: chains of a made-up Google, each field as it is asked for. */
import { type RootKeys, rootKeyOf } from '../google-roots.ts';
import { type CertificateRequest, issue, type KeyPair, p256, spkiOf, USAGE } from './certificates.ts';
import { boolean, context, empty, enumerated, integer, octets, sequence, set } from './der-writer.ts';

const DAY = 86_400_000;
export const EXTENSION = '1.3.6.1.4.1.11129.2.1.17';

/** Root and intermediate in Google's place. Give `roots` to the verifier. */
export interface GoogleAuthority {
  readonly roots: RootKeys;
  readonly root: Buffer;
  readonly rootPem: string;
  readonly intermediate: Buffer;
  readonly keys: KeyPair;
  /** Name of the intermediate, and the attribute that it consists of. */
  readonly name: string;
  readonly attribute: string;
}

export interface GoogleAuthorityChanges {
  readonly root?: Partial<CertificateRequest>;
  readonly intermediate?: Partial<CertificateRequest>;
  /** Put in at the factory: the names are serial numbers. */
  readonly factory?: boolean;
}

const SERIAL_NUMBER = '2.5.4.5';
const COMMON_NAME = '2.5.4.3';

export function makeGoogleAuthority(now: number, changes: GoogleAuthorityChanges = {}): GoogleAuthority {
  const rootKeys = p256();
  const keys = p256();
  const attribute = changes.factory ? SERIAL_NUMBER : COMMON_NAME;
  const rootName = changes.factory ? 'f00d' : 'Example Attestation CA1';
  const name = changes.factory ? 'beef' : 'Example CA2';
  const shared = {
    from: now - 1000 * DAY,
    to: now + 1000 * DAY,
    basic: { ca: true },
    usage: USAGE.keyCertSign,
    attribute,
  };
  const signer = rootKeys.privateKey;
  const root = issue({ subject: rootName, issuer: rootName, keys: rootKeys, signer, ...shared, ...changes.root });
  const intermediate = issue({ subject: name, issuer: rootName, keys, signer, ...shared, ...changes.intermediate });
  const rootPem = `-----BEGIN CERTIFICATE-----\n${root.toString('base64')}\n-----END CERTIFICATE-----\n`;
  return { roots: new Set([rootKeyOf(spkiOf(rootKeys))]), root, rootPem, intermediate, keys, name, attribute };
}

export interface KeyAttestationRequest {
  readonly package: string;
  /** SHA-256 of the signing certificate, hexadecimal. */
  readonly certificate: string;
  readonly versionCode?: number;
  /** The bytes given to `setAttestationChallenge`. */
  readonly challenge: Uint8Array;
  /** ms since the epoch. */
  readonly now: number;
  /** The key that is attested; one of its own unless given. */
  readonly keys?: KeyPair;
  readonly authority?: GoogleAuthority;
  readonly securityLevel?: 1 | 2;
  readonly patchLevel?: number;
  readonly changes?: KeyAttestationChanges;
}

/** Members of a list, by tag; null leaves one out. */
export type Tags = Readonly<Record<number, Buffer | null>>;

export interface KeyAttestationChanges {
  readonly version?: number;
  readonly level?: number;
  readonly keymasterLevel?: number;
  readonly software?: Tags;
  readonly hardware?: Tags;
  /** Further members of the hardware's list, as they are. */
  readonly more?: readonly Buffer[];
  readonly extension?: (good: Buffer) => Buffer | null;
  readonly leaf?: Partial<CertificateRequest>;
  readonly attester?: Partial<CertificateRequest>;
  readonly chain?: (good: readonly Buffer[]) => readonly Buffer[];
}

export interface MadeKeyAttestation {
  readonly chain: readonly Buffer[];
  readonly challenge: Uint8Array;
  readonly keys: KeyPair;
  readonly authority: GoogleAuthority;
}

export function makeKeyAttestation(request: KeyAttestationRequest): MadeKeyAttestation {
  const { now, challenge, changes = {} } = request;
  const authority = request.authority ?? makeGoogleAuthority(now);
  const keys = request.keys ?? p256();
  const attesterKeys = p256();
  const attesterName = request.securityLevel === 2 ? 'cafe StrongBox' : 'cafe TEE';
  const attester = issue({
    subject: attesterName,
    issuer: authority.name,
    keys: attesterKeys,
    signer: authority.keys.privateKey,
    from: now - DAY,
    to: now + 14 * DAY,
    basic: { ca: true },
    usage: USAGE.keyCertSign,
    attribute: authority.attribute,
    ...changes.attester,
  });
  const good = describeKey(request);
  const extension = changes.extension ? changes.extension(good) : good;
  const leaf = issue({
    subject: 'Android Keystore Key',
    issuer: attesterName,
    keys,
    signer: attesterKeys.privateKey,
    from: 0,
    to: Date.UTC(2048, 0, 1),
    usage: USAGE.digitalSignature,
    attribute: authority.attribute,
    extensions: extension === null ? [] : [{ oid: EXTENSION, value: extension }],
    ...changes.leaf,
  });
  const chain = [leaf, attester, authority.intermediate, authority.root];
  return { chain: changes.chain?.(chain) ?? chain, challenge, keys, authority };
}

/** The extension itself. */
export function describeKey(request: KeyAttestationRequest): Buffer {
  const { securityLevel = 1, patchLevel = 202_610, challenge, changes = {} } = request;
  const software: Tags = {
    701: integer(request.now),
    709: octets(applicationId([[request.package, request.versionCode ?? 50_200]], [request.certificate])),
    ...changes.software,
  };
  const hardware: Tags = {
    1: set(integer(2)),
    2: integer(3),
    3: integer(256),
    5: set(integer(4)),
    10: integer(1),
    503: empty(),
    702: integer(0),
    704: rootOfTrust(),
    705: integer(160_000),
    706: integer(patchLevel),
    ...changes.hardware,
  };
  return sequence(
    integer(changes.version ?? 400),
    enumerated(changes.level ?? securityLevel),
    integer(400),
    enumerated(changes.keymasterLevel ?? changes.level ?? securityLevel),
    octets(challenge),
    octets(Buffer.alloc(0)),
    listOf(software),
    listOf(hardware, changes.more),
  );
}

export function rootOfTrust(locked: Buffer = boolean(true), state = 0): Buffer {
  return sequence(octets(Buffer.alloc(32, 1)), locked, enumerated(state), octets(Buffer.alloc(32, 2)));
}

export function applicationId(packages: readonly (readonly [string, number])[], digests: readonly string[]): Buffer {
  return sequence(
    set(...packages.map(([name, version]) => sequence(octets(Buffer.from(name)), integer(version)))),
    set(...digests.map((digest) => octets(Buffer.from(digest, 'hex')))),
  );
}

function listOf(tags: Tags, more: readonly Buffer[] = []): Buffer {
  const members = Object.entries(tags).flatMap(([tag, value]) => (value === null ? [] : [context(Number(tag), value)]));
  return sequence(...members, ...more);
}
