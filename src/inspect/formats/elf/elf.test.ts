import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dynamicSymbols, parseElf } from './elf.ts';
import { writeElf } from './testing/elf-writer.ts';
import { collectNative } from './testing/read-native.ts';

const ADDRESS = 'https://api.bluemarket-shop.com/v1/orders';
const rodata = (...texts: string[]) => ({ name: '.rodata', bytes: Buffer.from(`${texts.join('\0')}\0`) });

describe.each([32, 64] as const)('a library of %i bits', (bits) => {
  it('gives the strings of its read-only data', async () => {
    const bytes = writeElf({ bits, sections: [rodata('x', ADDRESS, 'plain words')] });
    const { strings, result } = await collectNative(bytes);
    expect(result.status).toBe('read');
    expect(strings.map(({ text, via }) => [text, via])).toEqual([[ADDRESS, 'elf']]);
    expect(bytes.toString('latin1', strings[0]?.offset, (strings[0]?.offset ?? 0) + ADDRESS.length)).toBe(ADDRESS);
  });

  it('gives them without section headers, and no names of symbols', async () => {
    const symbols = { 'Java_com_bluemarket.shop.example/name': '.rodata' };
    const { texts } = await collectNative(writeElf({ bits, sections: [rodata(ADDRESS)], symbols, stripped: true }));
    expect(texts).toEqual([ADDRESS]);
  });

  it('has dynamic symbols, with section headers and without', () => {
    for (const stripped of [false, true]) {
      const bytes = writeElf({
        bits,
        sections: [rodata(ADDRESS)],
        symbols: { one: '.rodata', two: '.rodata' },
        stripped,
      });
      const elf = parseElf(bytes);
      expect(elf && dynamicSymbols(bytes, elf).map(({ name }) => name)).toEqual(['one', 'two']);
    }
  });
});

describe('strings of C', () => {
  const read = async (bytes: Buffer) =>
    (await collectNative(writeElf({ sections: [{ name: '.rodata', bytes }] }))).texts;

  it('begin behind the last byte that no text holds', async () => {
    expect(await read(Buffer.concat([Buffer.from([0x8f, 0x01, 0xc3, 0x02]), Buffer.from(`${ADDRESS}\0`)]))).toEqual([
      ADDRESS,
    ]);
  });

  it('begin behind bytes that are no UTF-8', async () => {
    expect(await read(Buffer.concat([Buffer.from([0xff, 0xc3]), Buffer.from(`${ADDRESS}/é\0`)]))).toEqual([
      `${ADDRESS}/é`,
    ]);
  });

  it('without an end are none', async () => {
    expect(await read(Buffer.concat([Buffer.from(ADDRESS), Buffer.from([1, 2, 3])]))).toEqual([]);
  });

  it('that name files of the build or of the phone are left out', async () => {
    const files = [
      '/proc/self/maps',
      '/usr/local/ssl/cert.pem',
      'external/boringssl/src/ssl/tls.cc',
      'C:\\build\\a.c',
      '../src/ab.cpp',
    ];
    expect(await read(Buffer.from(`${[...files, ADDRESS].join('\0')}\0`))).toEqual([ADDRESS]);
  });
});

describe('what is no string of the program', () => {
  it('the toolchain’s note of itself', async () => {
    const comment = {
      name: '.comment',
      bytes: Buffer.from('clang https://android.googlesource.com/toolchain/llvm\0'),
      flags: 0,
    };
    expect((await collectNative(writeElf({ sections: [comment, rodata(ADDRESS)] }))).texts).toEqual([ADDRESS]);
  });

  it('the dictionary of Brotli, wherever it stands', async () => {
    const first = 'timedownlifeleftbackcodedatashowonlysitecityopenjustlike';
    const dictionary = Buffer.alloc(122_784, ' \0http://www.\0https://www.dictionary.example/\0');
    dictionary.write(first);
    const bytes = Buffer.concat([Buffer.from(`${ADDRESS}/a\0`), dictionary, Buffer.from(`\0${ADDRESS}/b\0`)]);
    const { texts } = await collectNative(writeElf({ sections: [{ name: '.rodata', bytes }] }));
    expect(texts).toEqual([`${ADDRESS}/a`, `${ADDRESS}/b`]);
  });

  it('the runtime of a framework: it is named, not read', async () => {
    const { result, texts, libraries } = await collectNative(
      writeElf({ sections: [rodata(ADDRESS)] }),
      'libflutter.so',
    );
    expect(result.status).toBe('skipped');
    expect(texts).toEqual([]);
    expect(libraries).toEqual([{ ecosystem: 'generic', name: 'flutter-engine', entry: 'lib/arm64-v8a/libflutter.so' }]);
  });
});

