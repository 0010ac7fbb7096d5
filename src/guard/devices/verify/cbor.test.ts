import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cbor, readCbor } from './cbor.ts';
import { cbor, head, type Writable } from './testing/cbor-writer.ts';
import { Unproven } from './unproven.ts';

const read = (hex: string) => readCbor(Buffer.from(hex.replaceAll(' ', ''), 'hex'), 'cbor');

function reason(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Unproven) return error.position;
    throw error;
  }
  return 'taken';
}

describe('the reader of CBOR', () => {
  it.each<[string, Cbor]>([
    ['00', 0],
    ['17', 23],
    ['18 18', 24],
    ['19 0100', 256],
    ['1a 00010000', 65_536],
    ['1b 0000000100000000', 2 ** 32],
    ['1b 001fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['20', -1],
    ['39 0100', -257],
    ['60', ''],
    ['63 e282ac', '€'],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['82 01 20', [1, -1]],
  ])('reads %s', (hex, value) => {
    expect(read(hex)).toEqual(value);
  });

  it.each([
    ['', 'it ends early'],
    ['18', 'it ends early'],
    ['43 0102', 'it ends early'],
    ['82 01', 'it ends early'],
    ['a1 01', 'it ends early'],
    ['5b 0000000200000000', 'it ends early'],
    ['9a 00ffffff', 'too large a structure'],
    ['ba 00ffffff', 'too large a structure'],
    ['00 00', 'bytes after the item'],
    ['18 17', 'not the shortest form'],
    ['19 00ff', 'not the shortest form'],
    ['1a 0000ffff', 'not the shortest form'],
    ['1b 00000000ffffffff', 'not the shortest form'],
    ['58 01 00', 'not the shortest form'],
    ['1b 0020000000000000', 'too large a number'],
    ['5f 41 00 ff', 'an indefinite length'],
    ['9f 00 ff', 'an indefinite length'],
    ['bf ff', 'an indefinite length'],
    ['1c', 'an indefinite length'],
    ['c0 60', 'a tag'],
    ['f7', 'an unsupported simple value or float'],
    ['f8 20', 'an unsupported simple value or float'],
    ['f9 0000', 'an unsupported simple value or float'],
    ['ff', 'an unsupported simple value or float'],
    ['61 ff', 'not UTF-8'],
    ['63 eda080', 'not UTF-8'],
    ['a2 01 01 01 02', 'a key twice'],
    ['a2 61 61 01 61 61 02', 'a key twice'],
    ['a1 40 01', 'a key that is neither number nor text'],
    ['a1 80 01', 'a key that is neither number nor text'],
    ['a1 f6 01', 'a key that is neither number nor text'],
    ['81 81 81 81 81 81 81 81 81 00', 'too large a structure'],
  ])('refuses %s: %s', (hex, why) => {
    expect(reason(() => read(hex))).toBe(`cbor: ${why}`);
  });

  it('reads back whatever is written within its bounds', () => {
    const leaf = fc.oneof(
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 }),
      fc.string({ unit: 'grapheme' }),
      fc.uint8Array({ maxLength: 40 }),
      fc.boolean(),
      fc.constant(null),
    );
    const key = fc.oneof(fc.integer({ min: -100, max: 100_000 }), fc.string({ maxLength: 8 }));
    const { value } = fc.letrec<{ value: Writable }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.array(fc.tuple(key, tie('value')), { maxLength: 3 }).map((members) => new Map(members)),
      ),
    }));
    fc.assert(
      fc.property(value, (one) => {
        expect(readCbor(Uint8Array.from(cbor(one)), 'cbor')).toEqual(one);
      }),
      { numRuns: 500 },
    );
  });

  it('ends in a value or a refusal on any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(typeof reason(() => readCbor(bytes, 'cbor'))).toBe('string');
      }),
      { numRuns: 3000 },
    );
  });

  it('has one reading for what it takes: written again it is the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        let value: Cbor;
        try {
          value = readCbor(bytes, 'cbor');
        } catch {
          return;
        }
        expect(cbor(value as Writable)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 5000 },
    );
  });

  it('asks for no memory that a length only claims', () => {
    const claim = Buffer.concat([head(2, 0xffff_fff0), Buffer.alloc(8)]);
    expect(reason(() => readCbor(claim, 'cbor'))).toBe('cbor: it ends early');
  });
});
