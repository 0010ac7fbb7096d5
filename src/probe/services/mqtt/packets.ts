/**
 * MQTT 3.1.1 and the little of 5.0 that is needed to tell brokers apart
 * (https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/mqtt-v3.1.1.html, https://docs.oasis-open.org/mqtt/mqtt/v5.0/mqtt-v5.0.html).
 *
 *   packet     type and flags (1), remaining length (1-4, 7 bits each), rest
 *   CONNECT    10: "MQTT" (length 2), level 4|5, flags, keep alive (2), [properties], client id, [user, password]
 *   CONNACK    20: session present, return code, [properties]
 *   SUBSCRIBE  82: packet id (2), (filter, QoS)*          SUBACK  90: packet id (2), return code*
 *   PUBLISH    3x: topic, [packet id], payload            PINGREQ c0 00, PINGRESP d0 00, DISCONNECT e0 00
 */
import type { Connection } from '../../../net/connection.ts';
import { malformed } from '../../observations.ts';

const MAX_PACKET = 64 * 1024;
const KEEP_ALIVE = 30;

export const PINGREQ: Uint8Array = Uint8Array.of(0xc0, 0);
export const DISCONNECT: Uint8Array = Uint8Array.of(0xe0, 0);

export interface Login {
  username: string;
  password: string;
}

/** A clean session without a will. @param level 4 is 3.1.1, 5 is 5.0 */
export function connectPacket(level: 4 | 5, clientId: string, login?: Login): Buffer {
  const flags = 0x02 | (login ? 0xc0 : 0);
  return packet(0x10, [
    text('MQTT'),
    Buffer.from([level, flags, 0, KEEP_ALIVE]),
    ...(level === 5 ? [Buffer.from([0])] : []),
    text(clientId),
    ...(login ? [text(login.username), text(login.password)] : []),
  ]);
}

/** QoS 0 only: nothing has to be acknowledged, nothing is kept for us. */
export function subscribePacket(id: number, filters: readonly string[]): Buffer {
  return packet(0x82, [uint16(id), ...filters.flatMap((filter) => [text(filter), Buffer.from([0])])]);
}

