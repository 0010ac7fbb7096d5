/**
 * A Java class (JVM specification 4): magic CAFEBABE u32 · minor u16 · major u16 · constant pool · what string-uses.ts
 * reads. All numbers are big-endian.
 *
 * A string of the code is a String constant. The value of an annotation – the path of a request, often – is a Utf8
 * constant to which no other constant refers, as are names, descriptors and signatures, which `canMatter` drops.
 */
import { BYTE_CLASS, canMatter } from '../candidate.ts';
import { decodeMutf8 } from '../mutf8.ts';
import type { ReadContext } from '../reader.ts';
import { failed, partial, type ReadResult, read } from '../result.ts';
import { CLASS, type ConstantPool, readConstantPool, STRING, UTF8, utf8At } from './constant-pool.ts';
import { stringUses } from './string-uses.ts';

/** Where `+` joins strings, javac since 9 writes the whole as one constant with this for each unknown. */
const UNKNOWN = /\u0001/g;

export function readJavaClass(bytes: Buffer, context: ReadContext): ReadResult {
  if (bytes.length < 10 || bytes.readUInt32BE(0) !== 0xcafebabe) return failed('CLASS_BAD_MAGIC', 'not a Java class');
  let pool: ConstantPool;
  try {
    pool = readConstantPool(bytes);
  } catch (error) {
    return partial('CLASS_DAMAGED', `damaged: ${error instanceof Error ? error.message : String(error)}`);
  }
  const wanted = wantedStrings(bytes, pool);
  if (wanted.length === 0) return read('no string that matters');
  const uses = stringUses(bytes, pool);
  for (const { constant, start, end } of wanted) {
    const most = Math.min(end, start + context.limits.stringLength);
    const raw = decodeMutf8(bytes, start, most);
    const text = raw.replace(UNKNOWN, '{}');
    const code = constant === 0 ? undefined : uses.get(constant);
    context.string(text, start, {
      ...(code === undefined ? {} : { code }),
      ...(text === raw ? {} : { joined: true as const }),
    });
  }
  return read(`${wanted.length} strings that matter`);
}

interface Wanted {
  /** Index of the String constant; 0 for an annotation's value. */
  constant: number;
  start: number;
  end: number;
}

function wantedStrings(bytes: Buffer, pool: ConstantPool): Wanted[] {
  const { tags, places } = pool;
  /** Utf8 constant -> the String that is made of it, or -1 for the name of a class or member. */
  const role = new Int32Array(tags.length);
  for (let index = 1; index < tags.length; index++) {
    const tag = tags[index] ?? 0;
    const at = places[index] ?? 0;
    if (tag === STRING) role[bytes.readUInt16BE(at)] = index;
    else if (tag === CLASS || tag === 16 || tag === 19 || tag === 20) name(bytes.readUInt16BE(at));
    else if (tag === 12) {
      name(bytes.readUInt16BE(at));
      name(bytes.readUInt16BE(at + 2));
    }
  }
  const wanted: Wanted[] = [];
  for (let index = 1; index < tags.length; index++) {
    const constant = role[index] ?? 0;
    if (tags[index] !== UTF8 || constant < 0) continue;
    const place = utf8At(bytes, pool, index);
    if (place === undefined) continue;
    let classes = 0;
    for (let at = place.start; at < place.end; at++) classes |= BYTE_CLASS[bytes[at] ?? 0] ?? 0;
    if (!canMatter(bytes, place.start, place.end, classes)) continue;
    if (constant > 0 || isValue(bytes, place.start, place.end)) wanted.push({ constant, ...place });
  }
  return wanted;

  /** A class name may be used as a string, too. */
  function name(index: number): void {
    if (index < role.length && role[index] === 0) role[index] = -1;
  }
}

/** Not the name of a member, and no descriptor or signature: those have `;` and `(` or stand without a dot or slash. */
function isValue(bytes: Buffer, start: number, end: number): boolean {
  let separators = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x3b || byte === 0x28 || byte < 0x20) return false; // ; (
    if (byte === 0x2f || byte === 0x2e || byte === 0x3a) separators++; // / . :
  }
  return separators > 0;
}
