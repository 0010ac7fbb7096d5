import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeLz4Block } from './lz4-block.ts';

const file = (name: string) => readFileSync(new URL(`./testing/${name}`, import.meta.url));

describe('an LZ4 block', () => {
  it('of the reference compressor is decoded', () => {
    const plain = file('shop.dll');
    expect(decodeLz4Block(file('shop.dll.lz4'), plain.length).equals(plain)).toBe(true);
  });

  it('repeats bytes that it has only just written', () => {
    // 1 literal `a`, then 4 + 15 + 6 bytes from 1 back; 2 literals to end
    const block = Buffer.from([0x1f, 0x61, 1, 0, 6, 0x20, 0x62, 0x63]);
    expect(decodeLz4Block(block, 28).toString()).toBe(`${'a'.repeat(26)}bc`);
  });

  it('adds up lengths of more than one byte', () => {
    const literals = Buffer.alloc(15 + 255 + 3, 0x78);
    expect(decodeLz4Block(Buffer.concat([Buffer.from([0xf0, 255, 3]), literals]), 1000)).toEqual(literals);
  });

  it('writes no more than it was told', () => {
    const block = Buffer.from([0x1f, 0x61, 1, 0, 255, 255, 255, 0]);
    expect(decodeLz4Block(block, 10).length).toBeLessThanOrEqual(10);
  });

  it.each([
    ['points before its begin', [0x10, 0x61, 2, 0, 0x10, 0x62]],
    ['points at itself', [0x10, 0x61, 0, 0, 0x10, 0x62]],
    ['ends in an offset', [0x10, 0x61, 1]],
  ])('that %s gives what it had', (_name, bytes) => {
    expect(decodeLz4Block(Buffer.from(bytes), 100).toString()).toBe('a');
  });
});
