import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judgeEntry } from '../../detectors/place.ts';
import { readAssemblyStore } from './assembly-store.ts';
import { dotnetFormat } from './format.ts';
import { readAs } from './testing/read.ts';
import { compressedAssembly, type StoreOptions, wrapInElf, writeStore } from './testing/write-store.ts';

const file = (name: string) => readFileSync(new URL(`./testing/${name}`, import.meta.url));
const SHOP = file('shop.dll');
const LZ4 = compressedAssembly('XALZ', SHOP.length, file('shop.dll.lz4'));
const ZSTANDARD = compressedAssembly('XAZS', SHOP.length, file('shop.dll.zst'));
const CONFIG = '<configuration><add key="Api" value="https://config.bluemarket-shop.com/"/></configuration>';
const LITERAL = 'https://zero.bluemarket-shop.com/';

const FILES = [
  { name: 'BlueMarket.Shop.dll', data: SHOP, config: CONFIG },
  { name: 'Packed.dll', data: LZ4 },
  { name: 'de/BlueMarket.Shop.resources', data: ZSTANDARD },
];

const LAYOUTS: readonly (readonly [string, StoreOptions])[] = [
  ['v2, 64 bits', { version: 2 }],
  ['v2, 32 bits', { version: 2, bits: 32 }],
  ['v3, 64 bits', { version: 3 }],
  ['v3, 32 bits', { version: 3, bits: 32 }],
  ['v4, 64 bits', { version: 4 }],
  ['v4, 32 bits', { version: 4, bits: 32 }],
  ['v4 without content id', { version: 4, contentId: false }],
];

describe('a compressed assembly', () => {
  it.each([
    ['LZ4', LZ4],
    ['Zstandard', ZSTANDARD],
  ])('of %s gives what the plain one gives', async (_name, bytes) => {
    const plain = await readAs(readAssemblyStore, SHOP);
    expect(await readAs(readAssemblyStore, bytes)).toEqual(plain);
    expect(dotnetFormat.matches(bytes)).toBe(true);
  });

  it.each([
    ['LZ4', LZ4],
    ['Zstandard', ZSTANDARD],
  ])('of %s that is cut off fails with a reason', async (_name, bytes) => {
    const { result } = await readAs(readAssemblyStore, bytes.subarray(0, bytes.length - 500));
    expect(result).toMatchObject({ status: 'failed', code: 'DOTNET_COMPRESSED' });
  });

  it('that claims more than its bytes can hold is refused before memory is taken', async () => {
    const { result } = await readAs(readAssemblyStore, compressedAssembly('XALZ', 100_000_000, Buffer.alloc(1000)));
    expect(result.reason).toBe('1000 bytes claim to hold 100000000');
  });
});

