/** What a library was written in, where that decides how its strings stand. */
import type { ReadContext } from '../reader.ts';
import type { Range } from './data-ranges.ts';
import type { Elf } from './elf.ts';

export type Joined = 'Go' | 'Rust';

const GO_SECTION = /^\.(?:gopclntab|go\.buildinfo|note\.go\.buildid|data\.rel\.ro\.gopclntab)$/;
const GO_BUILD_INFO = Buffer.from('\xff Go buildinf:', 'latin1');

/** @param ranges the constants of the library */
export function joinedLanguage(bytes: Buffer, elf: Elf, ranges: readonly Range[]): Joined | undefined {
  if (elf.sections.some(({ name }) => GO_SECTION.test(name))) return 'Go';
  const holds = (text: string): boolean => ranges.some(({ start, end }) => bytes.subarray(start, end).includes(text));
  return holds('/rustc/') || holds('RUST_BACKTRACE') ? 'Rust' : undefined;
}

/**
 * The modules of a Go program, with versions. Build information (Go debug/buildinfo): magic `\xff Go buildinf:` ·
 * pointer size u8 @14 · flags u8 @15, bit 1 = strings inline (Go 1.18) · @32 uvarint length, Go version · uvarint length,
 * module lines between two marks of 16 bytes: `dep\tPATH\tVERSION\tSUM`.
 *
 * @param section where the section of that name begins; undefined when sections have no names
 */
export function readGoModules(bytes: Buffer, section: number | undefined, { entry, sink }: ReadContext): void {
  const at = section ?? bytes.indexOf(GO_BUILD_INFO);
  if (at < 0 || at + 34 > bytes.length || !bytes.subarray(at, at + 14).equals(GO_BUILD_INFO)) return;
  if (((bytes[at + 15] ?? 0) & 2) === 0) return;
  const version = inlineString(bytes, at + 32);
  if (version === undefined) return;
  const number = /^go(\d{1,3}(?:\.\d{1,4}){0,2})/.exec(version.text)?.[1];
  sink.library({ ecosystem: 'generic', name: 'go', ...(number === undefined ? {} : { version: number }), entry });
  const modules = inlineString(bytes, version.end);
  if (modules === undefined) return;
  for (const line of modules.text.split('\n', 2_000)) {
    const [kind, name, release] = line.split('\t');
    if (kind !== 'dep' || name === undefined || !/^[\w.~/-]{1,200}$/.test(name)) continue;
    sink.library({ ecosystem: 'generic', name, ...(release === undefined ? {} : { version: release }), entry });
  }
}

function inlineString(bytes: Buffer, at: number): { text: string; end: number } | undefined {
  let length = 0;
  for (let width = 0; width < 4 && at + width < bytes.length; width++) {
    const byte = bytes[at + width] as number;
    length += (byte & 0x7f) * 2 ** (7 * width);
    if (byte >= 0x80) continue;
    const start = at + width + 1;
    const end = start + length;
    return end > bytes.length || length > 1 << 20 ? undefined : { text: bytes.toString('latin1', start, end), end };
  }
  return undefined;
}
