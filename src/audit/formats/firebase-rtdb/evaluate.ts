/**
 * Conditions of Realtime Database rules, evaluated for a principal over data that are not known. The language is a part
 * of JavaScript: `auth`, `now`, `root`, `data`, `newData`, `query` and the `$variables` of the path.
 * https://firebase.google.com/docs/reference/security/database
 */
import { type Expression, RulesSyntaxError, TokenReader } from '../firebase-rules/expression.ts';
import { tokenise } from '../firebase-rules/tokens.ts';
import {
  both,
  can,
  either,
  FAILS,
  known,
  maybe,
  NO,
  not,
  type Reason,
  type Truth,
  UNKNOWN,
  YES,
} from '../firebase-rules/truth.ts';

export type Principal = 'stranger' | 'anyone' | 'owner';
/** A piece of a path: text, the requester's id, or anything else. */
export type Piece = string | { uid: true } | null;

type Value =
  | { kind: 'constant'; value: string | number | boolean | null }
  | { kind: 'truth'; truth: Truth }
  | { kind: 'open'; reason: Reason }
  | { kind: 'snapshot'; of: 'root' | 'data' | 'newData'; path: readonly Piece[] }
  | { kind: 'text'; pieces: readonly Piece[] }
  | { kind: 'auth' | 'token' | 'uid' | 'now' | 'variable' | 'email' | 'verified' | 'query' | 'fails' };

export interface Asked {
  principal: Principal;
  now: number;
  /** Told every place below the root whose value decides. */
  onLookUp?: (path: readonly Piece[]) => void;
}

interface Scope extends Asked {
  steps: number;
}

const MAX_STEPS = 20_000;
const UNKNOWN_VALUE: Value = { kind: 'open', reason: 'unknown' };
const NULL: Value = { kind: 'constant', value: null };

/** The expression of a rule, or why it is none. */
export function parseExpression(text: string): Expression | string {
  const { tokens, bad } = tokenise(text, true);
  if (bad !== null) return 'a text without its end, or a stray character';
  try {
    const reader = new TokenReader(tokens, text.length);
    const expression = reader.expression();
    return reader.peek() === undefined ? expression : 'more than one expression';
  } catch (error) {
    if (error instanceof RulesSyntaxError) return error.message;
    throw error;
  }
}

export function evaluate(expression: Expression, asked: Asked): Truth {
  return truthOf(resolve(expression, { ...asked, steps: MAX_STEPS }));
}

function truthOf(value: Value): Truth {
  switch (value.kind) {
    case 'truth':
      return value.truth;
    case 'constant':
      return typeof value.value === 'boolean' ? known(value.value) : FAILS;
    case 'open':
      return value.reason === 'input' ? can('input') : maybe(value.reason);
    case 'verified':
      return can('email-verified');
    default:
      return FAILS;
  }
}

function resolve(expression: Expression, scope: Scope): Value {
  scope.steps -= 1;
  if (scope.steps < 0) return UNKNOWN_VALUE;
  switch (expression.kind) {
    case 'literal':
      return { kind: 'constant', value: expression.value };
    case 'name':
      return nameOf(expression.name, scope);
    case 'member':
      return memberOf(resolve(expression.of, scope), expression.name);
    case 'index': {
      const key = resolve(expression.at, scope);
      const of = resolve(expression.of, scope);
      return key.kind === 'constant' ? memberOf(of, String(key.value)) : UNKNOWN_VALUE;
    }
    case 'unary':
      if (expression.sign === '!') return { kind: 'truth', truth: not(truthOf(resolve(expression.of, scope))) };
      return UNKNOWN_VALUE;
    case 'binary':
      return binary(expression.sign, expression.left, expression.right, scope);
    case 'ternary': {
      const condition = truthOf(resolve(expression.if, scope));
      const then = both(condition, truthOf(resolve(expression.then, scope)));
      const otherwise = both(not(condition), truthOf(resolve(expression.else, scope)));
      return { kind: 'truth', truth: either(then, otherwise) };
    }
    case 'call':
      return call(expression.of, expression.arguments, scope);
    default:
      return UNKNOWN_VALUE;
  }
}

