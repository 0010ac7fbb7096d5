import { describe, expect, it } from 'vitest';
import type { WriteField } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import { type Json, JsonNumber, jsonObject } from '../../../json/index.ts';
import { checkFieldValue } from './field-value.ts';

function accepts(field: WriteField, value: Json): boolean {
  try {
    checkFieldValue(field, value);
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'malformed_body') return false;
    throw error;
  }
}

describe('checkFieldValue', () => {
  it('takes whole numbers of the size of their type, digit by digit (B064)', () => {
    const long: WriteField = { type: 'long' };
    expect(accepts(long, new JsonNumber('9223372036854775807'))).toBe(true);
    expect(accepts(long, new JsonNumber('9223372036854775808'))).toBe(false);
    expect(accepts(long, new JsonNumber('-9223372036854775808'))).toBe(true);
    expect(accepts(long, new JsonNumber('1e3'))).toBe(false);
    expect(accepts(long, new JsonNumber('1.0'))).toBe(false);
    expect(accepts(long, 1.5)).toBe(false);
    expect(accepts(long, '1')).toBe(false);
    expect(accepts({ type: 'byte' }, 127)).toBe(true);
    expect(accepts({ type: 'byte' }, 128)).toBe(false);
    expect(accepts({ type: 'short' }, -32768)).toBe(true);
    expect(accepts({ type: 'integer' }, 2147483648)).toBe(false);
  });

  it('takes numbers that a double can hold', () => {
    expect(accepts({ type: 'double' }, new JsonNumber('1.50'))).toBe(true);
    expect(accepts({ type: 'double' }, new JsonNumber('1e999'))).toBe(false);
    expect(accepts({ type: 'float' }, '1.5')).toBe(false);
  });

  it('holds bounds, patterns, lengths and lists of values', () => {
    expect(accepts({ type: 'long', minimum: 1, maximum: 9 }, 9)).toBe(true);
    expect(accepts({ type: 'long', minimum: 1, maximum: 9 }, 10)).toBe(false);
    expect(accepts({ type: 'long', maximum: 9 }, new JsonNumber('9007199254740993'))).toBe(false);
    expect(accepts({ type: 'keyword', pattern: /^[a-z]+$/ }, 'abc')).toBe(true);
    expect(accepts({ type: 'keyword', pattern: /^[a-z]+$/ }, 'a1')).toBe(false);
    expect(accepts({ type: 'keyword', pattern: /a/ }, 'a'.repeat(5000))).toBe(false);
    expect(accepts({ type: 'text', maxLength: 3 }, 'abcd')).toBe(false);
    expect(accepts({ type: 'keyword', oneOf: ['a', 'b'] }, 'b')).toBe(true);
    expect(accepts({ type: 'keyword', oneOf: ['a', 'b'] }, 'c')).toBe(false);
    expect(accepts({ type: 'integer', oneOf: [1, 2] }, 2)).toBe(true);
  });

  it('checks every value of a list, which holds no lists', () => {
    expect(accepts({ type: 'keyword' }, ['a', null, 'b'])).toBe(true);
    expect(accepts({ type: 'keyword' }, ['a', 1])).toBe(false);
    expect(accepts({ type: 'keyword' }, [['a']])).toBe(false);
    expect(accepts({ type: 'keyword' }, new Array<string>(1025).fill('a'))).toBe(false);
  });

  it('takes points, addresses, dates and booleans in one form each', () => {
    const point = jsonObject([
      ['lat', 1],
      ['lon', 2.5],
    ]);
    expect(accepts({ type: 'geo_point' }, point)).toBe(true);
    expect(accepts({ type: 'geo_point' }, [1, 2])).toBe(false);
    expect(accepts({ type: 'geo_point' }, { ...point, z: 1 })).toBe(false);
    expect(accepts({ type: 'ip' }, '2001:db8::1')).toBe(true);
    expect(accepts({ type: 'ip' }, '192.0.2.1/24')).toBe(false);
    expect(accepts({ type: 'date' }, '2026-01-02T03:04:05.678Z')).toBe(true);
    expect(accepts({ type: 'date' }, 1_700_000_000_000)).toBe(true);
    expect(accepts({ type: 'date' }, '{{now}}')).toBe(false);
    expect(accepts({ type: 'boolean' }, false)).toBe(true);
    expect(accepts({ type: 'boolean' }, 'false')).toBe(false);
  });

  it('takes null, which is no value', () => {
    expect(accepts({ type: 'keyword', oneOf: ['a'] }, null)).toBe(true);
  });

  it('refuses half a surrogate pair, which no UTF-8 can carry', () => {
    expect(accepts({ type: 'keyword' }, '\ud83d')).toBe(false);
    expect(accepts({ type: 'keyword' }, '😀')).toBe(true);
  });
});
