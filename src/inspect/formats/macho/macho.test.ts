import { describe, expect, it } from 'vitest';
import { roleByMagic } from '../../containers/role.ts';
import { codeNames } from './code-names.ts';
import type { BinaryFacts } from './facts.ts';
import { readImage } from './image.ts';
import { isMachO } from './magic.ts';
import { collectMachO } from './testing/read-macho.ts';
import { BASE, cstrings, utf16, writeFat, writeMachO } from './testing/write-macho.ts';

const URL = 'https://api.bluemarket-shop.com/v1/orders';
const shop = (...texts: string[]) => [{ name: '__cstring', data: cstrings(...texts) }];
const facts = (plists: Map<string, unknown>) => plists.get('Shop!binary.plist') as BinaryFacts;
const texts = (strings: readonly { text: string }[]) => strings.map(({ text }) => text);

describe('a Mach-O file', () => {
  it.each([
    ['64 bits', true, 'arm64'],
    ['32 bits', false, 'armv7'],
  ])('of %s gives the strings of its tables with their offsets', async (_what, wide, name) => {
    const bytes = writeMachO({ wide, sections: shop('Shop', URL, 'no') });
    const { result, strings } = await collectMachO(bytes);
    expect(result).toEqual({ status: 'read', reason: `Mach-O executable (${name}), 1 string of interest` });
    expect(strings).toEqual([{ text: URL, offset: bytes.indexOf(URL), via: 'macho' }]);
  });

  it('gives UTF-16 and UTF-8 text as it is', async () => {
    const bytes = writeMachO({
      sections: [
        { name: '__ustring', data: utf16('Größe', 'https://bücher.bluemarket-shop.com/größe') },
        ...shop('https://bluemarket-shop.com/straße'),
      ],
    });
    expect(texts((await collectMachO(bytes)).strings)).toEqual([
      'https://bücher.bluemarket-shop.com/größe',
      'https://bluemarket-shop.com/straße',
    ]);
  });

  it('gives arrays of characters among constants, and nothing that does not end there', async () => {
    const data = Buffer.concat([
      Buffer.from([1, 2, 3, 0]),
      Buffer.from('api.bluemarket-shop.com\0'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('odd.bluemarket-shop.com\0'), // neither after a NUL nor at a word
      Buffer.from('cut.bluemarket-shop.com'),
      Buffer.from([0x80]),
    ]);
    const { strings } = await collectMachO(writeMachO({ sections: [{ name: '__const', data }] }));
    expect(texts(strings)).toEqual(['api.bluemarket-shop.com']);
  });

  it('gives no selectors, type encodings and zero-filled sections', async () => {
    const sections = [
      { name: '__objc_methname', data: cstrings('application:didFinishLaunchingWithOptions:'), type: 2 },
      { name: '__objc_methtype', data: cstrings('v24@0:8@16'), type: 2 },
      { name: '__data', data: cstrings(URL), type: 1 },
    ];
    expect((await collectMachO(writeMachO({ sections }))).strings).toEqual([]);
  });

  it.each([false, true])('of several architectures gives each string once (64-bit offsets: %s)', async (wide) => {
    const arm = writeMachO({ wide: false, sections: shop(URL, 'https://old.bluemarket-shop.com/') });
    const arm64 = writeMachO({ sections: shop(URL, 'https://new.bluemarket-shop.com/') });
    const bytes = writeFat([arm, arm64], wide);
    const { result, strings } = await collectMachO(bytes);
    expect(result.reason).toContain('(arm64, armv7), 3 strings');
    expect(texts(strings).sort()).toEqual(
      [URL, 'https://new.bluemarket-shop.com/', 'https://old.bluemarket-shop.com/'].sort(),
    );
    for (const { text, offset = 0 } of strings) expect(bytes.toString('utf8', offset, offset + text.length)).toBe(text);
    // the arm64 slice is the second one in the file, and the one that is read first
    expect(strings.find(({ text }) => text === URL)?.offset).toBeGreaterThan(bytes.indexOf(URL));
  });

  it('that the store encrypted is partial, and what lies outside is read', async () => {
    const bytes = writeMachO({ cryptid: 1, sections: shop(URL), imports: ['___stack_chk_fail'] });
    const { result, strings, plists } = await collectMachO(bytes);
    expect(result).toMatchObject({ status: 'partial', code: 'MACHO_ENCRYPTED' });
    expect(strings).toEqual([]);
    expect(facts(plists)).toMatchObject({ encrypted: true, stackCanary: true });
    const decrypted = await collectMachO(writeMachO({ cryptid: 0, sections: shop(URL) }));
    expect(decrypted.result.status).toBe('read');
    expect(texts(decrypted.strings)).toEqual([URL]);
  });

  it('says how it was built, without naming folders of the machine', async () => {
    const made = {
      imports: ['_objc_release', '_OBJC_CLASS_$_UIPasteboard', '_printf'],
      locals: ['_main', '_secret'],
      runPaths: ['@executable_path/Frameworks', '/Users/someone/build'],
    };
    const found = facts((await collectMachO(writeMachO(made))).plists);
    expect(found).toMatchObject({
      type: 'executable',
      positionIndependent: true,
      stackCanary: false,
      referenceCounting: true,
      localSymbols: true,
      imports: ['_OBJC_CLASS_$_UIPasteboard'],
      runPaths: ['@executable_path/Frameworks', '(absolute)'],
      sdkVersion: '17.0',
    });
    const bare = facts((await collectMachO(writeMachO({ flags: 0x20000 }))).plists);
    expect(bare).toMatchObject({ positionIndependent: false, stackExecutable: true, localSymbols: false });
    const mixed = writeFat([writeMachO({ flags: 0x85, wide: false }), writeMachO()]);
    expect(facts((await collectMachO(mixed)).plists).positionIndependent).toBe(false);
  });

  it('names its Swift modules and Objective-C classes', () => {
    // two types in one module: descriptor = kind, distance to the parent, distance to the name
    const descriptors = Buffer.alloc(60);
    descriptors.writeInt32LE(36 - 8, 8); // module at 0, its name at 36
    for (const at of [12, 24]) {
      descriptors.writeUInt32LE(17, at);
      descriptors.writeInt32LE(0 - (at + 4), at + 4);
    }
    descriptors.write('ShopKit\0', 36, 'latin1');
    const sections = [
      { name: '__const', data: descriptors },
      { name: '__swift5_types', data: Buffer.alloc(8) },
      { name: '__objc_classname', data: cstrings('BMCart', '_TtC7ShopKit4Cart', '\u0001\u0002'), type: 2 },
    ];
    const image = readImage(writeMachO({ sections }));
    const [constants, types] = image?.sections ?? [];
    if (image === undefined || constants === undefined || types === undefined) throw new Error('not read');
    expect(constants.address).toBe(BASE + constants.offset);
    for (const [index, at] of [12, 24].entries()) {
      image.bytes.writeInt32LE(constants.address + at - (types.address + index * 4), types.offset + index * 4);
    }
    expect(codeNames(image)).toEqual(
      new Map([
        ['ShopKit', 2],
        ['BMCart', 1],
      ]),
    );
  });

  it('of debug symbols is passed over, and one of another processor is told', async () => {
    expect((await collectMachO(writeMachO({ fileType: 10, sections: shop(URL) }))).result.status).toBe('skipped');
    const power = Buffer.alloc(64);
    power.writeUInt32BE(0xfeedface, 0);
    power.writeUInt32LE(18, 4);
    expect((await collectMachO(writeFat([power]))).result).toMatchObject({ status: 'failed', code: 'MACHO_CORRUPT' });
    expect((await collectMachO(writeFat([power, writeMachO()]))).result.code).toBe('MACHO_FOREIGN_SLICE');
  });

  it('that breaks off is partial with what was found before', async () => {
    const bytes = writeMachO({ sections: [...shop(URL), { name: '__ustring', data: utf16(URL) }] });
    const { result, strings } = await collectMachO(bytes.subarray(0, bytes.indexOf(utf16(URL)) + 10));
    expect(result).toMatchObject({ status: 'partial', code: 'MACHO_BAD_OFFSET' });
    expect(texts(strings)).toEqual([URL]);
  });

  it('with Go code tells hosts only, because its strings stand end to end', async () => {
    const constants = Buffer.from('wordhttps://go.bluemarket-shop.com/v1/ordersnextwordhttps://openended');
    const bytes = writeMachO({
      sections: [...shop(URL), { name: '__rodata', data: constants }, { name: '__gopclntab', data: Buffer.alloc(16) }],
    });
    const { result, strings } = await collectMachO(bytes);
    expect(result).toMatchObject({ status: 'partial', code: 'MACHO_GO_STRINGS', note: true });
    expect(result.reason).toContain('1 addresses are left out');
    expect(texts(strings).sort()).toEqual([URL, 'https://go.bluemarket-shop.com/{}'].sort());
  });

  it('with Go code that names no address is read', async () => {
    const bytes = writeMachO({ sections: [...shop(URL), { name: '__gopclntab', data: Buffer.alloc(16) }] });
    const { result, strings } = await collectMachO(bytes);
    expect(result.status).toBe('read');
    expect(texts(strings)).toEqual([URL]);
  });

  it('with more strings than the limit is partial', async () => {
    const bytes = writeMachO({ sections: shop(`${URL}/1`, `${URL}/2`, `${URL}/3`) });
    const { result, strings } = await collectMachO(bytes, { tableStrings: 2 as never });
    expect(result.code).toBe('LIMIT_STRINGS');
    expect(strings).toHaveLength(2);
  });

  it('is told from a Java class, which begins with the same word', () => {
    const java = Buffer.from('cafebabe00000034', 'hex');
    const head = Buffer.concat([java, Buffer.alloc(40)]);
    expect(isMachO(head)).toBe(false);
    expect(roleByMagic(head)).toMatchObject({ what: 'Java class' });
    expect(roleByMagic(writeFat([writeMachO()]))).toMatchObject({ role: 'binary', what: 'Mach-O file' });
    expect(roleByMagic(writeMachO())).toMatchObject({ role: 'binary', what: 'Mach-O file' });
  });

  it('that declares four thousand sections over the same bytes is read once', async () => {
    const bytes = writeMachO({
      sections: Array.from({ length: 4_000 }, () => ({ name: '__cstring', data: cstrings(URL) })),
    });
    const first = bytes.indexOf(URL);
    for (let at = 32 + 72 + 48; bytes.readUInt32LE(at) >= first && at < first - 80; at += 80)
      bytes.writeUInt32LE(first, at);
    const started = performance.now();
    const { strings } = await collectMachO(bytes);
    expect(strings.length).toBeLessThan(3);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
