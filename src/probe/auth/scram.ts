/**
 * SCRAM-SHA-256, client side (RFC 5802, RFC 7677), without channel binding. Shared by the positive controls of
 * PostgreSQL and MongoDB.
 *
 *   C: n,,n=<user>,r=<client nonce>
 *   S: r=<client nonce><server nonce>,s=<base64 salt>,i=<iterations>
 *   C: c=biws,r=<both nonces>,p=<base64 proof>
 *   S: v=<base64 server signature>
 */
import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { malformed } from '../observations.ts';

const derive = promisify(pbkdf2);

/** A hostile server may ask for years of work: servers use 4,096 to 600,000. */
const MAX_ITERATIONS = 1_000_000;

export interface ScramStep {
  /** `client-final-message`. */
  message: string;
  /** True when the server proved that it knows the password too. */
  verify(serverFinal: string): boolean;
}

/** `client-first-message`. PostgreSQL ignores the user here, MongoDB needs it. */
export function scramFirst(username: string, nonce: string): string {
  return `n,,${bare(username, nonce)}`;
}

/**
 * Answers `server-first-message`.
 * @throws PosternError `E_PROBE_IO` when it is malformed or asks for absurd work
 */
export async function scramFinal(
  username: string,
  password: string,
  nonce: string,
  serverFirst: string,
): Promise<ScramStep> {
  const match = /^r=([\x21-\x2b\x2d-\x7e]{1,256}),s=([A-Za-z0-9+/=]{4,256}),i=(\d{1,7})(?:,|$)/.exec(serverFirst);
  const [, combined, salt, rounds] = match ?? [];
  if (combined === undefined || salt === undefined || rounds === undefined || !combined.startsWith(nonce)) {
    throw malformed('SCRAM', 'server-first-message');
  }
  const iterations = Number(rounds);
  if (iterations < 1 || iterations > MAX_ITERATIONS) throw malformed('SCRAM', 'iteration count out of range');

  const salted = await derive(password.normalize('NFKC'), Buffer.from(salt, 'base64'), iterations, 32, 'sha256');
  const clientKey = hmac(salted, 'Client Key');
  const withoutProof = `c=biws,r=${combined}`;
  const transcript = `${bare(username, nonce)},${serverFirst},${withoutProof}`;
  const signature = hmac(createHash('sha256').update(clientKey).digest(), transcript);
  const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0)));
  const expected = hmac(hmac(salted, 'Server Key'), transcript);
  return {
    message: `${withoutProof},p=${proof.toString('base64')}`,
    verify: (serverFinal) => {
      const sent = Buffer.from(/^v=([A-Za-z0-9+/=]{1,128})(?:,|$)/.exec(serverFinal)?.[1] ?? '', 'base64');
      return sent.length === expected.length && timingSafeEqual(sent, expected);
    },
  };
}

function bare(username: string, nonce: string): string {
  return `n=${username.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`;
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
