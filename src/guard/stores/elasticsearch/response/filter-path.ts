/**
 * `filter_path` (B043), applied to what the client may see: paths between commas; `*` within a name, `**` over names, `-`
 * for what is to be left out. Never sent to the store.
 *
 * Every segment of every path is a state, and where a walk through the answer stands is a set of states. Sets and the steps
 * between them are remembered, so that ten thousand buckets with the same keys cost ten thousand look-ups.
 */
import { Refusal } from '../../../contract/refusal.ts';
import { bareObject } from '../../../json/bare.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../json/value.ts';
import { matchesStars } from '../search/selection.ts';

type Path = readonly string[];

const MAX_LENGTH = 2048;
const MAX_PATHS = 64;
const MAX_SEGMENTS = 32;
/** Of all paths together: a step looks at each of them once at most. */
const MAX_STATES = 256;
/** Steps that are remembered from one set; keys of documents may be many. */
const MAX_REMEMBERED = 256;

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
  const paths = [...includes, ...excludes];
  if (paths.length > MAX_PATHS || paths.reduce((sum, { length }) => sum + length, 0) > MAX_STATES)
    throw new Refusal('malformed_parameter', 'filter_path: too many');
  let result: Json | undefined = json;
  if (includes.length > 0) result = include(result, new Walk(includes).start);
  if (excludes.length > 0 && result !== undefined) result = exclude(result, new Walk(excludes).start);
  return isJsonObject(result) ? result : bareObject();
}

/** What a key leads to: a path ends there (`true`), none goes on (`false`), or some do. */
type Step = Place | boolean;

interface Place {
  /** @returns where the paths stand below a member */
  below(key: string): Step;
}

/** The states of some paths: one after another, each path's in a row. */
class Walk {
  readonly #heads: string[] = [];
  /** Whether nothing but `**` follows: then a match is the end of the path. */
  readonly #ends: boolean[] = [];
  readonly #places = new Map<string, Place>();
  readonly start: Place;

  constructor(paths: readonly Path[]) {
    const starts: number[] = [];
    for (const path of paths) {
      starts.push(this.#heads.length);
      for (const [at, head] of path.entries()) {
        this.#heads.push(head);
        this.#ends.push(path.slice(at + 1).every((segment) => segment === '**'));
      }
    }
    this.start = this.#placeOf(starts);
  }

  #placeOf(states: readonly number[]): Place {
    const name = states.join(',');
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const remembered = new Map<string, Step>();
    const place: Place = {
      below: (key) => {
        const seen = remembered.get(key);
        if (seen !== undefined) return seen;
        const step = this.#follow(states, key);
        if (remembered.size < MAX_REMEMBERED) remembered.set(key, step);
        return step;
      },
    };
    if (this.#places.size < MAX_REMEMBERED) this.#places.set(name, place);
    return place;
  }

  #follow(states: readonly number[], key: string): Step {
    const next = new Set<number>();
    for (const from of states) {
      let state = from;
      // `**` stays, or stands for nothing: then what follows it is looked at.
      for (; this.#heads[state] === '**' && !next.has(state); state++) {
        if (this.#ends[state]) return true;
        next.add(state);
      }
      const head = this.#heads[state] ?? '';
      if (head === '**' || (head !== key && !(head.includes('*') && matchesStars(head, key)))) continue;
      if (this.#ends[state]) return true;
      next.add(state + 1);
    }
    return next.size === 0 ? false : this.#placeOf([...next].sort((a, b) => a - b));
  }
}

function include(value: Json, place: Place): Json | undefined {
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const item of value) {
      const shown = include(item, place);
      if (shown !== undefined) items.push(shown);
    }
    return items.length === 0 ? undefined : items;
  }
  if (!isJsonObject(value)) return undefined;
  let result: Record<string, Json> | undefined;
  for (const [key, member] of Object.entries(value)) {
    const step = place.below(key);
    const shown = typeof step === 'boolean' ? (step ? member : undefined) : include(member, step);
    if (shown === undefined) continue;
    result ??= bareObject();
    result[key] = shown;
  }
  return result;
}

function exclude(value: Json, place: Place): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => exclude(item, place)).filter((item) => item !== undefined);
  if (!isJsonObject(value)) return value;
  const result: Record<string, Json> = bareObject();
  for (const [key, member] of Object.entries(value)) {
    const step = place.below(key);
    if (step === true) continue;
    const shown = step === false ? member : exclude(member, step);
    if (shown !== undefined) result[key] = shown;
  }
  return result;
}
