/**
 * Names of the code in an image.
 *
 *   `__swift5_types`    i32 each: distance from itself to the descriptor of a type (swift, docs/ABI/TypeMetadata.rst)
 *   context descriptor  u32 flags (low 5 bits: kind; 0 is a module), i32 distance to the parent (bit 0: through a pointer),
 *                       i32 distance to the name
 *   `__objc_classname`  NUL-terminated names of classes, protocols and categories; a Swift class is `_TtC4Shop4Cart`
 *
 * The distances are the same wherever the image is loaded, so that no pointer has to be fixed up.
 */
import { type Image, isEncrypted, part, type Section } from './image.ts';

const MOST_NAMES = 20_000;
const MOST_TYPES = 100_000;
const DEEPEST = 12;
const LONGEST_NAME = 256;

/** Module or class -> number of types in it. */
export function codeNames(image: Image): Map<string, number> {
  const names = new Map<string, number>();
  for (const section of image.sections) {
    if (isEncrypted(image, section)) continue;
    if (section.name === '__swift5_types') swiftModules(image, section, names);
    else if (section.name === '__objc_classname') objectiveCNames(part(image, section), names);
  }
  return names;
}

function add(names: Map<string, number>, name: string): void {
  const known = names.get(name);
  if (known !== undefined) names.set(name, known + 1);
  else if (names.size < MOST_NAMES) names.set(name, 1);
}

function objectiveCNames(bytes: Buffer, names: Map<string, number>): void {
  for (let start = 0; start < bytes.length && names.size < MOST_NAMES; ) {
    const nul = bytes.indexOf(0, start);
    const end = nul < 0 ? bytes.length : nul;
    if (end - start >= 3 && end - start <= 300) {
      const name = bytes.toString('latin1', start, end);
      // a Swift class is counted with its module's types
      if (/^[A-Za-z_]\w*$/.test(name) && !/^_Tt[A-Z]/.test(name)) add(names, name);
    }
    start = end + 1;
  }
}

function swiftModules(image: Image, section: Section, names: Map<string, number>): void {
  const offsetOf = createAddressMap(image.sections);
  const modules = new Map<number, string | undefined>();
  const count = Math.min(part(image, section).length >> 2, MOST_TYPES);
  for (let index = 0; index < count; index++) {
    const at = section.offset + index * 4;
    const address = section.address + index * 4 + image.bytes.readInt32LE(at);
    const module = moduleOf(address, 0);
    // `__C` stands for what Swift sees of C and Objective-C
    if (module !== undefined && !module.startsWith('__C')) add(names, module);
  }

  function moduleOf(address: number, depth: number): string | undefined {
    if (depth > DEEPEST) return undefined;
    if (modules.has(address)) return modules.get(address);
    const at = offsetOf(address);
    if (at === undefined || at + 12 > image.bytes.length) return undefined;
    const kind = image.bytes.readUInt32LE(at) & 0x1f;
    const toParent = image.bytes.readInt32LE(at + 4);
    let name: string | undefined;
    if (kind === 0) name = nameAt(offsetOf(address + 8 + image.bytes.readInt32LE(at + 8)));
    else if (toParent !== 0 && (toParent & 1) === 0) name = moduleOf(address + 4 + toParent, depth + 1);
    if (modules.size < MOST_TYPES) modules.set(address, name);
    return name;
  }

  function nameAt(offset: number | undefined): string | undefined {
    if (offset === undefined) return undefined;
    const bytes = image.bytes.subarray(offset, offset + LONGEST_NAME);
    const nul = bytes.indexOf(0);
    const name = bytes.toString('latin1', 0, nul < 0 ? bytes.length : nul);
    return /^[A-Za-z_]\w*$/.test(name) ? name : undefined;
  }
}

/** From an address to an offset in the image's bytes. */
function createAddressMap(sections: readonly Section[]): (address: number) => number | undefined {
  const filled = sections.filter(({ size, type }) => size > 0 && type !== 1 && type !== 12);
  let last: Section | undefined;
  return (address) => {
    if (last === undefined || address < last.address || address >= last.address + last.size) {
      last = filled.find((one) => address >= one.address && address < one.address + one.size);
    }
    return last === undefined ? undefined : last.offset + (address - last.address);
  };
}
