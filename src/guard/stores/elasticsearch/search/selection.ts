/**
 * `_source` in all its forms. The client's patterns are matched here, against the literal names that the rule lists; the
 * store is sent literal names only (B124), and never an empty list, which it would take for everything.
 */
import type { FieldRule, FieldSet } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import { isJsonObject, type Json, jsonObject } from '../../../json/value.ts';
import { type ShapeNode, shapeOf, shapeOfFields } from '../response/shape.ts';

/** What of the document a client asked for. */
export interface Selection {
  readonly shown: boolean;
  /** Empty: all that it may see. */
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
}

export const EVERYTHING: Selection = { shown: true, includes: [], excludes: [] };

const MAX_PATTERNS = 256;
const MAX_PATTERN = 256;

/** @throws Refusal `unsupported_option` */
export function readSelection(json: Json): Selection {
  if (typeof json === 'boolean') return { ...EVERYTHING, shown: json };
  if (typeof json === 'string') return { ...EVERYTHING, includes: [pattern(json)] };
  if (Array.isArray(json)) return fromLists(json, undefined);
  if (!isJsonObject(json)) throw unsupported('neither true, false, a name, a list nor an object');
  for (const key in json) {
    if (!SELECTION_KEYS.has(key)) throw unsupported('unknown key');
  }
  return fromLists(oneOf(json.includes, json.include, 'includes'), oneOf(json.excludes, json.exclude, 'excludes'));
}

/** Elasticsearch 9's `exclude_vectors` only narrows or widens what vectors are shown: a vector is shown where it is listed. */
const SELECTION_KEYS: ReadonlySet<string> = new Set(['includes', 'include', 'excludes', 'exclude', 'exclude_vectors']);

/** The query parameters of the same names: `true`, `false`, or names between commas. */
export function selectionOfParameters(
  source: string | undefined,
  includes: string | undefined,
  excludes: string | undefined,
): Selection | undefined {
  if (source === undefined && includes === undefined && excludes === undefined) return undefined;
  if (source === 'false') return { ...EVERYTHING, shown: false };
  const listed = source === undefined || source === 'true' || source === '' ? undefined : source.split(',');
  if (listed !== undefined && includes !== undefined) throw unsupported('said twice');
  return fromLists(listed ?? includes?.split(','), excludes?.split(','));
}

function fromLists(includes: Json | undefined, excludes: Json | undefined): Selection {
  return { shown: true, includes: patterns(includes), excludes: patterns(excludes) };
}

function oneOf(plural: Json | undefined, singular: Json | undefined, name: string): Json | undefined {
  if (plural !== undefined && singular !== undefined) throw unsupported(`${name} said twice`);
  return plural ?? singular;
}

function patterns(json: Json | undefined): string[] {
  if (json === undefined) return [];
  if (typeof json === 'string') return [pattern(json)];
  if (!Array.isArray(json) || json.length > MAX_PATTERNS) throw unsupported('not a short list of names');
  return json.map(pattern);
}

/** A name, with stars; `address.*` says what `address` says. Kept as it is, but bounded. */
function pattern(json: Json): string {
  if (typeof json !== 'string' || json.length === 0 || json.length > MAX_PATTERN) throw unsupported('not a name');
  if (starsOf(json) > 8) throw unsupported('too many stars');
  return json;
}

function starsOf(text: string): number {
  let stars = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) === 0x2a) stars += 1;
  return stars;
}

function unsupported(detail: string): Refusal {
  return new Refusal('unsupported_option', `_source: ${detail}`);
}

/** What the store is asked for, and what is shown of it. */
export interface SourcePlan {
  /** For the store's `_source`. */
  readonly source: Json;
  /** Null: the document as the store gave it. */
  readonly shape: ShapeNode | null;
}

const plans = new WeakMap<FieldSet, Map<string, SourcePlan>>();

/**
 * @param filterFields what the check after the answer reads; asked for always, and shown only where it is granted and asked for
 */
