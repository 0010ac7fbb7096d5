import { describe, expect, it } from 'vitest';
import { LENGTH, payloadLength, WRITES, WRITES_A_WIDE, WRITES_AA_WIDE, WRITES_NONE } from './opcodes.ts';

describe('the table of instructions', () => {
  it('has the length of each format of the bytecode reference', () => {
    const lengths: Record<string, number> = {
      '00': 1, '01': 1, '02': 2, '03': 3, '05': 2, '06': 3, '09': 3, '0a': 1, '12': 1, '13': 2, '14': 3, '15': 2,
      '16': 2, '17': 3, '18': 5, '19': 2, '1a': 2, '1b': 3, '1c': 2, '1d': 1, '1f': 2, '20': 2, '21': 1, '22': 2,
      '24': 3, '25': 3, '26': 3, '27': 1, '28': 1, '29': 2, '2a': 3, '2b': 3, '2c': 3, '2d': 2, '32': 2, '3d': 2,
      '3e': 0, '43': 0, '44': 2, '5b': 2, '62': 2, '6d': 2, '6e': 3, '72': 3, '73': 0, '74': 3, '78': 3, '79': 0,
      '7b': 1, '8f': 1, '90': 2, af: 2, b0: 1, cf: 1, d0: 2, e2: 2, e3: 0, f9: 0, fa: 4, fb: 4, fc: 3, fd: 3, fe: 2,
      ff: 2,
    }; // biome-ignore format: a table
    for (const [op, length] of Object.entries(lengths))
      expect([op, LENGTH[Number.parseInt(op, 16)]]).toEqual([op, length]);
  });

  it('knows which instructions write a pair of registers, and which none', () => {
    const wide = [...WRITES.keys()].filter((op) => WRITES[op] === WRITES_AA_WIDE || WRITES[op] === WRITES_A_WIDE);
    expect(wide).toEqual(expect.arrayContaining([0x04, 0x0b, 0x18, 0x45, 0x53, 0x61, 0x81, 0x9b, 0xbb, 0xcb]));
    for (const op of [0x0e, 0x11, 0x1f, 0x27, 0x28, 0x32, 0x4d, 0x5b, 0x69, 0x6e, 0x74]) {
      expect([op, WRITES[op]]).toEqual([op, WRITES_NONE]);
    }
  });

  it('steps over payload tables by their size', () => {
    expect(payloadLength(Uint16Array.of(0x0100, 3), 0)).toBe(10);
    expect(payloadLength(Uint16Array.of(0x0200, 3), 0)).toBe(14);
    expect(payloadLength(Uint16Array.of(0x0300, 1, 5, 0), 0)).toBe(7);
    expect(payloadLength(Uint16Array.of(0x0000), 0)).toBe(1);
  });
});
