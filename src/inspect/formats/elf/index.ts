/** The constants of a native library: C and C++ strings exactly, hosts of what Go and Rust run together. */
import type { ReadContext } from '../reader.ts';
import { failed, partial, type ReadResult, read } from '../result.ts';
import { readCStrings } from './c-strings.ts';
import { dataRanges, sectionRange } from './data-ranges.ts';
import type { Elf } from './elf.ts';
import { readJoinedUrls } from './joined-strings.ts';
import { joinedLanguage, readGoModules } from './languages.ts';

/** A place on the machine that compiled it or runs it, or a file of its sources. */
const LOCAL =
  /^(?:\/(?:usr|etc|proc|dev|sys|system|data|vendor|apex|opt|bin|sbin|lib|lib64|tmp|var|mnt|sdcard|storage|home|Users|root|builds?|buildbot|b\/|Volumes|private|product|odm|acct|cache|su\/|magisk)|[A-Za-z]:[\\/]|\.{1,2}\/|(?:jni|external|src|third_party|bionic|frameworks|out)\/)/;
const SOURCE =
  /^[^\s:]{1,300}\.(?:c|cc|cpp|cxx|h|hh|hpp|hxx|inc|s|S|asm|rs|go|mm?|java|kt|o|a|so(?:\.\d+)*|dll|dylib)$/;

export function readElf(bytes: Buffer, elf: Elf, context: ReadContext): ReadResult {
  const ranges = dataRanges(bytes, elf);
  if (ranges.length === 0) {
    return elf.damage === undefined
      ? read('a native library without constants')
      : failed('ELF_CORRUPT', `a native library of which no part can be found: ${elf.damage}`);
  }
  const joined = joinedLanguage(bytes, elf, ranges);
  if (joined === 'Go') readGoModules(bytes, sectionRange(bytes, elf, /^\.go\.buildinfo$/)?.start, context);
  let left = context.limits.tableStrings;
  const urls = { told: 0, open: 0 };
  for (const range of ranges) {
    left -= readCStrings(bytes, range, left, (text, offset) => {
      const url = text.indexOf('://');
      if (url < 0 ? LOCAL.test(text) || SOURCE.test(text) : joined !== undefined) return;
      context.string(
        text.length > context.limits.stringLength ? text.slice(0, context.limits.stringLength) : text,
        offset,
      );
    });
    if (left <= 0) return partial('LIMIT_STRINGS', `only its first ${context.limits.tableStrings} strings were read`);
    if (joined === undefined) continue;
    const found = readJoinedUrls(bytes, range, (text, offset) => context.string(text, offset, { joined: true }));
    urls.told += found.told;
    urls.open += found.open;
  }
  if (elf.damage !== undefined) return partial('ELF_CORRUPT', `a native library: ${elf.damage}`);
  if (joined !== undefined && urls.told + urls.open > 0) {
    const rest = urls.open === 0 ? '' : `, and ${urls.open} addresses are left out`;
    const reason = `${joined} keeps strings without separators: of URLs only hosts are told${rest}`;
    return { ...partial('ELF_JOINED_STRINGS', reason), note: true };
  }
  return read('a native library: its constants');
}