export function planSource(selection: Selection, fields: FieldSet | null, filterFields: readonly string[]): SourcePlan {
  if (fields === null) return planWhole(selection, filterFields);
  if (!selection.shown) return { source: includesOf(filterFields), shape: EMPTY };
  if (selection.includes.length > 0 || selection.excludes.length > 0) return planSome(selection, fields, filterFields);
  let byFilter = plans.get(fields);
  if (byFilter === undefined) {
    byFilter = new Map();
    plans.set(fields, byFilter);
  }
  const key = filterFields.join('\n');
  let plan = byFilter.get(key);
  if (plan === undefined) {
    plan = { source: includesOf([...namesOf(fields.values()), ...filterFields]), shape: shapeOfFields(fields) };
    byFilter.set(key, plan);
  }
  return plan;
}

const EMPTY: ShapeNode = shapeOf([]);

function planSome({ includes, excludes }: Selection, fields: FieldSet, filterFields: readonly string[]): SourcePlan {
  const shown = [...fields.values()].filter(
    ({ name }) => !isNamed(name, excludes) && (includes.length === 0 || isNamed(name, includes)),
  );
  return {
    source: includesOf(inOrder([...namesOf(shown), ...filterFields], fields)),
    shape: shapeOf(shown.map((rule) => ({ path: rule.name, rule }))),
  };
}

/** As the rule lists them, and then the others: what was printed is printed the same when it is read again. */
function inOrder(names: readonly string[], fields: FieldSet): string[] {
  const wanted = new Set(names);
  return [...[...fields.keys()].filter((name) => wanted.has(name)), ...names];
}

/** An object or nested field is a path: its members are asked for by their own names, and those that are not listed stay in the store. */
function namesOf(rules: Iterable<FieldRule>): string[] {
  const names: string[] = [];
  for (const { name, type } of rules) if (type !== 'nested' && type !== 'object') names.push(name);
  return names;
}

/** Whole documents: with a filter to check, literal names only, because the gateway takes the filter's fields out again. */
function planWhole(selection: Selection, filterFields: readonly string[]): SourcePlan {
  const { shown, includes, excludes } = selection;
  if (filterFields.length === 0) {
    if (!shown) return { source: false, shape: null };
    if (includes.length === 0 && excludes.length === 0) return { source: true, shape: null };
    return {
      source: jsonObject([
        ['includes', includes],
        ['excludes', excludes],
      ]),
      shape: null,
    };
  }
  if (!shown) return { source: includesOf(filterFields), shape: EMPTY };
  if (includes.length === 0 && excludes.length === 0) return { source: true, shape: null };
  for (const name of [...includes, ...excludes]) {
    if (name.includes('*')) throw new Refusal('unsupported_option', '_source: a pattern where documents are filtered');
  }
  const dropped = excludes.map((path) => ({ path, dropped: true }));
  if (includes.length === 0) return { source: true, shape: { ...shapeOf(dropped), whole: true } };
  const shape = shapeOf([...includes.map((path) => ({ path, whole: true })), ...dropped]);
  return { source: includesOf([...includes, ...filterFields]), shape };
}

function includesOf(names: readonly string[]): Json {
  const includes = [...new Set(names)];
  return includes.length === 0 ? false : jsonObject([['includes', includes]]);
}

/** As the stores match them: a pattern names a path and everything below it. */
function isNamed(name: string, patterns: readonly string[]): boolean {
  return patterns.some((one) => namesPath(one, name));
}

function namesPath(pattern: string, name: string): boolean {
  const stem = pattern.endsWith('.*') && pattern.length > 2 ? pattern.slice(0, -2) : pattern;
  if (stem === '*') return true;
  if (!stem.includes('*')) return name === stem || name.startsWith(`${stem}.`);
  for (let end = name.indexOf('.'); end !== -1; end = name.indexOf('.', end + 1)) {
    if (matchesStars(stem, name.slice(0, end))) return true;
  }
  return matchesStars(stem, name);
}

/** `*` is any run of characters, dots too. Linear but for one step back per star; both sides are short. */
export function matchesStars(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      mark = t;
    } else if (pattern[p] === text[t]) {
      p++;
      t++;
    } else if (star !== -1) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
