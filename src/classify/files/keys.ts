/**
 * Lists of names, one a line: Redis keys (`user:1001:email`) and objects of a bucket (`users/17/passport.jpg`). What varies
 * becomes `*`, and is itself looked at like a value: a key that ends in an e-mail address holds one.
 */
import { createTally, type OwnPattern, type Tally } from '../values/tally.ts';
import { lineReader } from './lines.ts';
import { type Bytes, type ReadFile, type ReadOptions, tooLong } from './source.ts';

const MOST_PATTERNS = 2_000;
/** Every position's word is shown only when at least so many names share it: fewer may be people. */
const SHARED = 3;
const MOST_WORDS = 50_000;
const MOST_NAMES = 200_000;

interface Pattern {
  count: number;
  varying: Tally;
}

/** @param format which separators count: `:` of keys, `/` of objects */
export async function readNames(
  bytes: Bytes,
  { path, name, own }: ReadOptions,
  format: 'key-list' | 'object-list',
): Promise<ReadFile> {
  const separator = format === 'key-list' ? /[:|/]/ : /\//;
  const reader = lineReader(bytes, 65_536);
  const words = new Map<string, number>();
  const names: string[][] = [];
  let beyond = 0;
  for await (const line of reader.lines()) {
    const text = line.trim();
    if (text === '') continue;
    if (names.length >= MOST_NAMES) {
      beyond++;
      continue;
    }
    const parts = text.slice(0, 1_024).split(separator);
    names.push(parts);
    for (const [at, part] of parts.entries()) {
      if (!isWord(part) || words.size >= MOST_WORDS) continue;
      const key = `${at} ${part}`;
      words.set(key, (words.get(key) ?? 0) + 1);
    }
  }
  const patterns = new Map<string, Pattern>();
  for (const parts of names) add(patterns, parts, words, format === 'key-list' ? ':' : '/', own);
  const fields = [...patterns]
    .sort((a, b) => b[1].count - a[1].count)
    .flatMap(([pattern, { varying }]) => {
      // What the names say is one thing; what stands in their place of `*` is another.
      const values = varying.summary();
      return [{ name: pattern }, ...(values.count > 0 ? [{ name: `* of ${pattern}`, values }] : [])];
    });
  const skips = tooLong(path, reader.skipped);
  if (beyond > 0) {
    skips.push({
      subject: path,
      code: 'CLASSIFY_NAME_LIMIT',
      reason: `${beyond} names beyond the first ${MOST_NAMES} were not looked at`,
      severity: 'note',
    });
  }
  return { format, datasets: [{ name, fields, records: names.length }], skips };
}

function add(
  patterns: Map<string, Pattern>,
  parts: readonly string[],
  words: ReadonlyMap<string, number>,
  mark: string,
  own: readonly OwnPattern[],
): void {
  const shown = parts.map((part, at) => {
    const extension = /\.[a-z][a-z0-9]{1,4}$/i.exec(part)?.[0] ?? '';
    const stem = extension === '' ? part : part.slice(0, -extension.length);
    return isWord(part) && (words.get(`${at} ${part}`) ?? 0) >= SHARED
      ? { text: part }
      : { text: `*${extension}`, varying: stem };
  });
  const text = shown.map((part) => part.text).join(mark);
  let pattern = patterns.get(text);
  if (pattern === undefined) {
    if (patterns.size >= MOST_PATTERNS) return;
    pattern = { count: 0, varying: createTally(own) };
    patterns.set(text, pattern);
  }
  pattern.count++;
  for (const { varying } of shown) if (varying !== undefined) pattern.varying.add(varying);
}

/** A word of a schema, as far as its look goes. */
function isWord(part: string): boolean {
  return /^[a-z][a-z_-]{0,30}$/i.test(part);
}
