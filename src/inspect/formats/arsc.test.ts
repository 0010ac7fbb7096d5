import { describe, expect, it } from 'vitest';
import { writeResources } from '../../../lab/apk/arsc-writer.ts';
import { writeStringPool } from '../../../lab/apk/string-pool-writer.ts';
import { chunk, words } from '../../../lab/apk/xml-writer.ts';
import { LIMITS } from '../../core/limits.ts';
import { type ResourceString, type ResourceTable, readResourceTable } from './arsc.ts';

function shorts(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, index * 2);
  return bytes;
}

/** Entry with one value; `type` 3 is a string, 1 a reference. */
function simple(key: number, type: number, data: number): Buffer {
  return Buffer.concat([shorts(8, 0), words(key), shorts(8), Buffer.from([0, type]), words(data)]);
}

function compact(key: number, type: number, data: number): Buffer {
  return Buffer.concat([shorts(key, 0x08 | (type << 8)), words(data)]);
}

function bag(key: number, values: number[]): Buffer {
  const maps = values.map((value, index) =>
    Buffer.concat([words(index), shorts(8), Buffer.from([0, 3]), words(value)]),
  );
  return Buffer.concat([shorts(16, 1), words(key, 0, values.length), ...maps]);
}

interface TypeSpec {
  flags?: number;
  /** First bytes of the configuration after its size; zeros are the default configuration. */
  config?: number[];
  offsets: Buffer;
  count: number;
  entries: Buffer[];
}

/** A table with one package, one type called `string` and the given chunks for it. */
function table(values: string[], keys: string[], types: TypeSpec[]): Buffer {
  const typeNames = writeStringPool(['string'], 'utf8');
  const keyNames = writeStringPool(keys, 'utf16');
  const chunks = types.map(({ flags = 0, config = [], offsets, count, entries }) => {
    const settings = Buffer.alloc(64);
    settings.writeUInt32LE(64, 0);
    Buffer.from(config).copy(settings, 4);
    const head = Buffer.concat([Buffer.from([1, flags, 0, 0]), words(count, 84 + offsets.length), settings, offsets]);
    return chunk(0x0201, 84, Buffer.concat([head, ...entries]));
  });
  const fields = words(288, 1, 288 + typeNames.length, keys.length, 0);
  const body = Buffer.concat([words(0x7f), Buffer.alloc(256), fields, typeNames, keyNames, ...chunks]);
  return chunk(0x0002, 12, Buffer.concat([words(1), writeStringPool(values, 'utf8'), chunk(0x0200, 288, body)]));
}

function read(bytes: Buffer): { table: ResourceTable; strings: ResourceString[] } {
  const result = readResourceTable(bytes, LIMITS);
  const strings: ResourceString[] = [];
  result.strings((found) => strings.push(found));
  return { table: result, strings };
}

function pairs(strings: ResourceString[]): (readonly [string | undefined, string])[] {
  return strings.map(({ name, text }) => [name, text] as const);
}

