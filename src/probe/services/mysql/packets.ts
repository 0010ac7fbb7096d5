/**
 * MySQL client/server protocol, 4.1 and later (https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html,
 * https://mariadb.com/kb/en/clientserver-protocol/).
 *
 *   packet      length (3, little endian), sequence (1), payload
 *   greeting    0a, version\0, thread (4), salt (8), 0, capabilities (2), charset, status (2), capabilities (2),
 *               salt length, reserved (10), salt (>= 12)\0, plugin\0
 *   response    capabilities (4), max packet (4), charset, reserved (23), user\0, length, proof, plugin\0
 *   ERR         ff, code (2), '#', state (5), text
 *   result      column count, definitions, EOF (fe), rows of length-encoded strings (fb: null), EOF
 */
import type { Connection } from '../../../net/connection.ts';
import { malformed } from '../../observations.ts';

const MAX_PACKET = 256 * 1024;

export const CAPABILITY = {
  LONG_PASSWORD: 0x1,
  PROTOCOL_41: 0x200,
  SSL: 0x800,
  SECURE_CONNECTION: 0x8000,
  PLUGIN_AUTH: 0x80000,
} as const;

/** What we announce: enough to log in and to send one statement at a time (no multi-statements, no LOAD DATA LOCAL). */
export const OUR_CAPABILITIES =
  CAPABILITY.LONG_PASSWORD | CAPABILITY.PROTOCOL_41 | CAPABILITY.SECURE_CONNECTION | CAPABILITY.PLUGIN_AUTH;

const UTF8 = 33;
const COM_QUIT = 0x01;
const COM_QUERY = 0x03;

export interface Packet {
  sequence: number;
  payload: Buffer;
}

/**
 * @throws PosternError `E_PROBE_IO`
 */
export async function readPacket(connection: Connection): Promise<Packet> {
  const head = await connection.read(4);
  const length = head.readUIntLE(0, 3);
  if (length > MAX_PACKET) throw malformed('MySQL', 'packet too long');
  return { sequence: head[3] ?? 0, payload: length === 0 ? Buffer.alloc(0) : await connection.read(length) };
}

export function packet(sequence: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUIntLE(payload.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, payload]);
}

export interface Greeting {
  version: string;
  mariadb: boolean;
  capabilities: number;
  salt: Buffer;
  plugin: string;
}

export interface ServerError {
  code: number;
  /** SQLSTATE; empty before the handshake. */
  state: string;
}

/** @returns the greeting, the error that came instead, or undefined when it is neither */
export function parseGreeting(payload: Buffer): Greeting | ServerError | undefined {
  if (payload[0] === 0xff) return parseError(payload);
  const end = payload.indexOf(0, 1);
  if (payload[0] !== 10 || end < 2 || end > 128 || payload.length < end + 16) return undefined;
  const version = payload.toString('latin1', 1, end);
  if (!/^[\x21-\x7e][\x20-\x7e]*$/.test(version)) return undefined;
  const first = payload.subarray(end + 5, end + 13);
  let capabilities = payload.readUInt16LE(end + 14);
  let salt = first;
  let plugin = '';
  if (payload.length >= end + 32) {
    capabilities += payload.readUInt16LE(end + 19) * 65_536;
    const rest = Math.max(13, (payload[end + 21] ?? 0) - 8);
    const at = end + 32;
    salt = Buffer.concat([first, payload.subarray(at, Math.min(at + 12, payload.length))]);
    const name = payload.toString('latin1', at + rest).split('\0', 1)[0] ?? '';
    if (/^[a-z0-9_]{1,64}$/.test(name)) plugin = name;
  }
  return { version, mariadb: /mariadb/i.test(version), capabilities, salt, plugin };
}

export function parseError(payload: Buffer): ServerError | undefined {
  if (payload[0] !== 0xff || payload.length < 3) return undefined;
  const state = payload[3] === 0x23 ? payload.toString('latin1', 4, 9) : '';
  return { code: payload.readUInt16LE(1), state: /^[0-9A-Z]{5}$/.test(state) ? state : '' };
}

/** `AuthSwitchRequest`: plug-in name and new salt. */
export function parseAuthSwitch(payload: Buffer): { plugin: string; salt: Buffer } | undefined {
  if (payload[0] !== 0xfe || payload.length < 2) return undefined;
  const end = payload.indexOf(0, 1);
  if (end < 2) return undefined;
  const salt = payload.subarray(end + 1);
  return {
    plugin: payload.toString('latin1', 1, end),
    salt: salt.at(-1) === 0 ? salt.subarray(0, -1) : salt,
  };
}

export function sslRequest(): Buffer {
  return packet(1, responseHead(OUR_CAPABILITIES | CAPABILITY.SSL));
}

export function handshakeResponse(
  sequence: number,
  user: string,
  proof: Uint8Array,
  plugin: string,
  ssl: boolean,
): Buffer {
  return packet(
    sequence,
    Buffer.concat([
      responseHead(OUR_CAPABILITIES | (ssl ? CAPABILITY.SSL : 0)),
      Buffer.from(`${user}\0`),
      Uint8Array.of(proof.length),
      proof,
      Buffer.from(`${plugin}\0`),
    ]),
  );
}

