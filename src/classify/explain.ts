/** What a detector is and looks at, for `postern explain payment/card-number`. */
import { CATEGORIES } from '../core/category.ts';
import { DETECTORS, type Detector } from './detectors.ts';
import { baseRate } from './values/base-rates.ts';
import { NATIONAL_IDS } from './values/national-ids.ts';

const MOST_NAMES = 12;
const NATIONAL = new Set(NATIONAL_IDS.map(({ id }) => id));
/** Checks whose passing alone says next to nothing. */
const COMMON = 0.3;

/** Every id that a report names. */
export function detectorIds(): string[] {
  return [...new Set(DETECTORS.map(({ id }) => shown(id)))];
}

/** @returns paragraphs, or undefined when no detector is called so */
export function explainDetector(id: string): { title: string; paragraphs: string[] } | undefined {
  const rows = DETECTORS.filter((detector) => shown(detector.id) === id);
  const [first] = rows;
  if (first === undefined) return undefined;
  return {
    title: `${id} – ${first.title}`,
    paragraphs: [
      `Fields that hold ${first.title}, of the category “${CATEGORIES[first.category]}”.`,
      namesOf(rows),
      valuesOf(rows),
      'Confirmed: at least five values pass, four fifths of those examined, and name or values would be enough alone. Firm: the name says it, or the values do. Tentative: a hint, such as a word of several meanings. Neighbours (countries, other fields of the kind) raise or lower the score; no value is kept or shown.',
    ],
  };
}

function namesOf(rows: readonly Detector[]): string {
  const names = rows.flatMap((row) => row.names.split(', ')).filter((name) => name !== '');
  if (names.length === 0) return 'It has no words of its own: values, or any word of the category, lead to it.';
  const more = names.length > MOST_NAMES ? `, and ${names.length - MOST_NAMES} more` : '';
  return `Words in the name: ${names.slice(0, MOST_NAMES).join(', ')}${more}.`;
}

function valuesOf(rows: readonly Detector[]): string {
  const checks = [...new Set(rows.flatMap(({ checks }) => checks))];
  if (checks.length === 0)
    return 'Values: none is checked; those that contradict the name (yes or no, times, paths) count against it.';
  const rates = checks.map((check) => {
    const rate = baseRate(check);
    const said = rate >= COMMON ? 'says little alone' : `at most ${Math.round(rate * 1_000) / 10} % of others pass`;
    return `${NATIONAL.has(check) ? 'shape and check digits' : check.replace(/-/g, ' ')} (${said})`;
  });
  const alone = rows.some((row) => row.alone === true)
    ? 'They may tell it under any name.'
    : 'They count under such a name only.';
  return `Checks of the values: ${rates.join(', ')}. ${alone}`;
}

function shown(id: string): string {
  return id.replace(/-value$/, '');
}
