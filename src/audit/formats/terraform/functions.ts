/** Terraform's functions that configurations of stores and networks use. What is not here is unknown. */
import {
  boolOf,
  itemsOf,
  type ListValue,
  numberOf,
  same,
  scalar,
  textOf,
  unknown,
  type Value,
  type Written,
} from './values.ts';

const MOST_ITEMS = 2_000;
const LONGEST = 1_000_000;

type Func = (args: readonly Value[], at: Written) => Value;

export function call(name: string, args: readonly Value[], at: Written): Value {
  return FUNCTIONS.get(name)?.(args, at) ?? unknown(at);
}

function list(items: readonly Value[], complete: boolean, at: Written): ListValue {
  return { kind: 'list', items: items.slice(0, MOST_ITEMS), complete: complete && items.length <= MOST_ITEMS, at };
}

/** What is cut out of a text is written where the text is, though it is not the whole of it. */
function writtenBy(value: Value | undefined, at: Written): Written {
  return { ...(value?.at ?? at), literal: false };
}

/** Of texts that are all known; unknown otherwise. */
function texts(make: (...texts: string[]) => string | number | boolean | null): Func {
  return (args, at) => {
    const known = args.map(textOf);
    if (known.some((text) => text === null)) return unknown(at);
    const made = make(...(known as string[]));
    return made === null || (typeof made === 'string' && made.length > LONGEST) ? unknown(at) : scalar(made, at);
  };
}

/** The argument itself, as a list. */
function asList(value: Value | undefined, at: Written): Value {
  if (value === undefined || value.kind === 'unknown' || value.kind === 'list') return value ?? unknown(at);
  return value.kind === 'map' ? list([...value.entries.values()], value.complete, at) : value;
}

function asSet(value: Value | undefined, at: Written): Value {
  const listed = asList(value, at);
  if (listed.kind !== 'list') return listed;
  const seen = new Set<string>();
  const items = listed.items.filter((item) => {
    const text = textOf(item);
    if (text === null || !seen.has(text)) {
      if (text !== null) seen.add(text);
      return true;
    }
    return false;
  });
  return { ...listed, items };
}

function flatten(value: Value, into: Value[], depth: number): boolean {
  if (value.kind === 'unknown') return false;
  if (value.kind !== 'list') {
    into.push(value);
    return true;
  }
  if (depth > 20 || into.length > MOST_ITEMS) return false;
  return value.items.map((item) => flatten(item, into, depth + 1)).every(Boolean) && value.complete;
}

function merge(args: readonly Value[], at: Written): Value {
  const entries = new Map<string, Value>();
  let complete = true;
  for (const arg of args) {
    if (arg.kind === 'null') continue;
    if (arg.kind !== 'map') {
      // What is not known may replace any entry before it.
      entries.clear();
      complete = false;
      continue;
    }
    if (!arg.complete) {
      entries.clear();
      complete = false;
    }
    for (const [key, value] of arg.entries) entries.set(key, value);
  }
  return { kind: 'map', entries, complete, at };
}

function lookup([map, key, fallback]: readonly Value[], at: Written): Value {
  const name = textOf(key ?? null);
  if (map?.kind !== 'map' || name === null) return unknown(at);
  return map.entries.get(name) ?? (map.complete && fallback !== undefined ? fallback : unknown(at));
}

function coalesce(args: readonly Value[], at: Written): Value {
  for (const arg of args) {
    if (arg.kind === 'unknown' || arg.kind === 'partial') return arg;
    if (arg.kind !== 'null' && !(arg.kind === 'string' && arg.value === '')) return arg;
  }
  return unknown(at);
}

function coalescelist(args: readonly Value[], at: Written): Value {
  for (const arg of args) {
    if (arg.kind !== 'list') return unknown(at);
    if (arg.items.length > 0) return arg;
    if (!arg.complete) return unknown(at);
  }
  return unknown(at);
}

function element([value, index]: readonly Value[], at: Written): Value {
  const position = numberOf(index ?? null);
  if (value?.kind !== 'list' || position === null || value.items.length === 0) return unknown(at);
  return value.items[position % value.items.length] ?? unknown(at);
}