function responseHead(capabilities: number): Buffer {
  const head = Buffer.alloc(32);
  head.writeUInt32LE(capabilities >>> 0, 0);
  head.writeUInt32LE(MAX_PACKET, 4);
  head[8] = UTF8;
  return head;
}

export function comQuery(sql: string): Buffer {
  return packet(0, Buffer.concat([Uint8Array.of(COM_QUERY), Buffer.from(sql)]));
}

export const QUIT: Uint8Array = packet(0, Uint8Array.of(COM_QUIT));

/** One request of ours, read back by the allow-list; undefined when lengths or constants are not exact. */
export type Request =
  | { kind: 'ssl' }
  | { kind: 'login'; user: string; proof: Buffer; plugin: string }
  | { kind: 'proof'; bytes: Buffer }
  | { kind: 'query'; sql: string }
  | { kind: 'quit' };

export function decodeRequest(bytes: Uint8Array): Request | undefined {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (all.length < 4 || all.readUIntLE(0, 3) !== all.length - 4) return undefined;
  const sequence = all[3] ?? 0;
  // The longest exchange (TLS, two switches of plug-in) ends well below.
  if (sequence > 9) return undefined;
  const payload = all.subarray(4);
  if (sequence === 0) {
    if (payload[0] === COM_QUERY) return { kind: 'query', sql: payload.toString('utf8', 1) };
    return payload.length === 1 && payload[0] === COM_QUIT ? { kind: 'quit' } : undefined;
  }
  if (all.equals(sslRequest())) return { kind: 'ssl' };
  if (sequence === 1 || (sequence === 2 && payload.length > 32)) return decodeLogin(payload);
  return { kind: 'proof', bytes: payload };
}

function decodeLogin(payload: Buffer): Request | undefined {
  if (payload.length < 35) return undefined;
  const head = payload.subarray(0, 32);
  if (!head.equals(responseHead(OUR_CAPABILITIES)) && !head.equals(responseHead(OUR_CAPABILITIES | CAPABILITY.SSL))) {
    return undefined;
  }
  const end = payload.indexOf(0, 32);
  if (end < 0) return undefined;
  const length = payload[end + 1] ?? 0;
  const plugin = payload.subarray(end + 2 + length);
  if (plugin.length < 1 || plugin.indexOf(0) !== plugin.length - 1) return undefined;
  return {
    kind: 'login',
    user: payload.toString('utf8', 32, end),
    proof: payload.subarray(end + 2, end + 2 + length),
    plugin: plugin.toString('latin1', 0, plugin.length - 1),
  };
}

/** A text result set, or the error that came instead. */
export type Result = { rows: (string | null)[][] } | ServerError;

/**
 * Reads the answer to a `COM_QUERY`.
 * @throws PosternError `E_PROBE_IO`
 */
export async function readResult(connection: Connection, maxRows: number): Promise<Result> {
  const { payload: first } = await readPacket(connection);
  if (first[0] === 0xff) return parseError(first) ?? fail('error packet');
  if (first[0] === 0x00) return { rows: [] };
  // 0xfb would ask for a local file (LOAD DATA LOCAL): a rogue server. It gets nothing.
  const columns = first[0] ?? 0;
  if (first.length !== 1 || columns < 1 || columns > 64) fail('column count');
  for (let index = 0; index < columns; index++) await readPacket(connection);
  if (!isEof((await readPacket(connection)).payload)) fail('column definitions');
  const rows: (string | null)[][] = [];
  for (let count = 0; count <= maxRows; count++) {
    const { payload } = await readPacket(connection);
    if (isEof(payload)) return { rows };
    if (payload[0] === 0xff) return parseError(payload) ?? fail('error packet');
    rows.push(parseRow(payload, columns));
  }
  return fail('too many rows');
}

function isEof(payload: Buffer): boolean {
  return payload[0] === 0xfe && payload.length < 9;
}

export function parseRow(payload: Buffer, columns: number): (string | null)[] {
  const values: (string | null)[] = [];
  let at = 0;
  for (let index = 0; index < columns; index++) {
    const head = payload[at];
    if (head === undefined) fail('short row');
    if (head === 0xfb) {
      values.push(null);
      at += 1;
      continue;
    }
    const width = head === 0xfc ? 2 : head === 0xfd ? 3 : 0;
    if (head > 0xfa && width === 0) fail('value length');
    if (at + 1 + width > payload.length) fail('short row');
    const length = width === 0 ? head : payload.readUIntLE(at + 1, width);
    at += 1 + width;
    if (at + length > payload.length) fail('value length out of range');
    values.push(payload.toString('utf8', at, at + length));
    at += length;
  }
  return values;
}

function fail(detail: string): never {
  throw malformed('MySQL', detail);
}
