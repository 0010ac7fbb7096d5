/**
 * Evaluates a condition of the rules language for a principal, over data that are not known.
 *
 * Principals: a `stranger` without an account; `anyone`, with an account made a minute ago (everybody can sign up, by
 * mail or anonymously): an id of their own, no claims, no records; the `owner`, whom the variables of the path name.
 *
 * What `||` and `&&` do with a part that fails, and what a missing claim does:
 * https://firebase.google.com/docs/rules/rules-language#evaluation, https://firebase.google.com/docs/reference/rules/rules.Map
 */
import type { Expression } from './expression.ts';
import type { Method, RulesFunction } from './parse.ts';
import { both, can, either, FAILS, known, maybe, NO, not, type Reason, type Truth, UNKNOWN, YES } from './truth.ts';

export type Principal = 'stranger' | 'anyone' | 'owner';

/** A document that a condition looks up: its path, and the fields of it that decide. */
export interface LookUp {
  /** A literal segment, `uid` for the requester's id, or null for anything else. */
  segments: readonly (string | { uid: true } | null)[];
  field: string | null;
  exists: boolean;
}

export type Value =
  | { kind: 'constant'; value: string | number | boolean | null }
  | { kind: 'truth'; truth: Truth }
  /** Something that is not known, and what a comparison with it rests on. */
  | { kind: 'open'; reason: Reason; of?: LookUp }
  | { kind: 'request' | 'auth' | 'token' | 'uid' | 'now' | 'fails' | 'variable' | 'record' }
  | { kind: 'time'; at: number }
  | { kind: 'list'; items: readonly Value[] }
  | { kind: 'path'; segments: readonly (string | Value)[] }
  | { kind: 'email' | 'verified' | 'provider' };

export interface Scope {
  principal: Principal;
  now: number;
  /** Variables of the path, of the function called, of its `let`s. */
  variables: ReadonlyMap<string, Value>;
  /** The functions in sight, the nearest winning. */
  functions: ReadonlyMap<string, RulesFunction>;
  /** A request that writes no record has no `request.resource`; one that creates has no `resource`. */
  method: Method;
  /** Told every document that a condition rests on. */
  onLookUp?: (lookUp: LookUp) => void;
  budget: { steps: number; depth: number };
}

const MAX_DEPTH = 900;

/** Truth of a condition; null is the condition that is not there, which grants. */
export function evaluate(condition: Expression | null, scope: Scope): Truth {
  return condition === null ? YES : truthOf(resolve(condition, scope));
}

/** What a value is where a condition is wanted. */
function truthOf(value: Value): Truth {
  switch (value.kind) {
    case 'truth':
      return value.truth;
    case 'constant':
      return typeof value.value === 'boolean' ? known(value.value) : FAILS;
    case 'open':
      return fromReason(value.reason);
    case 'verified':
      return can('email-verified');
    case 'fails':
      return FAILS;
    case 'variable':
      return maybe('data');
    default:
      return FAILS;
  }
}

function fromReason(reason: Reason): Truth {
  return reason === 'input' || reason === 'self' ? can(reason) : maybe(reason);
}

function asValue(truth: Truth): Value {
  return { kind: 'truth', truth };
}

const OPEN_UNKNOWN: Value = { kind: 'open', reason: 'unknown' };
const NULL: Value = { kind: 'constant', value: null };

function resolve(expression: Expression, scope: Scope): Value {
  const { budget } = scope;
  budget.steps -= 1;
  if (budget.steps < 0 || budget.depth > MAX_DEPTH) return OPEN_UNKNOWN;
  budget.depth += 1;
  try {
    return step(expression, scope);
  } finally {
    budget.depth -= 1;
  }
}

