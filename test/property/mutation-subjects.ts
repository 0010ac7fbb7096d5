/**
 * What is mutated, and who reads it: for every reader files of its format – made by a real compiler where one can be had,
 * else by the writer of the tests, else (POSTERN_CORPUS) out of real packages.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildBinary } from 'plist';
import { LIMITS } from '../../src/core/limits.ts';
import { createBudget } from '../../src/inspect/containers/budget.ts';
import { bufferSource, fileSource } from '../../src/inspect/containers/byte-source.ts';
import {
  readBinaryXmlEntry,
  readContext,
  readDexEntry,
  readDocument,
  readPlistEntry,
  readTextEntry,
} from '../../src/inspect/containers/read-content.ts';
import { readEntry } from '../../src/inspect/containers/read-entry.ts';
import { roleByMagic } from '../../src/inspect/containers/role.ts';
import { jarSigners } from '../../src/inspect/containers/signing/jar-signature.ts';
import { readSigningBlock } from '../../src/inspect/containers/signing/signing-block.ts';
import { entryOf, fixture } from '../../src/inspect/containers/testing/fixture.ts';
import { listZip } from '../../src/inspect/containers/zip-directory.ts';
import { readResourceTable } from '../../src/inspect/formats/arsc.ts';
import { BINARY_FORMATS } from '../../src/inspect/formats/binary-formats.ts';
import { cmsCertificates, cmsContent } from '../../src/inspect/formats/cms.ts';
import { writeSnapshot } from '../../src/inspect/formats/dart/testing/snapshot-writer.ts';
import { compressedAssembly, writeStore } from '../../src/inspect/formats/dotnet/testing/write-store.ts';
import { writeElf } from '../../src/inspect/formats/elf/testing/elf-writer.ts';
import { writeMetadata } from '../../src/inspect/formats/il2cpp/testing/metadata-writer.ts';
import { writeKernel } from '../../src/inspect/formats/kernel/testing/kernel-writer.ts';
import { derEntitlements } from '../../src/inspect/formats/macho/der-entitlements.ts';
import { readSignature } from '../../src/inspect/formats/macho/signature.ts';
import {
  cstrings,
  utf16,
  writeCms,
  writeFat,
  writeMachO,
  writeSignature,
} from '../../src/inspect/formats/macho/testing/write-macho.ts';
import { writeStaticLibrary } from '../../src/inspect/formats/macho/testing/write-static-library.ts';
import { readProtobufResources } from '../../src/inspect/formats/protobuf/resource-table.ts';
import { writeRamBundle } from '../../src/inspect/formats/ram-bundle/testing/ram-bundle-writer.ts';
import type { ResourceTable } from '../../src/inspect/formats/resources.ts';
import type { ReadResult } from '../../src/inspect/formats/result.ts';
import { readValuesXml } from '../../src/inspect/formats/values-xml.ts';
import type { PackageSink } from '../../src/inspect/source.ts';

export interface Subject {
  name: string;
  samples: readonly Buffer[];
  /** How many cases of random changes; the sweep over the head comes on top. */
  cases: number;
  /** @returns what the reader says; nothing for those that only look something up */
  read(bytes: Buffer, sink: PackageSink): Promise<ReadResult | undefined> | ReadResult | undefined;
}

const here = (path: string): Buffer => readFileSync(new URL(`../../src/inspect/formats/${path}`, import.meta.url));
const folder = (path: string, extension: string): Buffer[] =>
  readdirSync(new URL(`../../src/inspect/formats/${path}`, import.meta.url))
    .filter((name) => name.endsWith(extension))
    .map((name) => here(`${path}/${name}`));

const target = (sink: PackageSink, label: string) => ({ sink, limits: LIMITS, label });

/** The reader that a package would choose for a binary format, by the name of the format in its table. */
function binary(what: RegExp, entry: string): Subject['read'] {
  const format = BINARY_FORMATS.find((one) => what.test(one.what));
  if (format === undefined) throw new Error(`no format is called ${what}`);
  return async (bytes, sink) => (await format.load())(bytes, readContext(sink, LIMITS, entry, format.via));
}

