/** Play Integrity for tests: classic tokens under keys of a made-up Play Console, each field as it is asked for. */
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { CompactEncrypt, CompactSign } from 'jose';
import { type PlayKeys, readPlayKeys } from '../play-token.ts';
import { sha256 } from '../sha256.ts';
import { spkiOf } from './certificates.ts';

export interface MadePlayKeys {
  /** As the Play Console shows them: base64. */
  readonly decryptionKey: string;
  readonly verificationKey: string;
  /** As the verifier takes them. */
  readonly keys: PlayKeys;
  readonly signer: KeyObject;
}

export function makePlayKeys(): MadePlayKeys {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const decryptionKey = randomBytes(32).toString('base64');
  const verificationKey = spkiOf(pair).toString('base64');
  return {
    decryptionKey,
    verificationKey,
    keys: readPlayKeys(decryptionKey, verificationKey),
    signer: pair.privateKey,
  };
}

export interface PlayTokenRequest {
  readonly keys: MadePlayKeys;
  readonly package: string;
  /** SHA-256 of the signing certificate, base64url. */
  readonly certificate: string;
  readonly versionCode?: number;
  /** What the token is made for; its hash is the nonce. */
  readonly clientData: Uint8Array;
  /** ms since the epoch. */
  readonly now: number;
  readonly integrity?: 'basic' | 'device' | 'strong';
  readonly changes?: PlayTokenChanges;
}

type Members = Readonly<Record<string, unknown>>;

/** Members to be exchanged; `undefined` leaves one out. */
export interface PlayTokenChanges {
  readonly requestDetails?: Members | undefined;
  readonly appIntegrity?: Members | undefined;
  readonly deviceIntegrity?: Members | undefined;
  readonly accountDetails?: Members | undefined;
  /** The verdict as bytes, in place of all that. */
  readonly payload?: Uint8Array;
  readonly signer?: KeyObject | Uint8Array;
  readonly signatureHeader?: Members;
  readonly decryptionKey?: Uint8Array;
  readonly header?: Members;
  /** What is encrypted, in place of the signed verdict. */
  readonly inner?: (good: string) => string;
}

const LADDER = ['MEETS_BASIC_INTEGRITY', 'MEETS_DEVICE_INTEGRITY', 'MEETS_STRONG_INTEGRITY'] as const;

/** The verdict, as Google's own answer holds it too. */
export function makePlayVerdict(request: Omit<PlayTokenRequest, 'keys'>): Readonly<Record<string, Members>> {
  const { now, integrity = 'device', changes = {} } = request;
  const levels = { basic: 1, device: 2, strong: 3 } as const;
  return {
    requestDetails: {
      requestPackageName: request.package,
      nonce: sha256(request.clientData).toString('base64url'),
      timestampMillis: String(now - 1000),
      ...changes.requestDetails,
    },
    appIntegrity: {
      appRecognitionVerdict: 'PLAY_RECOGNIZED',
      packageName: request.package,
      certificateSha256Digest: [request.certificate],
      versionCode: String(request.versionCode ?? 50_200),
      ...changes.appIntegrity,
    },
    deviceIntegrity: {
      deviceRecognitionVerdict: LADDER.slice(0, levels[integrity]),
      ...changes.deviceIntegrity,
    },
    accountDetails: { appLicensingVerdict: 'LICENSED', ...changes.accountDetails },
  };
}

export async function makePlayToken(request: PlayTokenRequest): Promise<string> {
  const { keys, changes = {} } = request;
  const payload = changes.payload ?? Buffer.from(JSON.stringify(makePlayVerdict(request)));
  const signed = await new CompactSign(payload)
    .setProtectedHeader({ alg: 'ES256', ...changes.signatureHeader })
    .sign(changes.signer ?? keys.signer);
  return new CompactEncrypt(Buffer.from(changes.inner?.(signed) ?? signed))
    .setProtectedHeader({ alg: 'A256KW', enc: 'A256GCM', ...changes.header })
    .encrypt(changes.decryptionKey ?? keys.keys.decryption);
}