function step(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case 'literal':
      return { kind: 'constant', value: expression.value };
    case 'name':
      return nameOf(expression.name, scope);
    case 'member':
      return memberOf(resolve(expression.of, scope), expression.name, scope);
    case 'index': {
      const key = resolve(expression.at, scope);
      const of = resolve(expression.of, scope);
      if (key.kind === 'fails') return key;
      if (key.kind === 'constant' && typeof key.value === 'string') return memberOf(of, key.value, scope);
      return of.kind === 'open' && key.kind === 'uid' && of.reason !== 'input'
        ? { ...of, reason: 'owner' }
        : partOf(of);
    }
    case 'unary':
      if (expression.sign === '!') return asValue(not(truthOf(resolve(expression.of, scope))));
      return negative(resolve(expression.of, scope));
    case 'binary':
      return binary(expression.sign, expression.left, expression.right, scope);
    case 'ternary': {
      const condition = truthOf(resolve(expression.if, scope));
      if (condition.answer === 'yes') return resolve(expression.then, scope);
      if (condition.answer === 'no' && condition.denied === 'no') return { kind: 'fails' };
      if (condition.answer === 'no' && condition.denied === 'yes') return resolve(expression.else, scope);
      const then = truthOf(resolve(expression.then, scope));
      const otherwise = truthOf(resolve(expression.else, scope));
      return asValue(either(both(condition, then), both(not(condition), otherwise)));
    }
    case 'list': {
      const items = expression.items.map((item) => resolve(item, scope));
      return items.some(({ kind }) => kind === 'fails') ? { kind: 'fails' } : { kind: 'list', items };
    }
    case 'map':
    case 'regex':
      return { kind: 'constant', value: '' };
    case 'path':
      return {
        kind: 'path',
        segments: expression.segments.map((one) => (typeof one === 'string' ? one : resolve(one, scope))),
      };
    case 'call':
      return call(expression.of, expression.arguments, scope);
  }
}

function nameOf(name: string, { variables, method: asked }: Scope): Value {
  const variable = variables.get(name);
  if (variable !== undefined) return variable;
  if (name === 'request') return { kind: 'request' };
  // A record that is being made has no stored one.
  if (name === 'resource') return asked === 'create' ? NULL : { kind: 'record' };
  return OPEN_UNKNOWN;
}

/** What everybody writes into their own token, or gets by signing in once more. */
const OF_EVERY_TOKEN: ReadonlySet<string> = new Set(['name', 'picture', 'iat', 'auth_time', 'exp']);

/** Claims that everybody with an account has; all others are given by an administrator. */
function memberOf(of: Value, name: string, scope: Scope): Value {
  switch (of.kind) {
    case 'request':
      return requestOf(name, scope);
    case 'record':
      return { kind: 'open', reason: 'data' };
    case 'auth':
      if (name === 'uid') return { kind: 'uid' };
      return name === 'token' ? { kind: 'token' } : { kind: 'fails' };
    case 'token':
      if (name === 'sub' || name === 'user_id') return { kind: 'uid' };
      if (name === 'email') return { kind: 'email' };
      if (name === 'email_verified') return { kind: 'verified' };
      if (name === 'firebase' || name === 'sign_in_provider') return { kind: 'provider' };
      return { kind: 'open', reason: OF_EVERY_TOKEN.has(name) ? 'input' : 'role' };
    case 'provider':
    case 'email':
      return of;
    case 'constant':
      return of.value === null ? { kind: 'fails' } : OPEN_UNKNOWN;
    case 'open':
      if (of.of !== undefined && name !== 'data') {
        const found = { ...of.of, field: of.of.field ?? name };
        scope.onLookUp?.(found);
        return { ...of, of: found };
      }
      return of;
    case 'fails':
      return of;
    case 'now':
      return OPEN_UNKNOWN;
    default:
      return partOf(of);
  }
}

function requestOf(name: string, { principal, method: asked }: Scope): Value {
  switch (name) {
    case 'auth':
      return principal === 'stranger' ? NULL : { kind: 'auth' };
    case 'time':
      return { kind: 'now' };
    case 'method':
      return { kind: 'constant', value: asked };
    case 'resource':
      return asked === 'create' || asked === 'update' ? { kind: 'open', reason: 'input' } : NULL;
    case 'query':
      return asked === 'list' ? { kind: 'open', reason: 'input' } : NULL;
    default:
      return OPEN_UNKNOWN;
  }
}