function packet(head: number, parts: readonly Buffer[]): Buffer {
  const rest = Buffer.concat(parts);
  const length: number[] = [];
  let left = rest.length;
  do {
    length.push((left % 128) | (left >= 128 ? 0x80 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Buffer.concat([Buffer.from([head, ...length]), rest]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint16(bytes.length), bytes]);
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

export interface Packet {
  head: number;
  rest: Buffer;
}

const CONNACK = 0x20;
/** SUBACK, PINGRESP and (5.0) DISCONNECT: their flags are fixed. */
const LATER = [0x90, 0xd0, 0xe0];

/**
 * @param first the only packet that a broker may send first is CONNACK
 * @throws PosternError `E_PROBE_IO`
 */
export async function readPacket(connection: Connection, first: 'first' | 'later' = 'later'): Promise<Packet> {
  const head = (await connection.read(1))[0] ?? 0;
  const expected = first === 'first' ? head === CONNACK : LATER.includes(head) || head >> 4 === 3;
  if (!expected) throw malformed('MQTT', 'packet type');
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    if (shift > 21) throw malformed('MQTT', 'remaining length');
    const byte = (await connection.read(1))[0] ?? 0;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (length > MAX_PACKET) throw malformed('MQTT', 'packet too long');
  return { head, rest: length === 0 ? Buffer.alloc(0) : await connection.read(length) };
}

/** @returns the return code (3.1.1) or reason code (5.0), or undefined when it is no CONNACK */
export function parseConnack({ head, rest }: Packet): number | undefined {
  if (head !== CONNACK || rest.length < 2 || (rest[0] ?? 2) > 1) return undefined;
  return rest[1];
}

/** Property 18 of a 5.0 CONNACK: the client id that the broker chose. */
export function assignedClientId({ rest }: Packet): string | undefined {
  const length = rest[2] ?? 0;
  if (length > 127 || rest.length < 3 + length) return undefined;
  for (let at = 3; at < 3 + length; ) {
    const property = rest[at] ?? 0;
    const size = PROPERTY_SIZES[property];
    if (property === 18 || size === 'text') {
      const bytes = at + 3 > rest.length ? 0 : rest.readUInt16BE(at + 1);
      if (at + 3 + bytes > 3 + length) return undefined;
      if (property === 18) return rest.toString('utf8', at + 3, at + 3 + bytes);
      at += 3 + bytes;
    } else if (size === undefined) return undefined;
    else at += 1 + size;
  }
  return undefined;
}

/** Properties that may stand in a CONNACK (5.0, section 3.2.2.3): bytes, or a text with its length. */
const PROPERTY_SIZES: Readonly<Record<number, number | 'text'>> = {
  17: 4,
  18: 'text',
  19: 2,
  21: 'text',
  22: 'text',
  26: 'text',
  28: 'text',
  31: 'text',
  33: 2,
  34: 2,
  36: 1,
  37: 1,
  39: 4,
  40: 1,
  41: 1,
  42: 1,
};

/** @returns the return codes for the packet `id`; undefined when it is no SUBACK for it */
export function parseSuback({ head, rest }: Packet, id: number): number[] | undefined {
  if (head !== 0x90 || rest.length < 3 || rest.readUInt16BE(0) !== id) return undefined;
  return [...rest.subarray(2)];
}

/** Topic and payload of a PUBLISH with QoS 0. */
export function parsePublish({ head, rest }: Packet): { topic: string; payload: Buffer } | undefined {
  if (head >> 4 !== 3 || (head & 0x06) !== 0 || rest.length < 2) return undefined;
  const length = rest.readUInt16BE(0);
  if (2 + length > rest.length) return undefined;
  return { topic: rest.toString('utf8', 2, 2 + length), payload: rest.subarray(2 + length) };
}

/** One request of ours, read back by the allow-list; undefined when anything but its variable parts differs. */
export type Request =
  | { kind: 'connect'; level: 4 | 5; clientId: string; login: boolean }
  | { kind: 'subscribe'; filters: string[] }
  | { kind: 'ping' }
  | { kind: 'disconnect' };

export function decodeRequest(bytes: Uint8Array): Request | undefined {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (all.equals(PINGREQ)) return { kind: 'ping' };
  if (all.equals(DISCONNECT)) return { kind: 'disconnect' };
  let at = 2;
  let length = (all[1] ?? 0) & 0x7f;
  if ((all[1] ?? 0) >= 0x80) {
    length += (all[2] ?? 0) * 128;
    at = 3;
    if ((all[2] ?? 0) >= 0x80 || (all[2] ?? 0) === 0) return undefined;
  }
  const rest = all.subarray(at);
  if (rest.length !== length) return undefined;
  const texts = (from: number, trailer: number): string[] | undefined => {
    const found: string[] = [];
    for (let position = from; position < rest.length; ) {
      const size = position + 2 > rest.length ? -1 : rest.readUInt16BE(position);
      const end = position + 2 + size + trailer;
      if (size < 0 || end > rest.length) return undefined;
      if (trailer === 1 && rest[end - 1] !== 0) return undefined;
      found.push(rest.toString('utf8', position + 2, position + 2 + size));
      position = end;
    }
    return found;
  };
  if (all[0] === 0x82) {
    const filters = rest.length > 2 ? texts(2, 1) : undefined;
    return filters && { kind: 'subscribe', filters };
  }
  if (all[0] !== 0x10 || rest.length < 12 || rest.toString('latin1', 0, 6) !== '\0\u0004MQTT') return undefined;
  const level = rest[6];
  const flags = rest[7];
  if ((level !== 4 && level !== 5) || (flags !== 0x02 && flags !== 0xc2)) return undefined;
  if (rest[8] !== 0 || rest[9] !== KEEP_ALIVE || (level === 5 && rest[10] !== 0)) return undefined;
  const found = texts(level === 5 ? 11 : 10, 0);
  if (found?.length !== (flags === 0xc2 ? 3 : 1)) return undefined;
  return { kind: 'connect', level, clientId: found[0] ?? '', login: flags === 0xc2 };
}
