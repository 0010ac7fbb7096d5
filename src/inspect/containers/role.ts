/** What an entry is to us: by its name, and by its first bytes where the name says too little. */
import { isBinaryXml } from '../formats/axml.ts';
import { binaryFormatByMagic, binaryFormatByName } from '../formats/binary-formats.ts';
import { isDex } from '../formats/dex.ts';
import { isBinaryPlist, isXmlPlist } from '../formats/plist.ts';
import type { BinaryFormat } from '../formats/reader.ts';
import { grammarOf, looksLikeText } from '../formats/text/index.ts';

export type Role =
  | 'dex'
  | 'arsc'
  | 'manifest'
  | 'xml'
  | 'plist'
  | 'text'
  | 'archive'
  /** A binary format with a table of strings: see formats/binary-formats.ts. */
  | 'binary'
  /** Nothing that a back end could be named in: images, fonts, sounds, signatures, interface layouts. */
  | 'ignored'
  /** Code or data whose strings matter and are not read yet. */
  | 'unread'
  /** Not recognised by name: look at the first bytes. */
  | 'unknown';

export interface Recognised {
  role: Role;
  /** For `ignored` and `unread`: what it is, for people. */
  what?: string;
  /** For `binary`. */
  format?: BinaryFormat;
}

function binary(format: BinaryFormat): Recognised {
  return { role: 'binary', what: format.what, format };
}

const IGNORED: readonly (readonly [what: string, extensions: string])[] = [
  ['images', 'png jpg jpeg gif webp bmp ico svg heic heif avif pkm ktx ktx2 astc dds pvr tga psd svgz car'],
  ['fonts', 'ttf otf ttc woff woff2 eot dfont'],
  ['sounds and films', 'mp3 mp4 m4a m4v ogg oga ogv wav aac flac webm mov avi 3gp mid caf aif aiff opus'],
  ['models and shaders', 'tflite mlmodel mlmodelc onnx glb gltf obj fbx spv frag vert smcbin lottie mom omo momd'],
  ['signatures', 'sf rsa dsa ec mf asc'],
  ['build metadata', 'version kotlin_module kotlin_builtins kotlin_metadata prof profm pro gz br zst'],
  ['interface layouts', 'nib xib storyboardc'],
];

const BY_EXTENSION = new Map<string, Recognised>();
for (const [what, extensions] of IGNORED) {
  for (const extension of extensions.split(' ')) BY_EXTENSION.set(extension, { role: 'ignored', what });
}
for (const extension of ['apk', 'zip', 'jar', 'aar', 'apks', 'xapk', 'apkm', 'ipa', 'aab']) {
  BY_EXTENSION.set(extension, { role: 'archive' });
}
for (const extension of ['plist', 'mobileprovision', 'provisionprofile', 'xcprivacy', 'entitlements', 'stringsdict']) {
  BY_EXTENSION.set(extension, { role: 'plist' });
}
BY_EXTENSION.set('dex', { role: 'dex' });

const UNRECOGNISED = 'other binary data';

/** Why entries of an ignored kind are not read. */
export function ignoredReason(what: string): string {
  return what === UNRECOGNISED ? 'the format is not recognised' : 'no back end is named in these';
}

export const NOT_YET = 'strings of this format are not read yet';

/** The manifest of an APK or library, or of one module of an app bundle. */
export function isAppManifest(name: string): boolean {
  return name === 'AndroidManifest.xml' || /^[^/]{1,200}\/manifest\/AndroidManifest\.xml$/.test(name);
}

export function roleByName(name: string): Recognised {
  const base = name.slice(name.lastIndexOf('/') + 1);
  if (name.endsWith('/')) return { role: 'ignored', what: 'folders' };
  if (isAppManifest(name) || name.endsWith('/manifest/AndroidManifest.xml')) return { role: 'manifest' };
  if (base === 'resources.arsc' || base === 'resources.pb') return { role: 'arsc' };
  // ICU4J packs thousands of locale tables under these paths; looking into each would take longer than all the rest
  if (/^com\/ibm\/icu\/impl\/(?:duration\/impl\/)?data\//.test(name)) return { role: 'ignored', what: 'Unicode data' };
  if (base === 'CodeResources' || base === 'PkgInfo') return { role: 'ignored', what: 'signatures' };
  const named = binaryFormatByName(base);
  if (named !== undefined) return binary(named);
  const extension = extensionOf(base);
  const known = BY_EXTENSION.get(extension);
  if (known !== undefined) return known;
  // Hermes bytecode and plain JavaScript share these endings
  if (extension === 'bundle' || extension === 'jsbundle') return { role: 'unknown' };
  // nine-patches of old packages, and names that obfuscators leave without an ending, are recognised by their bytes
  if (extension === 'xml') return { role: 'xml' };
  if (extension === 'strings') return { role: 'unknown' };
  if (grammarOf(extension) !== undefined) return { role: 'text' };
  return { role: 'unknown' };
}

export function extensionOf(name: string): string {
  const base = name.slice(name.lastIndexOf('/') + 1);
  const dot = base.lastIndexOf('.');
  return dot < 0 ? '' : base.slice(dot + 1).toLowerCase();
}

/** @param head the first bytes of the entry, 512 where it has as many */
export function roleByMagic(head: Buffer): Recognised {
  if (head.length < 4) return { role: 'ignored', what: 'files of a few bytes' };
  const magic = head.readUInt32BE(0);
  if (isDex(head)) return { role: 'dex' };
  if (magic === 0x504b0304) return { role: 'archive' };
  if (isBinaryXml(head)) return { role: 'xml' };
  if (head.readUInt32LE(0) === 0x000c0002) return { role: 'arsc' };
  if (isBinaryPlist(head) || isXmlPlist(head)) return { role: 'plist' };
  const known = binaryFormatByMagic(head);
  if (known !== undefined) return binary(known);
  switch (magic) {
    // programs that are too short or too odd for their readers
    case 0x7f454c46:
    case 0xcffaedfe:
    case 0xcefaedfe:
    case 0xfeedface:
    case 0xfeedfacf:
    case 0xcafebabe:
      return { role: 'unread', what: 'executable' };
    case 0x58414c5a: // XALZ, XAZS, XABA
    case 0x58415a53:
    case 0x58414241:
      return { role: 'unread', what: '.NET assembly' };
    case 0x89504e47:
    case 0x47494638:
    case 0x52494646:
      return { role: 'ignored', what: 'images' };
    case 0x00010000:
    case 0x4f54544f:
    case 0x774f4646:
    case 0x774f4632:
      return { role: 'ignored', what: 'fonts' };
  }
  if (head[0] === 0xff && head[1] === 0xd8) return { role: 'ignored', what: 'images' };
  if (head[0] === 0x4d && head[1] === 0x5a) return { role: 'unread', what: 'program for Windows' };
  if (looksLikeText(head) || isUtf16(head)) return { role: 'text' };
  return { role: 'ignored', what: UNRECOGNISED };
}

export function isUtf16(head: Buffer): boolean {
  return (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
}
