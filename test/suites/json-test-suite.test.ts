/**
 * JSONTestSuite (nst): what a JSON reader must take (y_), must refuse (n_) and may do as it likes (i_). The suite is not
 * part of this repository: `bash test/suites/install.sh json` gets it. Results: docs/guard/json-test-suite.md.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/guard/contract/refusal.ts';
import { parseAnswer, parseJson } from '../../src/guard/json/index.ts';

const SUITES = process.env.POSTERN_SUITES ?? new URL('../../.cache/suites/', import.meta.url).pathname;
const folder = join(SUITES, 'JSONTestSuite', 'test_parsing');

/** RFC 8259 leaves these to the reader ("SHOULD be unique", "may set limits"), and a gateway must not guess. */
const REFUSED_ON_PURPOSE = [
  'y_number_double_close_to_zero.json', // 82 characters of one number; the limit is 64
  'y_object_duplicated_key.json',
  'y_object_duplicated_key_and_value.json',
];

/** Integers beyond 2^53, kept with all their digits. All other cases of i_ are refused. */
const TAKEN_OF_EITHER = [
  'i_number_too_big_neg_int.json',
  'i_number_too_big_pos_int.json',
  'i_number_very_big_negative_int.json',
];

function installed(): readonly string[] {
  if (existsSync(folder)) return readdirSync(folder).filter((name) => name.endsWith('.json'));
  const problem = 'JSONTestSuite is not installed (bash test/suites/install.sh json)';
  if (process.env.POSTERN_REQUIRE_SERVERS === '1') throw new Error(problem);
  console.warn(`SKIPPED JSONTestSuite: ${problem}`);
  return [];
}

function isRead(name: string, reader: (bytes: Uint8Array) => unknown): boolean {
  try {
    reader(readFileSync(join(folder, name)));
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

const names = installed();
function taken(kind: string, reader: (bytes: Uint8Array) => unknown): string[] {
  return names.filter((name) => name.startsWith(kind) && isRead(name, reader)).sort();
}

describe.skipIf(names.length === 0)('JSONTestSuite', () => {
  it('is there, all but the cases that are no UTF-8 at least', () => {
    expect(names.length).toBeGreaterThanOrEqual(293);
  });

  it('has no case that must be refused and is read, as a body or as an answer', () => {
    expect(taken('n_', parseJson)).toEqual([]);
    expect(taken('n_', parseAnswer)).toEqual([]);
  });

  it('has no case that must be read and is refused, but for those that are refused on purpose', () => {
    const must = names.filter((name) => name.startsWith('y_') && !REFUSED_ON_PURPOSE.includes(name)).sort();
    expect(must.length).toBeGreaterThanOrEqual(92);
    expect(taken('y_', parseJson)).toEqual(must);
  });

  it('has three cases of either kind that are read, without losing a digit', () => {
    expect(taken('i_', parseJson)).toEqual(TAKEN_OF_EITHER);
  });
});
