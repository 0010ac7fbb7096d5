/**
 * DER (X.690 section 10), as far as certificates and attestation extensions need it, read strictly.
 *
 *   identifier: class (2 bits) | constructed (1) | number (5; 31: the number follows in base 128)
 *   length: 0..127, or 0x80 + n and n bytes, in the shortest form; never indefinite
 *
 * A node holds views into what was read; nothing is copied and nothing is read before it is asked for, so that depth is
 * the depth of the code that asks.
 */
import { Unproven } from './unproven.ts';

export interface Der {
  /** Class and constructed bits of the identifier. */
  readonly lead: number;
  readonly number: number;
  readonly content: Uint8Array;
  /** Identifier, length and content. */
  readonly whole: Uint8Array;
}

/** Identifier octets of the universal types. */
export const DER = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

const CONTEXT = 0x80;
const CONSTRUCTED = 0x20;
const MAX_NODES = 256;
const MAX_NUMBER = 0xffff;

/** Exactly one node. @throws Unproven */
export function readDer(bytes: Uint8Array, what: string): Der {
  const node = nodeAt(bytes, 0, what);
  if (node.whole.length !== bytes.length) throw new Unproven(`${what}: bytes after the value`);
  return node;
}

/** The nodes within a constructed one. @throws Unproven */
export function derChildren(node: Der, what: string): readonly Der[] {
  if ((node.lead & CONSTRUCTED) === 0) throw new Unproven(`${what}: not constructed`);
  const children: Der[] = [];
  for (let at = 0; at < node.content.length; ) {
    if (children.length === MAX_NODES) throw new Unproven(`${what}: too many members`);
    const child = nodeAt(node.content, at, what);
    children.push(child);
    at += child.whole.length;
  }
  return children;
}

export function isDer(node: Der | undefined, identifier: number): node is Der {
  return node !== undefined && node.number < 31 && (node.lead | node.number) === identifier;
}

/** @throws Unproven */
export function expectDer(node: Der | undefined, identifier: number, what: string): Der {
  if (!isDer(node, identifier)) throw new Unproven(`${what}: another type`);
  return node;
}

/** @throws Unproven */
export function derSequence(node: Der | undefined, what: string): readonly Der[] {
  return derChildren(expectDer(node, DER.sequence, what), what);
}

/** Number of an explicit context tag, and undefined for any other node. */
export function contextNumber(node: Der): number | undefined {
  return node.lead === (CONTEXT | CONSTRUCTED) ? node.number : undefined;
}

/** The one node within an explicit tag. @throws Unproven */
export function derInner(node: Der, what: string): Der {
  const [inner, ...more] = derChildren(node, what);
  if (inner === undefined || more.length > 0) throw new Unproven(`${what}: not one value`);
  return inner;
}

/** A number from 0 up to 2^53. @throws Unproven */
export function derNumber(node: Der | undefined, what: string, identifier: number = DER.integer): number {
  const { content } = expectDer(node, identifier, what);
  const [first = 0x80, second = 0x80] = content;
  if (first >= 0x80 || (first === 0 && content.length > 1 && second < 0x80)) {
    throw new Unproven(`${what}: not a plain number`);
  }
  if (content.length > 8) throw new Unproven(`${what}: too large a number`);
  let value = 0;
  for (const byte of content) value = value * 256 + byte;
  if (!Number.isSafeInteger(value)) throw new Unproven(`${what}: too large a number`);
  return value;
}

/** @throws Unproven */
export function derOctets(node: Der | undefined, what: string): Uint8Array {
  return expectDer(node, DER.octets, what).content;
}

/** @throws Unproven */
export function derBoolean(node: Der | undefined, what: string): boolean {
  const { content } = expectDer(node, DER.boolean, what);
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) throw new Unproven(`${what}: not a boolean`);
  return content[0] === 0xff;
}

/** Dotted. @throws Unproven */
export function derOid(node: Der | undefined, what: string): string {
  const { content } = expectDer(node, DER.oid, what);
  const last = content.at(-1);
  if (last === undefined || last >= 0x80 || content.length > 32) throw new Unproven(`${what}: not an identifier`);
  const arcs: number[] = [];
  let arc = 0;
  let fresh = true;
  for (const byte of content) {
    if ((fresh && byte === 0x80) || arc > 0x3fff_ffff) throw new Unproven(`${what}: not an identifier`);
    arc = arc * 128 + (byte & 0x7f);
    fresh = byte < 0x80;
    if (!fresh) continue;
    if (arcs.length === 0) {
      const top = Math.min(Math.floor(arc / 40), 2);
      arcs.push(top, arc - top * 40);
    } else arcs.push(arc);
    arc = 0;
  }
  return arcs.join('.');
}

/** A bit string without unused bits. @throws Unproven */
export function derWholeBits(node: Der | undefined, what: string): Uint8Array {
  const { content } = expectDer(node, DER.bitString, what);
  if (content[0] !== 0) throw new Unproven(`${what}: unused bits`);
  return content.subarray(1);
}

/** UTCTime or GeneralizedTime in the one form of RFC 5280 section 4.1.2.5; ms since the epoch. @throws Unproven */
export function derTime(node: Der | undefined, what: string): number {
  const digits = isDer(node, DER.utcTime) ? 12 : isDer(node, DER.generalizedTime) ? 14 : 0;
  if (node === undefined || digits === 0 || node.content.length !== digits + 1 || node.content[digits] !== 0x5a) {
    throw new Unproven(`${what}: not a time`);
  }
  const pairs: number[] = [];
  for (let at = 0; at < digits; at += 2) {
    const tens = (node.content[at] ?? 0) - 0x30;
    const ones = (node.content[at + 1] ?? 0) - 0x30;
    if (tens < 0 || tens > 9 || ones < 0 || ones > 9) throw new Unproven(`${what}: not a time`);
    pairs.push(tens * 10 + ones);
  }
  if (digits === 12) pairs.unshift((pairs[0] ?? 0) < 50 ? 20 : 19);
  const [century = 0, year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = pairs;
  const date = new Date(0);
  date.setUTCFullYear(century * 100 + year, month - 1, day);
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!real || hour > 23 || minute > 59 || second > 59) throw new Unproven(`${what}: not a time`);
  return date.setUTCHours(hour, minute, second, 0);
}

function nodeAt(bytes: Uint8Array, start: number, what: string): Der {
  let at = start;
  const next = (): number => {
    const byte = bytes[at];
    if (byte === undefined) throw new Unproven(`${what}: it ends early`);
    at += 1;
    return byte;
  };
  const first = next();
  let number = first & 0x1f;
  if (number === 31) {
    number = 0;
    for (let byte = 0x80; byte >= 0x80; ) {
      byte = next();
      if (number === 0 && byte === 0x80) throw new Unproven(`${what}: not the shortest form`);
      number = number * 128 + (byte & 0x7f);
      if (number > MAX_NUMBER) throw new Unproven(`${what}: too large a tag`);
    }
    if (number < 31) throw new Unproven(`${what}: not the shortest form`);
  }
  let length = next();
  if (length >= 0x80) {
    const size = length - 0x80;
    if (size === 0 || size > 3) throw new Unproven(`${what}: an unsupported length`);
    length = 0;
    for (let index = 0; index < size; index++) length = length * 256 + next();
    if (length < 0x80 || length < 256 ** (size - 1)) throw new Unproven(`${what}: not the shortest form`);
  }
  const end = at + length;
  if (end > bytes.length) throw new Unproven(`${what}: it ends early`);
  return { lead: first & 0xe0, number, content: bytes.subarray(at, end), whole: bytes.subarray(start, end) };
}
