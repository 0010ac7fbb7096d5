/** Field names to words: `shippingAddress.zipCode2`, `SHIPPING-ADDRESS_ZIP` and `shipping address zip` read alike. */

const LONGEST_NAME = 256;
const MOST_TOKENS = 24;
const LETTERS: Readonly<Record<string, string>> = {
  ł: 'l',
  Ł: 'L',
  ø: 'o',
  Ø: 'O',
  ı: 'i',
  đ: 'd',
  Đ: 'D',
  æ: 'ae',
  Æ: 'AE',
};

/** Without diacritics; the letters that NFKD leaves or changes wrongly come first. */
export function plain(name: string): string {
  return name
    .replace(/[äÄ]/g, (letter) => (letter === 'ä' ? 'ae' : 'Ae'))
    .replace(/[öÖ]/g, (letter) => (letter === 'ö' ? 'oe' : 'Oe'))
    .replace(/[üÜ]/g, (letter) => (letter === 'ü' ? 'ue' : 'Ue'))
    .replace(/ß/g, 'ss')
    .replace(/[łŁøØıđĐæÆ]/g, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '');
}

/**
 * The words of a name: split at everything that is neither letter nor digit, between lower and upper case, before the
 * last capital of a run (`IPAddress`), and between letters and digits.
 */
export function tokenise(name: string): string[] {
  return plain(name.slice(0, LONGEST_NAME))
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/(\p{L})(\p{N})/gu, '$1 $2')
    .replace(/(\p{N})(\p{L})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((token) => token !== '')
    .slice(0, MOST_TOKENS);
}

/**
 * Splits a run of letters into known words, the longest first: `phonenumber` -> `phone number`. Undefined unless known
 * words fill it from end to end, so that no word is ever found inside an unknown one.
 */
export function segment(run: string, isKnown: (word: string) => boolean): string[] | undefined {
  if (run.length > 40) return undefined;
  /** best[i]: the words that fill the first i letters. */
  const best: (string[] | undefined)[] = [[]];
  for (let end = 1; end <= run.length; end++) {
    for (let start = 0; start < end; start++) {
      const before = best[start];
      if (before === undefined || end - start < 3 || !isKnown(run.slice(start, end))) continue;
      const known = best[end];
      if (known === undefined || before.length + 1 < known.length) best[end] = [...before, run.slice(start, end)];
    }
  }
  const words = best[run.length];
  return words !== undefined && words.length > 1 && words.length <= 4 ? words : undefined;
}