function nameOf(name: string, { principal }: Scope): Value {
  if (name.startsWith('$')) return principal === 'owner' ? { kind: 'uid' } : { kind: 'variable' };
  switch (name) {
    case 'auth':
      return principal === 'stranger' ? NULL : { kind: 'auth' };
    case 'now':
      return { kind: 'now' };
    case 'root':
    case 'data':
    case 'newData':
      return { kind: 'snapshot', of: name, path: [] };
    case 'query':
      return { kind: 'query' };
    default:
      return UNKNOWN_VALUE;
  }
}

function memberOf(of: Value, name: string): Value {
  switch (of.kind) {
    case 'auth':
      if (name === 'uid') return { kind: 'uid' };
      if (name === 'token') return { kind: 'token' };
      return { kind: 'open', reason: name === 'provider' ? 'input' : 'role' };
    case 'token':
      if (name === 'sub' || name === 'user_id') return { kind: 'uid' };
      if (name === 'email') return { kind: 'email' };
      if (name === 'email_verified') return { kind: 'verified' };
      return { kind: 'open', reason: name === 'firebase' || name === 'name' ? 'input' : 'role' };
    case 'constant':
      return of.value === null ? { kind: 'fails' } : { kind: 'open', reason: 'unknown' };
    case 'query':
      return { kind: 'open', reason: 'input' };
    case 'email':
    case 'open':
    case 'fails':
      return of;
    default:
      return UNKNOWN_VALUE;
  }
}

function binary(sign: string, left: Expression, right: Expression, scope: Scope): Value {
  if (sign === '&&' || sign === '||') {
    const a = truthOf(resolve(left, scope));
    const b = truthOf(resolve(right, scope));
    return { kind: 'truth', truth: sign === '&&' ? both(a, b) : either(a, b) };
  }
  const a = resolve(left, scope);
  const b = resolve(right, scope);
  if (a.kind === 'fails' || b.kind === 'fails') return { kind: 'fails' };
  switch (sign) {
    case '==':
      return { kind: 'truth', truth: equal(a, b) };
    case '!=':
      return { kind: 'truth', truth: not(equal(a, b)) };
    case '+':
      return { kind: 'text', pieces: [...piecesOf(a), ...piecesOf(b)].slice(0, 100) };
    case '<':
    case '<=':
    case '>':
    case '>=':
      return { kind: 'truth', truth: order(sign, a, b, scope.now) };
    default:
      return reasonsOf(a, b)[0] === undefined
        ? UNKNOWN_VALUE
        : { kind: 'open', reason: reasonsOf(a, b)[0] ?? 'unknown' };
  }
}

function reasonOf(value: Value): Reason | undefined {
  if (value.kind === 'open') return value.reason;
  if (value.kind === 'variable') return 'data';
  return undefined;
}

function reasonsOf(...values: Value[]): Reason[] {
  return values.flatMap((value) => reasonOf(value) ?? []);
}

function equal(a: Value, b: Value): Truth {
  if (a.kind === 'constant' && b.kind === 'constant') return known(a.value === b.value);
  if (a.kind === 'truth' && b.kind === 'constant' && typeof b.value === 'boolean')
    return b.value ? a.truth : not(a.truth);
  if (b.kind === 'truth' && a.kind === 'constant') return equal(b, a);
  const isNull = (one: Value): boolean => one.kind === 'constant' && one.value === null;
  if (isNull(a) || isNull(b)) {
    const other = isNull(a) ? b : a;
    if (['auth', 'uid', 'token', 'now', 'variable', 'text', 'snapshot'].includes(other.kind)) return NO;
    if (other.kind === 'email') return can('input');
  }
  if (a.kind === 'uid' || b.kind === 'uid') return withUid(a.kind === 'uid' ? b : a);
  if (a.kind === 'email' || b.kind === 'email') {
    const other = a.kind === 'email' ? b : a;
    return reasonOf(other) === 'input' ? can('self') : maybe(reasonOf(other) === 'data' ? 'owner' : 'role', 'email');
  }
  if (a.kind === 'verified' || b.kind === 'verified') return can('email-verified');
  if (a.kind === 'text' || b.kind === 'text') {
    const text = a.kind === 'text' ? a : b;
    return text.kind === 'text' && text.pieces.some((one) => typeof one === 'object' && one !== null)
      ? maybe('owner')
      : UNKNOWN;
  }
  return compared(reasonsOf(a, b));
}

