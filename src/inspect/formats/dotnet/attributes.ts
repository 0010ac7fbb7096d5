/**
 * The strings in custom attributes: routes of HTTP interfaces (`[Get("/orders/{id}")]`), keys and URLs that code hands to
 * the framework this way (ECMA-335 §II.23.3).
 *
 * Value: u16 1 · the constructor's arguments, one after the other · number of named arguments u16 · for each: 0x53 field
 * or 0x54 property, type, name, value. A string is a compressed length and UTF-8; 0xFF is null.
 * Signature of the constructor (§II.23.2.1): 0x20 · number of parameters · return type 0x01 · types of the parameters.
 */
import { compressed, type Metadata } from './metadata.ts';
import type { Names } from './names.ts';
import { TABLE } from './tables.ts';

export interface AttributeString {
  /** Full name of the attribute's class. */
  attribute: string;
  /** Name of the argument, where it has one; of metadata of the assembly, its key. */
  argument?: string;
  text: string;
  offset: number;
}

/** Sizes of the element types that have one: bool, char, i1 … r8. */
const FIXED: Readonly<Record<number, number>> = {
  2: 1,
  3: 2,
  4: 1,
  5: 1,
  6: 2,
  7: 2,
  8: 4,
  9: 4,
  10: 8,
  11: 8,
  12: 4,
  13: 8,
};
const STRING = 0x0e;
const CLASS = 0x12;
const OBJECT = 0x1c;
const TYPE = 0x50;
const BOXED = 0x51;
const ENUM = 0x55;
const SZARRAY = 0x1d;
const MAX_ARGUMENTS = 64;
/** Rows may share a value; so much of them is read. */
const MAX_BYTES = 32 << 20;

/**
 * For the compiler, the debugger, analysers and readers of the code. A title or copyright is no secret, a justification
 * no address that anything calls.
 */
const FOR_TOOLS =
  /^(?:System\.(?:Runtime\.(?!Serialization)|Diagnostics\.|Reflection\.Assembly(?!Metadata)|Resources\.|ComponentModel\.(?:Editor|Description|Category|Browsable|DisplayName)|CodeDom\.|Security\.|CLSCompliant|Obsolete|AttributeUsage)|Android\.Runtime\.|Foundation\.(?:Register|Export|Preserve)|ObjCRuntime\.|Microsoft\.CodeAnalysis\.|JetBrains\.Annotations\.|NUnit\.|Xunit\.|Java\.Interop\.|Xamarin\.Forms\.Xaml\.|Microsoft\.Maui\.Controls\.Xaml\.)/;

/** Keys of assembly metadata that say where the code was built from. */
const OF_THE_BUILD = /^(?:Repository|Project|Source|Package|Commit|Build)/i;

export function readAttributes(metadata: Metadata, names: Names, emit: (found: AttributeString) => void): void {
  const rows = metadata.tables.get(TABLE.CustomAttribute);
  const types = new Map<number, { name: string; signature: Buffer; forTools: boolean }>();
  let left = MAX_BYTES;
  for (let row = 1; row <= rows.rows && left > 0; row++) {
    const index = rows.cell(row, 1);
    let type = types.get(index);
    if (type === undefined) {
      const attribute = names.attribute(index);
      type = { ...attribute, forTools: FOR_TOOLS.test(attribute.name) };
      types.set(index, type);
    }
    if (type.forTools) continue;
    const blob = rows.cell(row, 2);
    const value = metadata.blob(blob);
    if (value.length < 6) continue;
    left -= value.length;
    const { name, signature } = type;
    const base = metadata.blobOffset(blob);
    // a pair of key and value
    const pair = name === 'System.Reflection.AssemblyMetadataAttribute';
    let key: string | undefined;
    readValue(value, signature, (text, at, argument = key) => {
      if (pair && key === undefined) key = text;
      else if (!pair || !OF_THE_BUILD.test(key ?? ''))
        emit({ attribute: name, text, offset: base + at, ...(argument === undefined ? {} : { argument }) });
    });
  }
}

type EmitText = (text: string, at: number, argument?: string) => void;

function readValue(value: Buffer, signature: Buffer, emit: EmitText): void {
  if (value.readUInt16LE(0) !== 1 || (signature[0] ?? 0) !== 0x20) return;
  let at = 2;
  const parameters = signature[1] ?? 0;
  for (let index = 0, type = 3; index < parameters; index++) {
    const array = signature[type] === SZARRAY;
    if (array) type++;
    let element = signature[type++] ?? 0;
    if (element === CLASS) {
      // the only class that may stand here is System.Type; its token follows
      element = TYPE;
      type += compressed(signature, type, signature.length)?.size ?? 1;
    }
    const next = array ? readArray(value, at, element, emit) : readElement(value, at, element, emit);
    // an enumeration: its size stands in another assembly; what comes after it is not read
    if (next === undefined) return;
    at = next;
  }
  const count = at + 2 <= value.length ? Math.min(value.readUInt16LE(at), MAX_ARGUMENTS) : 0;
  at += 2;
  for (let index = 0; index < count; index++) {
    const element = value[at + 1] ?? 0;
    at += 2;
    let inner = 0;
    if (element === SZARRAY) inner = value[at++] ?? 0;
    if (element === ENUM || inner === ENUM) return;
    const name = readText(value, at);
    if (name === undefined) return;
    const named: EmitText = (text, offset) => emit(text, offset, name.text);
    const next =
      element === SZARRAY ? readArray(value, name.end, inner, named) : readElement(value, name.end, element, named);
    if (next === undefined) return;
    at = next;
  }
}

/** @returns where the next value begins; undefined when the type's size is not known */
function readElement(value: Buffer, at: number, element: number, emit: EmitText): number | undefined {
  if (element === STRING || element === TYPE) {
    const found = readText(value, at);
    if (found !== undefined && element === STRING && found.text !== '') emit(found.text, found.start);
    return found?.end;
  }
  if (element === BOXED || element === OBJECT) {
    const type = value[at] ?? 0;
    return type === BOXED || type === OBJECT ? undefined : readElement(value, at + 1, type, emit);
  }
  const size = FIXED[element];
  return size === undefined || at + size > value.length ? undefined : at + size;
}

function readArray(value: Buffer, at: number, element: number, emit: EmitText): number | undefined {
  if (at + 4 > value.length) return undefined;
  const count = value.readUInt32LE(at);
  let next: number | undefined = at + 4;
  if (count === 0xffffffff) return next;
  for (let index = 0; index < count; index++) {
    if (next === undefined || next >= value.length) return undefined;
    next = readElement(value, next, element, emit);
  }
  return next;
}

function readText(value: Buffer, at: number): { text: string; start: number; end: number } | undefined {
  if (value[at] === 0xff) return { text: '', start: at + 1, end: at + 1 };
  const length = compressed(value, at, value.length);
  if (length === undefined) return undefined;
  const start = at + length.size;
  const end = start + length.value;
  return end > value.length ? undefined : { text: value.toString('utf8', start, end), start, end };
}