describe('languages without separators between strings', () => {
  const table = `invalid argument${ADDRESS}unexpected EOFsee https://go.dev/issue/8657http://cdn.bluemarket-shop.comnot found/rustc/90b35a623/library`;

  it('give the hosts of URLs, and leave the rest open', async () => {
    const { result, strings } = await collectNative(writeElf({ sections: [rodata(table)] }));
    expect(strings.map(({ text, joined }) => [text, joined])).toEqual([['https://api.bluemarket-shop.com/{}', true]]);
    expect(result).toMatchObject({ status: 'partial', code: 'ELF_JOINED_STRINGS' });
    expect(result.reason).toContain('1 addresses');
  });

  it('give the modules of a Go program with their versions', async () => {
    const lines = 'path\tshop\nmod\tshop\t(devel)\t\ndep\tgithub.com/gorilla/websocket\tv1.5.0\th1:abc=\n';
    const mark = Buffer.alloc(16, 0xf9);
    const text = Buffer.concat([mark, Buffer.from(lines), mark]);
    const head = Buffer.alloc(32);
    head.write('\xff Go buildinf:', 'latin1');
    head[14] = 8;
    head[15] = 2;
    const version = 'go1.22.3';
    const bytes = Buffer.concat([
      head,
      Buffer.from([version.length]),
      Buffer.from(version),
      Buffer.from([(text.length & 0x7f) | 0x80, text.length >> 7]),
      text,
    ]);
    const { libraries } = await collectNative(
      writeElf({ sections: [{ name: '.go.buildinfo', bytes, flags: 3 }, rodata(table)] }),
    );
    expect(libraries.map(({ name, version: release }) => `${name} ${release}`)).toEqual([
      'go 1.22.3',
      'github.com/gorilla/websocket v1.5.0',
    ]);
  });
});

describe('a library that wraps something else', () => {
  it('gives the strings of the .NET assemblies in it', async () => {
    const bytes = readFileSync(new URL('../dotnet/testing/libassembly-store.so', import.meta.url));
    const { result, strings } = await collectNative(bytes, 'libunknown.so');
    expect(result.status).toBe('read');
    expect(strings.length).toBeGreaterThan(0);
    expect(new Set(strings.map(({ via }) => via))).toEqual(new Set(['dotnet']));
  });

  it('is an ordinary one when only the name of its section is like that', async () => {
    const bytes = writeElf({ sections: [{ name: 'payload', bytes: Buffer.alloc(64, 'a') }, rodata(ADDRESS)] });
    expect((await collectNative(bytes)).texts).toEqual([ADDRESS]);
  });
});

describe('what cannot be read is told', () => {
  it.each([
    ['no ELF file', Buffer.from('<html>'), 'ELF_BAD_MAGIC'],
    [
      'a big-endian file',
      Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 2, 1]), Buffer.alloc(90)]),
      'ELF_UNSUPPORTED',
    ],
    ['a header that is cut off', writeElf({ sections: [rodata(ADDRESS)] }).subarray(0, 40), 'ELF_UNSUPPORTED'],
    ['section headers that are cut off', writeElf({ sections: [rodata(ADDRESS)] }).subarray(0, -70), 'ELF_CORRUPT'],
  ])('%s', async (_, bytes, code) => {
    const { result } = await collectNative(bytes);
    expect(result.code).toBe(code);
  });
});

function hasCompiler(): boolean {
  try {
    execFileSync('gcc', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    if (process.env.POSTERN_REQUIRE_SERVERS === '1') throw new Error('gcc is not installed');
    console.warn('skipped: a library that a compiler made. Install gcc (Debian: apt-get install gcc).');
    return false;
  }
}

describe.skipIf(!hasCompiler())('a library that a compiler made', () => {
  it('gives constants and initialised variables, and nothing of the compiler', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'elf-'));
    try {
      const source = join(folder, 'shop.c');
      writeFileSync(
        source,
        `const char *base(void) { return "${ADDRESS}"; }
char variable[] = "wss://bluemarket-shop.com/live";
const char *const table[] = { "/api/v1/login", "mqtt://broker.bluemarket-shop.com:1883" };`,
      );
      const library = join(folder, 'libshop.so');
      execFileSync('gcc', ['-shared', '-fPIC', '-s', '-O2', '-o', library, source]);
      const { result, texts } = await collectNative(readFileSync(library));
      expect(result.status).toBe('read');
      expect(texts.sort()).toEqual(
        [ADDRESS, 'wss://bluemarket-shop.com/live', '/api/v1/login', 'mqtt://broker.bluemarket-shop.com:1883'].sort(),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