function table(read: (bytes: Buffer) => ResourceTable): Subject['read'] {
  return (bytes, sink) => {
    const found = read(bytes);
    found.strings(({ text, name, offset }) =>
      sink.string({
        ...{ text, entry: 'resources.arsc', via: 'resource', name },
        ...(offset === undefined ? {} : { offset }),
      }),
    );
    for (let id = 0x7f010000; id < 0x7f060000; id += 0x4001) {
      found.resolve(id);
      found.nameOf(id);
    }
    return found.result;
  };
}

const urls = Array.from({ length: 12 }, (_, index) => `https://h${index}.bluemarket-shop.com/päth/${index}`);
const words = Array.from({ length: 40 }, (_, index) => `_onShopEvent${'x'.repeat(index % 19)}@${index}`);
const script = Buffer.from(
  urls.map((url, i) => `/* ${url} */ var a${i} = {"b": '${url}', re: /["']/g, t: \`x\${a}\`}; // ${url}`).join('\n'),
);

const shop = here('dotnet/testing/shop.dll');
const lz4 = compressedAssembly('XALZ', shop.length, here('dotnet/testing/shop.dll.lz4'));
const zstandard = compressedAssembly('XAZS', shop.length, here('dotnet/testing/shop.dll.zst'));

const cms = writeCms(Buffer.from(`<plist><dict><key>a</key><string>${urls[0]}</string></dict></plist>`), [], 30);
const codeSignature = writeSignature({
  team: 'ABCDE12345',
  entitlements: '<plist><dict><key>get-task-allow</key><true/></dict></plist>',
  entitlementsDer: Buffer.from('7020020101b01b30190c0e6765742d7461736b2d616c6c6f77020101', 'hex'),
  cms,
});
const slice = {
  sections: [
    { name: '__cstring', data: cstrings(...urls) },
    { name: '__ustring', data: utf16(...urls) },
    { name: '__swift5_types', data: Buffer.alloc(64, 0xf0) },
    { name: '__objc_classname', data: cstrings('BMCart', 'BMShop'), type: 2 },
  ],
  imports: ['_objc_release', '___stack_chk_fail'],
  exports: ['_start', '_kDartIsolateSnapshotData'],
  runPaths: ['@executable_path/Frameworks'],
  signature: codeSignature,
};
const thin = writeMachO(slice);

function flutter(layout: Parameters<typeof writeSnapshot>[0]['layout']): Buffer {
  return writeElf({
    bits: layout.startsWith('32') ? 32 : 64,
    sections: [{ name: '.rodata', bytes: writeSnapshot({ layout, strings: [...words, ...urls, '订单：请输入密码'] }) }],
    symbols: { _kDartIsolateSnapshotData: '.rodata' },
  });
}

/** AppDependencies, as the Gradle plug-in writes it: library 1 { maven_library 1 { group 1, artifact 2, version 5 } }. */
function dependencies(names: readonly string[]): Buffer {
  const field = (number: number, body: Buffer) => Buffer.concat([Buffer.from([(number << 3) | 2, body.length]), body]);
  return Buffer.concat(
    names.map((name) => {
      const [group = '', artifact = '', version = ''] = name.split(':');
      const maven = [field(1, Buffer.from(group)), field(2, Buffer.from(artifact)), field(5, Buffer.from(version))];
      return field(1, field(1, Buffer.concat(maven)));
    }),
  );
}

const signed = fixture('signed-v4.apk');
const afterBlock = signed.indexOf('APK Sig Block 42') + 16;
const apk = fixture('app.apk');
const aab = fixture('app.aab');
const classes = await entryOf(fixture('library.aar'), 'classes.jar');

const xmlPlist = Buffer.from(
  `<?xml version="1.0"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "x"><plist version="1.0"><dict><key>a</key><array>${urls
    .map((url) => `<string>${url}</string><integer>7</integer><data>AAAA</data><true/>`)
    .join('')}</array></dict></plist>`,
);

