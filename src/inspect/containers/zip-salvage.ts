/**
 * Finds entries by their local file headers when the central directory is damaged or cut off.
 *
 * Local file header: 'PK\3\4' · version u16 · flags u16 @6 · method u16 @8 · time, date · crc32 u32 @14 · compressed
 * size u32 @18 · size u32 @22 · name length u16 @26 · extra length u16 @28 · name · extra · data.
 * With flag bit 3 the sizes stand behind the data and are zero here: such an entry reaches to the next header.
 */
import type { Budget } from './budget.ts';
import type { ByteSource } from './byte-source.ts';
import { entryName, type ZipEntry } from './zip-entry.ts';

const SIGNATURE = Buffer.from('PK\x03\x04', 'latin1');
/** Fits the window of a file source, so that many small entries do not read the same bytes again and again. */
const STEP = 1 << 16;

export function salvageEntries(source: ByteSource, budget: Budget): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let position = 0;
  while (position < source.size && budget.entries > 0) {
    const at = findHeader(source, position);
    if (at < 0) break;
    const header = source.take(at, 30);
    if (header.length < 30) break;
    const nameLength = header.readUInt16LE(26);
    const dataStart = at + 30 + nameLength + header.readUInt16LE(28);
    const flags = header.readUInt16LE(6);
    let compressedSize = header.readUInt32LE(18);
    if ((flags & 8) !== 0 && compressedSize === 0) {
      const next = findHeader(source, dataStart);
      compressedSize = (next < 0 ? source.size : next) - dataStart;
    }
    compressedSize = Math.max(0, Math.min(compressedSize, source.size - dataStart));
    const rawName = source.take(at + 30, nameLength);
    budget.entries--;
    entries.push({
      name: entryName(rawName, () => rawName.toString('latin1')),
      method: header.readUInt16LE(8),
      encrypted: (flags & 1) !== 0,
      crc32: header.readUInt32LE(14),
      compressedSize,
      size: header.readUInt32LE(22),
      headerOffset: at,
    });
    position = Math.max(at + 4, dataStart + compressedSize);
  }
  return entries;
}

function findHeader(source: ByteSource, from: number): number {
  for (let position = from; position < source.size; position += STEP - 3) {
    const found = source.read(position, STEP).indexOf(SIGNATURE);
    if (found >= 0) return position + found;
  }
  return -1;
}
