/**
 * What expressions come to, as far as the files tell. Bounded: a budget of steps for all modules below a root, and a
 * depth of evaluation; beyond them everything is unknown.
 *
 * Source: https://developer.hashicorp.com/terraform/language/expressions
 */
import type { Source } from '../../source.ts';
import { call } from './functions.ts';
import type { Expression, For, Node, Template } from './syntax.ts';
import {
  boolOf,
  failed,
  HOLE,
  isKnown,
  itemsOf,
  numberOf,
  type Reference,
  same,
  scalar,
  textOf,
  unknown,
  type Value,
  type Written,
} from './values.ts';

export interface Budget {
  steps: number;
  depth: number;
}

/** How names are looked up: a module instance. */
export interface Names {
  readonly budget: Budget;
  /** A value and how many of the steps it took; null: no such name. */
  lookup(root: string, steps: readonly Step[], at: Written): { value: Value; used: number } | null;
}

export interface Scope {
  names: Names;
  source: Source;
  /** `each`, `count`, iterators and the names of a `for`. */
  local: ReadonlyMap<string, Value> | null;
}

/** `.name`, or `[key]`; a key that is not known is null. */
export type Step = { name: string } | { key: string | null };

const DEEPEST = 150;
const MOST_ITEMS = 500;
const LONGEST = 1_000_000;

export function writtenAt(source: Source, { start, end }: Node, literal = false): Written {
  return { source, span: { start, end }, literal };
}

export function evaluate(expression: Expression, scope: Scope): Value {
  const { budget } = scope.names;
  if (budget.steps <= 0 || budget.depth > DEEPEST) return unknown(writtenAt(scope.source, expression));
  budget.steps -= 1;
  budget.depth += 1;
  const value = evaluated(expression, scope);
  budget.depth -= 1;
  return value;
}

function evaluated(expression: Expression, scope: Scope): Value {
  const at = (): Written => writtenAt(scope.source, expression);
  switch (expression.kind) {
    case 'literal':
      return scalar(expression.value, writtenAt(scope.source, expression, true));
    case 'template':
      return template(expression, scope);
    case 'list':
      return { kind: 'list', items: expression.items.map((item) => evaluate(item, scope)), complete: true, at: at() };
    case 'object': {
      const entries = new Map<string, Value>();
      let complete = true;
      for (const { key, value } of expression.entries) {
        const name = textOf(evaluate(key, scope));
        if (name === null) complete = false;
        else entries.set(name, evaluate(value, scope));
      }
      return { kind: 'map', entries, complete, at: at() };
    }
    case 'root':
    case 'attribute':
    case 'index':
      return access(expression, scope);
    case 'splat':
      return splat(evaluate(expression.of, scope), expression.path, scope, at());
    case 'call': {
      if (expression.name === 'try') return attempt(expression.args, scope, at());
      if (expression.name === 'can') {
        const [only] = expression.args.map((arg) => evaluate(arg, scope));
        if (only?.kind === 'unknown') return only.failed ? scalar(false, at()) : unknown(at());
        return scalar(true, at());
      }
      const args = expression.args.map((arg) => evaluate(arg, scope));
      const last = args.at(-1);
      if (!expression.expand || last === undefined) return call(expression.name, args, at());
      const { items, complete } = itemsOf(last);
      return complete ? call(expression.name, [...args.slice(0, -1), ...items], at()) : unknown(at());
    }
    case 'unary': {
      const of = evaluate(expression.of, scope);
      const [truth, number] = [boolOf(of), numberOf(of)];
      if (expression.operator === '!') return truth === null ? unknown(at()) : scalar(!truth, at());
      return number === null ? unknown(at()) : scalar(-number, at());
    }
    case 'binary':
      return binary(expression.operator, evaluate(expression.left, scope), evaluate(expression.right, scope), at());
    case 'conditional': {
      const truth = boolOf(evaluate(expression.if, scope));
      if (truth !== null) return evaluate(truth ? expression.then : expression.else, scope);
      const [left, right] = [evaluate(expression.then, scope), evaluate(expression.else, scope)];
      return isKnown(left) && isKnown(right) && same(left, right) === true ? left : unknown(at(), left.from);
    }
    case 'for':
      return loop(expression, scope, at());
    case 'opaque':
      return unknown(at());
  }
}

function attempt(args: readonly Expression[], scope: Scope, at: Written): Value {
  for (const arg of args) {
    const value = evaluate(arg, scope);
    if (value.kind !== 'unknown' || value.failed !== true) return value;
  }
  return unknown(at);
}

function template({ parts, start, end }: Template, scope: Scope): Value {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && only.kind !== 'text') return evaluate(only, scope);
  let value = '';
  let literal = true;
  const pieces: { text: number; offset: number }[] = [];
  const holes: Value[] = [];
  let from: Reference | undefined;
  for (const part of parts) {
    if (part.kind === 'text') {
      if (part.exact) pieces.push({ text: value.length, offset: part.start });
      value += part.value;
      continue;
    }
    literal = false;
    const inner = evaluate(part, scope);
    from ??= inner.from;
    const text = textOf(inner);
    if (text === null) holes.push(inner);
    value += text ?? HOLE;
    if (value.length > LONGEST) return unknown(writtenAt(scope.source, { start, end }));
  }
  const at = writtenAt(scope.source, { start, end }, literal);
  const origin = from === undefined ? {} : { from };
  if (holes.length > 0) return { kind: 'partial', value, pieces, holes, at, ...origin };
  return { kind: 'string', value, pieces, at, ...origin };
}

