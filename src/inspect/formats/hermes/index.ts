/**
 * The strings of Hermes bytecode: what React Native apps carry as `index.android.bundle`, `main.jsbundle` or `*.hbc`.
 * Segments of a split bundle are files of this format, too.
 *
 * The storage packs strings without separators, and one may lie inside another; only the table says where each begins and
 * ends. Small entry: bit 0 UTF-16, bits 1–23 offset in bytes, bits 24–31 length in units; a length of 255 makes the offset
 * an index into the overflow table of {u32 offset, u32 length}. Strings that are not UTF-16 are ASCII.
 */
import type { Limits } from '../../containers/budget.ts';
import { BYTE_CLASS, canMatter } from '../candidate.ts';
import { pieces } from '../pieces.ts';
import type { ReadContext } from '../reader.ts';
import { failed, partial, type ReadResult, read } from '../result.ts';
import { type Layout, locateStrings, NEWEST, OLDEST } from './layout.ts';
import { formOf } from './magic.ts';

const OVERFLOWED = 255;
const OFFSET = 0x7fffff;
/** Strings may share bytes, and the optimizer makes them: real bundles read each byte of storage less than twice. */
const MAX_SHARING = 16;
/** Images and fonts that bundlers inline: nothing but base64 follows. */
const INLINED = 'data:';

export function readHermes(bytes: Buffer, context: ReadContext): ReadResult {
  const form = formOf(bytes);
  if (form === undefined) return failed('HERMES_BAD_MAGIC', 'no Hermes bytecode');
  const version = bytes.readUInt32LE(8);
  const known = version >= OLDEST && version <= NEWEST;
  const layout = locateStrings(bytes, form);
  if (!known && layout?.sound !== true) {
    return failed(
      'HERMES_UNPARSED',
      `unparsed v${version}: this version of Hermes bytecode is laid out in another way`,
    );
  }
  if (layout === undefined)
    return failed('HERMES_TRUNCATED', `Hermes bytecode v${version}: its string table is cut off`);
  const bad = readStrings(bytes, layout, context.limits, context.string);
  const what = `Hermes bytecode v${version}${form === 'delta' ? ' in delta form' : ''}: ${layout.strings} strings`;
  if (bad.forged) return partial('HERMES_OVERLAP', `${what}; they overlap more than a compiler would make them`);
  if (layout.strings > context.limits.tableStrings) {
    return partial('HERMES_LIMIT', `${what}, of which ${context.limits.tableStrings} were read`);
  }
  if (bad.outside > 0) return partial('HERMES_BAD_OFFSET', `${what}, ${bad.outside} of them outside the file`);
  if (!known) {
    return partial(
      'HERMES_NEW_VERSION',
      `${what}; v${version} is not known, its tables add up as those of v${NEWEST} do`,
    );
  }
  return layout.sound ? read(what) : partial('HERMES_INCONSISTENT', `${what}; its tables do not add up`);
}

interface Trouble {
  outside: number;
  forged: boolean;
}

function readStrings(
  bytes: Buffer,
  layout: Layout,
  limits: Limits,
  emit: (text: string, offset: number) => void,
): Trouble {
  const { small, overflow, overflows, storage, form } = layout;
  const end = Math.min(bytes.length, storage + layout.storageBytes);
  const count = Math.min(layout.strings, limits.tableStrings);
  const long = form === 'delta' ? undelta(bytes, layout) : undefined;
  const trouble: Trouble = { outside: 0, forged: false };
  let left = (end - storage + 4096) * MAX_SHARING;
  let previous = 0;
  for (let index = 0; index < count; index++) {
    const entry = bytes.readUInt32LE(small + index * 4);
    let offset = (entry >>> 1) & OFFSET;
    if (form === 'delta') {
      offset = (offset + previous) & OFFSET;
      previous = offset;
    }
    let length = entry >>> 24;
    if (length === OVERFLOWED) {
      if (offset >= overflows) {
        trouble.outside++;
        continue;
      }
      const at = overflow + offset * 8;
      length = bytes.readUInt32LE(at + 4);
      offset = long?.[offset] ?? bytes.readUInt32LE(at);
    }
    const wide = (entry & 1) === 1;
    const start = storage + offset;
    const stop = start + (wide ? length * 2 : length);
    if (stop > end) {
      trouble.outside++;
      continue;
    }
    left -= stop - start;
    if (left < 0) return { ...trouble, forged: true };
    if (wide) emitWide(bytes, start, stop, limits.stringLength, emit);
    else emitAscii(bytes, start, stop, limits.stringLength, emit);
  }
  return trouble;
}

/** Offsets of the overflow table in delta form. */
function undelta(bytes: Buffer, { overflow, overflows }: Layout): Uint32Array {
  const offsets = new Uint32Array(overflows);
  let current = 0;
  for (let index = 0; index < overflows; index++) {
    current = (current + bytes.readUInt32LE(overflow + index * 8)) >>> 0;
    offsets[index] = current;
  }
  return offsets;
}

type Emit = (text: string, offset: number) => void;

function emitAscii(bytes: Buffer, start: number, stop: number, longest: number, emit: Emit): void {
  let classes = 0;
  for (let at = start; at < stop; at++) classes |= BYTE_CLASS[bytes[at] ?? 0] ?? 0;
  if (!canMatter(bytes, start, stop, classes)) return;
  if (stop - start > 1024 && bytes.toString('latin1', start, start + INLINED.length) === INLINED) return;
  pieces(start, stop, longest, (from, to) => emit(bytes.toString('latin1', from, to), from));
}

/** UTF-16LE: the classes of its ASCII units decide; anything else counts as a letter, as it does in UTF-8. */
function emitWide(bytes: Buffer, start: number, stop: number, longest: number, emit: Emit): void {
  let classes = 0;
  for (let at = start; at < stop; at += 2) {
    classes |= bytes[at + 1] === 0 ? (BYTE_CLASS[bytes[at] ?? 0] ?? 0) : (BYTE_CLASS[0x80] ?? 0);
  }
  if (!canMatter(bytes, start, stop, classes)) return;
  pieces(start, stop, longest * 2, (from, to) => emit(bytes.toString('utf16le', from, to), from));
}
