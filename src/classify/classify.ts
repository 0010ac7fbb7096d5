import type { Category } from '../core/category.ts';
import { own } from '../core/own.ts';
import type { Confidence } from '../core/severity.ts';
import { isUnderstood, type Match, readings, wordsOf } from './score.ts';
import { isOfSubject, isPerson, type Subject, subjectOf } from './things.ts';
import { tokenise } from './tokens.ts';
import { DATASETS } from './vocabulary.ts';

export interface ClassifiedField {
  /** As given. */
  name: string;
  category: Category;
  /** `firm`: the words say it; `tentative`: a hint. Names alone never make it `confirmed`. */
  confidence: Confidence;
}

/** What siblings of one category must say together, a strong one 2 and a weak one 1, to give its contextual words a meaning. */
const ENOUGH = 3;

/**
 * What kinds of personal data fields of these names hold. Names that say nothing are left out; each name is given once,
 * with its most telling category. Values are not needed and not seen.
 *
 * @param names of one data set, dotted paths included; they give each other context (`total` beside `order_id`)
 * @param dataset the name of the data set, for context (`name` in `customers`)
 */
export function classifyFields(names: readonly string[], dataset = ''): ClassifiedField[] {
  const { fields: read } = contextualReadings(names, dataset);
  return names.flatMap((name, index) => {
    const match = best((read[index]?.matches ?? []).filter(({ strength, inContext }) => strength > 0 || inContext));
    return match ? [{ name, category: match.category, confidence: match.strength >= 2 ? 'firm' : 'tentative' }] : [];
  });
}

/** One reading of a name, and whether its neighbours speak of the same. */
export interface FieldReading extends Match {
  inContext: boolean;
  /** The one that the name alone would be told by. */
  leading: boolean;
  /** The words that say it. */
  text: string;
}

/** Every reading of every name, in the order of the names. */
export function contextualReadings(
  names: readonly string[],
  dataset: string,
): { subject: Subject; fields: { words: readonly string[]; matches: FieldReading[] }[] } {
  const every = names.map((name) => {
    const words = wordsOf(name);
    return { words, matches: leafFirst(name, words, readings(words)) };
  });
  const subject = subjectOf(dataset, every);
  const read = every.map(({ words, matches }) => ({
    words,
    matches: matches.filter((match) => !isOfSubject(subject, match, textOf(words, match))),
  }));
  const context = contextOf(
    read.map(({ matches }) => best(matches)),
    dataset,
  );
  const fields = read.map(({ words, matches: every }) => {
    const matches = every.filter((match) => dataset === '' || isEnough(words, match, context));
    const leading = best(matches.filter(({ strength, category }) => strength > 0 || context.has(category)));
    return {
      words,
      matches: matches.map((match) => ({
        ...match,
        leading: match === leading,
        inContext: context.has(match.category),
        text: textOf(words, match),
      })),
    };
  });
  return { subject, fields };
}

/** A hint beside words that are not understood says something only where the data set speaks of people or of the same. */
function isEnough(
  words: readonly string[],
  { category, strength, from, to }: Match,
  context: ReadonlySet<Category>,
): boolean {
  if (strength > 1 || category === 'credentials' || context.has(category) || context.has('identity')) return true;
  return words.every((word, at) => (at >= from && at <= to) || isUnderstood(word));
}

/** What the last part of a path says counts for more than what a part before it does: `billing_address.phone`. */
function leafFirst(name: string, words: readonly string[], matches: readonly Match[]): Match[] {
  const leaf = name.includes('.') ? words.length - wordsOf(name.slice(name.lastIndexOf('.') + 1)).length : 0;
  if (leaf <= 0 || !matches.some(({ strength, from }) => strength >= 2 && from >= leaf)) return [...matches];
  return matches.map((match) => (match.to < leaf && match.strength === 3 ? { ...match, strength: 2 } : match));
}

function textOf(words: readonly string[], { from, to }: Match): string {
  return words.slice(from, to + 1).join(' ');
}

/** The strongest reading; of equals the longest, then the one nearest the end, where the noun stands. */
function best<M extends Match>(matches: readonly M[]): M | undefined {
  let found: M | undefined;
  for (const match of matches) {
    if (found === undefined || rank(match) > rank(found)) found = match;
  }
  return found;
}

function rank({ strength, from, to }: Match): number {
  return strength * 10_000 + (to - from) * 100 + to;
}

function contextOf(siblings: readonly (Match | undefined)[], dataset: string): Set<Category> {
  const context = new Set<Category>();
  for (const token of tokenise(dataset.slice(-128))) {
    const category = own(DATASETS, token) ?? (token.endsWith('s') ? own(DATASETS, token.slice(0, -1)) : undefined);
    if (category) context.add(category);
    else if (isPerson(token)) context.add('identity');
  }
  // `prescriptions`, `AllergyIntolerance`: what the name of a field would say, the name of the data set says, too.
  for (const { category, strength } of readings(wordsOf(dataset.slice(-128)))) if (strength > 0) context.add(category);
  const told = new Map<Category, { sum: number; strong: number }>();
  for (const match of siblings) {
    if (!match) continue;
    const { sum, strong } = told.get(match.category) ?? { sum: 0, strong: 0 };
    const counts = match.strength >= 2;
    told.set(match.category, { sum: sum + (counts ? 2 : match.strength), strong: strong + (counts ? 1 : 0) });
  }
  for (const [category, { sum, strong }] of told) if (strong > 0 && sum >= ENOUGH) context.add(category);
  // Whoever can be written to and called has a name.
  if ((told.get('email')?.strong ?? 0) > 0 && (told.get('phone')?.strong ?? 0) > 0) context.add('identity');
  return context;
}
