/** Categories of the owner's own, from postern.yaml: names of fields, and a pattern for values. */
import type { OwnCategory } from '../core/category.ts';
import { patternProblem } from '../core/safe-pattern.ts';
import { wordsOf } from './score.ts';
import type { OwnPattern } from './values/tally.ts';

/** As postern.yaml says it (`classify.categories`). */
export interface OwnCategoryConfig {
  id: string;
  title: string;
  /** Words or phrases of field names. */
  names: readonly string[];
  /** Anchored regular expression that values match. */
  pattern?: string | undefined;
}

export interface OwnDetector {
  category: OwnCategory;
  title: string;
  phrases: readonly (readonly string[])[];
  pattern?: OwnPattern;
}

/** @throws RangeError for a pattern that must not be run; the configuration refuses those before */
export function ownDetectors(categories: readonly OwnCategoryConfig[]): OwnDetector[] {
  return categories.map(({ id, title, names, pattern }) => {
    const problem = pattern === undefined ? undefined : patternProblem(pattern);
    if (problem !== undefined) throw new RangeError(`the pattern of ${id} ${problem}`);
    const category: OwnCategory = `own:${id}`;
    return {
      category,
      title,
      phrases: names.map((name) => wordsOf(name)).filter((phrase) => phrase.length > 0),
      ...(pattern === undefined ? {} : { pattern: { id: category, pattern: new RegExp(pattern, 'u') } }),
    };
  });
}

export function patternsOf(own: readonly OwnDetector[]): OwnPattern[] {
  return own.flatMap(({ pattern }) => (pattern === undefined ? [] : [pattern]));
}
