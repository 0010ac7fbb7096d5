/**
 * The classic token of Play Integrity: JWE (A256KW, A256GCM) of a JWS (ES256), both compact, under the response keys that the
 * Play Console gives to the app's owner.
 *
 * The headers are judged before anything is computed: no other algorithm, and no compression, so that there is no bomb.
 *
 * Source: https://developer.android.com/google/play/integrity/classic, "Decrypt and verify locally".
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { compactDecrypt, compactVerify } from 'jose';
import { decodeBase64, decodeBase64url } from '../../authn/base64url.ts';
import type { JsonObject } from '../../json/value.ts';
import { readJsonObject } from './json.ts';
import { p256Point } from './p256.ts';
import { prove, Unproven } from './unproven.ts';

export interface PlayKeys {
  /** 32 bytes. */
  readonly decryption: Uint8Array;
  readonly verification: KeyObject;
}

export const MAX_TOKEN = 16 * 1024;
const PARTS = 5;

/**
 * @param decryptionKey base64 of 32 bytes, as the Play Console shows it
 * @param verificationKey base64 of a P-256 key (SPKI, DER), likewise
 * @throws Unproven
 */
export function readPlayKeys(decryptionKey: string, verificationKey: string): PlayKeys {
  const decryption = decodeBase64(decryptionKey.trim());
  prove(decryption?.length === 32, 'decryptionKey: not base64 of 32 bytes');
  const spki = decodeBase64(verificationKey.trim());
  prove(spki !== undefined, 'verificationKey: not base64');
  p256Point(spki, 'verificationKey');
  try {
    return { decryption, verification: createPublicKey({ key: spki, format: 'der', type: 'spki' }) };
  } catch {
    throw new Unproven('verificationKey: not a point of the curve');
  }
}

/** Whether it has the form of a token that can be opened here. */
export function isClassicToken(token: string): boolean {
  return token.split('.', PARTS + 1).length === PARTS;
}

/** What the token says, once it is known to come from Google. @throws Unproven */
export async function openPlayToken(token: string, keys: PlayKeys): Promise<JsonObject> {
  prove(token.length <= MAX_TOKEN, 'token: too long');
  // Bits left over would give one token several texts.
  prove(
    token.split('.', PARTS + 1).every((part) => decodeBase64url(part) !== undefined),
    'token: not canonical base64url',
  );
  checkHeader(token, { alg: 'A256KW', enc: 'A256GCM' }, 'token');
  const inner = await decrypted(token, keys.decryption);
  checkHeader(inner, { alg: 'ES256' }, 'token.payload');
  return readJsonObject(await verified(inner, keys.verification), 'verdict');
}

async function decrypted(token: string, key: Uint8Array): Promise<string> {
  try {
    const { plaintext } = await compactDecrypt(token, key, {
      keyManagementAlgorithms: ['A256KW'],
      contentEncryptionAlgorithms: ['A256GCM'],
      maxDecompressedLength: 0,
    });
    return Buffer.from(plaintext).toString('latin1');
  } catch {
    throw new Unproven('token: cannot be decrypted');
  }
}

async function verified(token: string, key: KeyObject): Promise<Uint8Array> {
  try {
    return (await compactVerify(token, key, { algorithms: ['ES256'] })).payload;
  } catch {
    throw new Unproven('token.payload: the signature does not hold');
  }
}

/** `kid` and `typ` may stand beside what is asked for; what would change how the token is read may not. */
function checkHeader(token: string, wanted: Readonly<Record<string, string>>, what: string): void {
  const header = decodeBase64url(token.slice(0, Math.max(token.indexOf('.'), 0)));
  prove(header !== undefined, `${what}: the header is not base64url`);
  const members = readJsonObject(header, `${what} header`);
  for (const [name, value] of Object.entries(wanted)) prove(members[name] === value, `${what}.${name}: not accepted`);
  for (const name of Object.keys(members)) {
    prove(
      Object.hasOwn(wanted, name) || name === 'kid' || name === 'typ',
      `${what} header: a member that is not accepted`,
    );
  }
}
