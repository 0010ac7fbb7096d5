/** An answer as its leaves: a path and a keyed hash each. Two answers are compared leaf by leaf, without keeping a value. */
import { createHmac } from 'node:crypto';
import { fieldName } from '../names.ts';
import { isStructural } from '../patterns.ts';

export interface Leaf {
  hash: string;
  /** It repeats the id that was asked for: it proves nothing. */
  echo: boolean;
}

/** By path; array places are numbers: `items[0].sku`. */
export type Leaves = ReadonlyMap<string, Leaf>;

const MOST_LEAVES = 2_000;
const DEEPEST = 24;
/** Shorter ids stand in other values by chance. */
const LONG_ID = 6;

/**
 * @param key of this run only, so that hashes cannot be looked up
 * @param id that was asked for
 */
export function leavesOf(value: unknown, key: Uint8Array, id: string): Leaves {
  const leaves = new Map<string, Leaf>();
  const visit = (one: unknown, path: string, depth: number): void => {
    if (leaves.size >= MOST_LEAVES || depth > DEEPEST) return;
    if (Array.isArray(one)) {
      for (const [index, item] of one.entries()) visit(item, `${path}[${index}]`, depth + 1);
      return;
    }
    if (typeof one === 'object' && one !== null) {
      for (const [key, item] of Object.entries(one)) {
        // A dot within a name would part it in two; a name with a sign in it is shown as a pattern.
        const name = key.replaceAll('.', '·');
        visit(item, path === '' ? name : `${path}.${name}`, depth + 1);
      }
      return;
    }
    // What is empty is the same in everybody's objects.
    if (one === null || one === undefined || one === '') return;
    const text = String(one);
    const hash = createHmac('sha256', key)
      .update(`${typeof one}:${text}`)
      .digest('base64url')
      .slice(0, 22);
    leaves.set(path, { hash, echo: repeats(text, id) });
  };
  visit(value, '', 0);
  return leaves;
}

function repeats(text: string, id: string): boolean {
  if (text === id || (id.length >= LONG_ID && text.includes(id))) return true;
  return text.length < 4_096 && text.split(/[^A-Za-z0-9_-]+/).includes(id);
}

/** What stays the same when its owner reads it twice, without what repeats the id: times, tokens and nonces are gone. */
export function stableLeaves(first: Leaves, second: Leaves): Leaves {
  return new Map([...first].filter(([path, leaf]) => !leaf.echo && second.get(path)?.hash === leaf.hash));
}

/** Of the leaves those that `other` has not, or has with another value. */
export function distinctLeaves(leaves: Leaves, other: Leaves): Leaves {
  return new Map([...leaves].filter(([path, leaf]) => other.get(path)?.hash !== leaf.hash));
}

/** Of the leaves those that `other` has with the same value. */
export function sharedLeaves(leaves: Leaves, other: Leaves): Leaves {
  return new Map([...leaves].filter(([path, leaf]) => other.get(path)?.hash === leaf.hash));
}

/** How much of the names of `leaves` stand in `other`, 0 to 1, whatever their values. */
export function likeness(leaves: Leaves, other: Leaves): number {
  const names = new Set([...leaves.keys()].map(bare));
  if (names.size === 0) return 0;
  const others = new Set([...other.keys()].map(bare));
  return [...names].filter((name) => others.has(name)).length / names.size;
}

/**
 * Field names that may be shown, each once, in order. A key may be a person's value (`{"members": {"jane": …}}`): a name is
 * kept only where another object has it as well, or where it is a word of a schema.
 * @param schema another object of the same kind
 */
export function fieldsOf(leaves: Leaves, schema: Leaves): string[] {
  const common = new Set([...schema.keys()].flatMap((path) => beginningsOf(bare(path))));
  const shown = (path: string) =>
    beginningsOf(path)
      .map((beginning) => {
        const part = beginning.slice(beginning.lastIndexOf('.') + 1);
        return common.has(beginning) ? fieldName(part) : wordOrPattern(part);
      })
      .join('.');
  return [...new Set([...leaves.keys()].map((path) => shown(bare(path))))].filter((name) => name !== '').sort();
}

/** `a.b.c` -> `a`, `a.b`, `a.b.c`. */
function beginningsOf(path: string): string[] {
  const parts = path.split('.');
  return parts.map((_part, index) => parts.slice(0, index + 1).join('.'));
}

/** `billingAddress` as it is, `jane` as `*`. */
function wordOrPattern(part: string): string {
  const words = part.split(/[_\s-]+|(?<=[a-z])(?=[A-Z])/).map((word) => word.toLowerCase());
  return fieldName(part) === part && words.every((word) => word === '' || isStructural(word)) ? part : '*';
}

/** The leaves of one field, by its dotted path. */
export function leavesNamed(leaves: Leaves, name: string): Leaf[] {
  return [...leaves].filter(([path]) => bare(path) === name || bare(path).endsWith(`.${name}`)).map(([, leaf]) => leaf);
}

function bare(path: string): string {
  return path.replace(/\[\d+\]/g, '');
}
