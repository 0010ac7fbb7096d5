/**
 * Strings in the data image of a snapshot, objects as they stand in memory: 32-bit Android, iOS, and 64-bit Android
 * before compressed pointers.
 *
 * Object (dart-lang/sdk runtime/vm/raw_object.h, UntaggedString):
 *   64-bit  tags u32 · hash u32 · length u64 Smi · code units               aligned to 16
 *   32-bit  tags u32 · length u32 Smi · hash u32 · code units (seen in Dart 2.8–2.16)  aligned to 8
 *           tags u32 · hash u32 · length u32 Smi · code units (seen in 3.0–3.7)
 * A Smi is the number times two. Tags: size in alignment units and class id, at bits 8–15 and 16–31 in files to Dart 2.18,
 * at 8–11 and 12–31 in those from 3.0; size 0 when it does not fit. Code units are padded with zeros to the alignment.
 *
 * Class ids differ from version to version, so the string's is learnt: the one whose objects have the right size and
 * hold text most often. Two-byte strings have the id after it. Then every object of these ids is a string.
 */
export interface ImageLayout {
  /** Bytes of a word: 4 or 8. */
  word: 4 | 8;
  /** Offset of the length in the object. */
  length: 4 | 8;
  tags: 'wide' | 'narrow';
}

/** By the place of the length, which no object has by chance; how tags are split shows only in large objects. */
const LAYOUTS: readonly (readonly ImageLayout[])[] = [
  [
    { word: 8, length: 8, tags: 'narrow' },
    { word: 8, length: 8, tags: 'wide' },
  ],
  [
    { word: 4, length: 8, tags: 'narrow' },
    { word: 4, length: 8, tags: 'wide' },
  ],
  [
    { word: 4, length: 4, tags: 'wide' },
    { word: 4, length: 4, tags: 'narrow' },
  ],
];

/** Texts of one class id before it is believed to be the string's. */
const ENOUGH = 16;
/** Texts after which no other place of the length is tried. */
const CERTAIN = 256;
const MAX_LENGTH = 1 << 24;

export interface ImageRange {
  start: number;
  end: number;
}

export interface ImageStrings {
  layout: ImageLayout;
  classId: number;
}

const headerOf = (layout: ImageLayout): number => (layout.word === 8 ? 16 : 12);
const alignmentOf = (layout: ImageLayout): number => (layout.word === 8 ? 16 : 8);

/**
 * Learns how strings look in these images.
 *
 * @param word where it is known
 * @returns undefined when there are none, or none that is understood
 */
export function learnLayout(bytes: Buffer, images: readonly ImageRange[], word?: 4 | 8): ImageStrings | undefined {
  let best: (ImageStrings & { texts: number }) | undefined;
  for (const layouts of LAYOUTS) {
    if ((best?.texts ?? 0) >= CERTAIN) break;
    for (const layout of layouts) {
      if (word !== undefined && layout.word !== word) continue;
      for (const [classId, count] of textsByClass(bytes, images, layout)) {
        if (count >= ENOUGH && count > (best?.texts ?? 0)) best = { layout, classId, texts: count };
      }
    }
  }
  return best;
}

function textsByClass(bytes: Buffer, images: readonly ImageRange[], layout: ImageLayout): Map<number, number> {
  const texts = new Map<number, number>();
  const header = headerOf(layout);
  const step = alignmentOf(layout);
  for (const { start, end } of images) {
    for (let at = start; at + header < end; at += step) {
      // before anything is computed: nearly all positions hold no length
      const low = bytes[at + layout.length] as number;
      if ((low & 1) === 1 || bytes[at + layout.length + 3] !== 0) continue;
      const size = sizeOf(bytes, at, end, layout, 1);
      if (size <= 4 || !isText(bytes, at + header, size)) continue;
      const id = classIdOf(bytes, at, layout);
      texts.set(id, (texts.get(id) ?? 0) + 1);
    }
  }
  return texts;
}

/** @param emit receives the first byte and the number of bytes of each string, and whether it is UTF-16LE */
export function readImage(
  bytes: Buffer,
  { start, end }: ImageRange,
  { layout, classId }: ImageStrings,
  emit: (at: number, size: number, wide: boolean) => void,
): void {
  const step = alignmentOf(layout);
  const header = headerOf(layout);
  for (let at = start; at + header <= end; ) {
    const id = classIdOf(bytes, at, layout);
    const wide = id === classId + 1;
    const size = id === classId || wide ? sizeOf(bytes, at, end, layout, wide ? 2 : 1) : -1;
    if (size < 0) {
      at += step;
      continue;
    }
    emit(at + header, size, wide);
    at += Math.ceil((header + size) / step) * step;
  }
}

function classIdOf(bytes: Buffer, at: number, layout: ImageLayout): number {
  const tags = bytes.readUInt32LE(at);
  return layout.tags === 'wide' ? tags >>> 16 : tags >>> 12;
}

/** Bytes of the code units when there is a string at `at`; -1 when there is none. */
function sizeOf(bytes: Buffer, at: number, end: number, layout: ImageLayout, unit: 1 | 2): number {
  const smi = bytes.readUInt32LE(at + layout.length);
  if ((smi & 1) === 1) return -1;
  if (layout.word === 8 && bytes.readUInt32LE(at + layout.length + 4) !== 0) return -1;
  const size = (smi >>> 1) * unit;
  const header = headerOf(layout);
  const step = alignmentOf(layout);
  const last = at + header + size;
  if (size > MAX_LENGTH || last > end) return -1;
  const units = Math.ceil((header + size) / step);
  const most = layout.tags === 'wide' ? 0xff : 0x0f;
  const told = (bytes.readUInt32LE(at) >>> 8) & most;
  if (told !== (units > most ? 0 : units)) return -1;
  for (let padding = last; padding < Math.min(end, at + units * step); padding++) {
    if (bytes[padding] !== 0) return -1;
  }
  return size;
}

function isText(bytes: Uint8Array, at: number, length: number): boolean {
  for (let index = at; index < at + length; index++) {
    const byte = bytes[index] as number;
    if (byte < 0x20 || byte > 0x7e) return false;
  }
  return true;
}
