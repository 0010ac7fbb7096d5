import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../contract/refusal.ts';
import { parseAnswer } from './answer.ts';
import { parseJson } from './parse.ts';
import { printJson } from './print.ts';
import { JsonNumber } from './value.ts';

const read = (text: string) => parseJson(Buffer.from(text));

function refusalOf(run: () => unknown): Refusal | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  return undefined;
}

function refused(text: string | Uint8Array): string | undefined {
  return refusalOf(() => parseJson(typeof text === 'string' ? Buffer.from(text) : text))?.code;
}

describe('a body is read in one way only', () => {
  it.each([
    ['a duplicate key (B058)', '{"query":{"term":{"tenant":"t1"}},"query":{"match_all":{}}}'],
    ['a duplicate key by escape (B059)', '{"query":1,"\\u0071uery":2}'],
    ['a duplicate key in the other order (B059)', '{"\\u0071uery":1,"query":2}'],
    ['the key __proto__ (B060)', '{"__proto__":{"size":9999}}'],
    ['the key __proto__ by escape (B060)', '{"__pr\\u006fto__":{"size":9999}}'],
    ['the key constructor (B060)', '{"query":{"constructor":1}}'],
    ['the key prototype (B060)', '[{"prototype":1}]'],
    ['a comment (B061)', '{"size":1/*,"query":{}*/}'],
    ['a line comment (B061)', '{"size":1} // x'],
    ['a hash comment (B061)', '{"size":1} # x'],
    ['a second value (B062)', '{"size":1}{"query":{}}'],
    ['garbage after the value (B062)', '{} garbage'],
    ['a NUL after the value (B062)', '{}\u0000'],
    ['single quotes', "{'a':1}"],
    ['a bare key', '{a:1}'],
    ['a trailing comma', '[1,]'],
    ['a trailing comma in an object', '{"a":1,}'],
    ['nothing', ''],
    ['white space only', ' \n'],
    ['a no-break space', '\u00a0{}'],
    ['a form feed', '\f{}'],
    ['NaN', '[NaN]'],
    ['Infinity', '[-Infinity]'],
    ['a plus sign', '[+1]'],
    ['a leading zero', '[01]'],
    ['a bare point', '[.5]'],
    ['a point at the end', '[5.]'],
    ['an empty exponent', '[1e]'],
    ['hexadecimal', '[0x1]'],
    ['a number above what a double spans (B065)', '[1e400]'],
    ['a number below what a double spans (B065)', '[1e-400]'],
    ['an exponent that takes long to expand (B065)', '[1e-10000000]'],
    ['an integer of 400 digits (B065)', `[${'9'.repeat(400)}]`],
    ['a raw control character', '["\u0001"]'],
    ['a raw line feed in a string', '["\n"]'],
    ['an unknown escape', '["\\x41"]'],
    ['a lone high surrogate (B067)', '["\\ud800"]'],
    ['a lone low surrogate (B067)', '["\\udc00"]'],
    ['surrogates in the wrong order (B067)', '["\\udc00\\ud800"]'],
    ['a lone surrogate in a key (B067)', '{"\\ud800":1}'],
    ['a byte order mark', '\ufeff{}'],
    ['10,000 open brackets (B066)', '['.repeat(10_000)],
    ['10,000 nested queries (B066)', '{"bool":{"must":'.repeat(10_000)],
  ])('refuses %s', (_name, text) => {
    expect(refused(text)).toBe('malformed_json');
  });

  it.each([
    ['a raw 0xff in a string (B067)', [0x22, 0xff, 0x22]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['an encoded surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['UTF-16', [0x5b, 0x00, 0x5d, 0x00]],
    ['a byte order mark alone', [0xef, 0xbb, 0xbf]],
    ['a cut character', [0x22, 0xe2, 0x82]],
  ])('refuses bytes that are no UTF-8 text: %s', (_name, bytes) => {
    expect(refused(Uint8Array.from(bytes))).toBe('malformed_json');
  });

  it('takes 32 levels and refuses the 33rd before it reads it', () => {
    expect(refused('['.repeat(32) + ']'.repeat(32))).toBeUndefined();
    expect(refused('['.repeat(33) + ']'.repeat(33))).toBe('malformed_json');
    expect(refusalOf(() => parseJson(Buffer.from('[[[]]]'), { maxDepth: 2 }))?.code).toBe('malformed_json');
  });

  it('counts levels, not brackets', () => {
    expect(refused(`[${'[],'.repeat(100)}[]]`)).toBeUndefined();
  });

  it('refuses a body over the limit as too large, whatever is in it (B066)', () => {
    expect(refusalOf(() => parseJson(Buffer.from('{"a":"xxxxxxxx"}'), { maxBytes: 8 }))?.code).toBe('too_large');
  });

  it('never repeats the body in what it says', () => {
    const refusal = refusalOf(() => read('{"secret":"Mallory","secret":1}'));
    expect(refusal?.message).not.toContain('secret');
    expect(refusal?.detail).toBe('character 28: a key is there twice');
  });
});

describe('what was read', () => {
  it('keeps every digit of numbers that JavaScript would change (B064)', () => {
    const text = '[9007199254740993,-9007199254740993,1.0,1e3,1E+2,0.10,-0,-0.0,123456789012345678901234567890]';
    expect(printJson(read(text))).toBe(text);
    expect(read('9007199254740993')).toEqual(new JsonNumber('9007199254740993'));
  });

  it('takes short decimals for numbers only where they print as they were', () => {
    const decimal = fc.tuple(
      fc.constantFrom('', '-'),
      fc.constantFrom('0', '1', '12', '120'),
      fc.stringMatching(/^[0-9]{1,13}$/),
    );
    fc.assert(
      fc.property(decimal, ([sign, whole, part]) => {
        const raw = `${sign}${whole}.${part}`;
        const value = read(raw);
        expect(value).toEqual(String(Number(raw)) === raw ? Number(raw) : new JsonNumber(raw));
      }),
      { numRuns: 5000 },
    );
    for (const raw of ['0.000001', '0.0000001', '-0.0000012', '0.00000', '0.10'])
      expect(printJson(read(raw))).toBe(raw);
  });

  it('makes numbers of those that JavaScript holds exactly', () => {
    expect(read('[0,7,-7,0.5,-12.25,999999999999999,9007199254740991,1e+21]')).toEqual([
      0, 7, -7, 0.5, -12.25, 999999999999999, 9007199254740991, 1e21,
    ]);
  });

  it('inherits nothing', () => {
    const value = read('{}');
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty'])
      expect(name in Object(value)).toBe(false);
  });

  it('keeps text beyond ASCII, escaped or not, in keys and values', () => {
    expect(read('{"größe":"\\u00fc\\ud83d\\ude00😀\\/\\n"}')).toEqual({ größe: 'ü😀😀/\n' });
  });

  it('tells keys apart that fall into the same place of the table of keys', () => {
    const keys = Array.from({ length: 3000 }, (_, at) => `key${at}`);
    const text = JSON.stringify(Object.fromEntries(keys.map((key, at) => [key, at])));
    expect(printJson(read(text))).toBe(text);
  });

  it('is what JSON.parse reads, wherever that reads it strictly', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.boolean(), (value, spaced) => {
        const text = JSON.stringify(value, null, spaced ? 2 : 0);
        if (/"(?:__proto__|constructor|prototype)"\s*:/.test(text) || /e-3\d\d/.test(text)) return;
        expect(JSON.parse(printJson(read(text)))).toEqual(JSON.parse(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('is accepted by JSON.parse, whatever the bytes are', () => {
    const token = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '"a"',
      '1',
      '-',
      '.',
      'e',
      '0',
      'true',
      'null',
      ' ',
      '\\u',
      'd800',
      '\n',
      'ü',
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
        const text = tokens.join('');
        if (refused(text) === undefined) expect(() => JSON.parse(text)).not.toThrow();
      }),
      { numRuns: 20_000 },
    );
  });

  it('prints to a text that reads to the same text', () => {
    const number = fc
      .tuple(
        fc.boolean(),
        fc.bigInt({ min: 0n, max: 10n ** 30n }),
        fc.option(fc.stringMatching(/^\d{1,20}$/)),
        fc.option(fc.integer({ min: -99, max: 99 })),
      )
      .map(
        ([minus, whole, part, exponent]) =>
          `${minus ? '-' : ''}${whole}${part === null ? '' : `.${part}`}${exponent === null ? '' : `e${exponent}`}`,
      );
    fc.assert(
      fc.property(number, (text) => {
        expect(printJson(read(`[${text}]`))).toBe(`[${text}]`);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('keys that look like places in a list', () => {
  it('are keys like any other, and make no lists', () => {
    const text = `[${Array(50_000).fill('{"1023":0}').join(',')}]`;
    const before = process.memoryUsage().heapUsed;
    const value = read(text);
    // A list of 1,500 places for each of them would be 600 MB.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200 * 1024 * 1024);
    expect(Array.isArray(value) && value.length).toBe(50_000);
    expect(printJson(read('{"a":1,"7":{"4294967294":2},"0":3}'))).toBe('{"0":3,"7":{"4294967294":2},"a":1}');
    expect(refused('{"7":1,"7":2}')).toBe('malformed_json');
    expect(refused('{"7":1,"4294967294":2,"4294967294":2}')).toBe('malformed_json');
  });
});

describe('a body of very many parts', () => {
  it.each(['[],', '[1],', '{"a":1},', '[[[[[[[[1]]]]]]]],'])('is refused before it is held: %s', (part) => {
    const body = (length: number) => `[${part.repeat(length / part.length)}0]`;
    expect(refused(body(100_000))).toBeUndefined();
    expect(refused(body(8_000_000))).toBe('too_large');
  });

  it('is refused for one object of very many keys, which a stored document may be', () => {
    const body = (keys: number) => `{${Array.from({ length: keys }, (_, n) => `"k${n}":0`).join(',')}}`;
    expect(refused(body(20_000))).toBeUndefined();
    expect(refused(body(20_001))).toBe('too_large');
    expect(Object.keys(parseAnswer(Buffer.from(body(20_001))) as object)).toHaveLength(20_001);
  });
});
