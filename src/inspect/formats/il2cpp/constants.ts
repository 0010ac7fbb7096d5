/**
 * Constant fields with a text as value: `const string ApiUrl = "https://…"`. The compiler copies a constant into the
 * literals where code uses it, without a name; here it stands with the name of its field, and also when nothing uses it.
 *
 * Field default: {i32 field, i32 type, i32 data}. Field: {i32 name, i32 type, …}, 12 bytes, 16 up to version 24.0.
 * Data of a text: i32 length and UTF-8; from version 29 on the length is a compressed integer (first byte 0xxxxxxx: one
 * byte, 10xxxxxx: two, 110xxxxx: four, big endian; then bit 0 is the sign).
 *
 * Of which type a value is, only the native library says. A text gives itself away: its length leads exactly to the next
 * value.
 */
import { BYTE_CLASS, canMatter } from '../candidate.ts';
import type { ReadContext } from '../reader.ts';
import { type Header, isInside, type Section } from './header.ts';
import { nameAt } from './namespaces.ts';

const ENTRY = 12;
/** Values may be aligned to 4. */
const PADDING = 3;
const SHORTEST = 4;

/** @returns how many constants were handed on */
export function readConstants(bytes: Buffer, header: Header, context: ReadContext): number {
  const { fieldDefaults, parameterDefaults, defaults, version } = header;
  if (!isTable(bytes, fieldDefaults) || !isInside(bytes, defaults)) return 0;
  const count = Math.min(fieldDefaults.size / ENTRY, context.limits.tableStrings);
  const starts = new Uint32Array(count + (isTable(bytes, parameterDefaults) ? parameterDefaults.size / ENTRY : 0));
  for (let index = 0; index < starts.length; index++) {
    const section = index < count ? fieldDefaults : parameterDefaults;
    starts[index] = bytes.readUInt32LE(section.offset + (index < count ? index : index - count) * ENTRY + 8);
  }
  starts.sort();
  const fieldSize = sizeOfField(bytes, header);
  let found = 0;
  let left = defaults.size * 2 + 4096;
  for (let at = fieldDefaults.offset; at < fieldDefaults.offset + count * ENTRY; at += ENTRY) {
    const data = bytes.readUInt32LE(at + 8);
    if (data >= defaults.size) continue;
    const start = defaults.offset + data;
    const end = defaults.offset + Math.min(defaults.size, nextAfter(starts, data) ?? defaults.size);
    const text = locateText(bytes, start, end, version);
    if (text === undefined) continue;
    left -= text.end - text.start;
    if (left < 0) return found;
    const value = textOf(bytes, text.start, text.end, context.limits.stringLength * 3);
    if (value === undefined) continue;
    const name = fieldSize === undefined ? '' : fieldName(bytes, header, bytes.readUInt32LE(at), fieldSize);
    context.string(value, text.start, name === '' ? undefined : { name });
    found++;
  }
  return found;
}

function isTable(bytes: Buffer, section: Section): boolean {
  return (
    isInside(bytes, section) &&
    section.size % ENTRY === 0 &&
    (section.count ?? section.size / ENTRY) * ENTRY === section.size
  );
}

/** The first value of a sorted table that is greater. */
function nextAfter(sorted: Uint32Array, value: number): number | undefined {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return sorted[low];
}

function locateText(
  bytes: Buffer,
  at: number,
  end: number,
  version: number,
): { start: number; end: number } | undefined {
  const first = bytes[at] ?? 0xff;
  let start = at + 4;
  let length = 0;
  if (version < 29) {
    if (start > end) return undefined;
    length = bytes.readInt32LE(at);
  } else {
    const width = first < 0x80 ? 1 : first < 0xc0 ? 2 : first < 0xe0 ? 4 : 0;
    if (width === 0 || at + width > end) return undefined;
    const raw = bytes.readUIntBE(at, width) - (width === 1 ? 0 : width === 2 ? 0x8000 : 0xc0000000);
    if (raw % 2 === 1) return undefined; // negative
    start = at + width;
    length = raw / 2;
  }
  const slack = end - start - length;
  return length >= SHORTEST && slack >= 0 && slack <= PADDING ? { start, end: start + length } : undefined;
}

function textOf(bytes: Buffer, start: number, end: number, longest: number): string | undefined {
  let classes = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return undefined;
    classes |= BYTE_CLASS[byte] ?? 0;
  }
  if (!canMatter(bytes, start, end, classes)) return undefined;
  const text = bytes.toString('utf8', start, Math.min(end, start + longest));
  return text.slice(0, -1).includes('\ufffd') ? undefined : text;
}

function sizeOfField(bytes: Buffer, { fields, names }: Header): number | undefined {
  if (!isInside(bytes, fields) || !isInside(bytes, names) || fields.size === 0) return undefined;
  const sizes = fields.count === undefined ? [12, 16] : [fields.size / fields.count];
  return sizes.find((size) => {
    if (!Number.isInteger(size) || size < 8 || fields.size % size !== 0) return false;
    for (let at = fields.offset, left = 256; left > 0 && at < fields.offset + fields.size; at += size, left--) {
      const name = bytes.readUInt32LE(at);
      if (name >= names.size || (name > 0 && bytes[names.offset + name - 1] !== 0)) return false;
    }
    return true;
  });
}

function fieldName(bytes: Buffer, header: Header, field: number, size: number): string {
  const { fields, names } = header;
  if ((field + 1) * size > fields.size) return '';
  const name = bytes.readUInt32LE(fields.offset + field * size);
  return name < names.size ? nameAt(bytes, header, name) : '';
}
