/**
 * Which methods of a class load which string constants (JVM specification 4.1, 4.6, 4.7.3, 6.5).
 *
 * After the pool: access u16 · this u16 · super u16 · interfaces u16[] · fields · methods · attributes. Field, method:
 * access u16 · name u16 · descriptor u16 · attributes. Attribute: name u16 · length u32 · bytes. Code: stack u16 · locals
 * u16 · length u32 · instructions. ConstantValue of a field: index u16. ldc 0x12: index u8; ldc_w 0x13: index u16.
 */
import { CODE_PLACES, type CodePlace } from '../../source.ts';
import { decodeMutf8 } from '../mutf8.ts';
import { CLASS, type ConstantPool, STRING, utf8At } from './constant-pool.ts';

/** Operand bytes of each instruction; the two switches and `wide` are computed. */
const OPERANDS: Uint8Array = (() => {
  const table = new Uint8Array(256);
  for (const one of [0x10, 0x12, 0x15, 0x16, 0x17, 0x18, 0x19, 0x36, 0x37, 0x38, 0x39, 0x3a, 0xa9, 0xbc])
    table[one] = 1;
  for (let one = 0x99; one <= 0xa8; one++) table[one] = 2; // branches
  for (const one of [
    0x11, 0x13, 0x14, 0x84, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xbb, 0xbd, 0xc0, 0xc1, 0xc6, 0xc7,
  ])
    table[one] = 2;
  table[0xc5] = 3;
  for (const one of [0xb9, 0xba, 0xc8, 0xc9]) table[one] = 4;
  return table;
})();
const LDC = 0x12;
const LDC_W = 0x13;
const TABLESWITCH = 0xaa;
const LOOKUPSWITCH = 0xab;
const WIDE = 0xc4;
const IINC = 0x84;

/** @returns index of a String constant -> the methods that load it; what was found before any damage */
export function stringUses(bytes: Buffer, pool: ConstantPool): Map<number, CodePlace[]> {
  const uses = new Map<number, CodePlace[]>();
  const text = (index: number) => {
    const place = utf8At(bytes, pool, index);
    return place === undefined ? '' : decodeMutf8(bytes, place.start, Math.min(place.end, place.start + 500));
  };
  try {
    walk();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return uses;

  function walk(): void {
    let at = pool.end + 2;
    const own = bytes.readUInt16BE(at);
    const name = pool.tags[own] === CLASS ? text(bytes.readUInt16BE(pool.places[own] ?? 0)).replaceAll('/', '.') : '';
    at += 4;
    at += 2 + bytes.readUInt16BE(at) * 2;
    for (const kind of ['fields', 'methods']) {
      const count = bytes.readUInt16BE(at);
      at += 2;
      for (let i = 0; i < count; i++) {
        // a constant of a field is put there by the class's initializer, or by none where it is inlined
        const method = kind === 'methods' ? text(bytes.readUInt16BE(at + 2)) : '<clinit>';
        at = readAttributes(at + 6, { class: name, method });
      }
    }
  }

  function readAttributes(from: number, place: CodePlace): number {
    const count = bytes.readUInt16BE(from);
    let at = from + 2;
    for (let i = 0; i < count; i++) {
      const name = utf8At(bytes, pool, bytes.readUInt16BE(at));
      const length = bytes.readUInt32BE(at + 2);
      const body = at + 6;
      if (body + length > bytes.length) throw new RangeError('an attribute reaches beyond the file');
      const kind =
        name === undefined || name.end - name.start > 13 ? '' : bytes.toString('latin1', name.start, name.end);
      if (kind === 'Code') readCode(body + 8, Math.min(body + length, body + 8 + bytes.readUInt32BE(body + 4)), place);
      else if (kind === 'ConstantValue') use(bytes.readUInt16BE(body), place);
      at = body + length;
    }
    return at;
  }

  function readCode(start: number, end: number, place: CodePlace): void {
    for (let at = start; at < end; ) {
      const opcode = bytes[at] ?? 0;
      if (opcode === LDC) use(bytes.readUInt8(at + 1), place);
      else if (opcode === LDC_W) use(bytes.readUInt16BE(at + 1), place);
      const size = opcode === TABLESWITCH || opcode === LOOKUPSWITCH ? switchSize(at, start) : sizeOf(at, opcode);
      if (size < 1) throw new RangeError('a switch whose cases end before they begin');
      at += size;
    }
  }

  function sizeOf(at: number, opcode: number): number {
    if (opcode !== WIDE) return 1 + (OPERANDS[opcode] ?? 0);
    return bytes[at + 1] === IINC ? 6 : 4;
  }

  /** default u32 · tableswitch: low, high u32, offsets · lookupswitch: count u32, pairs; aligned to four bytes of the code. */
  function switchSize(at: number, start: number): number {
    const body = at + 4 - ((at - start) % 4);
    if (bytes[at] === LOOKUPSWITCH) return body + 8 + bytes.readUInt32BE(body + 4) * 8 - at;
    return body + 12 + (bytes.readInt32BE(body + 8) - bytes.readInt32BE(body + 4) + 1) * 4 - at;
  }

  function use(index: number, place: CodePlace): void {
    if (pool.tags[index] !== STRING) return;
    const places = uses.get(index) ?? [];
    if (places.length < CODE_PLACES && places.at(-1)?.method !== place.method) places.push({ ...place });
    uses.set(index, places);
  }
}
