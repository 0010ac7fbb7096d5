/** `filter_path=a.b,c.*`: keeps only what the patterns name. `**` takes in any depth; `-x` removes. */
import { wildcard } from './index-set.ts';
import { isObject, type Json, type JsonObject } from './json.ts';

export function filterPath(answer: Json, patterns: string | null): Json {
  if (patterns === null || patterns === '') return answer;
  const all = patterns.split(',').map((pattern) => pattern.trim());
  const kept = all.filter((pattern) => !pattern.startsWith('-')).map((pattern) => pattern.split('.'));
  const dropped = all.filter((pattern) => pattern.startsWith('-')).map((pattern) => pattern.slice(1).split('.'));
  const included = kept.length === 0 ? answer : (walk(answer, kept) ?? {});
  return dropped.length === 0 ? included : without(included, dropped);
}

function walk(value: Json, patterns: readonly string[][]): Json | undefined {
  if (patterns.some((pattern) => pattern.length === 0)) return value;
  if (Array.isArray(value)) {
    const items = value.flatMap((item) => walk(item, patterns) ?? []);
    return items.length > 0 ? items : undefined;
  }
  if (!isObject(value)) return undefined;
  const kept: JsonObject = {};
  for (const [key, inner] of Object.entries(value)) {
    const found = walk(inner, step(patterns, key));
    if (found !== undefined) kept[key] = found;
  }
  return Object.keys(kept).length > 0 ? kept : undefined;
}

function without(value: Json, patterns: readonly string[][]): Json {
  if (Array.isArray(value)) return value.map((item) => without(item, patterns));
  if (!isObject(value)) return value;
  const kept: JsonObject = {};
  for (const [key, inner] of Object.entries(value)) {
    const rest = step(patterns, key);
    if (!rest.some((pattern) => pattern.length === 0)) kept[key] = without(inner, rest);
  }
  return kept;
}

/** What remains of each pattern after one key. */
function step(patterns: readonly string[][], key: string): string[][] {
  return patterns.flatMap((pattern) => {
    const [head, ...rest] = pattern;
    if (head === undefined) return [];
    if (head === '**') return [pattern, ...step([rest], key)];
    return wildcard(head, false)(key) ? [rest] : [];
  });
}
