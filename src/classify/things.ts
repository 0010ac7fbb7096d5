/** What belongs to nobody: places of business, timetables, products. Their names, addresses and numbers are not personal. */
import type { MissionCategory } from '../core/category.ts';
import { tokenise } from './tokens.ts';
import {
  FOODS,
  MARKS_OF_PLACES,
  NAMES,
  PEOPLE_RECORDED,
  PERSONS,
  PLACES,
  SETTINGS,
  THINGS,
} from './vocabulary-context.ts';

const places = new Set(PLACES.split(' '));
const things = new Set(THINGS.split(' '));
const foods = new Set(FOODS.split(' '));
const settings = new Set(SETTINGS.split(' '));
const names = new Set(`${NAMES} adi ad title`.split(' '));
const persons = new Set(`${PERSONS} ${PEOPLE_RECORDED}`.split(' '));
const marks = MARKS_OF_PLACES.split(', ').map((phrase) => phrase.split(' '));

/** What a person's name may be. */
const KINDS_OF_NAMES = new Set(
  'short sortable sorted supplied common chosen official registered native phonetic romanized romanised latin kana pen stage alias birth baptismal christian complete formatted known public legal real entire completo completa complet social'.split(
    ' ',
  ),
);

/** What a product has as well as a person. */
const ANYTHINGS = new Set(['display name', 'photo url']);

export type Subject = 'places' | 'things' | 'foods' | 'settings' | undefined;

interface Read {
  category: MissionCategory;
  strength: number;
  from: number;
}

/** What a data set is about, where it is not people: told by its name and fields, never against a field of a person's. */
export function subjectOf(
  dataset: string,
  fields: readonly { words: readonly string[]; matches: readonly Read[] }[],
): Subject {
  const named = tokenise(dataset.slice(-128));
  const whose = named.some((word) => isPerson(word));
  if (!whose && named.some((word) => settings.has(word))) return 'settings';
  const personal = fields.some(({ words, matches }) =>
    matches.some(
      ({ category, strength, from }) =>
        strength >= 2 &&
        (category === 'identity' || category === 'credentials' || category === 'email') &&
        !isOfPlace(words, from) &&
        !ANYTHINGS.has(`${words[from]} ${words[from + 1]}`),
    ),
  );
  if (personal) return undefined;
  if (whose) return undefined;
  if (named.some((word) => places.has(word))) return 'places';
  if (fields.some(({ words }) => marks.some((phrase) => startsWith(words, phrase)))) return 'places';
  if (named.some((word) => foods.has(word))) return 'foods';
  return named.some((word) => things.has(word)) ? 'things' : undefined;
}

/** A place of business just before the word: `store_name`, `venue_address`, `stop_lat`. */
export function isOfPlace(words: readonly string[], from: number): boolean {
  return from > 0 && places.has(words[from - 1] ?? '');
}

/** A thing's name: `product_name`, `urun_adi`, `zone_name`; `fillers` say nothing of whose it is. */
export function isNameOfThing(
  words: readonly string[],
  { from, strength }: Read,
  fillers: ReadonlySet<string>,
): boolean {
  const before = words[from - 1] ?? '';
  if (from === 0 || !names.has(words[from] ?? '')) return false;
  if (things.has(before)) return true;
  return (
    strength < 2 &&
    !(
      KINDS_OF_NAMES.has(before) ||
      isPerson(before) ||
      fillers.has(before) ||
      names.has(before) ||
      /^\d+$/.test(before)
    )
  );
}

/** A word for a place of business anywhere in a name: addresses found by their values alone are that place's. */
export function namesPlace(words: readonly string[]): boolean {
  return words.some((word) => places.has(word));
}

export function isPerson(word: string): boolean {
  return persons.has(word) || (word.endsWith('s') && persons.has(word.slice(0, -1)));
}

/** Whether a reading of a field of such a data set is the place's or the thing's. */
export function isOfSubject(subject: Subject, { category, strength }: Read, text: string): boolean {
  if (subject === undefined) return false;
  if (subject === 'settings') return category !== 'credentials' && category !== 'email';
  if (subject === 'places') {
    return (
      category === 'location' ||
      category === 'phone' ||
      category === 'travel' ||
      ((category === 'identity' || category === 'health') && strength < 2) ||
      ANYTHINGS.has(text)
    );
  }
  return (
    (category === 'identity' && (strength < 2 || ANYTHINGS.has(text))) ||
    (category === 'location' && strength < 2) ||
    (category === 'health' && (strength < 2 || subject === 'foods')) ||
    // When it was bought, and for how much.
    (category === 'orders' && text !== 'sku' && !text.includes('order'))
  );
}

function startsWith(words: readonly string[], phrase: readonly string[]): boolean {
  return phrase.every((word, at) => words[at] === word);
}