function join([separator, ...lists]: readonly Value[], at: Written): Value {
  const items = lists.flatMap((value) => itemsOf(value).items);
  const known = items.map(textOf);
  const glue = textOf(separator ?? null);
  if (glue === null || known.includes(null) || !lists.every((value) => itemsOf(value).complete)) return unknown(at);
  const text = known.join(glue);
  return text.length > LONGEST ? unknown(at) : scalar(text, at);
}

function split([separator, text]: readonly Value[], at: Written): Value {
  const [glue, whole] = [textOf(separator ?? null), textOf(text ?? null)];
  if (glue === null || whole === null) return unknown(at);
  return list(
    whole.split(glue, MOST_ITEMS).map((part) => scalar(part, writtenBy(text, at))),
    true,
    at,
  );
}

/** `%s`, `%d`, `%v`, `%q` and `%%`; other verbs make the result unknown. */
function format([pattern, ...args]: readonly Value[], at: Written): Value {
  const text = textOf(pattern ?? null);
  if (text === null) return unknown(at);
  let next = 0;
  let known = true;
  const made = text.replace(/%(.)/g, (_all, verb: string) => {
    if (verb === '%') return '%';
    const value = textOf(args[next++] ?? null);
    if (value === null || !'sdvq'.includes(verb)) known = false;
    return verb === 'q' ? JSON.stringify(value) : (value ?? '');
  });
  return known && made.length <= LONGEST ? scalar(made, at) : unknown(at);
}

function contains([value, wanted]: readonly Value[], at: Written): Value {
  if (value?.kind !== 'list' || wanted === undefined) return unknown(at);
  const found = value.items.map((item) => same(item, wanted));
  if (found.includes(true)) return scalar(true, at);
  return value.complete && !found.includes(null) ? scalar(false, at) : unknown(at);
}

function length([value]: readonly Value[], at: Written): Value {
  if (value?.kind === 'string') return scalar(value.value.length, at);
  if (value?.kind !== 'list' && value?.kind !== 'map') return unknown(at);
  const { items, complete } = itemsOf(value);
  return complete ? scalar(items.length, at) : unknown(at);
}

function keys([value]: readonly Value[], at: Written): Value {
  if (value?.kind !== 'map') return unknown(at);
  return list(
    [...value.entries.keys()].sort().map((key) => scalar(key, at)),
    value.complete,
    at,
  );
}

function zipmap([names, values]: readonly Value[], at: Written): Value {
  if (names?.kind !== 'list' || values?.kind !== 'list') return unknown(at);
  const entries = new Map(
    names.items.flatMap((name, index): [string, Value][] => {
      const key = textOf(name);
      return key === null ? [] : [[key, values.items[index] ?? unknown(at)]];
    }),
  );
  return { kind: 'map', entries, complete: names.complete && entries.size === names.items.length, at };
}

function compact([value]: readonly Value[], at: Written): Value {
  if (value?.kind !== 'list') return unknown(at);
  return { ...value, items: value.items.filter((item) => item.kind !== 'null' && textOf(item) !== '') };
}

function decoded([value]: readonly Value[], at: Written): Value {
  return value?.kind === 'encoded' ? value.value : unknown(at);
}

function numbers(make: (numbers: number[]) => number): Func {
  return (args, at) => {
    const known = args.flatMap((arg) => (arg.kind === 'list' ? arg.items : [arg])).map((arg) => numberOf(arg));
    return known.length === 0 || known.includes(null) ? unknown(at) : scalar(make(known as number[]), at);
  };
}

function truth(every: boolean): Func {
  return ([value], at) => {
    const { items, complete } = itemsOf(value ?? null);
    const found = items.map(boolOf);
    if (found.includes(!every)) return scalar(!every, at);
    return complete && !found.includes(null) ? scalar(every, at) : unknown(at);
  };
}

