/**
 * Who gets in, path by path: every `allow` of a rules file evaluated for a stranger and for anybody with an account.
 * A document is matched by blocks: in version 2 `{x=**}` stands for none or more segments, in version 1 for one or more.
 * https://firebase.google.com/docs/firestore/security/rules-structure#recursive_wildcards
 */
import { evaluate, type LookUp, type Principal, type Scope, type Value } from './evaluate.ts';
import type { Expression } from './expression.ts';
import type { AllowStatement, MatchBlock, Method, RulesFile, RulesFunction, RulesService, Segment } from './parse.ts';
import { atLeastAs, type Truth, UNKNOWN } from './truth.ts';

export type ServiceName = 'cloud.firestore' | 'firebase.storage';

export interface Statement {
  allow: AllowStatement;
  /** What it says to a principal who asks for a method. */
  of(method: Method, principal: Principal): Truth;
  /** Documents that it looks up. */
  lookUps: readonly LookUp[];
  /** Words of the condition and of the functions that it calls: which fields it is about. */
  words: ReadonlySet<string>;
}

export interface PathAccess {
  block: MatchBlock;
  /** As its author writes it, without the service's prefix: `/users/{userId}`. */
  path: string;
  segments: readonly Segment[];
  /** `all`: every document or file. `never`: no document has such a path. */
  reach: 'all' | 'some' | 'never';
  statements: readonly Statement[];
}

const PREFIX: Readonly<Record<ServiceName, readonly string[]>> = {
  'cloud.firestore': ['databases', '*', 'documents'],
  'firebase.storage': ['b', '*', 'o'],
};
/** Blocks of one file that are evaluated, and steps for all of them. */
const MAX_BLOCKS = 3000;
const MAX_STEPS = 1_500_000;
const STATEMENT_STEPS = 20_000;

export function accessOf(file: RulesFile, service: RulesService, now: number): { paths: PathAccess[]; whole: boolean } {
  const paths: PathAccess[] = [];
  const shared = { left: MAX_STEPS };
  const open: { block: MatchBlock; functions: ReadonlyMap<string, RulesFunction> }[] = [];
  const outer = named(named(new Map(), file.functions), service.functions);
  for (const block of service.blocks.toReversed()) open.push({ block, functions: outer });
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (paths.length >= MAX_BLOCKS) return { paths, whole: false };
    const functions = named(next.functions, next.block.functions);
    const { block } = next;
    const segments = withoutPrefix(block.segments, service.name as ServiceName);
    paths.push({
      block,
      path: pathText(segments),
      segments,
      reach: reachOf(segments, service.name as ServiceName),
      statements: block.allows.map((allow) => statementOf(allow, segments, functions, now, shared)),
    });
    for (const inner of block.blocks.toReversed()) open.push({ block: inner, functions });
  }
  return { paths, whole: shared.left > 0 };
}

function named(
  outer: ReadonlyMap<string, RulesFunction>,
  own: readonly RulesFunction[],
): ReadonlyMap<string, RulesFunction> {
  return own.length === 0 ? outer : new Map([...outer, ...own.map((one) => [one.name, one] as const)]);
}

function withoutPrefix(segments: readonly Segment[], service: ServiceName): readonly Segment[] {
  const prefix = PREFIX[service];
  const fits = prefix.every((text, at) => {
    const segment = segments[at];
    return text === '*'
      ? segment !== undefined && segment.kind !== 'rest'
      : segment?.kind === 'text' && segment.text === text;
  });
  return fits ? segments.slice(prefix.length) : segments;
}

function pathText(segments: readonly Segment[]): string {
  const parts = segments.map((one) =>
    one.kind === 'text' ? one.text : one.kind === 'one' ? `{${one.name}}` : `{${one.name}=**}`,
  );
  return `/${parts.join('/')}`.slice(0, 200);
}

/** A document has an even number of segments: collection, id, collection, id. */
function reachOf(segments: readonly Segment[], service: ServiceName): PathAccess['reach'] {
  if (segments.length === 0) return 'never';
  const rest = segments.some(({ kind }) => kind === 'rest');
  if (!rest && service === 'cloud.firestore' && segments.length % 2 === 1) return 'never';
  return segments.every(({ kind }) => kind !== 'text') ? 'all' : 'some';
}

