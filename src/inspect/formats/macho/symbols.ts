/**
 * The symbol table of an image, as far as it says what the image uses of the system (nlist.h):
 *
 *   nlist     u32 name (offset into the string table), u8 type, u8 section, i16 description, u32 value     12 bytes
 *   nlist_64  the same with a value of 64 bits                                                             16 bytes
 *
 * Stripping takes the local symbols away, never those that other images define: the loader looks those up by name.
 */
import { type Image, part } from './image.ts';

const MOST_SYMBOLS = 200_000;
const LONGEST_NAME = 512;
/** Symbol that the linker leaves in every stripped file. */
const LEFT_BY_LINKER = 'radr://5614542';

export interface Symbols {
  /** Names that other images define. */
  imported: Set<string>;
  /** Names of the image's own functions and variables are still in it. */
  local: boolean;
  /** Names it defines for others, only those that were asked for. */
  exported: Set<string>;
}

/** @param wanted names of its own that are asked for */
export function readSymbols(image: Image, wanted: ReadonlySet<string>): Symbols {
  const found: Symbols = { imported: new Set(), local: false, exported: new Set() };
  const { symbols, dynamic, bytes, wide } = image;
  if (symbols === undefined) return found;
  const step = wide ? 16 : 12;
  const strings = part(image, { offset: symbols.strings, size: symbols.stringsSize });
  const fits = Math.max(0, Math.floor((bytes.length - symbols.offset) / step));
  const count = Math.min(symbols.count, fits, MOST_SYMBOLS);
  for (let index = 0; index < count; index++) {
    const at = symbols.offset + index * step;
    const type = bytes[at + 4] as number;
    if ((type & 0xe0) !== 0) continue; // a debugging entry
    const external = (type & 0x01) !== 0;
    if (!external) {
      found.local ||=
        dynamic === undefined || dynamic.localCount > 1 || nameAt(strings, bytes.readUInt32LE(at)) !== LEFT_BY_LINKER;
    } else if ((type & 0x0e) === 0) {
      found.imported.add(nameAt(strings, bytes.readUInt32LE(at)));
    } else if (wanted.size > 0) {
      const name = nameAt(strings, bytes.readUInt32LE(at));
      if (wanted.has(name)) found.exported.add(name);
    }
  }
  return found;
}

function nameAt(strings: Buffer, at: number): string {
  if (at >= strings.length) return '';
  const name = strings.subarray(at, at + LONGEST_NAME); // a table without a NUL is not searched to its end for each
  const nul = name.indexOf(0);
  return name.toString('latin1', 0, nul < 0 ? name.length : nul);
}
