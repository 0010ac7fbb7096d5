/** The labelled set: data sets with columns, what each holds, and made-up values. */
import { NOTHING, SCHEMAS } from './schemas.mjs';
import { generators } from './values.mjs';

/** @returns {{ name: string, country: string, half: 'a' | 'b', columns: { name: string, label: string, values: unknown[] }[] }[]} */
export function labelledSet(rows = 60) {
  const sets = [];
  for (const line of `${SCHEMAS}\n${NOTHING}`.split('\n')) {
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
      set.columns.push({ name, label, values: Array.from({ length: rows }, make[kind]) });
    }
  }
  return sets;
}