/** A part of something keeps what the whole rests on. */
function partOf(of: Value): Value {
  if (of.kind === 'open' || of.kind === 'fails') return of;
  if (of.kind === 'variable' || of.kind === 'record') return { kind: 'open', reason: 'data' };
  return OPEN_UNKNOWN;
}

function negative(of: Value): Value {
  return of.kind === 'constant' && typeof of.value === 'number' ? { ...of, value: -of.value } : partOf(of);
}

function binary(sign: string, left: Expression, right: Expression, scope: Scope): Value {
  if (sign === '&&' || sign === '||') {
    const first = truthOf(resolve(left, scope));
    const second = truthOf(resolve(right, scope));
    return asValue(sign === '&&' ? both(first, second) : either(first, second));
  }
  const a = resolve(left, scope);
  const b = resolve(right, scope);
  if (a.kind === 'fails' || b.kind === 'fails') return { kind: 'fails' };
  switch (sign) {
    case '==':
      return asValue(equal(a, b, sameText(left, right)));
    case '!=':
      return asValue(not(equal(a, b, sameText(left, right))));
    case '<':
    case '<=':
    case '>':
    case '>=':
      return asValue(order(sign, a, b, scope.now));
    case 'in':
      return asValue(membership(a, b));
    case 'is':
      return asValue(a.kind === 'open' ? fromReason(a.reason) : a.kind === 'uid' || a.kind === 'email' ? YES : UNKNOWN);
    default:
      return arithmetic(sign, a, b);
  }
}

/** `resource.data.x == resource.data.x`: the same chain of names on both sides. */
function sameText(left: Expression, right: Expression): boolean {
  const a = chain(left);
  return a !== null && a === chain(right);
}

function chain(expression: Expression): string | null {
  let text = '';
  let at = expression;
  while (at.kind === 'member') {
    text = `.${at.name}${text}`;
    at = at.of;
  }
  return at.kind === 'name' ? at.name + text : null;
}

function equal(a: Value, b: Value, same: boolean): Truth {
  if (a.kind === 'constant' && b.kind === 'constant') return known(a.value === b.value);
  if (a.kind === 'truth' && b.kind === 'constant' && typeof b.value === 'boolean')
    return b.value ? a.truth : not(a.truth);
  if (b.kind === 'truth' && a.kind === 'constant') return equal(b, a, same);
  const isNull = (one: Value): boolean => one.kind === 'constant' && one.value === null;
  if (isNull(a) || isNull(b)) {
    const other = isNull(a) ? b : a;
    if (['auth', 'uid', 'token', 'request', 'now', 'time', 'variable', 'record', 'list', 'path'].includes(other.kind))
      return NO;
    // An account may have no address; nobody is kept from having one.
    if (other.kind === 'email') return can('input');
  }
  if (a.kind === 'uid' || b.kind === 'uid') return withUid(a.kind === 'uid' ? b : a);
  if (same) return YES;
  if (a.kind === 'email' || b.kind === 'email') return withEmail(a.kind === 'email' ? b : a);
  if (a.kind === 'verified' || b.kind === 'verified') return can('email-verified');
  if (a.kind === 'provider' || b.kind === 'provider') return can('input');
  const reasons = [a, b].flatMap((one) => (one.kind === 'open' ? [one.reason] : []));
  if (a.kind === 'variable' || b.kind === 'variable') reasons.push('data');
  return compared(reasons);
}

/** The requester's id beside something else. */
function withUid(other: Value): Truth {
  switch (other.kind) {
    case 'uid':
      return YES;
    case 'variable':
      return maybe('owner');
    case 'constant':
      return typeof other.value === 'string' ? maybe('role') : NO;
    case 'open':
      if (other.reason === 'input' || other.reason === 'self') return can('self');
      if (other.reason === 'data') return maybe('owner', 'record');
      return maybe(other.reason === 'unknown' ? 'unknown' : 'owner');
    case 'fails':
      return FAILS;
    case 'truth':
    case 'now':
    case 'time':
      return NO;
    default:
      return maybe('role');
  }
}

function withEmail(other: Value): Truth {
  if (other.kind === 'email') return YES;
  if (other.kind === 'open') {
    return other.reason === 'input' ? can('self') : maybe(other.reason === 'unknown' ? 'unknown' : 'owner', 'email');
  }
  return maybe('role', 'email');
}

