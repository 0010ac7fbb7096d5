/**
 * Constants that no code loads by `ldstr`: `const string` fields (ECMA-335 §II.22.9: type u8, here 0x0E, and a blob of
 * UTF-16LE) and the data of static arrays, which is where UTF-8 literals lie (§II.22.18: rva u32, field).
 */
import { BYTE_CLASS, canMatter } from '../candidate.ts';
import { compressed, type Metadata } from './metadata.ts';
import type { CliImage } from './pe.ts';
import { decodeCoded, TABLE } from './tables.ts';

export interface Constant {
  text: string;
  offset: number;
  name?: string;
}

const STRING = 0x0e;
const FIELD_SIGNATURE = 0x06;
const VALUE_TYPE = 0x11;
const LONGEST = 65_536;
/** Rows may share a value; so much of them is read. */
const MAX_BYTES = 32 << 20;

export function readConstants(metadata: Metadata, emit: (found: Constant) => void): void {
  const { tables, blob, blobOffset, string } = metadata;
  const constants = tables.get(TABLE.Constant);
  const fields = tables.get(TABLE.Field);
  let left = MAX_BYTES;
  for (let row = 1; row <= constants.rows && left > 0; row++) {
    if ((constants.cell(row, 0) & 0xff) !== STRING) continue;
    const index = constants.cell(row, 2);
    const value = blob(index);
    if (value.length < 6) continue;
    left -= value.length;
    const parent = decodeCoded('hasConstant', constants.cell(row, 1));
    const text = value.toString('utf16le', 0, Math.min(value.length & ~1, LONGEST * 2));
    const name = parent.table === TABLE.Field ? string(fields.cell(parent.row, 1)) : '';
    emit({ text, offset: blobOffset(index), ...(name === '' ? {} : { name }) });
  }
}

/** Data of static fields that reads as text. */
export function readStaticData(bytes: Buffer, image: CliImage, metadata: Metadata, emit: (found: Constant) => void) {
  const { tables, blob } = metadata;
  const layouts = tables.get(TABLE.ClassLayout);
  const sizes = new Map<number, number>();
  for (let row = 1; row <= layouts.rows; row++) sizes.set(layouts.cell(row, 2), layouts.cell(row, 1));
  const data = tables.get(TABLE.FieldRVA);
  const fields = tables.get(TABLE.Field);
  let left = bytes.length;
  for (let row = 1; row <= data.rows && left > 0; row++) {
    const signature = blob(fields.cell(data.cell(row, 1), 2));
    if (signature[0] !== FIELD_SIGNATURE || signature[1] !== VALUE_TYPE) continue;
    const type = decodeCoded('typeDefOrRef', compressed(signature, 2, signature.length)?.value ?? 0);
    const size = type.table === TABLE.TypeDef ? (sizes.get(type.row) ?? 0) : 0;
    const start = image.offsetOf(data.cell(row, 0));
    if (start === undefined || size < 4 || size > LONGEST || start + size > bytes.length) continue;
    left -= size;
    const text = textOf(bytes, start, start + size);
    if (text !== undefined) emit({ text, offset: start });
  }
}

/** UTF-8 text with nothing after it but NUL; undefined for other data and for text that cannot matter. */
function textOf(bytes: Buffer, start: number, limit: number): string | undefined {
  let end = limit;
  while (end > start && bytes[end - 1] === 0) end--;
  let classes = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return undefined;
    classes |= BYTE_CLASS[byte] as number;
  }
  if (end - start < 4 || !canMatter(bytes, start, end, classes)) return undefined;
  const text = bytes.toString('utf8', start, end);
  return text.includes('\ufffd') ? undefined : text;
}
