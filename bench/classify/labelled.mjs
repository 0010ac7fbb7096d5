/** The labelled sets: data sets with columns, what each holds, and made-up values. */
import { FRESH } from './fresh.mjs';
import { seeded } from './random.mjs';
import { NOTHING, SCHEMAS } from './schemas.mjs';
import { UNSEEN } from './unseen.mjs';
import { generators } from './values.mjs';

/**
 * @typedef {{ name: string, label: string, values: unknown[] }} Column `label`: categories, `-` for none, joined by `|`
 * @typedef {{ name: string, country: string, half: string, columns: Column[] }} LabelledSet
 */

/** What served for tuning, parts a to d. @returns {LabelledSet[]} */
export function labelledSet(rows = 60) {
  return setsOf(`${SCHEMAS}\n${NOTHING}`, rows);
}

/** What was written without sight of the vocabulary, drawn into parts e and f; both have served for learning. */
export function unseenSet(rows = 60) {
  const draw = seeded(20_261_123);
  return setsOf(UNSEEN, rows).map((set) => ({ ...set, half: draw() < 0.5 ? 'e' : 'f' }));
}

/** Part g, written without sight of the vocabulary after part f was opened: totals only. @returns {LabelledSet[]} */
export function freshSet(rows = 60) {
  const draw = seeded(20_261_124);
  return setsOf(FRESH, rows).map((set) => ({
    ...set,
    half: 'g',
    // With those written as `none`, a third of its columns is known by name alone.
    columns: set.columns.map((column) => (draw() < 0.17 ? { ...column, values: [] } : column)),
  }));
}

/** @returns {LabelledSet[]} */
function setsOf(text, rows) {
  const sets = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    if (!line.startsWith(' ')) {
      const [name, country, half] = line.split(/ @| /).filter(Boolean);
      sets.push({ name: name.replace(/\(.*/, ''), country, half, columns: [] });
      continue;
    }
    const set = sets.at(-1);
    const make = generators(set.country, 77 + sets.length);
    for (const part of line.trim().split(' ')) {
      const [, name, label, kind] = /^(.+)=(.+)\/(\w+)$/.exec(part);
      if (make[kind] === undefined) throw new Error(`no generator ${kind}`);
      set.columns.push({ name, label, values: kind === 'none' ? [] : Array.from({ length: rows }, make[kind]) });
    }
  }
  return sets;
}
