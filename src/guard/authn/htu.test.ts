import { describe, expect, it } from 'vitest';
import { normaliseUri } from './htu.ts';

describe('the URI of a proof', () => {
  it.each([
    ['HTTPS://Search.Example.ORG:443/a', 'https://search.example.org/a'],
    ['http://h:80/a', 'http://h/a'],
    ['https://h:80/a', 'https://h:80/a'],
    ['https://h:/a', 'https://h/a'],
    ['https://h', 'https://h/'],
    ['https://h?x', 'https://h/'],
    ['https://h#x', 'https://h/'],
    ['https://h/a?b#c', 'https://h/a'],
    ['https://h/a#c?b', 'https://h/a'],
    ['https://h/%7Euser/%e4%2f', 'https://h/~user/%E4%2F'],
    ['https://h/%41', 'https://h/A'],
    ['https://h/a/./b/../c', 'https://h/a/c'],
    ['https://h/a/..', 'https://h/'],
    ['https://h/a/.', 'https://h/a/'],
    ['https://h/../../a', 'https://h/a'],
    ['https://h/.a/..b', 'https://h/.a/..b'],
    ['https://h/a//b', 'https://h/a//b'],
    ['https://[::1]:443/a', 'https://[::1]/a'],
    ['https://h/%252e', 'https://h/%252e'],
    ['https://h/A', 'https://h/A'],
  ])('%s is %s', (uri, normal) => {
    expect(normaliseUri(uri)).toBe(normal);
  });

  it.each([
    '',
    '/a',
    'h/a',
    'ftp://h/a',
    'https:/h/a',
    'https:///a',
    'https://u@h/a',
    'https://h\\a',
    'https://h/a b',
    'https://h/\ta',
    'https://h/é',
    'https://h/%',
    'https://h/%4',
    'https://h/%zz',
    'https://h/a\\b',
    `https://h/${'a'.repeat(2048)}`,
    ' https://h/a',
    'https://:443/a',
  ])('%j is none', (uri) => {
    expect(normaliseUri(uri)).toBeUndefined();
  });
});
