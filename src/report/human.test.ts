import { expect, test } from 'vitest';
import { humanBytes, humanCount, humanSize, humanTime, plural, sentence, sentenceList } from './human.ts';
import { code, md } from './markdown/text.ts';
import { hostPort } from './story-view.ts';

test('counts are grouped by thousands', () => {
  expect([0, 999, 1_000, 12_400, 1_234_567].map(humanCount)).toEqual(['0', '999', '1,000', '12,400', '1,234,567']);
});

test('sizes have one figure after the point below a hundred, and never read 1000 of a unit', () => {
  expect([1, 999, 1_000, 38_200_000, 142_606_336, 999_499, 999_500].map(humanBytes)).toEqual([
    ...['1 byte', '999 bytes', '1 kB', '38.2 MB', '143 MB', '999 kB', '1 MB'],
  ]);
});

test('a size is told in the words of its service, and not at all when it is unknown', () => {
  expect(humanSize({ documents: 1, bytes: 2_000 }, 'postgresql')).toBe('1 row, 2 kB');
  expect(humanSize({ documents: 12_400 }, 'elasticsearch')).toBe('12,400 documents');
  expect(humanSize({ documents: null, bytes: null })).toBe('');
});

test('lists, sentences and times', () => {
  expect(sentenceList(['a', 'b', 'c'])).toBe('a, b and c');
  expect(sentenceList(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
  expect([sentence('Done'), sentence('Done.'), sentence('')]).toEqual(['Done.', 'Done.', '']);
  expect(plural(1, 'index', 'indices')).toBe('1 index');
  expect(humanTime('2026-03-14T09:26:59.123Z')).toBe('2026-03-14 09:26 UTC');
  expect(humanTime('whenever')).toBe('whenever');
});

test('an IPv6 address stands in brackets before its port', () => {
  expect([hostPort('2001:db8::7', 9200), hostPort('203.0.113.7', 9200), hostPort('2001:db8::7', null)]).toEqual([
    '[2001:db8::7]:9200',
    '203.0.113.7:9200',
    '2001:db8::7',
  ]);
});

test('text in Markdown makes no markup, mention, link or table cell', () => {
  expect(md('<b>*x*</b> | @team #12 [a](https://phish.example) `c`')).toBe(
    '&lt;b&gt;\\*x\\*&lt;/b&gt; \\| &#64;team \\#12 \\[a\\]\\(https&#58;//phish.example\\) \\`c\\`',
  );
  expect(md('- item')).toBe('\\- item');
});

test('a code span outlives backticks and table pipes inside of it', () => {
  expect(code('a`b')).toBe('``a`b``');
  expect(code('`')).toBe('`` ` ``');
  expect(code('a|b', true)).toBe('`a\\|b`');
});