export const SUBJECTS: Subject[] = [
  {
    name: 'DEX (d8)',
    samples: [here('dex/testing/shop.dex')],
    cases: 8_000,
    read: (bytes, sink) => readDexEntry(target(sink, 'classes.dex'), bytes),
  },
  {
    name: 'resources.arsc (aapt2)',
    samples: [
      await entryOf(apk, 'resources.arsc'),
      await entryOf(fixture('sparse.apk'), 'resources.arsc'),
      fixture('shared-library.arsc'),
      fixture('library-user.arsc'),
    ],
    cases: 10_000,
    read: table((bytes) => readResourceTable(bytes, LIMITS)),
  },
  {
    name: 'binary XML (aapt2)',
    samples: [
      await entryOf(apk, 'AndroidManifest.xml'),
      await entryOf(apk, 'res/xml/network.xml'),
      await entryOf(apk, 'res/layout/main.xml'),
    ],
    cases: 8_000,
    async read(bytes, sink) {
      readBinaryXmlEntry(target(sink, 'res/a.xml'), bytes, undefined);
      const { result, root } = await readDocument(target(sink, 'AndroidManifest.xml'), bytes, undefined);
      if (root !== undefined) sink.manifest('AndroidManifest.xml', root);
      return result;
    },
  },
  {
    name: 'resources.pb (aapt2)',
    samples: [await entryOf(aab, 'base/resources.pb'), await entryOf(aab, 'feature/resources.pb')],
    cases: 8_000,
    read: table((bytes) => readProtobufResources(bytes, LIMITS, 'base/')),
  },
  {
    name: 'XML as protobuf (aapt2)',
    samples: [
      await entryOf(aab, 'base/manifest/AndroidManifest.xml'),
      await entryOf(aab, 'feature/manifest/AndroidManifest.xml'),
      await entryOf(aab, 'base/res/xml/network.xml'),
    ],
    cases: 6_000,
    async read(bytes, sink) {
      return (await readDocument(target(sink, 'base/manifest/AndroidManifest.xml'), bytes, undefined)).result;
    },
  },
  {
    name: 'any protobuf (aapt2)',
    samples: [await entryOf(aab, 'base/resources.pb'), await entryOf(aab, 'base/manifest/AndroidManifest.xml')],
    cases: 4_000,
    read: binary(/^settings of an app bundle$/, 'BundleConfig.pb'),
  },
  {
    name: 'dependencies.pb',
    samples: [dependencies(['org.example:one:1.0', 'com.bluemarket:sdk:2.3.4', 'androidx.core:core:1.13.1'])],
    cases: 2_000,
    read: binary(/^list of linked libraries$/, 'dependencies.pb'),
  },
  {
    name: 'Java class (javac)',
    samples: [await entryOf(classes, 'com/bluemarket/sdk/Api.class')],
    cases: 6_000,
    read: binary(/Java/, 'Api.class'),
  },
  {
    name: 'Hermes bytecode (hermesc)',
    samples: folder('hermes/testing', '.hbc'),
    cases: 12_000,
    read: binary(/^Hermes/, 'assets/index.android.bundle'),
  },
  {
    name: 'ELF (gcc), .NET store inside',
    samples: [here('dotnet/testing/libassembly-store.so')],
    cases: 4_000,
    read: binary(/native/, 'lib/arm64-v8a/libassembly-store.so'),
  },
  {
    name: 'ELF with a Dart snapshot',
    samples: (['clusters', 'clusters-by-width', '64', '64-wide', '32', '32-wide'] as const).map(flutter),
    cases: 4_000,
    read: binary(/native/, 'lib/arm64-v8a/libapp.so'),
  },
  {
    name: 'Dart kernel',
    samples: [4, 57].map((version) => {
      const sources = urls.map((url, index) => ({
        uri: `file:///shop/lib/${index}.dart`,
        importUri: `package:shop/${index === 0 ? 'main' : index}.dart`,
        text: `const a = '${url}';\n// ${url}\n`,
      }));
      return Buffer.concat([
        writeKernel({ version, strings: [...words, ...urls] }),
        writeKernel({ version, sources, strings: urls.map((url) => `${url}/more`) }),
      ]);
    }),
    cases: 4_000,
    read: binary(/^Dart kernel/, 'assets/flutter_assets/kernel_blob.bin'),
  },
  {
    name: '.NET assemblies bundled into an ELF library',
    samples: [gzipSync(shop), shop].map((data) =>
      writeElf({ sections: [{ name: '.rodata', bytes: data }], symbols: { assembly_data_Shop_dll: '.rodata' } }),
    ),
    cases: 2_000,
    read: binary(/native/, 'lib/armeabi-v7a/libmonodroid_bundle_app.so'),
  },
  {
    name: 'key stores (keytool)',
    samples: ['jks', 'jceks', 'bks', 'p12'].flatMap((ending) => folder('key-store/testing', `.${ending}`)),
    cases: 4_000,
    read: binary(/^key store/, 'assets/client.bks'),
  },
  {
    name: '.NET assembly (csc)',
    samples: [shop],
    cases: 6_000,
    read: binary(/\.NET/, 'assemblies/Shop.dll'),
  },
  {
    name: '.NET store and packed assemblies',
    samples: [
      lz4,
      zstandard,
      writeStore([{ name: 'Shop.dll', data: shop }], { version: 1 }),
      writeStore([{ name: 'Shop.dll', data: lz4 }], { version: 2, bits: 32 }),
      writeStore([{ name: 'Shop.dll', data: shop, config: '<a b="https://c.example/"/>' }], { version: 4 }),
    ],
    cases: 4_000,
    read: binary(/\.NET/, 'assemblies/assemblies.blob'),
  },
  {
    name: 'Unity metadata',
    samples: [24, 24.2, 27, 31, 35, 39, 106].map((version) =>
      writeMetadata({ version, literals: urls, types: words.map((_, i) => `Space${i % 7}.Type${i}`) }),
    ),
    cases: 4_000,
    read: binary(/Unity/, 'assets/bin/Data/Managed/Metadata/global-metadata.dat'),
  },
  {
    name: 'Mach-O',
    samples: [thin, writeMachO({ ...slice, wide: false, exports: [] }), writeFat([writeMachO(slice), thin], true)],
    cases: 6_000,
    read: binary(/Mach-O/, 'Payload/Shop.app/Shop'),
  },
  {
    name: 'static library',
    samples: [
      writeStaticLibrary([
        { name: 'BMShop.o', data: thin },
        { name: 'a_longer_file_name.o', data: thin },
      ]),
    ],
    cases: 3_000,
    read: binary(/Mach-O/, 'Payload/Shop.app/Frameworks/libshop.a'),
  },
  {
    name: 'code signature, CMS, DER',
    samples: [codeSignature, cms],
    cases: 3_000,
    async read(bytes) {
      cmsContent(bytes);
      cmsCertificates(bytes);
      derEntitlements(bytes);
      await readSignature(bytes);
      return undefined;
    },
  },
  {
    name: 'SQLite (sqlite3)',
    samples: [here('sqlite/testing/utf8.db'), here('sqlite/testing/utf16be.db'), here('sqlite/testing/utf16le.db')],
    cases: 4_000,
    read: binary(/SQLite/, 'assets/shop.db'),
  },
  {
    name: 'property list, binary',
    samples: [Buffer.from(buildBinary({ urls, nested: { deep: [1, true, { data: new Uint8Array(9) }] } }))],
    cases: 6_000,
    read: (bytes, sink) => readPlistEntry(target(sink, 'Info.plist'), bytes),
  },
  {
    name: 'property list, XML',
    samples: [xmlPlist],
    cases: 2_000,
    read: (bytes, sink) => readPlistEntry(target(sink, 'Info.plist'), bytes),
  },
  {
    name: 'RAM bundle',
    samples: [writeRamBundle(script.toString(), urls)],
    cases: 2_000,
    read: binary(/RAM/, 'assets/index.android.bundle'),
  },
  {
    name: 'gzip',
    samples: [gzipSync(script), gzipSync(writeRamBundle(script.toString(), urls))],
    cases: 1_500,
    read: binary(/gzip/, 'assets/a.gz'),
  },
  {
    name: 'text: JavaScript, HTML, properties',
    samples: [script],
    cases: 3_000,
    read(bytes, sink) {
      readTextEntry(target(sink, 'a.html'), bytes);
      readTextEntry(target(sink, 'a.properties'), bytes);
      return readTextEntry(target(sink, 'a.js'), bytes);
    },
  },
  {
    name: 'string resources as text',
    samples: [await entryOf(fixture('library.aar'), 'res/values/values.xml')],
    cases: 1_000,
    read: async (bytes, sink) => {
      await readValuesXml(bytes, ({ text }) => sink.string({ text, entry: 'values.xml', via: 'resource' }));
      return undefined;
    },
  },
  {
    name: 'APK signatures (apksigner, jarsigner)',
    samples: [signed.subarray(afterBlock - 5_000, afterBlock)],
    cases: 3_000,
    read(bytes) {
      const end = Buffer.alloc(22);
      end.writeUInt32LE(0x06054b50);
      end.writeUInt32LE(bytes.length, 16);
      readSigningBlock(bufferSource(Buffer.concat([bytes, end])));
      jarSigners(bytes);
      return undefined;
    },
  },
  {
    name: 'JAR signature (jarsigner)',
    samples: [await entryOf(fixture('signed-v1.apk'), 'META-INF/DEBUG.RSA')],
    cases: 2_000,
    read(bytes) {
      jarSigners(bytes);
      return undefined;
    },
  },
];

