/**
 * `filter_path` (B043), applied to what the client may see: paths between commas; `*` within a name, `**` over names, `-`
 * for what is to be left out. Never sent to the store.
 */
import { Refusal } from '../../../contract/refusal.ts';
import { bareObject } from '../../../json/bare.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../json/value.ts';
import { matchesStars } from '../search/selection.ts';

type Path = readonly string[];

const MAX_LENGTH = 2048;
const MAX_PATHS = 64;
const MAX_SEGMENTS = 32;

/** @throws Refusal `malformed_parameter` */
export function applyFilterPath(json: JsonObject, expression: string): JsonObject {
  if (expression.length > MAX_LENGTH) throw new Refusal('malformed_parameter', 'filter_path: too long');
  const includes: Path[] = [];
  const excludes: Path[] = [];
  for (const item of expression.split(',')) {
    if (item === '') continue;
    const path = (item.startsWith('-') ? item.slice(1) : item).split('.');
    if (path.length > MAX_SEGMENTS || path.includes(''))
      throw new Refusal('malformed_parameter', 'filter_path: not a path');
    (item.startsWith('-') ? excludes : includes).push(path);
  }
  if (includes.length + excludes.length > MAX_PATHS) throw new Refusal('malformed_parameter', 'filter_path: too many');
  let result: Json | undefined = json;
  if (includes.length > 0) result = include(result, includes);
  if (excludes.length > 0 && result !== undefined) result = exclude(result, excludes);
  return isJsonObject(result) ? result : bareObject();
}

/** The paths that go on below a member; `true` where one ends there. */
function below(paths: readonly Path[], key: string): readonly Path[] | true {
  const next: Path[] = [];
  for (const path of paths) {
    const [head = '', ...rest] = path;
    if (head === '**') {
      if (rest.length === 0) return true;
      next.push(path);
      const after = below([rest], key);
      if (after === true) return true;
      next.push(...after);
    } else if (head === key || (head.includes('*') && matchesStars(head, key))) {
      if (rest.length === 0 || rest.every((segment) => segment === '**')) return true;
      next.push(rest);
    }
  }
  return next.length > 1 ? unique(next) : next;
}

/** Every `**` splits a path in two: without this, two paths that go on alike would split again and again. */
function unique(paths: readonly Path[]): readonly Path[] {
  const seen = new Map(paths.map((path) => [path.join('.'), path]));
  return [...seen.values()];
}

function include(value: Json, paths: readonly Path[]): Json | undefined {
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const item of value) {
      const shown = include(item, paths);
      if (shown !== undefined) items.push(shown);
    }
    return items.length === 0 ? undefined : items;
  }
  if (!isJsonObject(value)) return undefined;
  let result: Record<string, Json> | undefined;
  for (const [key, member] of Object.entries(value)) {
    const rest = below(paths, key);
    const shown = rest === true ? member : rest.length === 0 ? undefined : include(member, rest);
    if (shown === undefined) continue;
    result ??= bareObject();
    result[key] = shown;
  }
  return result;
}

function exclude(value: Json, paths: readonly Path[]): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => exclude(item, paths)).filter((item) => item !== undefined);
  if (!isJsonObject(value)) return value;
  const result: Record<string, Json> = bareObject();
  for (const [key, member] of Object.entries(value)) {
    const rest = below(paths, key);
    if (rest === true) continue;
    const shown = rest.length === 0 ? member : exclude(member, rest);
    if (shown !== undefined) result[key] = shown;
  }
  return result;
}
