/**
 * Documents to fields: nested maps become dotted paths, arrays add nothing to a path, and a string that holds a JSON
 * document is opened once. Keys of maps that are no schema but data – ids, addresses, one entry per person – become `*`,
 * since a path is shown in reports.
 */
import { namePattern } from '../core/redact.ts';
import { createTally, type OwnPattern, type Tally, type ValueSummary } from './values/tally.ts';

const MOST_FIELDS = 4_000;
const DEEPEST = 24;
const MOST_OF_ARRAY = 10_000;
const LONGEST_JSON = 65_536;
/** Maps of at least this many maps that look alike hold one entry per thing, not one per property. */
const ALIKE = 3;
/** More keys than this under one path are data. */
const MOST_KEYS = 300;

interface Node {
  path: string;
  tally?: Tally;
  children?: Map<string, Node>;
}

/** Collects fields of any number of records. Memory depends on the schema alone. */
export interface FieldCollector {
  add(record: unknown): void;
  /** A value whose path is known: a column of a table. */
  addValue(path: string, value: unknown): void;
  fields(): { name: string; values: ValueSummary }[];
  readonly records: number;
  /** Fields beyond the limit, whose values were not looked at. */
  readonly dropped: number;
}

export function collectFields(own: readonly OwnPattern[] = []): FieldCollector {
  const root: Node = { path: '' };
  const columns = new Map<string, Tally>();
  let count = 0;
  let records = 0;
  let dropped = 0;

  function tallyOf(node: Node): Tally | undefined {
    if (node.tally === undefined) {
      if (count >= MOST_FIELDS) {
        dropped++;
        return undefined;
      }
      count++;
      node.tally = createTally(own);
    }
    return node.tally;
  }

  function child(node: Node, key: string): Node {
    node.children ??= new Map();
    const known = node.children.get(key);
    if (known !== undefined) return known;
    const shown = node.children.size >= MOST_KEYS ? '*' : shownKey(key);
    let made = node.children.get(shown);
    if (made === undefined) {
      made = { path: node.path === '' ? shown : `${node.path}.${shown}` };
      node.children.set(shown, made);
    }
    return made;
  }

  function walk(value: unknown, node: Node, depth: number): void {
    if (typeof value !== 'object' || value === null) {
      const opened = typeof value === 'string' && depth < DEEPEST ? openedJson(value) : undefined;
      if (opened !== undefined) walkInside(opened, node, depth + 1);
      else tallyOf(node)?.add(value);
      return;
    }
    if (depth >= DEEPEST) return;
    if (Array.isArray(value)) {
      const end = Math.min(value.length, MOST_OF_ARRAY);
      if (isPair(value)) tallyOf(node)?.add(`${value[0]},${value[1]}`);
      else for (let at = 0; at < end; at++) walk(value[at], node, depth + 1);
      return;
    }
    walkMap(value, node, depth);
  }

  function walkMap(map: object, node: Node, depth: number): void {
    const keys = Object.keys(map);
    const together = keys.length >= ALIKE && areAlike(map, keys);
    for (const key of keys) {
      walk((map as Record<string, unknown>)[key], child(node, together ? '*' : key), depth + 1);
    }
  }

  /** One level only: strings inside stay strings. */
  function walkInside(value: object, node: Node, depth: number): void {
    for (const item of Array.isArray(value) ? value.slice(0, MOST_OF_ARRAY) : [value]) {
      if (typeof item !== 'object' || item === null) tallyOf(node)?.add(item);
      else
        for (const [key, inner] of Object.entries(item)) {
          const target = child(node, key);
          if (typeof inner === 'string') tallyOf(target)?.add(inner);
          else walk(inner, target, depth + 1);
        }
    }
  }

  return {
    add(record) {
      records++;
      walk(record, root, 0);
    },
    addValue(path, value) {
      let tally = columns.get(path);
      if (tally === undefined) {
        if (count >= MOST_FIELDS) {
          dropped++;
          return;
        }
        count++;
        tally = createTally(own);
        columns.set(path, tally);
      }
      tally.add(value);
    },
    fields() {
      const found = [...columns].map(([name, tally]) => ({ name, values: tally.summary() }));
      const visit = (node: Node): void => {
        if (node.tally !== undefined)
          found.push({ name: node.path === '' ? '*' : node.path, values: node.tally.summary() });
        for (const next of new Set(node.children?.values())) visit(next);
      };
      visit(root);
      return found;
    },
    get records() {
      return records;
    },
    get dropped() {
      return dropped;
    },
  };
}

/** Schema names are words; what has many digits, an @ or a random look is somebody's key. */
export function shownKey(key: string): string {
  if (/^[A-Za-z_][A-Za-z_]{0,39}\d{0,2}$/.test(key) && !looksRandom(key)) return key;
  if (key.length > 64 || /[@/\\]|\d{4}|[\x00-\x1f\x7f]/.test(key) || /^[-\d]/.test(key) || looksRandom(key)) return '*';
  return namePattern(key).replaceAll('.', '·');
}

/** Push ids, object ids, tokens: long, and letters change case or mix with digits as no word does. */
function looksRandom(key: string): boolean {
  if (key.length < 16 || /[_ ]/.test(key)) return false;
  const turns = key.match(/[a-z][A-Z]|\d[A-Za-z]|[A-Za-z]\d|[A-Z]{2}[a-z]/g)?.length ?? 0;
  return turns >= key.length / 4 || /^[0-9a-f]{16,}$/i.test(key);
}

function openedJson(text: string): object | undefined {
  const first = text.charCodeAt(0);
  if ((first !== 123 && first !== 91) || text.length > LONGEST_JSON || text.length < 7) return undefined;
  const last = text.charCodeAt(text.length - 1);
  if (last !== 125 && last !== 93) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** GeoJSON and Elasticsearch: `[13.405, 52.52]`. */
function isPair(list: readonly unknown[]): boolean {
  return (
    list.length === 2 &&
    list.every((one) => typeof one === 'number' && Math.abs(one) <= 180) &&
    list.some((one) => !Number.isInteger(one))
  );
}

/** Whether all entries are maps, and most of them have the keys of the first. */
function areAlike(map: object, keys: readonly string[]): boolean {
  const entries = map as Record<string, unknown>;
  let shape: string[] | undefined;
  let alike = 0;
  for (let at = 0; at < keys.length && at < 12; at++) {
    const entry = entries[keys[at] ?? ''];
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return false;
    shape ??= Object.keys(entry);
    if (shape.length > 0 && shape.filter((key) => Object.hasOwn(entry, key)).length * 2 >= shape.length) alike++;
  }
  return alike >= ALIKE && alike * 4 >= Math.min(keys.length, 12) * 3;
}