function access(expression: Expression, scope: Scope): Value {
  const steps: Step[] = [];
  let node = expression;
  while (node.kind === 'attribute' || node.kind === 'index') {
    steps.push(node.kind === 'attribute' ? { name: node.name } : { key: textOf(evaluate(node.key, scope)) });
    node = node.of;
  }
  steps.reverse();
  const at = writtenAt(scope.source, expression);
  if (node.kind !== 'root') return walk(evaluate(node, scope), steps, at);
  const local = scope.local?.get(node.name);
  if (local !== undefined) return walk(local, steps, at);
  const found = scope.names.lookup(node.name, steps, at);
  return found === null ? unknown(at) : walk(found.value, steps.slice(found.used), at);
}

/** Goes into a value, step by step. */
function walk(value: Value, steps: readonly Step[], at: Written): Value {
  let found = value;
  for (const step of steps) found = into(found, step, at);
  return found;
}

function into(value: Value, step: Step, at: Written): Value {
  const key = 'name' in step ? step.name : step.key;
  if (value.kind === 'unknown') {
    if (value.failed) return value;
    const { from } = value;
    if (from === undefined) return unknown(at);
    return unknown(at, 'name' in step ? { ...from, path: [...from.path, step.name] } : from);
  }
  if (key === null) return unknown(at);
  if (value.kind === 'map') return value.entries.get(key) ?? (value.complete ? failed(at) : unknown(at));
  if (value.kind === 'list') return value.items[Number(key)] ?? (value.complete ? failed(at) : unknown(at));
  return failed(at);
}

function splat(of: Value, path: readonly (string | Expression)[], scope: Scope, at: Written): Value {
  if (of.kind === 'null') return { kind: 'list', items: [], complete: true, at };
  const items = of.kind === 'list' ? of.items : [of];
  const [next, ...rest] = path;
  if (next === undefined) return of.kind === 'list' ? of : { kind: 'list', items, complete: of.kind !== 'unknown', at };
  if (of.kind === 'unknown') {
    const names = path.filter((step): step is string => typeof step === 'string' && step !== '*');
    return walk(
      of,
      names.map((name) => ({ name })),
      at,
    );
  }
  const mapped = items.map((item) => {
    if (next === '*') return splat(item, rest, scope, at);
    return walk(
      item,
      path.map((step) => (typeof step === 'string' ? { name: step } : { key: textOf(evaluate(step, scope)) })),
      at,
    );
  });
  return { kind: 'list', items: mapped, complete: of.kind !== 'list' || of.complete, at };
}

function loop(expression: For, scope: Scope, at: Written): Value {
  const over = evaluate(expression.in, scope);
  if (over.kind !== 'list' && over.kind !== 'map') return unknown(at, over.from);
  const [first = '', second] = expression.names;
  const pairs: readonly (readonly [Value, Value])[] =
    over.kind === 'map'
      ? [...over.entries].map(([key, value]) => [scalar(key, value.at), value] as const)
      : over.items.map((value, index) => [scalar(index, value.at), value] as const);
  let complete = over.complete && pairs.length <= MOST_ITEMS;
  const items: Value[] = [];
  const entries = new Map<string, Value>();
  for (const [key, value] of pairs.slice(0, MOST_ITEMS)) {
    const local = new Map(scope.local ?? []);
    local.set(second ?? first, value);
    if (second !== undefined) local.set(first, key);
    const inner = { ...scope, local };
    const kept = expression.condition === null ? true : boolOf(evaluate(expression.condition, inner));
    if (kept === null) complete = false;
    if (kept !== true) continue;
    const made = evaluate(expression.value, inner);
    if (expression.key === null) {
      items.push(made);
      continue;
    }
    const name = textOf(evaluate(expression.key, inner));
    if (name === null) complete = false;
    else if (expression.grouped) {
      const group = entries.get(name);
      const before = group?.kind === 'list' ? group.items : [];
      entries.set(name, { kind: 'list', items: [...before, made], complete: true, at });
    } else entries.set(name, made);
  }
  return expression.key === null ? { kind: 'list', items, complete, at } : { kind: 'map', entries, complete, at };
}

function binary(operator: string, left: Value, right: Value, at: Written): Value {
  if (operator === '&&' || operator === '||') {
    const [a, b] = [boolOf(left), boolOf(right)];
    const decides = operator === '||';
    if (a === decides || b === decides) return scalar(decides, at);
    return a === null || b === null ? unknown(at) : scalar(!decides, at);
  }
  if (operator === '==' || operator === '!=') {
    const equal = same(left, right);
    return equal === null ? unknown(at) : scalar(equal === (operator === '=='), at);
  }
  const [a, b] = [numberOf(left), numberOf(right)];
  const made = a === null || b === null ? undefined : ARITHMETIC[operator]?.(a, b);
  return made === undefined || (typeof made === 'number' && !Number.isFinite(made)) ? unknown(at) : scalar(made, at);
}

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number | boolean>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};
