import { describe, expect, it } from 'vitest';
import { Refusal } from '../contract/refusal.ts';
import { parseNdjson } from './ndjson.ts';

function refused(text: string): string | undefined {
  try {
    parseNdjson(Buffer.from(text));
  } catch (error) {
    return error instanceof Refusal ? error.detail : 'not a refusal';
  }
  return undefined;
}

describe('lines of JSON are framed in one way only (B073)', () => {
  it('reads one value a line, each ended by a line feed', () => {
    expect(parseNdjson(Buffer.from('{"index":"profiles"}\n{"size":1}\n[]\n'))).toEqual([
      { index: 'profiles' },
      { size: 1 },
      [],
    ]);
    expect(parseNdjson(Buffer.from('{"a":"ü"}\n{"ö":2}\n'))).toEqual([{ a: 'ü' }, { ö: 2 }]);
  });

  it.each([
    ['nothing', '', 'the last line is not ended'],
    ['a last line that is not ended', '{}\n{}', 'the last line is not ended'],
    ['an empty line', '{}\n\n{}\n', 'line 2 is empty'],
    ['an empty line at the start', '\n{}\n', 'line 1 is empty'],
    ['an empty line at the end', '{}\n\n', 'line 2 is empty'],
    ['a carriage return before the line feed', '{}\r\n{}\r\n', 'a carriage return'],
    ['a carriage return alone', '{}\r{}\n', 'a carriage return'],
    ['a line of white space', '{}\n \n', 'line 2, character 1: no value'],
    ['two values on a line', '{}{}\n', 'line 1, character 2: something follows the value'],
    ['a value over two lines', '{"a":\n1}\n', 'line 1, character 5: no value'],
    ['a NUL between lines', '{}\n\u0000{}\n', 'line 2, character 0: no value'],
    ['a line separator U+2028 as a line end', '{}\u2028{}\n', 'line 1, character 2: something follows the value'],
  ])('refuses %s', (_name, text, detail) => {
    expect(refused(text)).toBe(detail);
  });

  it('keeps U+2028 within a string as the character it is', () => {
    expect(parseNdjson(Buffer.from('{"a":"\u2028"}\n'))).toEqual([{ a: '\u2028' }]);
  });

  it('may hold as many arrays and objects together as one body', () => {
    expect(refused('[]\n'.repeat(300_000))).toBeUndefined();
    expect(refused('[]\n'.repeat(300_001))).toBe('line 300001, too many arrays and objects');
  });
});
