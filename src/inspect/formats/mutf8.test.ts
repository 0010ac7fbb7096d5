import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMutf8 } from './mutf8.ts';

function encode(text: string): Buffer {
  const bytes: number[] = [];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0 && unit < 0x80) bytes.push(unit);
    else if (unit < 0x800) bytes.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f));
    else bytes.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f));
  }
  return Buffer.from(bytes);
}

describe('decodeMutf8', () => {
  it('gives back every text that was encoded: NUL, lone surrogates and characters beyond the BMP too', () => {
    const units = fc.array(fc.oneof(fc.nat(0xffff), fc.constantFrom(0, 0x41, 0xe9, 0xfeff, 0xfffd, 0xd83d, 0xde00)));
    fc.assert(
      fc.property(units, (codes) => {
        const text = String.fromCharCode(...codes);
        const bytes = encode(text);
        expect(decodeMutf8(bytes, 0, bytes.length)).toBe(text);
      }),
    );
  });

  it('reads each byte of a character in four bytes, which the format does not have, as a bad one', () => {
    const bytes = Buffer.from('a😀');
    expect(decodeMutf8(bytes, 0, bytes.length)).toBe('a\ufffd\ufffd\ufffd\ufffd');
  });
});
