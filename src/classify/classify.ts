import type { Category } from '../core/category.ts';
import { own } from '../core/own.ts';
import type { Confidence } from '../core/severity.ts';
import { type Match, readings, wordsOf } from './score.ts';
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
  const read = names.map((name) => ({ name, matches: readings(wordsOf(name)) }));
  const context = contextOf(
    read.map(({ matches }) => best(matches)),
    dataset,
  );
  return read.flatMap(({ name, matches }) => {
    const match = best(matches.filter(({ strength, category }) => strength > 0 || context.has(category)));
    return match ? [{ name, category: match.category, confidence: match.strength >= 2 ? 'firm' : 'tentative' }] : [];
  });
}

/** The strongest reading; of equals the longest, then the one nearest the end, where the noun stands. */
function best(matches: readonly Match[]): Match | undefined {
  let found: Match | undefined;
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
  }
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
