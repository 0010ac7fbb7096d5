/** Figures and names as people read them. */
import { CATEGORIES } from '../core/category.ts';
import type { Owner } from '../core/severity.ts';
import type { StoryState, Verdict } from '../core/verdict.ts';
import { counted, humanCount, nounsOf, series } from '../core/words.ts';

export { humanCount, serviceTitle, storeName } from '../core/words.ts';

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `38.2 MB`, in powers of 1,000 (IEC 80000-13 keeps `MB` for those). */
export function humanBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (unit < UNITS.length - 1 && value >= (unit === 0 ? 1_000 : 999.5)) {
    value /= 1_000;
    unit++;
  }
  return unit === 0
    ? plural(bytes, 'byte')
    : `${value < 100 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)} ${UNITS[unit]}`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return counted(count, [one, many]);
}

/** `a, b and c`. */
export function sentenceList(items: readonly string[], most = Number.POSITIVE_INFINITY): string {
  if (items.length > most) return `${items.slice(0, most).join(', ')} and ${humanCount(items.length - most)} more`;
  return series(items);
}

/** With a full stop, unless it ends a sentence already. */
export function sentence(text: string): string {
  return text === '' || /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** What one record of a service is called. */
export function recordNoun(service = ''): readonly [one: string, many: string] {
  return nounsOf(service).record;
}

/** `12,400 documents, 38.2 MB`; empty when neither figure is known. */
export function humanSize(size: { documents?: number | null; bytes?: number | null }, service?: string): string {
  const parts: string[] = [];
  if (typeof size.documents === 'number') parts.push(plural(size.documents, ...recordNoun(service)));
  if (typeof size.bytes === 'number') parts.push(humanBytes(size.bytes));
  return parts.join(', ');
}

export function categoryTitle(category: string): string {
  return Object.hasOwn(CATEGORIES, category) ? CATEGORIES[category as keyof typeof CATEGORIES] : category;
}

export const OWNER_TITLES = { developer: 'Developer', it: 'IT', security: 'Security' } as const satisfies Record<
  Owner,
  string
>;

/** What a stranger gets, as a verb phrase after `a stranger` and before what is got. */
export const STRANGER = {
  refused: 'is refused',
  filtered: 'gets no answer',
  unidentified: 'reaches something that was not recognised',
  secured: 'is asked for credentials',
  'metadata-only': 'sees names and sizes',
  'anonymous-read': 'reads',
  'anonymous-write': 'reads and can change',
  inconclusive: 'gets something that could not be told',
} as const satisfies Record<Verdict, string>;

export const STATE_TITLES = {
  exposed: 'Exposed',
  closed: 'Closed, proven',
  unknown: 'Unknown',
} as const satisfies Record<StoryState, string>;

/** `2026-11-22 11:08 UTC`; what is not a time comes back as it is. */
export function humanTime(iso: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})/.exec(iso);
  return match ? `${match[1]} ${match[2]} UTC` : iso;
}