function withUid(other: Value): Truth {
  if (other.kind === 'uid') return YES;
  if (other.kind === 'variable') return maybe('owner');
  if (other.kind === 'constant') return typeof other.value === 'string' ? maybe('role') : NO;
  if (other.kind === 'open') {
    if (other.reason === 'input') return can('self');
    return maybe(other.reason === 'unknown' ? 'unknown' : 'owner');
  }
  return maybe('unknown');
}

function compared(reasons: readonly Reason[]): Truth {
  if (reasons.length === 0 || reasons.includes('unknown')) return UNKNOWN;
  return reasons.includes('input') ? can('input') : maybe(...reasons);
}

const MIRROR: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function order(sign: string, a: Value, b: Value, now: number): Truth {
  if (b.kind === 'now') return order(MIRROR[sign] ?? sign, b, a, now);
  if (a.kind === 'now' && b.kind === 'constant' && typeof b.value === 'number') {
    const before = sign.startsWith('<');
    const because = new Set<Reason>(before ? ['until'] : []);
    return { ...known(before ? now < b.value : now > b.value), because };
  }
  if (a.kind === 'constant' && b.kind === 'constant' && typeof a.value === 'number' && typeof b.value === 'number') {
    return known(sign.startsWith('<') ? a.value < b.value : a.value > b.value);
  }
  return compared(reasonsOf(a, b));
}

function piecesOf(value: Value): readonly Piece[] {
  if (value.kind === 'text') return value.pieces;
  if (value.kind === 'uid') return [{ uid: true }];
  return value.kind === 'constant' ? [String(value.value)] : [null];
}

/** The steps of a path from its pieces: `'users/' + auth.uid + '/admin'`. */
function stepsOf(value: Value): Piece[] {
  const steps: Piece[] = [];
  for (const piece of piecesOf(value)) {
    if (typeof piece === 'string') steps.push(...piece.split('/').filter((part) => part !== ''));
    else steps.push(piece);
  }
  return steps.slice(0, 50);
}

function call(callee: Expression, list: readonly Expression[], scope: Scope): Value {
  if (callee.kind !== 'member') return UNKNOWN_VALUE;
  const of = resolve(callee.of, scope);
  const first = list[0] === undefined ? undefined : resolve(list[0], scope);
  if (of.kind === 'fails' || first?.kind === 'fails') return { kind: 'fails' };
  if (of.kind === 'snapshot') return snapshotCall(of, callee.name, first, scope);
  if (of.kind === 'constant' && of.value === null) return { kind: 'fails' };
  if (of.kind === 'email') return { kind: 'truth', truth: maybe('role', 'email') };
  if (of.kind === 'open') return of;
  if (of.kind === 'variable') return { kind: 'open', reason: 'data' };
  return UNKNOWN_VALUE;
}

function snapshotCall(of: Value & { kind: 'snapshot' }, name: string, first: Value | undefined, scope: Scope): Value {
  if (name === 'child' && first !== undefined) return { ...of, path: [...of.path, ...stepsOf(first)].slice(0, 50) };
  if (name === 'parent') return { ...of, path: of.path.length > 0 ? of.path.slice(0, -1) : [null] };
  if (name === 'hasChild' && first !== undefined)
    return snapshotCall({ ...of, path: [...of.path, ...stepsOf(first)] }, 'exists', undefined, scope);
  const mine = of.path.some((piece) => typeof piece === 'object' && piece !== null);
  if (of.of === 'root') scope.onLookUp?.(of.path);
  // What is written below the requester's id is theirs to send; what is stored there makes them a member.
  const reason: Reason =
    of.of === 'newData' ? 'input' : of.of === 'root' ? (mine ? 'role' : 'data') : mine ? 'owner' : 'data';
  return { kind: 'open', reason };
}
