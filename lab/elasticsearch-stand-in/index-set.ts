/** The indices of the stand-in and how index expressions (`a,b*,-c,_all`) choose among them. */
import { indexNotFound } from './errors.ts';
import type { JsonObject } from './json.ts';
import type { Mapping } from './mapping.ts';

export interface StoredDocument {
  id: string;
  source: JsonObject;
}

export interface StoredIndex {
  name: string;
  uuid: string;
  mapping: Mapping;
  documents: readonly StoredDocument[];
  /** Size of the documents as JSON. */
  bytes: number;
}

export interface IndexExpressionOptions {
  ignoreUnavailable: boolean;
}

/** The indices an expression names, in the order of the set. Throws `index_not_found_exception` for unknown names. */
export function resolveIndices(
  indices: readonly StoredIndex[],
  expression: string | undefined,
  options: IndexExpressionOptions,
): StoredIndex[] {
  const parts = (expression ?? '_all').split(',').filter((part) => part !== '');
  const chosen = new Set<StoredIndex>();
  for (const [position, part] of parts.entries()) {
    if (part === '_all' || part === '*') {
      for (const index of indices) chosen.add(index);
    } else if (part.startsWith('-') && position > 0) {
      for (const index of matching(indices, part.slice(1))) chosen.delete(index);
    } else {
      const found = matching(indices, part);
      if (found.length === 0 && !part.includes('*') && !options.ignoreUnavailable) throw indexNotFound(part);
      for (const index of found) chosen.add(index);
    }
  }
  return indices.filter((index) => chosen.has(index));
}

function matching(indices: readonly StoredIndex[], pattern: string): StoredIndex[] {
  if (!pattern.includes('*')) return indices.filter((index) => index.name === pattern);
  const matches = wildcard(pattern, false);
  return indices.filter((index) => matches(index.name));
}

/**
 * A matcher for `*` (any run) and, where asked for, `?` (one character). Linear in the text for each `*`, without a
 * regular expression, so that a hostile pattern costs nothing.
 */
export function wildcard(pattern: string, questionMark: boolean, ignoreCase = false): (text: string) => boolean {
  const wanted = ignoreCase ? pattern.toLowerCase() : pattern;
  return (original) => {
    const text = ignoreCase ? original.toLowerCase() : original;
    let at = 0;
    let place = 0;
    let star = -1;
    let retry = 0;
    while (at < text.length) {
      const char = wanted[place];
      if (char === '*') {
        star = place++;
        retry = at;
      } else if (char !== undefined && (char === text[at] || (questionMark && char === '?'))) {
        place++;
        at++;
      } else if (star >= 0) {
        place = star + 1;
        at = ++retry;
      } else {
        return false;
      }
    }
    while (wanted[place] === '*') place++;
    return place === wanted.length;
  };
}
