import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { writeElf } from '../elf/testing/elf-writer.ts';
import { readNative } from '../native.ts';
import { readAs } from './testing/read.ts';

const shop = readFileSync(new URL('./testing/shop.dll', import.meta.url));
const ENTRY = 'lib/armeabi-v7a/libmonodroid_bundle_app.so';

function bundle(parts: Record<string, Buffer>, bits: 32 | 64 = 32): Buffer {
  const names = Object.keys(parts);
  return writeElf({
    bits,
    sections: names.map((name) => ({ name: `.rodata.${name}`, bytes: parts[name] ?? Buffer.alloc(0) })),
    symbols: Object.fromEntries(names.map((name) => [`assembly_data_${name}_dll`, `.rodata.${name}`])),
  });
}

describe('assemblies bundled into native code', () => {
  it.each([32, 64] as const)('are read as they are in a library of their own, %i bits', async (bits) => {
    const alone = await readAs((await import('./assembly-store.ts')).readAssemblyStore, shop);
    const found = await readAs(readNative, bundle({ Shop: gzipSync(shop) }, bits), { entry: ENTRY });
    expect(alone.strings.length).toBeGreaterThan(3);
    expect(found.strings.map(({ text }) => text)).toEqual(alone.strings.map(({ text }) => text));
    expect(found.strings.every(({ entry, via }) => entry.startsWith(`${ENTRY}!`) && via === 'dotnet')).toBe(true);
    expect(found.result).toEqual({ status: 'read', reason: 'assemblies bundled into native code: 1' });
  });

  it('may be stored without compression', async () => {
    const found = await readAs(readNative, bundle({ Shop: shop }), { entry: ENTRY });
    expect(found.strings.length).toBeGreaterThan(3);
  });

  it('that are damaged are told by name, the others are read', async () => {
    const cut = gzipSync(shop).subarray(0, 900);
    const found = await readAs(readNative, bundle({ Cut: cut, Shop: gzipSync(shop), Odd: Buffer.alloc(64, 7) }), {
      entry: ENTRY,
    });
    expect(found.result).toMatchObject({ status: 'partial', code: 'DOTNET_BUNDLE_PARTIAL' });
    expect(found.skips.map(({ subject, code }) => [subject, code])).toEqual([
      [`${ENTRY}!Cut.dll`, 'DOTNET_COMPRESSED'],
      [`${ENTRY}!Odd.dll`, 'DOTNET_BAD_HEADER'],
    ]);
    expect(found.strings.length).toBeGreaterThan(3);
  });

  it('that unpack beyond the limit are not', async () => {
    const found = await readAs(readNative, bundle({ Zero: gzipSync(Buffer.alloc(8 << 20)) }), {
      entry: ENTRY,
      limits: { entryBytes: 1 << 20 },
    });
    expect(found.skips[0]?.code).toBe('LIMIT_ENTRY_BYTES');
  });
});
