import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyFields } from '../../src/classify/index.ts';
import { VOCABULARY } from '../../src/classify/vocabulary.ts';
import type { MissionCategory } from '../../src/core/category.ts';

const PHRASES = (Object.keys(VOCABULARY) as MissionCategory[]).flatMap((category) => [
  ...VOCABULARY[category].phrases.split(',').map((phrase) => phrase.trim().split(' ')),
  ...VOCABULARY[category].strong.split(' ').map((word) => [word]),
]);
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

const STYLES: readonly ((words: readonly string[]) => string)[] = [
  (words) => words.join('_'),
  (words) => words.join('-'),
  (words) => words.join('.'),
  (words) => words.join(' '),
  (words) => words.join('_').toUpperCase(),
  (words) => words.map(capital).join(''),
  (words) => words.map((word, index) => (index === 0 ? word : capital(word))).join(''),
  (words) => words.map(capital).join('_'),
];

const of = (name: string) =>
  classifyFields([name])
    .map(({ category, confidence }) => `${category} ${confidence}`)
    .join();

describe('classification', () => {
  it('does not depend on case or separators', () => {
    // A lone digit beside a capital cannot be told from one word in camel case (`2Fa`); phrases with digits stay out.
    const phrase = fc.constantFrom(...PHRASES.filter((words) => words.every((word) => /^[a-z]{2,}$/.test(word))));
    fc.assert(
      fc.property(phrase, (words) => {
        const expected = of(words.join('_'));
        for (const style of STYLES) expect(`${style(words)}: ${of(style(words))}`).toBe(`${style(words)}: ${expected}`);
      }),
      { numRuns: 1000 },
    );
  });

  it('finds every phrase and strong word of its own table', () => {
    for (const words of PHRASES) {
      if (words.join('') === '') continue;
      expect(`${words.join('_')}: ${of(words.join('_'))}`).toMatch(/firm/);
    }
  });

  it('ends quickly and finds known names only, whatever the names are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 20 }),
        fc.string(),
        (names, dataset) => {
          for (const { name } of classifyFields(names, dataset)) expect(names).toContain(name);
        },
      ),
    );
  });

  it('never finds a word inside another', () => {
    const inner = fc.constantFrom('email', 'phone', 'iban', 'street', 'flight', 'gender', 'imei');
    fc.assert(
      fc.property(inner, fc.constantFrom('zq', 'xx', 'qqw'), (word, junk) => {
        expect(of(`${junk}${word}${junk}`)).toBe('');
      }),
    );
  });
});
