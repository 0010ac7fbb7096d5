/**
 * AMQP 0-9-1's first frame from the server, Connection.Start (https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf).
 *
 *   frame     type 1, channel 0 (2), size (4), payload, end CE
 *   payload   class 10 (2), method 10 (2), major 0, minor 9, properties (table), mechanisms, locales (long strings)
 *   table     size (4), (name (short string), type letter, value)*
 *
 * Of the properties only `product` and `version` are kept; both are long strings (`S`).
 */
import type { Connection } from '../../../net/connection.ts';
import { malformed } from '../../observations.ts';

const MAX_FRAME = 64 * 1024;

export interface Start {
  product: string | undefined;
  version: string | undefined;
  mechanisms: string[];
}

/** @throws PosternError `E_PROBE_IO`, malformed when these bytes are not AMQP */
export async function readStart(connection: Connection): Promise<Start | 'other version'> {
  const head = await connection.read(7);
  // A server of another version answers with the header of its own and closes.
  if (head.toString('latin1', 0, 4) === 'AMQP') return 'other version';
  const size = head.readUInt32BE(3);
  if (head[0] !== 1 || head.readUInt16BE(1) !== 0 || size < 12 || size > MAX_FRAME) throw malformed('AMQP', 'frame');
  const frame = await connection.read(size + 1);
  if (frame[size] !== 0xce || frame.readUInt32BE(0) !== 0x000a000a) throw malformed('AMQP', 'Connection.Start');
  const table = longString(frame, 6, size);
  const mechanisms = longString(frame, 10 + table.length, size).toString('latin1');
  const properties = readProperties(table);
  return {
    product: properties.get('product'),
    version: properties.get('version'),
    mechanisms: mechanisms.split(' ').filter((name) => /^[A-Z0-9_-]{1,20}$/.test(name)),
  };
}

function longString(bytes: Buffer, at: number, end: number): Buffer {
  if (at + 4 > end) throw malformed('AMQP', 'cut frame');
  const length = bytes.readUInt32BE(at);
  if (at + 4 + length > end) throw malformed('AMQP', 'cut frame');
  return bytes.subarray(at + 4, at + 4 + length);
}

/** Sizes of the values that are not strings or tables, by their letters. */
const SIZES: Readonly<Record<string, number>> = {
  t: 1,
  b: 1,
  B: 1,
  s: 2,
  u: 2,
  I: 4,
  i: 4,
  f: 4,
  l: 8,
  d: 8,
  T: 8,
  D: 5,
  V: 0,
};

function readProperties(table: Buffer): Map<string, string> {
  const found = new Map<string, string>();
  for (let at = 0; at < table.length; ) {
    const name = table[at] ?? 0;
    const letter = String.fromCharCode(table[at + 1 + name] ?? 0);
    const value = at + 2 + name;
    if (value > table.length) throw malformed('AMQP', 'cut table');
    const size = SIZES[letter];
    if (size !== undefined) {
      at = value + size;
      continue;
    }
    if (!'SFAx'.includes(letter)) throw malformed('AMQP', 'type of a property');
    const bytes = longString(table, value, table.length);
    if (letter === 'S') found.set(table.toString('latin1', at + 1, at + 1 + name), bytes.toString('utf8', 0, 256));
    at = value + 4 + bytes.length;
  }
  return found;
}
