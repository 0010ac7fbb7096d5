/** The body of a block as it is effective: attributes with their values, nested and `dynamic` blocks. */
import { evaluate, type Scope, writtenAt } from './evaluate.ts';
import type { Block, Body, Expression } from './syntax.ts';
import { itemsOf, type MapValue, scalar, unknown, type Value, type Written } from './values.ts';

const MOST_BLOCKS = 200;

export interface Blocks {
  items: readonly View[];
  /** False when there may be more of them, or fewer, than the files tell. */
  complete: boolean;
  /** Contents of `dynamic` blocks over what is not told: what they write themselves stands there if they stand at all. */
  possible?: readonly View[];
}

export interface View {
  /** Of the block's header; of the whole value where a block is written as one. */
  readonly at: Written;
  /** Offset behind the opening brace, where lines can be added; null where they cannot. */
  readonly open: number | null;
  /** Null when it is not set, or set to null. */
  attribute(name: string): Value | null;
  /** It is written, be it as null. */
  has(name: string): boolean;
  blocks(type: string): Blocks;
}

export function viewOf(block: Pick<Block, 'header' | 'open' | 'body'>, scope: Scope): View {
  return new BlockView(block.body, scope, writtenAt(scope.source, block.header), block.open < 0 ? null : block.open);
}

class BlockView implements View {
  readonly at: Written;
  readonly open: number | null;
  readonly #body: Body;
  readonly #scope: Scope;
  readonly #values = new Map<string, Value | null>();
  readonly #blocks = new Map<string, Blocks>();

  constructor(body: Body, scope: Scope, at: Written, open: number | null) {
    this.#body = body;
    this.#scope = scope;
    this.at = at;
    this.open = open;
  }

  attribute(name: string): Value | null {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const setting = this.#body.settings.get(name);
    const value = setting === undefined ? null : evaluate(setting.value, this.#scope);
    const found = value?.kind === 'null' ? null : value;
    this.#values.set(name, found);
    return found;
  }

  has(name: string): boolean {
    return this.#body.settings.has(name) || this.#body.blocks.some(({ type }) => type === name);
  }

  blocks(type: string): Blocks {
    const known = this.#blocks.get(type);
    if (known !== undefined) return known;
    const items: View[] = [];
    const possible: View[] = [];
    let complete = true;
    for (const block of this.#body.blocks) {
      if (block.type === type) items.push(viewOf(block, this.#scope));
      else if (block.type === 'dynamic' && block.labels[0]?.text === type) {
        complete = this.#dynamic(block, type, items, possible) && complete;
      }
    }
    // In JSON, and where a provider takes attributes as blocks, a value stands for them.
    const setting = this.#body.settings.get(type);
    if (setting !== undefined) complete = collect(evaluate(setting.value, this.#scope), items) && complete;
    if (complete && items.length === 0) complete = !this.#inJsonDynamic(type);
    const found = { items: items.slice(0, MOST_BLOCKS), complete: complete && items.length <= MOST_BLOCKS, possible };
    this.#blocks.set(type, found);
    return found;
  }

  /** JSON writes `dynamic` as a value, which is not followed. */
  #inJsonDynamic(type: string): boolean {
    const dynamic = this.#body.settings.get('dynamic')?.value;
    return dynamic !== undefined && JSON.stringify(keysOf(dynamic)).includes(JSON.stringify(type));
  }

  #dynamic(block: Block, type: string, into: View[], possible: View[]): boolean {
    const each = block.body.settings.get('for_each');
    const content = block.body.blocks.find((inner) => inner.type === 'content');
    if (each === undefined || content === undefined) return false;
    const named = block.body.settings.get('iterator')?.value;
    const iterator = named?.kind === 'root' ? named.name : type;
    const over = evaluate(each.value, this.#scope);
    if (over.kind === 'unknown' || over.kind === 'partial') {
      const local = new Map(this.#scope.local ?? []);
      local.set(iterator, pair(null, unknown(over.at)));
      possible.push(viewOf({ ...content, header: block.header }, { ...this.#scope, local }));
    }
    for (const [key, value] of entriesOf(over).slice(0, MOST_BLOCKS)) {
      const local = new Map(this.#scope.local ?? []);
      local.set(iterator, pair(key, value));
      const scope = { ...this.#scope, local };
      into.push(viewOf({ ...content, header: block.header }, scope));
    }
    return over.kind === 'null' || itemsOf(over).complete;
  }
}

/** `each`, or an iterator: `{ key, value }`. */
export function pair(key: string | null, value: Value): MapValue {
  const name = key === null ? value : scalar(key, value.at);
  return {
    kind: 'map',
    entries: new Map([
      ['key', name],
      ['value', value],
    ]),
    complete: true,
    at: value.at,
  };
}

/** What a `for_each` goes over; the keys of a set are its values. */
export function entriesOf(value: Value): (readonly [string | null, Value])[] {
  if (value.kind === 'map') return [...value.entries];
  return value.kind === 'list' ? value.items.map((item) => [null, item] as const) : [];
}

function keysOf(expression: Expression, depth = 0): string[] {
  if (depth > 2) return [];
  if (expression.kind === 'list') return expression.items.flatMap((item) => keysOf(item, depth + 1));
  if (expression.kind !== 'object') return [];
  return expression.entries.flatMap(({ key }) => (key.kind === 'literal' ? [String(key.value)] : []));
}

function collect(value: Value, into: View[]): boolean {
  if (value.kind === 'map') {
    into.push(new ValueView(value));
    return true;
  }
  if (value.kind === 'null') return true;
  if (value.kind !== 'list') return false;
  return value.items.map((item) => collect(item, into)).every(Boolean) && value.complete;
}

class ValueView implements View {
  readonly at: Written;
  readonly open = null;
  readonly #value: MapValue;

  constructor(value: MapValue) {
    this.#value = value;
    this.at = { ...value.at, literal: false };
  }

  attribute(name: string): Value | null {
    const value = this.#value.entries.get(name);
    if (value === undefined) return this.#value.complete ? null : unknown(this.at);
    return value.kind === 'null' ? null : value;
  }

  has(name: string): boolean {
    return this.#value.entries.has(name);
  }

  blocks(type: string): Blocks {
    const items: View[] = [];
    const value = this.#value.entries.get(type);
    if (value === undefined) return { items, complete: this.#value.complete };
    const complete = collect(value, items);
    return { items, complete };
  }
}
