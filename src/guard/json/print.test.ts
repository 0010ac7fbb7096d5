import { describe, expect, it } from 'vitest';
import { parseAnswer } from './answer.ts';
import { equalJson } from './equal.ts';
import { printJson } from './print.ts';
import { type Json, JsonNumber } from './value.ts';

describe('printing', () => {
  it('keeps the order of keys and the digits of numbers', () => {
    expect(printJson({ b: [new JsonNumber('1.0'), 2], a: { c: new JsonNumber('-0') }, s: '"\\\n' })).toBe(
      '{"b":[1.0,2],"a":{"c":-0},"s":"\\"\\\\\\n"}',
    );
    expect(printJson(new JsonNumber('1e3'))).toBe('1e3');
    expect(printJson('x')).toBe('"x"');
  });

  it('takes no text for digits, however much it looks like them', () => {
    expect(printJson(['1.0', new JsonNumber('1.0'), { raw: '1.0' }])).toBe('["1.0",1.0,{"raw":"1.0"}]');
  });

  it('is the only way to print digits', () => {
    expect(() => JSON.stringify(new JsonNumber('1.0'))).toThrow(TypeError);
    printJson(new JsonNumber('1.0'));
    expect(() => JSON.stringify([new JsonNumber('1.0')])).toThrow(TypeError);
  });
});

describe('answers of the store', () => {
  it('come out as they went in, keys that a client may not send included', () => {
    const text =
      '{"hits":{"max_score":1.0,"hits":[{"_source":{"__proto__":{"x":9007199254740993},"constructor":[0.1,1e-7,1e999,"\\ud800"]}}]}}';
    expect(printJson(parseAnswer(Buffer.from(text)))).toBe(text);
  });

  it.each(['', '{', '[1e]', '{"a":1,"a":2}', '\ufeff{}', '['.repeat(129) + ']'.repeat(129)])(
    'are refused as answers when they cannot be read: %#',
    (text) => {
      expect(() => parseAnswer(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'upstream_answer' }));
    },
  );
});

describe('equality', () => {
  it('is blind to the order of keys and sees everything else', () => {
    const one: Json = { a: [1, { b: new JsonNumber('1.0') }], c: null };
    expect(equalJson(one, { c: null, a: [1, { b: new JsonNumber('1.0') }] })).toBe(true);
    const others: readonly Json[] = [
      { a: [1, { b: 1 }], c: null },
      { a: [1, { b: new JsonNumber('1.00') }], c: null },
      { a: [1, { b: new JsonNumber('1.0') }] },
      { a: [1, { b: new JsonNumber('1.0') }], d: null },
      { a: [1, { b: new JsonNumber('1.0') }, 2], c: null },
      { a: { 0: 1 }, c: null },
      [one],
      'x',
      null,
    ];
    for (const other of others) {
      expect(equalJson(one, other)).toBe(false);
      expect(equalJson(other, one)).toBe(false);
    }
  });

  it('is not misled by what objects inherit', () => {
    expect(equalJson({ toString: 1 }, {})).toBe(false);
    expect(equalJson({ constructor: 1 }, { other: 1 })).toBe(false);
  });
});