const FUNCTIONS: ReadonlyMap<string, Func> = new Map<string, Func>([
  [
    'concat',
    (args, at) =>
      list(
        args.flatMap((arg) => itemsOf(arg).items),
        args.every((arg) => itemsOf(arg).complete),
        at,
      ),
  ],
  ['merge', merge],
  ['lookup', lookup],
  ['coalesce', coalesce],
  ['coalescelist', coalescelist],
  ['element', element],
  ['join', join],
  ['split', split],
  ['format', format],
  ['contains', contains],
  ['length', length],
  ['keys', keys],
  ['values', ([value], at) => asList(value, at)],
  ['zipmap', zipmap],
  ['compact', compact],
  ['tolist', ([value], at) => asList(value, at)],
  ['toset', ([value], at) => asSet(value, at)],
  ['distinct', ([value], at) => asSet(value, at)],
  [
    'setunion',
    (args, at) =>
      asSet(
        list(
          args.flatMap((arg) => itemsOf(arg).items),
          args.every((arg) => itemsOf(arg).complete),
          at,
        ),
        at,
      ),
  ],
  ['sort', ([value], at) => asList(value, at)],
  [
    'reverse',
    ([value], at) => (value?.kind === 'list' ? { ...value, items: [...value.items].reverse() } : unknown(at)),
  ],
  ['tomap', ([value], at) => value ?? unknown(at)],
  [
    'tobool',
    ([value], at) =>
      value === undefined ? unknown(at) : value.kind === 'string' ? scalar(boolOf(value), value.at) : value,
  ],
  [
    'tonumber',
    ([value], at) => (value?.kind === 'string' ? scalar(numberOf(value), value.at) : (value ?? unknown(at))),
  ],
  [
    'tostring',
    ([value], at) =>
      value?.kind === 'bool' || value?.kind === 'number'
        ? scalar(String(value.value), value.at)
        : (value ?? unknown(at)),
  ],
  ['sensitive', ([value], at) => value ?? unknown(at)],
  ['nonsensitive', ([value], at) => value ?? unknown(at)],
  [
    'one',
    ([value], at) => (value?.kind === 'list' && value.complete ? (value.items[0] ?? scalar(null, at)) : unknown(at)),
  ],
  [
    'flatten',
    ([value], at) => {
      const items: Value[] = [];
      const complete = value !== undefined && flatten(value, items, 0);
      return value?.kind === 'list' ? list(items, complete, at) : unknown(at);
    },
  ],
  ['jsonencode', ([value], at) => (value === undefined ? unknown(at) : { kind: 'encoded', value, at: value.at })],
  ['jsondecode', decoded],
  ['lower', texts((text = '') => text.toLowerCase())],
  ['upper', texts((text = '') => text.toUpperCase())],
  ['trimspace', texts((text = '') => text.trim())],
  ['trimprefix', texts((text = '', prefix = '') => (text.startsWith(prefix) ? text.slice(prefix.length) : text))],
  [
    'trimsuffix',
    texts((text = '', suffix = '') => (suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text)),
  ],
  ['startswith', texts((text = '', prefix = '') => text.startsWith(prefix))],
  ['endswith', texts((text = '', suffix = '') => text.endsWith(suffix))],
  ['strcontains', texts((text = '', part = '') => text.includes(part))],
  [
    'substr',
    texts((text = '', from = '0', count = '-1') =>
      Number(count) < 0 ? text.slice(Number(from)) : text.slice(Number(from), Number(from) + Number(count)),
    ),
  ],
  // A pattern (`/…/`) is somebody else's regular expression: not run.
  [
    'replace',
    texts((text = '', from = '', to = '') => (from === '' || from.startsWith('/') ? null : text.split(from).join(to))),
  ],
  ['max', numbers((all) => Math.max(...all))],
  ['min', numbers((all) => Math.min(...all))],
  ['abs', numbers(([one = 0]) => Math.abs(one))],
  ['floor', numbers(([one = 0]) => Math.floor(one))],
  ['ceil', numbers(([one = 0]) => Math.ceil(one))],
  ['alltrue', truth(true)],
  ['anytrue', truth(false)],
  [
    'slice',
    ([value, from, to], at) => {
      const [start, end] = [numberOf(from ?? null), numberOf(to ?? null)];
      if (value?.kind !== 'list' || start === null || end === null) return unknown(at);
      return { ...value, items: value.items.slice(start, end) };
    },
  ],
]);
