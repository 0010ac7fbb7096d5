import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../core/limits.ts';
import { readContext } from '../../containers/read-content.ts';
import type { FoundString, PackageSink } from '../../source.ts';
import type { ReadResult } from '../result.ts';
import { readRamBundle } from './index.ts';
import { writeRamBundle } from './testing/ram-bundle-writer.ts';

function collect(bytes: Buffer): { strings: FoundString[]; result: ReadResult } {
  const strings: FoundString[] = [];
  const sink = { string: (found) => strings.push(found) } as Partial<PackageSink>;
  return { strings, result: readRamBundle(bytes, readContext(sink as PackageSink, LIMITS, 'main.jsbundle', 'text')) };
}

const BUNDLE = writeRamBundle('var __DEV__=false,host="https://start.example";', [
  '__d(function(){var a="unterminated https://zero.example',
  undefined,
  `__d(function(){ /* see http://doc.example */ exports.apiUrl='https://api.bluemarket-shop.com/v2' },2)`,
  '__d(function(){fetch("/orders/list")},3)',
]);

describe('an indexed RAM bundle', () => {
  it('gives the strings of the startup code and of each module, at their place', () => {
    const { strings, result } = collect(BUNDLE);
    expect(strings.map(({ name, text }) => [name, text])).toEqual([
      ['host', 'https://start.example'],
      ['a', 'unterminated https://zero.example'],
      ['comment', 'http://doc.example'],
      ['apiUrl', 'https://api.bluemarket-shop.com/v2'],
      [undefined, '/orders/list'],
    ]);
    for (const { text, offset = 0 } of strings)
      expect(BUNDLE.toString('utf8', offset, offset + text.length)).toBe(text);
    expect(result).toEqual({ status: 'read', reason: 'RAM bundle of 4 pieces of code' });
  });

  it('in a folder is marked by a file that holds the magic alone', () => {
    expect(collect(BUNDLE.subarray(0, 4)).result.status).toBe('read');
  });

  it('that is cut off gives the modules that are left', () => {
    const { strings, result } = collect(BUNDLE.subarray(0, BUNDLE.length - 10));
    expect(strings).toHaveLength(4);
    expect(result).toMatchObject({ status: 'partial', code: 'RAM_BUNDLE_BAD_TABLE' });
    expect(collect(BUNDLE.subarray(0, 8)).result.code).toBe('RAM_BUNDLE_TRUNCATED');
  });

  it('whose table claims more modules than there can be comes to an end', () => {
    const bytes = Buffer.from(BUNDLE);
    bytes.writeUInt32LE(0xffffffff, 4);
    expect(collect(bytes).result).toMatchObject({ status: 'partial', code: 'RAM_BUNDLE_BAD_TABLE' });
  });

  it('whose modules all claim the same code reads it once', () => {
    const bytes = writeRamBundle(`x="https://a.example/${'a'.repeat(2000)}"`, Array(500).fill('y'));
    for (let id = 0; id < 500; id++) {
      bytes.writeUInt32LE(0, 12 + id * 8);
      bytes.writeUInt32LE(2020, 16 + id * 8);
    }
    const { strings, result } = collect(bytes);
    expect(strings.length).toBeLessThan(5);
    expect(result.code).toBe('RAM_BUNDLE_BAD_TABLE');
  });
});
