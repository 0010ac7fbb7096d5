/** From the greeting to OK or ERR, with an empty password (the probe) or the owner's (the positive control). */
import { createHash } from 'node:crypto';
import type { Connection } from '../../../net/connection.ts';
import { isPrivate, requirePrivate } from '../../auth/clear-text.ts';
import { malformed } from '../../observations.ts';
import {
  CAPABILITY,
  type Greeting,
  handshakeResponse,
  packet,
  parseAuthSwitch,
  parseError,
  parseGreeting,
  readPacket,
  type ServerError,
  sslRequest,
} from './packets.ts';

export type Login =
  | { outcome: 'in' }
  | { outcome: 'refused'; error: ServerError }
  /** The server wants a plug-in that has no answer for this password. */
  | { outcome: 'asked'; plugin: string };

/** @returns the greeting or the error that came instead; undefined when the peer is no MySQL */
export async function readGreeting(connection: Connection): Promise<Greeting | ServerError | undefined> {
  const { sequence, payload } = await readPacket(connection);
  return sequence === 0 ? parseGreeting(payload) : undefined;
}

/**
 * @param secure upgrade to TLS first (the server must have offered it)
 * @throws PosternError `E_PROBE_IO`
 */
export async function logIn(
  connection: Connection,
  greeting: Greeting,
  user: string,
  password: string,
  secure: boolean,
): Promise<Login> {
  if (secure) {
    await connection.write(sslRequest());
    await connection.startTls();
  }
  const plugin = isKnown(greeting.plugin) ? greeting.plugin : 'mysql_native_password';
  const proof = prove(connection, plugin, password, greeting.salt);
  if (!proof) return { outcome: 'asked', plugin };
  let at = plugin;
  await connection.write(handshakeResponse(secure ? 2 : 1, user, proof, plugin, secure));
  for (let round = 0; round < 4; round++) {
    const { sequence, payload } = await readPacket(connection);
    const answer = (bytes: Uint8Array) => connection.write(packet(sequence + 1, bytes));
    if (payload[0] === 0x00) return { outcome: 'in' };
    if (payload[0] === 0xff) return { outcome: 'refused', error: parseError(payload) ?? { code: 0, state: '' } };
    if (payload[0] === 0xfe) {
      const asked = parseAuthSwitch(payload);
      if (!asked) return { outcome: 'asked', plugin: 'an old password format' };
      const next = isKnown(asked.plugin) ? prove(connection, asked.plugin, password, asked.salt) : undefined;
      if (!next) return { outcome: 'asked', plugin: /^[a-z0-9_]{1,64}$/.exec(asked.plugin)?.[0] ?? 'another plug-in' };
      at = asked.plugin;
      await answer(next);
    } else if (payload[0] === 0x01 && at === 'caching_sha2_password') {
      // 3: the fast path matched, OK follows. 4: the server wants the password itself.
      if (payload[1] === 4) {
        requirePrivate(connection, 'a MySQL password');
        await answer(Buffer.from(`${password}\0`));
      } else if (payload[1] !== 3) throw malformed('MySQL', 'caching_sha2_password');
    } else throw malformed('MySQL', 'authentication packet');
  }
  throw malformed('MySQL', 'endless authentication');
}

/** True when TLS was offered. */
export function offersTls(greeting: Greeting): boolean {
  return (greeting.capabilities & CAPABILITY.SSL) !== 0;
}

function isKnown(plugin: string): boolean {
  return ['mysql_native_password', 'caching_sha2_password', 'sha256_password'].includes(plugin);
}

function prove(connection: Connection, plugin: string, password: string, salt: Buffer): Buffer | undefined {
  if (password === '') return plugin === 'mysql_native_password' ? Buffer.alloc(0) : Buffer.alloc(1);
  if (plugin === 'mysql_native_password') {
    const once = digest('sha1', password);
    return xor(once, digest('sha1', salt, digest('sha1', once)));
  }
  if (plugin === 'caching_sha2_password') {
    const once = digest('sha256', password);
    return xor(once, digest('sha256', digest('sha256', once), salt));
  }
  return isPrivate(connection) && connection.tls ? Buffer.from(`${password}\0`) : undefined;
}

function digest(algorithm: 'sha1' | 'sha256', ...parts: (string | Buffer)[]): Buffer {
  return parts.reduce((hash, part) => hash.update(part), createHash(algorithm)).digest();
}

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));
}
