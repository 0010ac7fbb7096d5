/** MessagePack, as Tarantool answers in it (https://github.com/msgpack/msgpack/blob/master/spec.md). */
import { ByteCursor } from '../../byte-cursor.ts';
import { malformed } from '../../observations.ts';

const DEEPEST = 16;
const MOST_VALUES = 100_000;

/** Maps become `Map`s, because their keys are numbers; binary data and extensions become undefined. */
export function decodeAll(bytes: Buffer): unknown[] {
  const reader = new Reader(bytes);
  const values: unknown[] = [];
  while (reader.left > 0 && values.length < 2) values.push(reader.value(0));
  return values;
}

class Reader {
  readonly #cursor: ByteCursor;
  #values = 0;

  constructor(bytes: Buffer) {
    this.#cursor = new ByteCursor(bytes, 'MessagePack');
  }

  get left(): number {
    return this.#cursor.left;
  }

  value(depth: number): unknown {
    if (depth > DEEPEST || ++this.#values > MOST_VALUES) throw malformed('MessagePack', 'too deep or too much');
    const first = this.#cursor.u8();
    if (first < 0x80) return first;
    if (first >= 0xe0) return first - 0x100;
    if (first < 0x90) return this.#map(first & 0x0f, depth);
    if (first < 0xa0) return this.#list(first & 0x0f, depth);
    if (first < 0xc0) return this.#text(first & 0x1f);
    return this.#typed(first, depth);
  }

  #typed(first: number, depth: number): unknown {
    const cursor = this.#cursor;
    switch (first) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return first === 0xc3;
      case 0xca:
        return cursor.take(4).readFloatBE(0);
      case 0xcb:
        return cursor.take(8).readDoubleBE(0);
      case 0xcc:
      case 0xcd:
      case 0xce:
        return cursor.take(1 << (first - 0xcc)).readUIntBE(0, 1 << (first - 0xcc));
      case 0xcf:
        return Number(cursor.take(8).readBigUInt64BE(0));
      case 0xd0:
      case 0xd1:
      case 0xd2:
        return cursor.take(1 << (first - 0xd0)).readIntBE(0, 1 << (first - 0xd0));
      case 0xd3:
        return Number(cursor.take(8).readBigInt64BE(0));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#size(first - 0xd9));
      case 0xdc:
      case 0xdd:
        return this.#list(this.#size(first - 0xdb), depth);
      case 0xde:
      case 0xdf:
        return this.#map(this.#size(first - 0xdd), depth);
      default:
        return this.#skip(first);
    }
  }

  /** @param power a length of 2^power bytes */
  #size(power: number): number {
    return this.#cursor.take(1 << power).readUIntBE(0, 1 << power);
  }

  #text(length: number): string {
    return this.#cursor.take(length).toString('utf8');
  }

  #list(length: number, depth: number): unknown[] {
    if (length > this.left) throw malformed('MessagePack', 'a list beyond the end');
    return Array.from({ length }, () => this.value(depth + 1));
  }

  #map(length: number, depth: number): Map<unknown, unknown> {
    if (length > this.left) throw malformed('MessagePack', 'a map beyond the end');
    const map = new Map<unknown, unknown>();
    for (let n = 0; n < length; n++) map.set(this.value(depth + 1), this.value(depth + 1));
    return map;
  }

  /** Binary data (c4–c6) and extensions (c7–c9, d4–d8). */
  #skip(first: number): undefined {
    if (first >= 0xc4 && first <= 0xc6) this.#cursor.take(this.#size(first - 0xc4));
    else if (first >= 0xc7 && first <= 0xc9) this.#cursor.take(this.#size(first - 0xc7) + 1);
    else if (first >= 0xd4 && first <= 0xd8) this.#cursor.take((1 << (first - 0xd4)) + 1);
    else throw malformed('MessagePack', 'an unknown type');
    return undefined;
  }
}
