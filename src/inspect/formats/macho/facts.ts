/**
 * What an image says about itself, as a document beside its strings: `Payload/Shop.app/Shop!binary.plist`. A plain
 * document, because it travels to the detectors the way Info.plist and the entitlements do.
 */
import { architecture } from './fat.ts';
import type { Image } from './image.ts';
import type { Symbols } from './symbols.ts';

/** Suffixes of the documents that stand for parts of an image. */
export const FACTS_SUFFIX = '!binary.plist';
export const ENTITLEMENTS_SUFFIX = '!entitlements.plist';

const FILE_TYPES: Readonly<Record<number, string>> = {
  1: 'object file',
  2: 'executable',
  6: 'dynamic library',
  8: 'bundle',
  9: 'stub of a library',
  10: 'debug symbols',
};

export function fileTypeName(type: number): string {
  return FILE_TYPES[type] ?? `file type ${type}`;
}

/** Header flags (loader.h). */
const MH_ALLOW_STACK_EXECUTION = 0x20000;
const MH_PIE = 0x200000;

/** A type and not an interface, so that it is a property list's value as well. */
export type BinaryFacts = {
  type: string;
  architectures: string[];
  /** Only executables say so; libraries always are. */
  positionIndependent: boolean;
  stackExecutable: boolean;
  stackCanary: boolean;
  referenceCounting: boolean;
  /** Names of its own functions are still in it. */
  localSymbols: boolean;
  encrypted: boolean;
  /** Folders in which libraries are looked for; those of the machine it was built on stand as `(absolute)`. */
  runPaths: string[];
  minimumVersion: string;
  sdkVersion: string;
  /** Names out of `WATCHED_IMPORTS` that it takes from the system. */
  imports: string[];
  signedAs: string;
  team: string;
  signatureHashes: string[];
  signer: string;
};

/** What the system offers and a rule or setting asks for. */
const WATCHED_IMPORTS: ReadonlySet<string> = new Set(
  [
    // the clipboard, the web view that Apple withdrew, tracking, and what reads the device's owner
    '_OBJC_CLASS_$_UIPasteboard _OBJC_CLASS_$_UIWebView _OBJC_CLASS_$_ASIdentifierManager _OBJC_CLASS_$_ATTrackingManager',
    '_OBJC_CLASS_$_CLLocationManager _OBJC_CLASS_$_CNContactStore _ABAddressBookCreateWithOptions _OBJC_CLASS_$_LAContext',
    '_SecItemAdd _OBJC_CLASS_$_NSUserDefaults',
    // required-reason APIs (NSPrivacyAccessedAPITypes): time stamps of files
    '_stat _fstat _lstat _fstatat _getattrlist _fgetattrlist _getattrlistat _getattrlistbulk',
    '_NSFileCreationDate _NSFileModificationDate _NSURLContentModificationDateKey _NSURLCreationDateKey',
    // free space of the disk
    '_statfs _statvfs _fstatfs _fstatvfs _NSFileSystemFreeSize _NSFileSystemSize _NSURLVolumeAvailableCapacityKey',
    '_NSURLVolumeAvailableCapacityForImportantUsageKey _NSURLVolumeAvailableCapacityForOpportunisticUsageKey',
    '_NSURLVolumeTotalCapacityKey',
    // time since the device was started
    '_mach_absolute_time',
  ].flatMap((line) => line.split(' ')),
);

const CANARY = ['___stack_chk_fail', '___stack_chk_guard'];
const REFERENCE_COUNTING = [
  '_objc_release',
  '_objc_storeStrong',
  '_objc_autoreleaseReturnValue',
  '_objc_retainAutoreleasedReturnValue',
  '_swift_release',
  '_swift_retain',
];

export function factsOf(image: Image, { imported, local }: Symbols): BinaryFacts {
  const has = (names: readonly string[]) => names.some((name) => imported.has(name));
  return {
    type: fileTypeName(image.fileType),
    architectures: [architecture(image.cpu, image.subtype)],
    positionIndependent: image.fileType !== 2 || (image.flags & MH_PIE) !== 0,
    stackExecutable: (image.flags & MH_ALLOW_STACK_EXECUTION) !== 0,
    stackCanary: has(CANARY),
    // with a deployment target of iOS 9 and later, clang calls one function per register: _objc_release_x8
    referenceCounting:
      has(REFERENCE_COUNTING) || [...imported].some((name) => /^_objc_re(?:lease|tain)_x\d/.test(name)),
    localSymbols: local,
    encrypted: image.encrypted !== undefined,
    runPaths: [...new Set(image.runPaths.map((path) => (isOfBuildMachine(path) ? '(absolute)' : path)))],
    minimumVersion: image.minimum ?? '',
    sdkVersion: image.sdk ?? '',
    imports: [...imported].filter((name) => WATCHED_IMPORTS.has(name)).sort(),
    signedAs: '',
    team: '',
    signatureHashes: [],
    signer: '',
  };
}

/** A folder of a person's machine says who built it; those of the system are the same everywhere. */
function isOfBuildMachine(path: string): boolean {
  return path.startsWith('/') && !/^\/(?:usr\/lib|System\/Library)\b/.test(path);
}

/** Of several architectures together: a protection holds when every one of them has it. */
export function joinFacts(all: readonly BinaryFacts[]): BinaryFacts | undefined {
  const first = all[0];
  if (first === undefined) return undefined;
  return {
    ...first,
    architectures: all.flatMap((one) => one.architectures),
    positionIndependent: all.every((one) => one.positionIndependent),
    stackExecutable: all.some((one) => one.stackExecutable),
    stackCanary: all.every((one) => one.stackCanary),
    referenceCounting: all.every((one) => one.referenceCounting),
    localSymbols: all.some((one) => one.localSymbols),
    encrypted: all.some((one) => one.encrypted),
    imports: [...new Set(all.flatMap((one) => one.imports))].sort(),
  };
}
