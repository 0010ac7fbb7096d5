import { describe, expect, it } from 'vitest';
import { collectMachO } from './testing/read-macho.ts';
import { cstrings, writeFat, writeMachO } from './testing/write-macho.ts';
import { writeStaticLibrary } from './testing/write-static-library.ts';

const URL = 'https://api.bluemarket-shop.com/v1';
const object = (...texts: string[]) => writeMachO({ sections: [{ name: '__cstring', data: cstrings(...texts) }] });
const library = writeStaticLibrary([
  { name: '__.SYMDEF SORTED', data: Buffer.alloc(9) },
  { name: 'BMShop.o', data: object(`${URL}/a`) },
  { name: 'a_file_with_a_longer_name.o', data: object(`${URL}/b`) },
]);

describe('a static library', () => {
  it('gives the strings of its objects, at their offsets in the file', async () => {
    const { result, strings, plists } = await collectMachO(library);
    expect(strings.map(({ text }) => text)).toEqual([`${URL}/a`, `${URL}/b`]);
    for (const { text, offset = -1 } of strings)
      expect(library.toString('latin1', offset, offset + text.length)).toBe(text);
    expect(result).toEqual({ status: 'read', reason: 'static library of 2 Mach-O objects, 2 strings of interest' });
    expect(plists.size).toBe(0);
  });

  it('of several architectures tells each string once', async () => {
    const { strings } = await collectMachO(writeFat([library, library]));
    expect(strings.map(({ text }) => text)).toEqual([`${URL}/a`, `${URL}/b`]);
  });

  it('with members of another format says how many', async () => {
    const bitcode = { name: 'b.o', data: Buffer.from('BC\xc0\xde and so on', 'latin1') };
    const mixed = await collectMachO(writeStaticLibrary([bitcode, { name: 'c.o', data: object(URL) }]));
    expect(mixed.result).toMatchObject({ status: 'partial', code: 'MACHO_FOREIGN_MEMBER' });
    expect(mixed.strings).toHaveLength(1);
    expect((await collectMachO(writeStaticLibrary([bitcode]))).result.status).toBe('skipped');
  });

  it.each([
    ['in a header', library.length - object(`${URL}/b`).length - 50],
    ['in a member', library.length - 20],
  ])('that is cut off %s is partial, with what came before', async (_where, length) => {
    const { result, strings } = await collectMachO(library.subarray(0, length));
    expect(strings[0]?.text).toBe(`${URL}/a`);
    expect(result).toMatchObject({ status: 'partial', code: 'MACHO_BAD_OFFSET' });
  });
});
