/**
 * An indexed RAM bundle: the JavaScript of a React Native app, one piece per module, loaded as each is required.
 *
 * u32 magic 0xFB0BD1E5 · u32 number of modules · u32 length of the startup code · {u32 offset, u32 length} per module id ·
 * startup code · modules. Offsets count from the end of the table; each piece ends in NUL, which its length includes;
 * a length of 0 is an id without module. All little endian. (metro, src/shared/output/RamBundle/as-indexed-file.js;
 * react-native, ReactCommon/cxxreact/JSIndexedRAMBundle.cpp)
 *
 * Bundled to a folder instead, the same magic is all of `js-modules/UNBUNDLE`, and each module a file of its own there.
 */
import type { ReadContext } from '../reader.ts';
import { failed, partial, type ReadResult, read } from '../result.ts';
import { scanText } from '../text/scan.ts';
import { isRamBundle } from './magic.ts';

const HEADER = 12;

/** @param offsets whether the bytes are those of the entry */
export function readRamBundle(bytes: Buffer, context: ReadContext, offsets = true): ReadResult {
  if (!isRamBundle(bytes)) return failed('RAM_BUNDLE_BAD_MAGIC', 'no RAM bundle');
  if (bytes.length === 4) return read('marks a RAM bundle whose modules are files of their own');
  if (bytes.length < HEADER) return failed('RAM_BUNDLE_TRUNCATED', 'its table is cut off');
  const declared = bytes.readUInt32LE(4);
  const modules = Math.min(declared, Math.floor((bytes.length - HEADER) / 8), context.limits.archiveEntries);
  const base = HEADER + declared * 8;
  let bad = declared - modules;
  let found = 0;
  // every byte of a sound bundle belongs to one piece; what forged pieces claim twice is not read again
  let left = bytes.length - HEADER;

  function piece(offset: number, length: number): void {
    if (length === 0) return;
    const start = base + offset;
    const end = start + length;
    left -= length;
    if (end > bytes.length || left < 0) {
      bad++;
      return;
    }
    found++;
    const code = bytes[end - 1] === 0 ? end - 1 : end;
    scanText('js', bytes.subarray(start, code), offsets ? start : undefined, context);
  }

  piece(0, bytes.readUInt32LE(8));
  for (let at = HEADER; at < HEADER + modules * 8; at += 8) {
    piece(bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4));
  }
  const what = `RAM bundle of ${found} pieces of code`;
  return bad > 0 ? partial('RAM_BUNDLE_BAD_TABLE', `${what}, ${bad} more are not where its table says`) : read(what);
}
