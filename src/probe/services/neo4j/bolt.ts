/**
 * Bolt (https://neo4j.com/docs/bolt/current/) with PackStream, as little as is needed.
 *
 *   handshake   60 60 B0 17, four proposals (4 each: 0, range, minor, major)      answer: the chosen version (4)
 *   message     chunks of length (2) and bytes, ended by 00 00: a structure B<fields> <tag>
 *   requests    HELLO 01 {user_agent, scheme: none}, RUN 10 text {} {mode: r}, PULL 3F {n}, RESET 0F, GOODBYE 02
 *   answers     SUCCESS 70 {…}, RECORD 71 [values], IGNORED 7E, FAILURE 7F {code, message}
 *
 * Proposed are 5.0, 4.2 to 4.4, 4.1 and 4.0: there HELLO carries the (missing) credentials, without a LOGON of its own.
 */
import type { Connection } from '../../../net/connection.ts';
import { malformed } from '../../observations.ts';

const MAX_MESSAGE = 1024 * 1024;
const MAX_DEPTH = 16;
/** Rows that one statement may bring. */
export const MOST_ROWS = 250;

export const HANDSHAKE: Uint8Array = Buffer.from('6060b01700000005000204040000010400000004', 'hex');

export function helloMessage(): Buffer {
  return message(0x01, map({ user_agent: text('postern/1'), scheme: text('none') }));
}

/** In read mode: the server refuses statements that write. */
export function runMessage(statement: string): Buffer {
  return message(0x10, text(statement), map({}), map({ mode: text('r') }));
}

export function pullMessage(): Buffer {
  return message(0x3f, map({ n: Buffer.from([0xc9, 0, MOST_ROWS]) }));
}

export const RESET: Uint8Array = message(0x0f);
export const GOODBYE: Uint8Array = message(0x02);

function message(tag: number, ...fields: readonly Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from([0xb0 | fields.length, tag]), ...fields]);
  return Buffer.concat([Buffer.from([body.length >> 8, body.length & 0xff]), body, Buffer.from([0, 0])]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const head = bytes.length < 16 ? [0x80 | bytes.length] : [0xd0, bytes.length];
  return Buffer.concat([Buffer.from(head), bytes]);
}

function map(entries: Readonly<Record<string, Buffer>>): Buffer {
  const pairs = Object.entries(entries);
  return Buffer.concat([Buffer.from([0xa0 | pairs.length]), ...pairs.flatMap(([key, value]) => [text(key), value])]);
}

export interface Answer {
  kind: 'success' | 'record' | 'ignored' | 'failure';
  value: unknown;
}

const KINDS: Readonly<Record<number, Answer['kind']>> = {
  112: 'success',
  113: 'record',
  126: 'ignored',
  127: 'failure',
};

export async function readAnswer(connection: Connection): Promise<Answer> {
  const chunks: Buffer[] = [];
  let held = 0;
  for (let rounds = 0; rounds < 4_096; rounds++) {
    const length = (await connection.read(2)).readUInt16BE(0);
    if (length === 0) {
      // Alone it keeps the connection alive.
      if (held === 0) continue;
      const body = Buffer.concat(chunks);
      const kind = (body[0] ?? 0) >> 4 === 0x0b ? KINDS[body[1] ?? 0] : undefined;
      if (kind === undefined) throw malformed('Bolt', 'message');
      return { kind, value: (body[0] ?? 0) === 0xb0 ? undefined : new Unpacker(body, 2).value(0) };
    }
    held += length;
    if (held > MAX_MESSAGE) throw malformed('Bolt', 'a message that is too long');
    chunks.push(await connection.read(length));
  }
  throw malformed('Bolt', 'too many chunks');
}

/** PackStream to JSON-like values; structures (nodes, points, dates) become null. */
class Unpacker {
  #at: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  #step(size: number): number {
    if (this.#at + size > this.#bytes.length) throw malformed('Bolt', 'cut value');
    this.#at += size;
    return this.#at - size;
  }

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw malformed('Bolt', 'nesting');
    const mark = this.#bytes[this.#step(1)] ?? 0;
    const low = mark & 0x0f;
    if (mark < 0x80) return mark;
    if (mark >= 0xf0) return mark - 256;
    switch (mark >> 4) {
      case 0x8:
        return this.#text(low);
      case 0x9:
        return this.#list(low, depth);
      case 0xa:
        return this.#map(low, depth);
      case 0xb:
        return this.#structure(low, depth);
      default:
        return this.#marked(mark, depth);
    }
  }

  #marked(mark: number, depth: number): unknown {
    const size = () => this.#size(mark & 3);
    if (mark === 0xc0) return null;
    if (mark === 0xc1) return this.#bytes.readDoubleBE(this.#step(8));
    if (mark === 0xc2 || mark === 0xc3) return mark === 0xc3;
    if (mark === 0xc8) return this.#bytes.readInt8(this.#step(1));
    if (mark === 0xc9) return this.#bytes.readInt16BE(this.#step(2));
    if (mark === 0xca) return this.#bytes.readInt32BE(this.#step(4));
    if (mark === 0xcb) return Number(this.#bytes.readBigInt64BE(this.#step(8)));
    if (mark >= 0xcc && mark <= 0xce) {
      this.#step(size());
      return null;
    }
    if (mark >= 0xd0 && mark <= 0xd2) return this.#text(size());
    if (mark >= 0xd4 && mark <= 0xd6) return this.#list(size(), depth);
    if (mark >= 0xd8 && mark <= 0xda) return this.#map(size(), depth);
    throw malformed('Bolt', 'marker');
  }

  #size(code: number): number {
    if (code === 0) return this.#bytes.readUInt8(this.#step(1));
    if (code === 1) return this.#bytes.readUInt16BE(this.#step(2));
    return this.#bytes.readUInt32BE(this.#step(4));
  }

  #text(length: number): string {
    const from = this.#step(length);
    return this.#bytes.toString('utf8', from, from + length);
  }

  /** Every element takes at least a byte, so the message bounds the list. */
  #list(length: number, depth: number): unknown[] {
    if (length > this.#bytes.length - this.#at) throw malformed('Bolt', 'cut value');
    return Array.from({ length }, () => this.value(depth + 1));
  }

  #map(length: number, depth: number): Record<string, unknown> {
    if (length > this.#bytes.length - this.#at) throw malformed('Bolt', 'cut value');
    const entries = Array.from({ length }, () => [String(this.value(depth + 1)), this.value(depth + 1)] as const);
    return Object.fromEntries(entries);
  }

  #structure(fields: number, depth: number): null {
    this.#step(1);
    for (let n = 0; n < fields; n++) this.value(depth + 1);
    return null;
  }
}
