/**
 * RESP2, the wire format of Redis, Valkey, KeyDB and Dragonfly (https://redis.io/docs/latest/develop/reference/protocol-spec/).
 *
 *   request  *<n>\r\n ($<length>\r\n<bytes>\r\n) × n
 *   reply    +<text>\r\n | -<error>\r\n | :<integer>\r\n | $<length>\r\n<bytes>\r\n | $-1\r\n | *<n>\r\n<reply> × n | *-1\r\n
 */
import type { Connection } from '../../../net/connection.ts';
import { malformed } from '../../observations.ts';

export type Reply =
  | { kind: 'text'; text: string }
  | { kind: 'error'; text: string }
  | { kind: 'integer'; value: number }
  | { kind: 'bulk'; bytes: Buffer }
  | { kind: 'array'; items: Reply[] }
  | { kind: 'nil' };

const MAX_LINE = 1024;
const MAX_BULK = 256 * 1024;
const MAX_ITEMS = 1024;
const MAX_DEPTH = 4;

/** One command as an array of bulk strings. */
export function encodeCommand(words: readonly string[]): Buffer {
  return Buffer.from(
    `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`,
  );
}

/** The words of exactly one command with exact lengths; undefined for anything else. */
export function decodeCommand(bytes: Uint8Array): string[] | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const header = (sigil: string): number | undefined => {
    const end = text.indexOf('\r\n', at);
    const line = end < 0 || end - at > 6 ? '' : text.toString('latin1', at, end);
    if (line[0] !== sigil || !/^.(?:0|[1-9]\d{0,3})$/.test(line)) return undefined;
    at = end + 2;
    return Number(line.slice(1));
  };
  const count = header('*');
  if (count === undefined || count < 1 || count > 8) return undefined;
  const words: string[] = [];
  for (let index = 0; index < count; index++) {
    const length = header('$');
    if (length === undefined || at + length + 2 > text.length) return undefined;
    if (text[at + length] !== 0x0d || text[at + length + 1] !== 0x0a) return undefined;
    words.push(text.toString('utf8', at, at + length));
    at += length + 2;
  }
  return at === text.length ? words : undefined;
}

/**
 * Reads one reply, bounded in line length, bulk length, number of items and depth.
 * @throws PosternError `E_PROBE_IO`
 */
export async function readReply(connection: Connection): Promise<Reply> {
  let budget = MAX_ITEMS;
  const next = async (depth: number): Promise<Reply> => {
    if (budget-- <= 0 || depth > MAX_DEPTH) throw malformed('RESP', 'too many nested items');
    const sigil = (await connection.read(1)).toString('latin1');
    if (!'+-:$*'.includes(sigil)) throw malformed('RESP', 'unknown type');
    const line = (await connection.readUntil('\r\n', MAX_LINE)).toString('utf8').slice(0, -2);
    if (sigil === '+') return { kind: 'text', text: line };
    if (sigil === '-') return { kind: 'error', text: line };
    if (!/^-?\d{1,19}$/.test(line)) throw malformed('RESP', 'bad number');
    const number = Number(line);
    if (sigil === ':') return { kind: 'integer', value: number };
    if (number === -1) return { kind: 'nil' };
    if (number < 0) throw malformed('RESP', 'negative length');
    if (sigil === '$') {
      if (number > MAX_BULK) throw malformed('RESP', 'bulk string too long');
      const bytes = await connection.read(number + 2);
      if (bytes[number] !== 0x0d || bytes[number + 1] !== 0x0a) throw malformed('RESP', 'bulk string not terminated');
      return { kind: 'bulk', bytes: bytes.subarray(0, number) };
    }
    if (number > budget) throw malformed('RESP', 'array too long');
    const items: Reply[] = [];
    for (let index = 0; index < number; index++) items.push(await next(depth + 1));
    return { kind: 'array', items };
  };
  return next(0);
}

/** The fields of an `INFO` section: `name:value` lines; comments and anything else are dropped. */
export function parseInfo(bytes: Uint8Array): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of Buffer.from(bytes).toString('utf8').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0 && line[0] !== '#' && fields.size < MAX_ITEMS)
      fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return fields;
}
