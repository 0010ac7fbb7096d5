import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../config/yaml-file.ts';
import { compilePattern } from './pattern.ts';
import { Problems } from './problems.ts';

function compiled(source: string, maxLength: number | undefined = 100): RegExp | undefined {
  return compilePattern(source, maxLength, ['a'], new Problems(parseYaml('/x.yaml', 'a: b\n', 'E_POLICY_INVALID')));
}

describe('compilePattern', () => {
  it.each([
    ['[a-z]+@[a-z]+\\.example', 'ann@shop.example'],
    ['^\\d{4}-\\d{2}$', '2026-01'],
    ['(?:ab){1,3}', 'abab'],
    ['a|b', 'b'],
    ['[)(*+|]+', '(*'],
    ['\\(\\+\\d*', '(+1'],
  ])('takes %s, for the whole value', (source, value) => {
    expect(compiled(source)?.test(value)).toBe(true);
    expect(compiled(source)?.test(`x${value}\ny`)).toBe(false);
  });

  it.each([
    '(a+)+',
    '(a*)*b',
    '(?:a|a)*',
    '(a|b)+',
    '((a+)b?)*',
    '(.*)\\1',
    'a*a*a*a*b',
    '(?=a)b',
    '(?<!a)b',
    '(a{1,99}){2,}',
    '(?:a?|b)+',
    '(',
  ])('refuses %s', (source) => {
    expect(compiled(source)).toBeUndefined();
  });

  it('needs a bound for the length of values', () => {
    expect(
      compilePattern('a', undefined, ['a'], new Problems(parseYaml('/x.yaml', 'a: b\n', 'E_POLICY_INVALID'))),
    ).toBeUndefined();
    expect(compiled('a', 100_000)).toBeUndefined();
  });
});