/** What the requester sends can be chosen to fit anything; all else is as it is. */
function compared(reasons: readonly Reason[]): Truth {
  if (reasons.length === 0) return UNKNOWN;
  if (reasons.includes('unknown')) return UNKNOWN;
  if (reasons.includes('input') || reasons.includes('self')) return can('input');
  return maybe(...reasons);
}

function order(sign: string, a: Value, b: Value, now: number): Truth {
  if (b.kind === 'now' && a.kind === 'time') return order(MIRROR[sign] ?? sign, b, a, now);
  if (a.kind === 'now' && b.kind === 'time') {
    // `request.time < date`: open until then; `request.time > date`: open from then on.
    const before = sign.startsWith('<');
    const because = new Set<Reason>(before ? ['until'] : []);
    return { ...known(before ? now < b.at : now > b.at), because };
  }
  if (a.kind === 'constant' && b.kind === 'constant' && typeof a.value === 'number' && typeof b.value === 'number') {
    return known(
      sign.startsWith('<')
        ? a.value < b.value || (sign === '<=' && a.value === b.value)
        : a.value > b.value || (sign === '>=' && a.value === b.value),
    );
  }
  return compared([a, b].flatMap((one) => (one.kind === 'open' ? [one.reason] : [])));
}

const MIRROR: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function membership(a: Value, b: Value): Truth {
  if (b.kind === 'list') {
    let result: Truth = NO;
    for (const item of b.items) result = either(result, equal(a, item, false));
    return result;
  }
  if (a.kind === 'uid') return withUid(b);
  if (a.kind === 'email') return withEmail(b);
  if (b.kind === 'open') return compared([b.reason]);
  // `'admin' in request.auth.token`
  if (b.kind === 'token') return maybe('role');
  if (b.kind === 'fails') return FAILS;
  return UNKNOWN;
}

function arithmetic(sign: string, a: Value, b: Value): Value {
  if (a.kind === 'constant' && b.kind === 'constant') {
    if (sign === '+' && typeof a.value === 'string' && typeof b.value === 'string') {
      return { kind: 'constant', value: a.value + b.value };
    }
    if (typeof a.value === 'number' && typeof b.value === 'number') {
      const [x, y] = [a.value, b.value];
      const value = sign === '+' ? x + y : sign === '-' ? x - y : sign === '*' ? x * y : sign === '/' ? x / y : x % y;
      return { kind: 'constant', value };
    }
  }
  const reasons = [a, b].flatMap((one) => (one.kind === 'open' ? [one.reason] : []));
  const [first] = reasons;
  // `request.auth.uid + '_' + x` names the requester as its parts do.
  if (a.kind === 'uid' || b.kind === 'uid') return { kind: 'uid' };
  return first === undefined ? OPEN_UNKNOWN : { kind: 'open', reason: first };
}

function call(callee: Expression, list: readonly Expression[], scope: Scope): Value {
  if (callee.kind === 'name') return callByName(callee.name, list, scope);
  if (callee.kind !== 'member') return OPEN_UNKNOWN;
  const { name } = callee;
  if (callee.of.kind === 'name' && !scope.variables.has(callee.of.name)) {
    const library = callee.of.name;
    if (library === 'timestamp') return timestamp(name, list, scope);
    if (library === 'firestore') return lookUp(name, list, scope);
    if (['math', 'hashing', 'latlng', 'duration'].includes(library)) {
      return list[0] === undefined ? OPEN_UNKNOWN : partOf(resolve(list[0], scope));
    }
    if (library === 'debug' && list[0] !== undefined) return resolve(list[0], scope);
  }
  return method(resolve(callee.of, scope), name, list, scope);
}

function timestamp(name: string, list: readonly Expression[], scope: Scope): Value {
  const values = list.map((one) => resolve(one, scope)).map((one) => (one.kind === 'constant' ? one.value : null));
  const [year, month, day] = values;
  if (name === 'date' && typeof year === 'number' && typeof month === 'number' && typeof day === 'number') {
    return { kind: 'time', at: Date.UTC(year, month - 1, day) };
  }
  return name === 'value' && typeof year === 'number' ? { kind: 'time', at: year } : OPEN_UNKNOWN;
}

