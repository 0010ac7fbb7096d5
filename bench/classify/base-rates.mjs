#!/usr/bin/env node
/**
 * How often values that are nothing personal pass each check: measured over populations of machine-made values, the worst
 * population counts. Writes src/classify/values/base-rates.ts; `npx biome check --write` lays it out.
 *
 *   node bench/classify/base-rates.mjs
 *
 * Populations: random integers of each length from 1 to 19 digits, ids in sequence, epoch seconds and milliseconds, prices,
 * ratios, hexadecimal digits, UUIDs, base64, slugs, words, codes of capitals and digits, versions, timestamps, dates, paths.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundled, root } from './bundle.mjs';
import { seeded } from './random.mjs';

const { createTally } = await bundled('classify/values/tally.ts');
const COUNT = 4_096;
const random = seeded(20_261_123);
const int = (least, most) => least + Math.floor(random() * (most - least + 1));
const digits = (length) => `${int(1, 9)}${Array.from({ length: length - 1 }, () => int(0, 9)).join('')}`;
const from = (alphabet, length) => Array.from({ length }, () => alphabet[int(0, alphabet.length - 1)]).join('');
const HEX = '0123456789abcdef';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = UPPER.toLowerCase();
const WORDS = (
  'table lamp copper bolt garden blue wooden chair small engine filter river stone paper window harvest metric signal orbit ' +
  'pixel canvas bridge market summer winter circle level pocket cotton silver ribbon forest anchor button candle desert ' +
  'pending shipped draft open failed done basic premium standard large medium'
).split(' ');
const word = () => WORDS[int(0, WORDS.length - 1)];
const two = (number) => String(number).padStart(2, '0');
const day = () => `${int(2015, 2026)}-${two(int(1, 12))}-${two(int(1, 28))}`;

const populations = {
  ...Object.fromEntries(Array.from({ length: 19 }, (_, at) => [`integers of ${at + 1} digits`, () => digits(at + 1)])),
  'ids in sequence, 9 digits': (
    (next) => () =>
      String(next++)
  )(104_200_000),
  'epoch seconds': () => String(int(1_400_000_000, 1_800_000_000)),
  'epoch milliseconds': () => String(int(1_400_000_000, 1_800_000_000) * 1000 + int(0, 999)),
  prices: () => (random() * 1_000).toFixed(2),
  ratios: () => random().toFixed(6),
  measures: () => ((random() - 0.5) * 5_000).toFixed(4),
  ...Object.fromEntries([8, 16, 24, 32, 40, 64].map((length) => [`hex, ${length}`, () => from(HEX, length)])),
  UUIDs: () => [8, 4, 4, 4, 12].map((length) => from(HEX, length)).join('-'),
  base64: () => from(`${UPPER}${LOWER}0123456789`, 27),
  slugs: () => `${word()}-${word()}-${int(1, 99)}`,
  words: word,
  'two words': () => `${word()} ${word()}`,
  sentences: () => Array.from({ length: 9 }, word).join(' '),
  'capitals and digits': () => from(`${UPPER}0123456789`, int(4, 10)),
  'part numbers': () => `${from(UPPER, 2)}-${digits(5)}`,
  'article numbers': () => `${digits(3)}-${digits(4)}-${digits(2)}`,
  'shelf codes': () => `${from(UPPER, 1)}${two(int(1, 99))}`,
  versions: () => `${int(0, 12)}.${int(0, 30)}.${int(0, 40)}`,
  timestamps: () => `${day()}T${two(int(0, 23))}:${two(int(0, 59))}:${two(int(0, 59))}Z`,
  dates: day,
  paths: () => `/${word()}/${word()}/${int(1, 500)}`,
  booleans: () => ['true', 'false', 'yes', 'no'][int(0, 3)],
};

const worst = new Map();
for (const [name, make] of Object.entries(populations)) {
  // A tally sees every sixteenth of many values in full: many small ones see all.
  const passed = new Map();
  let examined = 0;
  for (let block = 0; block < COUNT / 256; block++) {
    const tally = createTally();
    for (let at = 0; at < 256; at++) tally.add(make());
    const summary = tally.summary();
    examined += 256;
    for (const [check, count] of Object.entries(summary.passed)) {
      const scale = /^phone-[A-Z]{2}$/.test(check) ? 256 / Math.max(1, summary.passed['phone-tried'] ?? 1) : 1;
      passed.set(check, (passed.get(check) ?? 0) + count * scale);
    }
  }
  for (const [check, count] of passed) {
    const rate = count / examined;
    if (rate > (worst.get(check)?.rate ?? 0)) worst.set(check, { rate, name });
  }
}
const rows = [...worst]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([check, { rate, name }]) => `  // ${name}\n  '${check}': ${Math.min(1, rate).toFixed(4)},`);
writeFileSync(
  join(root, 'src/classify/values/base-rates.ts'),
  `/**
 * Share of values that are nothing personal and pass a check all the same, in the worst population: integers of every
 * length, epochs, hex, words, codes, versions, dates, … Measured by bench/classify/base-rates.mjs, ${COUNT.toLocaleString('en-US')} values each; the
 * comment names the population.
 */
const MEASURED: Readonly<Record<string, number>> = {
${rows.join('\n')}
};

/** Below what a sample of this size can show. */
const FLOOR = 0.002;

export function baseRate(check: string): number {
  // A shape that is written like nothing else may still be a firm's own code.
  const floor = check.endsWith('!') ? 0.02 : FLOOR;
  return Math.min(0.98, Math.max(floor, Object.hasOwn(MEASURED, check) ? (MEASURED[check] ?? 0) : 0));
}
`,
);
console.log(`${rows.length} checks`);