function statementOf(
  allow: AllowStatement,
  segments: readonly Segment[],
  functions: ReadonlyMap<string, RulesFunction>,
  now: number,
  shared: { left: number },
): Statement {
  const lookUps: LookUp[] = [];
  const verdicts = new Map<string, Truth>();
  const variables = (value: Value): ReadonlyMap<string, Value> =>
    new Map(segments.flatMap((one) => (one.kind === 'text' ? [] : [[one.name, value] as const])));
  const free = variables({ kind: 'variable' });
  const bound = variables({ kind: 'uid' });
  function judge(method: Method, principal: Principal): Truth {
    if (shared.left <= 0) return UNKNOWN;
    const budget = { steps: Math.min(STATEMENT_STEPS, shared.left), depth: 0 };
    const before = budget.steps;
    const scope: Scope = {
      principal,
      now,
      variables: principal === 'owner' ? bound : free,
      functions,
      method,
      budget,
      ...(principal === 'anyone' ? { onLookUp: (found: LookUp) => remember(lookUps, found) } : {}),
    };
    const truth = evaluate(allow.condition, scope);
    shared.left -= before - budget.steps;
    return truth;
  }
  for (const method of allow.methods) verdicts.set(`${method} anyone`, judge(method, 'anyone'));
  return {
    allow,
    lookUps,
    words: wordsOf(allow.condition, functions),
    of(method, principal) {
      const key = `${method} ${principal}`;
      const known = verdicts.get(key) ?? judge(method, principal);
      verdicts.set(key, known);
      return known;
    },
  };
}

function remember(list: LookUp[], found: LookUp): void {
  const same = (one: LookUp): boolean =>
    one.field === found.field &&
    one.exists === found.exists &&
    JSON.stringify(one.segments) === JSON.stringify(found.segments);
  if (list.length < 50 && !list.some(same)) list.push(found);
}

/** Names, members and texts of a condition and of all it calls. */
function wordsOf(condition: Expression | null, functions: ReadonlyMap<string, RulesFunction>): ReadonlySet<string> {
  const words = new Set<string>();
  const open: Expression[] = condition === null ? [] : [condition];
  const called = new Set<string>();
  for (let next = open.pop(), left = 20_000; next !== undefined && left > 0; next = open.pop(), left -= 1) {
    if (next.kind === 'literal' && typeof next.value === 'string') words.add(next.value);
    if (next.kind === 'member') words.add(next.name);
    if (next.kind === 'name') {
      words.add(next.name);
      const found = functions.get(next.name);
      if (found !== undefined && !called.has(next.name)) {
        called.add(next.name);
        open.push(found.result, ...found.lets.map(({ value }) => value));
      }
    }
    open.push(...partsOf(next));
  }
  return words;
}

export function partsOf(expression: Expression): Expression[] {
  switch (expression.kind) {
    case 'member':
    case 'unary':
      return [expression.of];
    case 'index':
      return [expression.of, expression.at];
    case 'call':
      return [expression.of, ...expression.arguments];
    case 'binary':
      return [expression.left, expression.right];
    case 'ternary':
      return [expression.if, expression.then, expression.else];
    case 'list':
      return expression.items;
    case 'map':
      return expression.entries.map(({ value }) => value);
    case 'path':
      return expression.segments.filter((one) => typeof one !== 'string');
    default:
      return [];
  }
}

/** True when every path of `narrow` is one of `wide` too. */
export function covers(wide: readonly Segment[], narrow: readonly Segment[], version: string): boolean {
  const least = version === '2' ? 0 : 1;
  const seen = new Set<number>();
  const from = (w: number, n: number): boolean => {
    const key = w * 1000 + n;
    if (seen.has(key)) return false;
    seen.add(key);
    const segment = wide[w];
    if (segment === undefined) return n === narrow.length;
    if (segment.kind === 'rest') {
      for (let next = n + least; next <= narrow.length; next += 1) if (from(w + 1, next)) return true;
      return false;
    }
    const other = narrow[n];
    if (other === undefined || other.kind === 'rest') return false;
    if (segment.kind === 'text' && (other.kind !== 'text' || other.text !== segment.text)) return false;
    return from(w + 1, n + 1);
  };
  return from(0, 0);
}

/** The best answer that any statement of a path gives. */
export function answerOf(path: PathAccess, method: Method, principal: Principal): Truth | null {
  let best: Truth | null = null;
  for (const statement of path.statements) {
    if (!statement.allow.methods.includes(method)) continue;
    const truth = statement.of(method, principal);
    if (best === null || !atLeastAs(best.answer, truth.answer)) best = truth;
  }
  return best;
}