/** Largest file out of a real package that is mutated: what is larger costs time and shows nothing else. */
const CORPUS_BYTES = 200_000;
const CORPUS_CASES = 60;

/** Files out of real packages, a few of each role, when POSTERN_CORPUS names a folder of them. */
export async function corpusSubjects(): Promise<Subject[]> {
  const root = process.env.POSTERN_CORPUS;
  if (root === undefined || !existsSync(root)) return [];
  const subjects: Subject[] = [];
  const taken = new Map<string, number>();
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!/\.(?:apk|aab|ipa)$/.test(name)) continue;
    const source = fileSource(join(root, name));
    try {
      const budget = createBudget();
      for (const entry of (await listZip(source, budget)).entries) {
        if (entry.size < 64 || entry.size > CORPUS_BYTES) continue;
        const { bytes } = await readEntry(source, entry, budget);
        const { role, format } = roleByMagic(bytes.subarray(0, 512));
        const kind = format?.what ?? role;
        const count = taken.get(kind) ?? 0;
        const read = count >= 8 ? undefined : readerOf(role, format);
        if (read === undefined) continue;
        taken.set(kind, count + 1);
        subjects.push({ name: `${name}: ${entry.name}`, samples: [Buffer.from(bytes)], cases: CORPUS_CASES, read });
      }
    } finally {
      source.close();
    }
  }
  return subjects;
}

function readerOf(role: string, format: ReturnType<typeof roleByMagic>['format']): Subject['read'] | undefined {
  if (format !== undefined) {
    return async (bytes, sink) => (await format.load())(bytes, readContext(sink, LIMITS, 'x', format.via));
  }
  if (role === 'dex') return (bytes, sink) => readDexEntry(target(sink, 'classes.dex'), bytes);
  if (role === 'arsc') return table((bytes) => readResourceTable(bytes, LIMITS));
  if (role === 'xml') return (bytes, sink) => readBinaryXmlEntry(target(sink, 'a.xml'), bytes, undefined);
  if (role === 'plist') return (bytes, sink) => readPlistEntry(target(sink, 'a.plist'), bytes);
  return undefined;
}
