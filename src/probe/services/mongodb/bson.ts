/**
 * The part of BSON that a probe meets (https://bsonspec.org/spec.html).
 *
 *   document  length (4, with itself), elements, 00
 *   element   type (1), name\0, value
 */
import { malformed } from '../../observations.ts';

export type Value = number | string | boolean | null | Buffer | Value[] | Doc | { opaque: number };
export type Doc = Map<string, Value>;

/** What we send. Insertion order is the order on the wire; the first key is the command. */
export type Plain = string | number | boolean | Buffer | { [name: string]: Plain };

const MAX_DEPTH = 12;
const MAX_ELEMENTS = 20_000;

export function encodeDocument(document: Readonly<Record<string, Plain>>): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of Object.entries(document)) {
    const [type, bytes] = encodeValue(value);
    parts.push(Buffer.from([type]), Buffer.from(`${name}\0`), bytes);
  }
  const body = Buffer.concat(parts);
  return Buffer.concat([int32(body.length + 5), body, Buffer.from([0])]);
}

function encodeValue(value: Plain): [number, Buffer] {
  if (typeof value === 'string') {
    const text = Buffer.from(`${value}\0`);
    return [0x02, Buffer.concat([int32(text.length), text])];
  }
  if (typeof value === 'boolean') return [0x08, Buffer.from([value ? 1 : 0])];
  if (typeof value === 'number') return [0x10, int32(value)];
  if (Buffer.isBuffer(value)) return [0x05, Buffer.concat([int32(value.length), Buffer.from([0]), value])];
  return [0x03, encodeDocument(value)];
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

/**
 * One document that fills `bytes` exactly. Types that a probe has no use for become `{ opaque: type }`.
 * @throws PosternError `E_PROBE_IO`
 */
export function decodeDocument(bytes: Buffer): Doc {
  let elements = 0;

  function document(start: number, limit: number, depth: number): { doc: Doc; end: number } {
    if (depth > MAX_DEPTH || start + 5 > limit) throw malformed('BSON', 'document');
    const length = bytes.readInt32LE(start);
    const end = start + length;
    if (length < 5 || end > limit || bytes[end - 1] !== 0) throw malformed('BSON', 'document length');
    const doc: Doc = new Map();
    let at = start + 4;
    while (at < end - 1) {
      if (++elements > MAX_ELEMENTS) throw malformed('BSON', 'too many elements');
      const type = bytes[at] ?? 0;
      const zero = bytes.indexOf(0, at + 1);
      if (zero < 0 || zero >= end - 1) throw malformed('BSON', 'element name');
      const name = bytes.toString('utf8', at + 1, zero);
      const read = value(type, zero + 1, end - 1, depth);
      doc.set(name, read.value);
      at = read.end;
    }
    return { doc, end };
  }

  function value(type: number, at: number, limit: number, depth: number): { value: Value; end: number } {
    const fixed = (size: number): number => {
      if (at + size > limit) throw malformed('BSON', 'value length');
      return at + size;
    };
    const sized = (extra: number, least: number): number => {
      fixed(4);
      const length = bytes.readInt32LE(at);
      const end = at + 4 + extra + length;
      if (length < least || end > limit) throw malformed('BSON', 'value length');
      return end;
    };
    switch (type) {
      case 0x01:
        fixed(8);
        return { value: bytes.readDoubleLE(at), end: at + 8 };
      case 0x02: {
        const end = sized(0, 1);
        return { value: bytes.toString('utf8', at + 4, end - 1), end };
      }
      case 0x03: {
        const inner = document(at, limit, depth + 1);
        return { value: inner.doc, end: inner.end };
      }
      case 0x04: {
        const inner = document(at, limit, depth + 1);
        return { value: [...inner.doc.values()], end: inner.end };
      }
      case 0x05: {
        const end = sized(1, 0);
        return { value: bytes.subarray(at + 5, end), end };
      }
      case 0x08: {
        const end = fixed(1);
        return { value: bytes[at] === 1, end };
      }
      case 0x0a:
      case 0x06:
      case 0x7f:
      case 0xff:
        return { value: null, end: at };
      case 0x10: {
        const end = fixed(4);
        return { value: bytes.readInt32LE(at), end };
      }
      case 0x12: {
        const end = fixed(8);
        return { value: Number(bytes.readBigInt64LE(at)), end };
      }
      case 0x07:
        return { value: { opaque: type }, end: fixed(12) };
      case 0x09:
      case 0x11:
        return { value: { opaque: type }, end: fixed(8) };
      case 0x13:
        return { value: { opaque: type }, end: fixed(16) };
      case 0x0d:
      case 0x0e:
        return { value: { opaque: type }, end: sized(0, 1) };
      case 0x0b: {
        const pattern = bytes.indexOf(0, at);
        const flags = pattern < 0 ? -1 : bytes.indexOf(0, pattern + 1);
        if (flags < 0 || flags >= limit) throw malformed('BSON', 'regular expression');
        return { value: { opaque: type }, end: flags + 1 };
      }
      default:
        throw malformed('BSON', 'unknown type');
    }
  }

  const { doc, end } = document(0, bytes.length, 0);
  if (end !== bytes.length) throw malformed('BSON', 'trailing bytes');
  return doc;
}