describe('an assembly store', () => {
  it.each(LAYOUTS)('%s: every assembly is an entry of its own', async (_name, options) => {
    const store = writeStore(FILES, options);
    const { result, strings, skips } = await readAs(readAssemblyStore, store, { entry: 'store' });
    expect(result).toEqual({ status: 'read', reason: `assembly store v${options.version}, 3 assemblies` });
    expect(strings.filter(({ text }) => text === LITERAL).map(({ entry }) => entry)).toEqual([
      'store!BlueMarket.Shop.dll',
      'store!Packed.dll',
      'store!de/BlueMarket.Shop.resources.dll',
    ]);
    expect(skips).toEqual([]);
  });

  it('gives the configuration file of an assembly', async () => {
    const { strings } = await readAs(readAssemblyStore, writeStore(FILES, { version: 3 }), { entry: 'store' });
    expect(strings.find(({ text }) => text === 'https://config.bluemarket-shop.com/')?.entry).toBe(
      'store!BlueMarket.Shop.dll.config',
    );
  });

  it('v1 has no names of its own: each assembly tells its name', async () => {
    const files = [FILES[0], FILES[2]].filter((each) => each !== undefined);
    const { result, strings } = await readAs(readAssemblyStore, writeStore(files, { version: 1 }), { entry: 'store' });
    expect(result.reason).toBe('assembly store v1, 2 assemblies');
    expect(strings.filter(({ text }) => text === LITERAL).map(({ entry }) => entry)).toEqual([
      'store!shop.dll',
      'store!shop.dll',
    ]);
  });

  it.each([32, 64] as const)('is found in an ELF library of %i bits', async (bits) => {
    const store = wrapInElf(writeStore(FILES, { version: 3, bits }), bits);
    const { result, strings } = await readAs(readAssemblyStore, store, { entry: 'lib' });
    expect(result.reason).toBe('assembly store v3, 3 assemblies');
    expect(strings.some(({ entry, text }) => entry === 'lib!Packed.dll' && text === LITERAL)).toBe(true);
  });

  it('is found by its symbol in a library that a linker made and that has no section headers', async () => {
    const library = Buffer.from(file('libassembly-store.so'));
    library.writeBigUInt64LE(0n, 40);
    library.writeUInt16LE(0, 60);
    library.writeUInt16LE(0, 62);
    const { result } = await readAs(readAssemblyStore, library);
    expect(result).toEqual({ status: 'read', reason: 'assembly store v4, 1 assemblies' });
  });

  it('is found in a library that a linker made', async () => {
    const { result } = await readAs(readAssemblyStore, file('libassembly-store.so'));
    expect(result).toEqual({ status: 'read', reason: 'assembly store v4, 1 assemblies' });
  });

  it('may be one assembly alone in a library', async () => {
    const { strings } = await readAs(readAssemblyStore, wrapInElf(LZ4), { entry: 'lib_BlueMarket.Shop.dll.so' });
    expect(strings.find(({ text }) => text === LITERAL)?.entry).toBe('lib_BlueMarket.Shop.dll.so!shop.dll');
  });

  it('of a version that is not known says so', async () => {
    const store = writeStore(FILES, { version: 4 });
    store.writeUInt32LE(0x80010005, 4);
    expect((await readAs(readAssemblyStore, store)).result).toEqual({
      status: 'failed',
      code: 'DOTNET_STORE_VERSION',
      reason: 'unparsed assembly store v5',
    });
  });

  it('tells each assembly that cannot be read, and reads the others', async () => {
    const store = writeStore(
      [...FILES, { name: 'Broken.dll', data: compressedAssembly('XALZ', 100, Buffer.from('....')) }],
      {
        version: 3,
      },
    );
    const { result, skips, strings } = await readAs(readAssemblyStore, store, { entry: 'store' });
    expect(result).toEqual({
      status: 'partial',
      code: 'DOTNET_STORE_PARTIAL',
      reason: 'assembly store v3, 3 assemblies; 1 not read whole: Broken.dll',
    });
    expect(skips).toMatchObject([{ subject: 'store!Broken.dll', code: 'DOTNET_COMPRESSED', severity: 'incomplete' }]);
    expect(strings.filter(({ text }) => text === LITERAL)).toHaveLength(3);
  });

  it('that is cut off reads what is there', async () => {
    const store = writeStore(FILES, { version: 3 });
    const { result, strings } = await readAs(readAssemblyStore, store.subarray(0, store.length - 200));
    expect(result).toMatchObject({ status: 'partial', code: 'DOTNET_STORE_PARTIAL' });
    expect(strings.filter(({ text }) => text === LITERAL)).toHaveLength(2);
  });

  it('does not read more than one entry may hold', async () => {
    const { result, skips } = await readAs(readAssemblyStore, writeStore(FILES, { version: 3 }), {
      limits: { entryBytes: 20_000 },
    });
    expect(result.code).toBe('DOTNET_STORE_PARTIAL');
    expect(skips.map(({ code }) => code)).toContain('LIMIT_ENTRY_BYTES');
  });
});

describe('the place of an assembly', () => {
  it.each([
    ['assemblies/assemblies.blob!System.Net.Http.dll', 'framework'],
    ['lib/arm64-v8a/libassemblies.arm64-v8a.blob.so!mscorlib.dll', 'framework'],
    ['lib/arm64-v8a/libassemblies.arm64-v8a.blob.so!Xamarin.AndroidX.Core.dll', 'framework'],
    ['assemblies/Mono.Android.dll', 'framework'],
    ['assets/bin/Data/Managed/UnityEngine.CoreModule.dll', 'framework'],
    ['store!Microsoft.AppCenter.dll', 'sdk'],
    ['store!Newtonsoft.Json.dll', 'sdk'],
    ['store!BlueMarket.Shop.dll', 'app'],
    ['store!SystemStatus.dll', 'app'],
    ['store!BlueMarket.Shop.dll!BlueMarket.Shop.appsettings.json', 'app'],
  ])('%s: %s', (entry, origin) => {
    expect(judgeEntry(entry).origin).toBe(origin);
  });
});

describe('the names of files with assemblies', () => {
  it.each([
    'assemblies.blob',
    'assemblies.arm64_v8a.blob',
    'libassemblies.arm64-v8a.blob.so',
    'libassembly-store.so',
    'lib_BlueMarket.Shop.dll.so',
    'lib-de-BlueMarket.Shop.resources.dll.so',
  ])('%s is one', (name) => {
    expect(dotnetFormat.names?.test(name)).toBe(true);
  });

  it.each(['libaot-BlueMarket.Shop.dll.so', 'libmonodroid.so', 'data.blob', 'assemblies.manifest'])(
    '%s is none',
    (name) => {
      expect(dotnetFormat.names?.test(name)).toBe(false);
    },
  );
});
