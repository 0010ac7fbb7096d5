/**
 * PostgreSQL frontend/backend protocol 3.0 (https://www.postgresql.org/docs/current/protocol-message-formats.html).
 *
 *   untyped  length (4, with itself), code (4): SSLRequest 80877103 | StartupMessage 196608, (name\0value\0)*, \0
 *   typed    type (1), length (4, with itself), body
 *   from us  Q text\0 | p … (password, SASL) | X
 *   to us    R kind (4) … | S name\0value\0 | K … | Z status | T … | D count (2), (length (4), bytes)* | C … | E, N (code, text\0)* \0
 */
import type { Connection } from '../../../net/connection.ts';
import { malformed } from '../../observations.ts';

const PROTOCOL = 196_608;
/** Longest message from a server that a probe reads; a row of the widest query is far below. */
const MAX_MESSAGE = 256 * 1024;

export const SSL_REQUEST: Uint8Array = Uint8Array.from([0, 0, 0, 8, 4, 210, 22, 47]);
export const TERMINATE: Uint8Array = typed('X', Buffer.alloc(0));

export function startupMessage(parameters: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}\0${value}\0`);
  const body = Buffer.from(`${pairs.join('')}\0`);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.writeUInt32BE(PROTOCOL, 4);
  return Buffer.concat([head, body]);
}

export function query(sql: string): Buffer {
  return typed('Q', Buffer.from(`${sql}\0`));
}

/** PasswordMessage, SASLInitialResponse and SASLResponse share the type. */
export function authentication(body: Uint8Array): Buffer {
  return typed('p', body);
}

export function saslInitial(mechanism: string, response: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(response));
  return authentication(Buffer.concat([Buffer.from(`${mechanism}\0`), length, Buffer.from(response)]));
}

function typed(type: string, body: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** One request of ours, read back by the allow-list; undefined when its lengths are not exact. */
export type Request =
  | { kind: 'ssl' }
  | { kind: 'startup'; parameters: [string, string][] }
  | { kind: 'typed'; type: string; body: Buffer };

export function decodeRequest(bytes: Uint8Array): Request | undefined {
  const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (message.equals(SSL_REQUEST)) return { kind: 'ssl' };
  if (message.length >= 9 && message.readUInt32BE(0) === message.length && message.readUInt32BE(4) === PROTOCOL) {
    const strings = message.toString('utf8', 8).split('\0');
    // (name, value)* and the two empty strings around the last NUL.
    if (strings.length % 2 !== 0 || strings.pop() !== '' || strings.pop() !== '') return undefined;
    const parameters: [string, string][] = [];
    for (let index = 0; index < strings.length; index += 2) {
      parameters.push([strings[index] ?? '', strings[index + 1] ?? '']);
    }
    return { kind: 'startup', parameters };
  }
  if (message.length >= 5 && message.readUInt32BE(1) === message.length - 1) {
    return { kind: 'typed', type: message.toString('latin1', 0, 1), body: message.subarray(5) };
  }
  return undefined;
}

export type Message =
  | { type: 'authentication'; kind: number; data: Buffer }
  | { type: 'parameter'; name: string; value: string }
  | { type: 'row'; values: (string | null)[] }
  | { type: 'error'; sqlState: string; message: string }
  | { type: 'ready' }
  | { type: 'other'; letter: string };

/**
 * Reads one message of the server.
 * @throws PosternError `E_PROBE_IO`
 */
export async function readMessage(connection: Connection): Promise<Message> {
  const head = await connection.read(5);
  const letter = head.toString('latin1', 0, 1);
  const length = head.readUInt32BE(1);
  if (!/[A-Za-z1-3]/.test(letter)) throw malformed('PostgreSQL', 'unknown message type');
  if (length < 4 || length > MAX_MESSAGE) throw malformed('PostgreSQL', 'message length out of range');
  return parseMessage(letter, length === 4 ? Buffer.alloc(0) : await connection.read(length - 4));
}

/** @param body without type and length */
export function parseMessage(letter: string, body: Buffer): Message {
  switch (letter) {
    case 'R':
      if (body.length < 4) throw malformed('PostgreSQL', 'short authentication message');
      return { type: 'authentication', kind: body.readUInt32BE(0), data: body.subarray(4) };
    case 'S': {
      const [name = '', value = ''] = body.toString('utf8').split('\0', 2);
      return { type: 'parameter', name, value };
    }
    case 'D':
      return { type: 'row', values: parseRow(body) };
    case 'E':
      return parseError(body);
    case 'Z':
      return { type: 'ready' };
    default:
      return { type: 'other', letter };
  }
}

function parseRow(body: Buffer): (string | null)[] {
  const values: (string | null)[] = [];
  if (body.length < 2) throw malformed('PostgreSQL', 'short row');
  let at = 2;
  for (let left = body.readUInt16BE(0); left > 0; left--) {
    if (at + 4 > body.length) throw malformed('PostgreSQL', 'short row');
    const length = body.readInt32BE(at);
    at += 4;
    if (length < -1 || at + Math.max(length, 0) > body.length)
      throw malformed('PostgreSQL', 'value length out of range');
    values.push(length === -1 ? null : body.toString('utf8', at, at + length));
    at += Math.max(length, 0);
  }
  return values;
}

function parseError(body: Buffer): Message {
  let sqlState = '';
  let message = '';
  for (const field of body.toString('utf8').split('\0')) {
    if (field[0] === 'C') sqlState = field.slice(1);
    if (field[0] === 'M') message = field.slice(1, 300);
  }
  return { type: 'error', sqlState: /^[0-9A-Z]{5}$/.test(sqlState) ? sqlState : '', message };
}
