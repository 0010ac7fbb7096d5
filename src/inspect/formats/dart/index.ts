/**
 * The strings of a compiled Dart program (Flutter): libapp.so on Android, App.framework/App on iOS. Each has its length
 * in front, so it comes out exact; a scan for printable characters would put the next string's length behind a URL.
 */
import { BYTE_CLASS, canMatter, textCanMatter } from '../candidate.ts';
import type { ReadContext } from '../reader.ts';
import { partial, type ReadResult, read } from '../result.ts';
import { findStringRuns, MERGED, ONE_BYTE, type StringRun, TWO_BYTE } from './cluster-strings.ts';
import { type ImageRange, learnLayout, readImage } from './image-strings.ts';
import { createPubPackages } from './pub-packages.ts';
import { type DartSnapshot, findDartSnapshots } from './snapshot-header.ts';
import { DART_OF_SNAPSHOT } from './versions.ts';

/** True when the image of a program – ELF, Mach-O, or bare – holds Dart snapshots. */
export function hasDartSnapshot(bytes: Buffer): boolean {
  return findDartSnapshots(bytes).length > 0;
}

/** @param bytes a whole library, or one slice of a fat Mach-O file */
export function readDart(bytes: Buffer, context: ReadContext): ReadResult {
  const snapshots = findDartSnapshots(bytes);
  const first = snapshots[0];
  if (first === undefined) return partial('DART_NO_SNAPSHOT', 'no Dart snapshot in it');
  const packages = createPubPackages(context);
  let count = 0;
  let full = false;
  const take = (at: number, size: number, wide: boolean): void => {
    if (count >= context.limits.tableStrings) {
      full = true;
      return;
    }
    count++;
    emitString(bytes, at, size, wide, context, packages.see);
  };

  const images = snapshots.map((snapshot) => imageOf(bytes, snapshot));
  const strings = learnLayout(bytes, images, wordOf(first.features));
  if (strings !== undefined) for (const image of images) readImage(bytes, image, strings, take);
  const compressed = snapshots.some(({ features }) => /(?:^| )compressed-pointers/.test(features));
  const sure = strings !== undefined && !compressed ? true : readClusters(bytes, snapshots, count > 0, take);
  packages.finish();

  const dart = DART_OF_SNAPSHOT.get(first.version);
  const what = `Dart snapshot ${first.version}${dart === undefined ? '' : ` (Dart ${dart})`}`;
  if (dart !== undefined) {
    context.sink.library({ ecosystem: 'generic', name: 'dart', version: dart, entry: context.entry });
  }
  if (count === 0) return partial('DART_UNKNOWN_LAYOUT', `unparsed ${what}: its strings were not found`);
  if (full) return partial('LIMIT_STRINGS', `${what}: only its first ${count} strings were read`);
  if (!sure) return partial('DART_UNPROVEN', `${what}: ${count} strings, of a table that could not be checked`);
  return read(`${what}: ${count} strings`);
}

/** `arm64`, `x64-sysv`, `arm-eabi softfp`, `ia32`: the last words but one of the features. */
function wordOf(features: string): 4 | 8 | undefined {
  if (/(?:^| )(?:arm64|x64|riscv64)(?:[ -]|$)/.test(features)) return 8;
  return /(?:^| )(?:arm|ia32|riscv32)(?:[ -]|$)/.test(features) ? 4 : undefined;
}

/** Where the data image stands. It begins with its size; where that makes no sense, all that follows is taken. */
function imageOf(bytes: Buffer, { start, end, imageEnd }: DartSnapshot): ImageRange {
  for (const alignment of [16, 64]) {
    const at = start + Math.ceil((end - start) / alignment) * alignment;
    const size = at + 4 <= imageEnd ? bytes.readUInt32LE(at) : 0;
    if (size > 64 && at + size <= imageEnd) return { start: at, end: at + size };
  }
  return { start: start + Math.ceil((end - start) / 16) * 16, end: imageEnd };
}

/**
 * @param proven whether only runs whose boundaries are certain are wanted
 * @returns false when some that are not were taken
 */
function readClusters(
  bytes: Buffer,
  snapshots: readonly DartSnapshot[],
  proven: boolean,
  take: (at: number, size: number, wide: boolean) => void,
): boolean {
  const takeRun = ({ starts, sizes, wide }: StringRun): void => {
    starts.forEach((start, index) => {
      take(start, sizes[index] ?? 0, wide[index] === true);
    });
  };
  const doubtful: StringRun[] = [];
  let certain = proven;
  for (const { clusters, end } of snapshots) {
    const merged = findStringRuns(bytes, clusters, end, MERGED);
    const runs = merged.some((run) => run.proven)
      ? merged
      : [ONE_BYTE, TWO_BYTE].flatMap((encoding) => findStringRuns(bytes, clusters, end, encoding));
    const good = runs.filter((run) => run.proven);
    good.forEach(takeRun);
    if (good.length > 0) certain = true;
    else doubtful.push(...(merged.length > 0 ? merged : runs));
  }
  if (!certain) doubtful.forEach(takeRun);
  return certain || doubtful.length === 0;
}

function emitString(
  bytes: Buffer,
  at: number,
  size: number,
  wide: boolean,
  context: ReadContext,
  seePackage: (uri: string) => void,
): void {
  const end = at + Math.min(size, context.limits.stringLength * 2);
  if (wide) {
    const text = bytes.toString('utf16le', at, end);
    if (textCanMatter(text)) context.string(text, at);
    return;
  }
  let classes = 0;
  for (let index = at; index < end; index++) classes |= BYTE_CLASS[bytes[index] as number] as number;
  if (!canMatter(bytes, at, end, classes)) return;
  const text = bytes.toString('latin1', at, end);
  if (text.startsWith('package:') && !text.includes(' ')) seePackage(text);
  else context.string(text, at);
}
