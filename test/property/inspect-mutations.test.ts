/**
 * Every reader against real files in which somebody lied: more than 100,000 cases, the same on every run. Whatever the
 * bytes say, a reader throws nothing, names what went wrong by a code, hands on no more than the bytes can hold, comes to
 * an end, and keeps no memory. Whole packages are mutated in inspect-package-mutations.test.ts.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/core/limits.ts';
import type { PackageSink } from '../../src/inspect/source.ts';
import { corpusSubjects, SUBJECTS, type Subject } from './mutation-subjects.ts';
import { createRandom, mutate, sweep, sweepLength } from './mutations.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Buffers are given back in the turn after the one that finds them unused. */
async function memoryInUse(): Promise<number> {
  for (let turn = 0; turn < 3; turn++) {
    gc();
    await nextTurn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const WANTED = 100_000;
/** A number of its own walks other cases; a scale above 1 walks more of them. */
const SEED = Number(process.env.POSTERN_FUZZ_SEED ?? 0x905_7e12);
const SCALE = Number(process.env.POSTERN_FUZZ_SCALE ?? 1);
/** A case that takes this long hangs, as far as a user can tell. Nearly all take well under a millisecond. */
const HANG_MS = 5_000;
/**
 * What a reader may keep after thousands of cases: its caches, and the memory of the Zstandard decoder, which grows to the
 * largest assembly met (64 MiB at most) and stays.
 */
const HEAP_GROWTH = 32 << 20;
const DECODER_GROWTH = 96 << 20;
/** Gzip unpacks a thousand to one; no other format hands on much more than its bytes. */
const MOST_CHARACTERS = (bytes: Buffer, isPacked: boolean) => (bytes.length + 8_192) * (isPacked ? 1_100 : 24);

interface Row {
  cases: number;
  milliseconds: number;
  worst: number;
  statuses: Record<string, number>;
}

const table: Record<string, Row> = {};

/** Counts what a reader hands on and keeps nothing. */
function countingSink() {
  const count = { characters: 0, pieces: 0 };
  const piece = () => {
    count.pieces++;
  };
  const sink: PackageSink = {
    string({ text, offset = 0, name = '', code }) {
      count.pieces++;
      count.characters += text.length;
      if (typeof text !== 'string' || text.length > LIMITS.stringLength * 3) throw new Error('a string too long');
      if (!Number.isSafeInteger(offset) || offset < 0) throw new Error(`an offset of ${offset}`);
      if (typeof name !== 'string') throw new Error('a name that is none');
      if (code !== undefined && code.length > 64) throw new Error('one string used in too many places');
    },
    manifest: piece,
    networkSecurityConfig: piece,
    resourceXml: piece,
    plist: piece,
    call: piece,
    library: piece,
    code: ({ names }) => {
      count.pieces += names.size;
    },
    signature: piece,
    coverage: piece,
    skip: piece,
  };
  return { sink, count };
}

async function readOne({ name, read }: Subject, bytes: Buffer, row: Row, number: string): Promise<void> {
  const { sink, count } = countingSink();
  const started = performance.now();
  try {
    const result = await read(bytes, sink);
    const took = performance.now() - started;
    row.worst = Math.max(row.worst, took);
    if (took > HANG_MS) throw new Error(`took ${took.toFixed(0)} ms`);
    const status = result?.status ?? 'read';
    row.statuses[status] = (row.statuses[status] ?? 0) + 1;
    if (!['read', 'partial', 'skipped', 'failed'].includes(status)) throw new Error(`says ${status}`);
    if (result !== undefined && result.reason === '') throw new Error('gives no reason');
    if ((status === 'partial' || status === 'failed') && !/^[A-Z][A-Z0-9_]{3,}$/.test(result?.code ?? ''))
      throw new Error(`is ${status} (${result?.reason}) without a code`);
    const most = MOST_CHARACTERS(bytes, name === 'gzip' || name.includes('packed'));
    if (count.characters > most) throw new Error(`${count.characters} characters of ${bytes.length} bytes`);
    if (count.pieces > most) throw new Error(`${count.pieces} pieces of ${bytes.length} bytes`);
  } catch (error) {
    throw new Error(`${name}, seed ${SEED}, case ${number}`, { cause: error });
  }
  row.cases++;
}

async function readAll(subject: Subject): Promise<void> {
  const { name, samples } = subject;
  const row: Row = { cases: 0, milliseconds: 0, worst: 0, statuses: {} };
  const started = performance.now();
  for (const [index, sample] of samples.entries()) await readOne(subject, Buffer.from(sample), row, `sound ${index}`);
  expect(row.statuses.failed ?? 0, 'the files themselves are sound').toBe(0);
  const before = await memoryInUse();
  for (const [index, sample] of samples.entries()) {
    const length = sweepLength(sample);
    for (let at = 0; at < length; at++) await readOne(subject, sweep(sample, at), row, `${index} sweep ${at}`);
  }
  const random = createRandom(SEED + name.length);
  for (let at = 0; at < subject.cases * SCALE; at++) {
    const sample = samples[at % samples.length] ?? Buffer.alloc(0);
    await readOne(subject, mutate(sample, random, samples), row, `${at}`);
  }
  expect((await memoryInUse()) - before).toBeLessThan(name.includes('packed') ? DECODER_GROWTH : HEAP_GROWTH);
  row.milliseconds = performance.now() - started;
  table[name] = row;
}

function print(): number {
  const rows = Object.entries(table);
  const total = rows.reduce((sum, [, { cases }]) => sum + cases, 0);
  const seconds = rows.reduce((sum, [, { milliseconds }]) => sum + milliseconds, 0) / 1000;
  const lines = rows.map(([name, { cases, milliseconds, worst, statuses }]) =>
    [
      name.slice(-44).padEnd(44),
      `${cases}`.padStart(7),
      `${(milliseconds / 1000).toFixed(1)} s`.padStart(8),
      `worst ${worst.toFixed(1)} ms`.padStart(16),
      ['read', 'partial', 'failed', 'skipped'].map((status) => `${status} ${statuses[status] ?? 0}`).join(', '),
    ].join('  '),
  );
  console.info(`${lines.join('\n')}\n${total} cases in ${seconds.toFixed(0)} s`);
  return total;
}

describe('the reader of', () => {
  it.each(SUBJECTS.map((subject) => [subject.name, subject] as const))(
    '%s survives its files with lies in them',
    (_name, subject) => readAll(subject),
    300_000,
  );
});

const real = await corpusSubjects();
if (real.length === 0)
  console.warn('SKIPPED: no files of real packages are changed, because POSTERN_CORPUS is not set');

describe.skipIf(real.length === 0)('a file of a real package', () => {
  it.each(real.map((subject) => [subject.name, subject] as const))(
    '%s, with lies in it, is read or refused',
    (_name, subject) => readAll(subject),
    300_000,
  );
});

it('was asked more than a hundred thousand times', () => {
  expect(SUBJECTS.every(({ name }) => name in table)).toBe(true);
  expect(print()).toBeGreaterThanOrEqual(WANTED);
});
