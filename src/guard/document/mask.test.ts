import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { FieldType, Mask } from '../contract/grant.ts';
import { JsonNumber } from '../json/value.ts';
import { maskValue } from './mask.ts';

const CONTEXT = {
  token: (field: string, value: string) =>
    createHash('sha256').update(`${field}|${value}`).digest('base64url').slice(0, 16),
};

function mask(mask: Mask, value: Parameters<typeof maskValue>[2], type: FieldType = 'keyword') {
  return maskValue(mask, type, value, CONTEXT, 'field');
}

describe('masks (B230)', () => {
  it('cover scalars, each of an array, and whole objects; no value stays no value', () => {
    expect(mask({ kind: 'redact' }, 'x')).toBe('***');
    expect(mask({ kind: 'redact' }, [1, [true, null], 'x'])).toEqual(['***', ['***', null], '***']);
    expect(mask({ kind: 'last', keep: 4 }, { a: 'x' })).toBe('***');
    expect(mask({ kind: 'redact' }, null)).toBeNull();
    expect(mask({ kind: 'redact' }, new JsonNumber('9007199254740993'))).toBe('***');
  });

  it('make equal tokens of equal values, by the key', () => {
    expect(mask({ kind: 'token' }, 'ada')).toBe(mask({ kind: 'token' }, 'ada'));
    expect(mask({ kind: 'token' }, 1)).toBe(mask({ kind: 'token' }, new JsonNumber('1')));
    expect(mask({ kind: 'token' }, 'ada')).not.toContain('ada');
  });

  it.each([
    ['5550142', 4, '***142'],
    ['555014299', 4, '***4299'],
    ['abc', 4, '***c'],
    ['a', 4, '***'],
    ['', 4, '***'],
    ['ab😀😁', 2, '***😀😁'],
    ['secret', 0, '***'],
  ])('show the last characters of %s, at most half', (value, keep, shown) => {
    expect(mask({ kind: 'last', keep }, value)).toBe(shown);
  });

  it.each([
    ['ada@example.org', 'a***@example.org'],
    ['a@example.org', '***@example.org'],
    ['"a@b"@example.org', '"***@example.org'],
    ['no address', '***'],
    ['@example.org', '***'],
    ['ada@', '***'],
    ['ada@exa mple.org', '***'],
    ['ada@example.org, bob@x', 'a***@x'],
    [42, '***'],
  ])('show of the address %s its domain', (value, shown) => {
    expect(mask({ kind: 'email' }, value)).toBe(shown);
  });

  it.each([
    ['192.0.2.77', '192.0.2.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:db8::1', '2001:db8:0::/48'],
    ['::1', '0:0:0::/48'],
    ['2001:0DB8:00aa::', '2001:db8:aa::/48'],
    ['::ffff:192.0.2.77', '192.0.2.0/24'],
    ['64:ff9b::192.0.2.33', '***'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
    ['192.0.2.0/31', '***'],
    ['host', '***'],
    [3221225985, '***'],
  ])('show of the address %s its network', (value, shown) => {
    expect(mask({ kind: 'network' }, value, 'ip')).toBe(shown);
  });

  it.each([
    ['1984-05-06', 'date', '1984'],
    ['1984-05-06T07:08:09Z', 'date', '1984'],
    ['1984', 'date', '1984'],
    [452_649_600_000, 'date', '1984'],
    [-86_400_000, 'date', '1969'],
    ['452649600000', 'keyword', '***'],
    ['06.05.1984', 'date', '***'],
    ['19840506', 'keyword', '***'],
    ['9999999999999999', 'date', '***'],
  ] as const)('show of the date %s its year', (value, type, shown) => {
    expect(mask({ kind: 'year' }, value, type)).toBe(shown);
  });
});