describe('a resource table', () => {
  it('gives back what was written, with names and the places of the values', () => {
    const groups = [
      {
        type: 'string',
        entries: [
          ['app_name', 'Shöp'],
          ['url', 'https://example.org'],
        ] as const,
      },
      { type: 'xml', entries: [['config', 'res/xml/a.xml']] as const },
    ];
    const bytes = writeResources('com.example', groups);
    const { table: found, strings } = read(bytes);
    expect(found.result).toEqual({ status: 'read', reason: '3 strings of 1 packages' });
    expect(pairs(strings)).toEqual([
      ['string/app_name', 'Shöp'],
      ['string/url', 'https://example.org'],
    ]);
    const offset = strings[1]?.offset ?? 0;
    expect(bytes.toString('utf8', offset, offset + 19)).toBe('https://example.org');
    expect(found.resolve(0x7f010000)).toBe('Shöp');
    expect(found.resolve(0x7f020000)).toBe('res/xml/a.xml');
    expect(found.nameOf(0x7f010001)).toBe('string/url');
    expect(found.resolve(0x7f010009)).toBeUndefined();
    expect(found.resolve(0x01040000)).toBeUndefined();
  });

  it('is read with sparse entries, 16-bit offsets and compact entries', () => {
    const values = ['https://a.example', 'https://b.example', 'https://c.example'];
    const keys = ['a', 'b', 'c'];
    const sparse = read(
      table(values, keys, [
        { flags: 1, count: 2, offsets: shorts(5, 0, 900, 4), entries: [simple(0, 3, 0), simple(1, 3, 1)] },
      ]),
    );
    expect(sparse.table.resolve(0x7f010005)).toBe('https://a.example');
    expect(sparse.table.resolve(0x7f010384)).toBe('https://b.example');
    expect(sparse.table.resolve(0x7f010000)).toBeUndefined();
    const short = read(
      table(values, keys, [
        { flags: 2, count: 3, offsets: shorts(0, 0xffff, 4, 0), entries: [simple(0, 3, 0), compact(2, 3, 2)] },
      ]),
    );
    expect(pairs(short.strings).slice(0, 2)).toEqual([
      ['string/a', values[0]],
      ['string/c', values[2]],
    ]);
    expect(short.table.resolve(0x7f010002)).toBe('https://c.example');
    expect(short.table.resolve(0x7f010001)).toBeUndefined();
  });

  it('gives every value of arrays and plurals', () => {
    const { strings } = read(
      table(
        ['https://a.example', 'https://b.example'],
        ['servers'],
        [{ count: 1, offsets: words(0), entries: [bag(0, [0, 1])] }],
      ),
    );
    expect(pairs(strings)).toEqual([
      ['string/servers', 'https://a.example'],
      ['string/servers', 'https://b.example'],
    ]);
  });

  it('prefers the default configuration and leaves out translations that say nothing', () => {
    const german = [0, 0, 0, 0, 0x64, 0x65];
    const types = [
      { config: german, count: 2, offsets: words(0, 16), entries: [simple(0, 3, 1), simple(1, 3, 3)] },
      { count: 2, offsets: words(0, 16), entries: [simple(0, 3, 0), simple(1, 3, 2)] },
    ];
    const { table: found, strings } = read(
      table(['Hello', 'Hallo', 'https://example.org', 'https://de.example.org'], ['greeting', 'url'], types),
    );
    expect(found.resolve(0x7f010000)).toBe('Hello');
    expect(pairs(strings)).toEqual([
      ['string/greeting', 'Hello'],
      ['string/url', 'https://example.org'],
      ['string/url', 'https://de.example.org'],
    ]);
  });

  it('follows references, and gives up on those that run in a circle', () => {
    const { table: found } = read(
      table(
        ['end'],
        ['a', 'b', 'c', 'd'],
        [
          {
            count: 4,
            offsets: words(0, 16, 32, 48),
            entries: [simple(0, 1, 0x7f010001), simple(1, 3, 0), simple(2, 1, 0x7f010003), simple(3, 1, 0x7f010002)],
          },
        ],
      ),
    );
    expect(found.resolve(0x7f010000)).toBe('end');
    expect(found.resolve(0x7f010002)).toBeUndefined();
  });

  it('tells strings that no resource refers to, when they can matter', () => {
    const { strings } = read(
      table(['https://orphan.example', 'nothing'], ['a'], [{ count: 0, offsets: words(), entries: [] }]),
    );
    expect(strings.map(({ text, name }) => ({ text, name }))).toEqual([
      { text: 'https://orphan.example', name: undefined },
    ]);
  });

  it('that is damaged gives what can be read, with an end', () => {
    const good = table(['https://a.example'], ['a'], [{ count: 1, offsets: words(0), entries: [simple(0, 3, 0)] }]);
    expect(read(good.subarray(0, good.length - 10)).table.result.status).toBe('partial');
    expect(read(Buffer.from('not a table')).table.result).toMatchObject({ status: 'failed', code: 'ARSC_BAD_MAGIC' });
    const absurd = Buffer.from(good);
    absurd.writeUInt32LE(0xffffffff, 12 + 8); // string count
    expect(() => read(absurd)).not.toThrow();
    const zero = Buffer.from(good);
    zero.writeUInt32LE(0, 12 + 4); // size of the first chunk
    expect(read(zero).table.result).toMatchObject({ status: 'partial', code: 'ARSC_BAD_OFFSET' });
  });

  it('whose entries all share one enormous bag is given up, quickly', () => {
    const many = 100_000;
    const values = Array.from({ length: 50 }, (_, i) => `https://${i}.example`);
    const shared = bag(
      0,
      Array.from({ length: many }, (_, i) => i % 50),
    );
    const bytes = table(
      values,
      ['a'],
      [{ count: many, offsets: words(...new Array<number>(many).fill(0)), entries: [shared] }],
    );
    const started = performance.now();
    const { table: found, strings } = read(bytes);
    for (let i = 0; i < many; i++) found.resolve(0x7f010000 + (i & 0xffff));
    expect(strings.length).toBeLessThanOrEqual(50 * 16);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