function callByName(name: string, list: readonly Expression[], scope: Scope): Value {
  const found = scope.functions.get(name);
  if (found === undefined) {
    if (name === 'debug' && list[0] !== undefined) return resolve(list[0], scope);
    if (['get', 'exists', 'getAfter', 'existsAfter'].includes(name)) return lookUp(name, list, scope);
    // `path('/…')`, `string(x)`, `int(x)`.
    return list[0] === undefined ? OPEN_UNKNOWN : resolve(list[0], scope);
  }
  const variables = new Map(scope.variables);
  for (const [index, parameter] of found.parameters.entries()) {
    const argument = list[index];
    variables.set(parameter, argument === undefined ? { kind: 'fails' } : resolve(argument, scope));
  }
  const inner: Scope = { ...scope, variables };
  for (const { name: variable, value } of found.lets) variables.set(variable, resolve(value, inner));
  return resolve(found.result, inner);
}

/** A document elsewhere says who one is: a role, unless its path or a comparison binds it to the requester's records. */
function lookUp(name: string, list: readonly Expression[], scope: Scope): Value {
  const path = list[0] === undefined ? undefined : resolve(list[0], scope);
  if (path?.kind !== 'path') return { kind: 'open', reason: 'role' };
  const segments = path.segments.map((one) => {
    if (typeof one === 'string') return one;
    if (one.kind === 'uid') return { uid: true } as const;
    return one.kind === 'constant' && typeof one.value === 'string' ? one.value : null;
  });
  const fails = path.segments.some((one) => typeof one !== 'string' && one.kind === 'fails');
  if (fails) return { kind: 'fails' };
  const exists = name.startsWith('exists');
  const found: LookUp = { segments, field: null, exists };
  if (exists) scope.onLookUp?.(found);
  const mine = segments.some((one) => typeof one === 'object' && one !== null);
  // A document beside the record (a parent) tells whose it is; one below the requester's id tells a role.
  return { kind: 'open', reason: mine ? 'role' : 'data', of: found };
}

const ABOUT_UID = new Set(['hasAny', 'hasAll', 'hasOnly']);

function method(of: Value, name: string, list: readonly Expression[], scope: Scope): Value {
  if (of.kind === 'fails') return of;
  if (of.kind === 'constant' && of.value === null) return { kind: 'fails' };
  const first = list[0] === undefined ? undefined : resolve(list[0], scope);
  if (first?.kind === 'fails') return first;
  if (of.kind === 'token' && name === 'get') {
    const key = first?.kind === 'constant' ? String(first.value) : '';
    return memberOf(of, key, scope);
  }
  if (of.kind === 'token' && (name === 'keys' || name === 'hasAny' || name === 'hasAll'))
    return { kind: 'open', reason: 'role' };
  if (of.kind === 'open' && name === 'get' && first?.kind === 'constant')
    return memberOf(of, String(first.value), scope);
  if (of.kind === 'list' && ABOUT_UID.has(name) && first !== undefined) {
    return asValue(first.kind === 'list' ? membership(first.items[0] ?? OPEN_UNKNOWN, of) : UNKNOWN);
  }
  if (ABOUT_UID.has(name) && first?.kind === 'list' && first.items.some((item) => item.kind === 'uid')) {
    return asValue(withUid(of));
  }
  switch (of.kind) {
    case 'email':
      // Everybody signs up as anybody@there unless the address is verified.
      if (name === 'matches' || name === 'endsWith' || name === 'startsWith') return asValue(maybe('role', 'email'));
      return of;
    case 'provider':
      return asValue(can('input'));
    case 'open':
      return of;
    case 'uid':
      return name === 'size' || name === 'matches' ? asValue(maybe('role')) : of;
    case 'variable':
    case 'record':
      return { kind: 'open', reason: 'data' };
    case 'now':
      return OPEN_UNKNOWN;
    case 'time':
      return of;
    default:
      return OPEN_UNKNOWN;
  }
}
