/**
 * CBOR (RFC 8949), as far as attestations need it, read strictly.
 *
 *   initial byte: major type (3 bits) | argument (5 bits: value, or 24..27 = 1, 2, 4, 8 bytes follow)
 *   0 unsigned · 1 negative (-1 - n) · 2 bytes · 3 text · 4 array · 5 map · 7 false, true, null
 *
 * Definite lengths, shortest arguments (section 4.2.1), keys that are integers or text and occur once, valid UTF-8. Tags,
 * floats, `undefined` and indefinite lengths have no place in an attestation and are refused. A length is compared with
 * what is left before anything is allocated.
 */
import { Unproven } from './unproven.ts';

export type Cbor = number | string | boolean | null | Uint8Array | readonly Cbor[] | CborMap;
export type CborMap = ReadonlyMap<number | string, Cbor>;

const MAX_DEPTH = 8;
const MAX_ITEMS = 64;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Exactly one item.
 *
 * @throws Unproven
 */
export function readCbor(bytes: Uint8Array, what: string): Cbor {
  const { value, end } = readCborItem(bytes, 0, what);
  if (end !== bytes.length) throw new Unproven(`${what}: bytes after the item`);
  return value;
}

/**
 * The item that starts there, and where it ends: for the layouts that put items one after another.
 *
 * @throws Unproven
 */
export function readCborItem(bytes: Uint8Array, start: number, what: string): { value: Cbor; end: number } {
  const reader = new Reader(bytes, start, what);
  const value = reader.item(0);
  return { value, end: reader.at };
}

export function isCborMap(value: Cbor | undefined): value is CborMap {
  return value instanceof Map;
}

/** A map with exactly these keys, in any order. @throws Unproven */
export function cborMapOf(value: Cbor | undefined, keys: readonly (number | string)[], what: string): CborMap {
  if (!isCborMap(value)) throw new Unproven(`${what}: not a map`);
  if (value.size !== keys.length || !keys.every((key) => value.has(key))) {
    throw new Unproven(`${what}: other members than it has`);
  }
  return value;
}

/** @throws Unproven */
export function cborBytes(value: Cbor | undefined, what: string): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new Unproven(`${what}: not bytes`);
  return value;
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  at: number;
  #items = 0;

  constructor(bytes: Uint8Array, start: number, what: string) {
    this.#bytes = bytes;
    this.#what = what;
    this.at = start;
  }

  item(depth: number): Cbor {
    this.#items += 1;
    if (depth > MAX_DEPTH || this.#items > MAX_ITEMS) this.#fail('too large a structure');
    const initial = this.#byte();
    const major = initial >> 5;
    if (major === 7) return this.#simple(initial & 0x1f);
    const argument = this.#argument(initial & 0x1f);
    switch (major) {
      case 0:
        return argument;
      case 1:
        return -1 - argument;
      case 2:
        return this.#take(argument);
      case 3:
        return this.#text(argument);
      case 4:
        return this.#array(argument, depth);
      case 5:
        return this.#map(argument, depth);
      default:
        return this.#fail('a tag');
    }
  }

  #simple(value: number): boolean | null {
    if (value === 20) return false;
    if (value === 21) return true;
    if (value === 22) return null;
    return this.#fail('an unsupported simple value or float');
  }

  #argument(short: number): number {
    if (short < 24) return short;
    if (short > 27) this.#fail('an indefinite length');
    const size = 2 ** (short - 24);
    let value = 0;
    for (let index = 0; index < size; index++) value = value * 256 + this.#byte();
    const smallest = size === 1 ? 24 : 2 ** (size * 4);
    if (value < smallest) this.#fail('not the shortest form');
    if (!Number.isSafeInteger(value)) this.#fail('too large a number');
    return value;
  }

  #text(length: number): string {
    try {
      return UTF8.decode(this.#take(length));
    } catch (error) {
      if (error instanceof Unproven) throw error;
      return this.#fail('not UTF-8');
    }
  }

  #array(length: number, depth: number): readonly Cbor[] {
    if (length > MAX_ITEMS) this.#fail('too large a structure');
    const items: Cbor[] = [];
    for (let index = 0; index < length; index++) items.push(this.item(depth + 1));
    return items;
  }

  #map(length: number, depth: number): CborMap {
    if (length > MAX_ITEMS) this.#fail('too large a structure');
    const map = new Map<number | string, Cbor>();
    for (let index = 0; index < length; index++) {
      const key = this.item(depth + 1);
      if (typeof key !== 'number' && typeof key !== 'string')
        return this.#fail('a key that is neither number nor text');
      if (map.has(key)) this.#fail('a key twice');
      map.set(key, this.item(depth + 1));
    }
    return map;
  }

  #byte(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined) return this.#fail('it ends early');
    this.at += 1;
    return byte;
  }

  #take(length: number): Uint8Array {
    const end = this.at + length;
    if (end > this.#bytes.length) this.#fail('it ends early');
    const taken = this.#bytes.subarray(this.at, end);
    this.at = end;
    return taken;
  }

  #fail(reason: string): never {
    throw new Unproven(`${this.#what}: ${reason}`);
  }
}
