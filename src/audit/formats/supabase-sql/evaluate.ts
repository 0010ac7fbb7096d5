/**
 * Evaluates a policy's expression for somebody who asks through the API, over rows that are not known.
 *
 * `anon` has the key from the app and no account; `authenticated` has an account made a minute ago. `auth.uid()` is null
 * for the first; a comparison with null is not true, and neither is its negation.
 * https://supabase.com/docs/guides/database/postgres/row-level-security, https://www.postgresql.org/docs/current/sql-createpolicy.html
 */
import {
  both,
  can,
  choose,
  either,
  FAILS,
  isTrue,
  known,
  maybe,
  NO,
  not,
  type Reason,
  type Truth,
  UNKNOWN,
  YES,
} from '../firebase-rules/truth.ts';
import type { SqlFunction } from './state.ts';
import { body, constant, isTree, kindOf, listOf, names, type Tree, text } from './tree.ts';

export type Role = 'anon' | 'authenticated';

type Value =
  | { kind: 'constant'; value: string | number | boolean | null }
  | { kind: 'truth'; truth: Truth }
  | { kind: 'open'; reason: Reason; column?: string }
  | { kind: 'uid' | 'jwt' | 'email' }
  | { kind: 'list'; items: readonly Value[] };

export interface Question {
  role: Role;
  /** The row is one that the requester sends, not a stored one. */
  sent: boolean;
  /** Columns whose comparison with a constant chooses a part of the table that is judged as a whole. */
  parts?: ReadonlySet<string>;
  functions: ReadonlyMap<string, SqlFunction>;
  /** Loads the expression of a function in SQL. */
  bodyOf: (found: SqlFunction) => unknown;
}

interface Scope extends Question {
  steps: { left: number };
  depth: number;
  /** Arguments of the function that is being followed, by name and number. */
  arguments?: ReadonlyMap<string, Value>;
  /** Inside a sub-select: columns are those of other tables. */
  inner: boolean;
}

const MAX_STEPS = 20_000;
const MAX_DEPTH = 400;
const NULL: Value = { kind: 'constant', value: null };
const OPAQUE: Value = { kind: 'open', reason: 'unknown' };

/** Truth of an expression; a policy without one grants. */
export function evaluate(node: unknown, question: Question): Truth {
  if (!isTree(node)) return YES;
  return truthOf(resolve(node, { ...question, steps: { left: MAX_STEPS }, depth: 0, inner: false }));
}

function truthOf(value: Value): Truth {
  switch (value.kind) {
    case 'truth':
      return value.truth;
    case 'constant':
      if (value.value === null) return FAILS;
      if (typeof value.value === 'boolean') return known(value.value);
      return value.value === 'true' || value.value === 't'
        ? YES
        : value.value === 'false' || value.value === 'f'
          ? NO
          : UNKNOWN;
    case 'open':
      return fromReason(value.reason);
    default:
      return UNKNOWN;
  }
}

function fromReason(reason: Reason): Truth {
  return reason === 'input' || reason === 'self' ? can(reason) : maybe(reason);
}

function asValue(truth: Truth): Value {
  return { kind: 'truth', truth };
}

function resolve(node: unknown, scope: Scope): Value {
  scope.steps.left -= 1;
  if (scope.steps.left < 0 || scope.depth > MAX_DEPTH) return OPAQUE;
  return step(node, { ...scope, depth: scope.depth + 1 });
}

function step(node: unknown, scope: Scope): Value {
  const kind = kindOf(node);
  const found = body(node, kind);
  if (found === null) return OPAQUE;
  switch (kind) {
    case 'A_Const': {
      const value = constant(node);
      return value === undefined ? OPAQUE : { kind: 'constant', value };
    }
    case 'ColumnRef':
      return columnOf(found, scope);
    case 'ParamRef':
      return scope.arguments?.get(`$${String(found.number)}`) ?? OPAQUE;
    case 'TypeCast':
      return resolve(found.arg, scope);
    case 'BoolExpr':
      return asValue(boolean(found, scope));
    case 'NullTest':
      return asValue(nullTest(found, scope));
    case 'BooleanTest': {
      const truth = truthOf(resolve(found.arg, scope));
      const type = text(found.booltesttype);
      if (type === 'IS_TRUE') return asValue(isTrue(truth));
      if (type === 'IS_NOT_TRUE') return asValue(not(isTrue(truth)));
      if (type === 'IS_FALSE') return asValue(isTrue(not(truth)));
      if (type === 'IS_NOT_FALSE') return asValue(not(isTrue(not(truth))));
      return asValue(UNKNOWN);
    }
    case 'SQLValueFunction':
      return /CURRENT_(?:ROLE|USER)|^SVFOP_USER/.test(text(found.op))
        ? { kind: 'constant', value: scope.role }
        : OPAQUE;
    case 'FuncCall':
      return call(found, scope);
    case 'A_Expr':
      return operator(found, scope);
    case 'SubLink':
      return subSelect(found, scope);
    case 'A_ArrayExpr':
      return { kind: 'list', items: listOf(found.elements).map((one) => resolve(one, scope)) };
    case 'A_Indirection':
      return resolve(found.arg, scope);
    case 'CoalesceExpr':
      return coalesce(listOf(found.args).map((one) => resolve(one, scope)));
    case 'CaseExpr':
      return asValue(caseOf(found, scope));
    default:
      return OPAQUE;
  }
}

function columnOf(found: Tree, scope: Scope): Value {
  const name = names(found.fields).at(-1) ?? '';
  const argument = listOf(found.fields).length === 1 ? scope.arguments?.get(name) : undefined;
  if (argument !== undefined) return argument;
  return { kind: 'open', reason: scope.sent && !scope.inner ? 'input' : 'data', column: names(found.fields).join('.') };
}

function boolean(found: Tree, scope: Scope): Truth {
  const parts = listOf(found.args).map((one) => truthOf(resolve(one, scope)));
  const [first, ...rest] = parts;
  if (first === undefined) return UNKNOWN;
  if (found.boolop === 'NOT_EXPR') return not(first);
  return rest.reduce(found.boolop === 'AND_EXPR' ? both : either, first);
}

function nullTest(found: Tree, scope: Scope): Truth {
  const value = resolve(found.arg, scope);
  const isNull = nullness(value);
  return found.nulltesttype === 'IS_NULL' ? isNull : not(isNull);
}

function nullness(value: Value): Truth {
  switch (value.kind) {
    case 'constant':
      return known(value.value === null);
    case 'uid':
    case 'jwt':
    case 'list':
      return NO;
    case 'email':
      return can('input');
    case 'truth':
      return value.truth.answer === 'no' && value.truth.denied === 'no' ? YES : UNKNOWN;
    case 'open':
      return fromReason(value.reason);
    default:
      return UNKNOWN;
  }
}

function caseOf(found: Tree, scope: Scope): Truth {
  if (isTree(found.arg)) return UNKNOWN;
  let result: Truth = isTree(found.defresult) ? truthOf(resolve(found.defresult, scope)) : FAILS;
  for (const one of listOf(found.args).toReversed()) {
    const when = body(one, 'CaseWhen');
    result = choose(truthOf(resolve(when?.expr, scope)), truthOf(resolve(when?.result, scope)), result);
  }
  return result;
}

/** The first that is not null. Of a condition that may be null one cannot tell, but that it is true or the next one is. */
function coalesce(items: readonly Value[]): Value {
  const [first, second] = items.filter((one) => !(one.kind === 'constant' && one.value === null));
  if (first === undefined) return NULL;
  if (
    second === undefined ||
    (first.kind !== 'truth' &&
      second.kind !== 'truth' &&
      !(second.kind === 'constant' && typeof second.value === 'boolean'))
  )
    return first;
  const truth = truthOf(first);
  const next = truthOf(second);
  if (truth.answer === 'no' && truth.denied === 'no') return second;
  if (next.answer === 'no' && next.denied === 'yes') return asValue(isTrue(truth));
  if (next.answer === 'yes') return asValue(not(isTrue(not(truth))));
  return truth.answer === 'yes' || truth.denied === 'yes'
    ? asValue(truth)
    : asValue(both(UNKNOWN, either(truth, next)));
}

/** What the API sets for each request, by the names of the functions that read it. */
function call(found: Tree, scope: Scope): Value {
  const path = names(found.funcname);
  const name = path.join('.');
  const list = listOf(found.args);
  const anon = scope.role === 'anon';
  switch (name) {
    case 'auth.uid':
      return anon ? NULL : { kind: 'uid' };
    case 'auth.role':
      return { kind: 'constant', value: scope.role };
    case 'auth.email':
      return anon ? NULL : { kind: 'email' };
    case 'auth.jwt':
      return { kind: 'jwt' };
    case 'current_setting':
    case 'pg_catalog.current_setting':
      return setting(String(constant(list[0]) ?? ''), scope);
    case 'storage.foldername':
    case 'storage.filename':
    case 'storage.extension':
      return resolve(list[0], scope);
    default:
  }
  if (
    /^(?:pg_catalog\.)?(?:lower|upper|trim|btrim|nullif|cast|to_jsonb|array_length|cardinality|split_part|string_to_array|replace|concat|jsonb_build_object|length|char_length)$/.test(
      name,
    )
  ) {
    return list[0] === undefined ? OPAQUE : resolve(list[0], scope);
  }
  if (/^(?:pg_catalog\.)?(?:now|gen_random_uuid|uuid_generate_v4)$/.test(name)) return OPAQUE;
  return follow(path, list, scope);
}

function setting(name: string, scope: Scope): Value {
  const anon = scope.role === 'anon';
  if (name === 'request.jwt.claims') return { kind: 'jwt' };
  if (name === 'request.jwt.claim.sub') return anon ? NULL : { kind: 'uid' };
  if (name === 'request.jwt.claim.role' || name === 'role') return { kind: 'constant', value: scope.role };
  if (name === 'request.jwt.claim.email') return anon ? NULL : { kind: 'email' };
  // What else a server sets, the requester does not.
  return name.startsWith('request.headers') ? { kind: 'open', reason: 'input' } : { kind: 'open', reason: 'role' };
}

/** A function of the migrations: one in SQL is looked into, any other is somebody's word on a role. */
function follow(path: readonly string[], list: readonly unknown[], scope: Scope): Value {
  const name = path.at(-1) ?? '';
  const found = scope.functions.get(`${path.length > 1 ? path[0] : 'public'}.${name}`);
  const values = list.map((one) =>
    resolve(isTree(one) && isTree(one.NamedArgExpr) ? one.NamedArgExpr.arg : one, scope),
  );
  if (found !== undefined && scope.depth < 60) {
    const expression = scope.bodyOf(found);
    if (isTree(expression)) {
      const given = new Map<string, Value>();
      for (const [index, value] of values.entries()) {
        given.set(`$${index + 1}`, value);
        const parameter = found.parameters[index];
        if (parameter !== undefined && parameter !== '') given.set(parameter, value);
      }
      // Names of a function may be those of columns: qualified ones always are.
      return resolve(expression, { ...scope, arguments: given, depth: scope.depth + 20, inner: true });
    }
  }
  if (found === undefined && path.length > 1 && path[0] !== 'public') return OPAQUE;
  // Without an id there is no role: what such functions compare with null is not true.
  const idle = values.length > 0 && values.every((one) => one.kind === 'constant' && one.value === null);
  if (idle) return { kind: 'open', reason: 'role' };
  return { kind: 'open', reason: found === undefined && values.length === 0 ? 'unknown' : 'role' };
}

function operator(found: Tree, scope: Scope): Value {
  const sign = names(found.name).at(-1) ?? '';
  const left = resolve(found.lexpr, scope);
  if (sign === '->' || sign === '->>' || sign === '#>' || sign === '#>>') return claim(left, found.rexpr, scope);
  const kind = text(found.kind);
  if (kind === 'AEXPR_IN') {
    const items = listOf(body(found.rexpr, 'List')?.items).map((one) => resolve(one, scope));
    return asValue(sign === '<>' ? not(inList(left, items, scope)) : inList(left, items, scope));
  }
  if (kind === 'AEXPR_BETWEEN' || kind.startsWith('AEXPR_BETWEEN') || kind === 'AEXPR_NOT_BETWEEN')
    return asValue(reasonsTruth([left]));
  const right = resolve(found.rexpr, scope);
  if (kind === 'AEXPR_OP_ANY' && sign === '=') {
    return asValue(right.kind === 'list' ? inList(left, right.items, scope) : equal(left, right, scope));
  }
  if (kind === 'AEXPR_OP_ALL' || kind === 'AEXPR_OP_ANY')
    return asValue(nulls(left, right) ? FAILS : reasonsTruth([left, right]));
  if (kind === 'AEXPR_DISTINCT' || kind === 'AEXPR_NOT_DISTINCT') {
    const same = nulls(left, right) ? distinctNull(left, right) : equal(left, right, scope);
    return asValue(kind === 'AEXPR_DISTINCT' ? not(same) : same);
  }
  if (kind === 'AEXPR_NULLIF') return left;
  if (sign === '=') return asValue(equal(left, right, scope));
  if (sign === '<>' || sign === '!=') return asValue(not(equal(left, right, scope)));
  if (nulls(left, right)) return asValue(FAILS);
  if (left.kind === 'email' || right.kind === 'email') return asValue(maybe('role', 'email'));
  if (['<', '>', '<=', '>='].includes(sign) && left.kind === 'constant' && right.kind === 'constant') {
    const [a, b] = [left.value, right.value];
    if (typeof a === 'number' && typeof b === 'number') {
      return asValue(known(sign === '<' ? a < b : sign === '>' ? a > b : sign === '<=' ? a <= b : a >= b));
    }
  }
  if (sign === '||' && (left.kind === 'uid' || right.kind === 'uid')) return { kind: 'uid' };
  if (left.kind === 'uid' || right.kind === 'uid') return asValue(withUid(left.kind === 'uid' ? right : left));
  // `||`, `+`, `@>`: a value of the same sort as its parts.
  const open = [left, right].find((one) => one.kind === 'open');
  return open ?? OPAQUE;
}

function nulls(...values: Value[]): boolean {
  return values.some((one) => one.kind === 'constant' && one.value === null);
}

function distinctNull(left: Value, right: Value): Truth {
  return both(nullness(left), nullness(right));
}

/** A claim of the token: what its user may change themselves, and what only the server sets. */
function claim(of: Value, keyNode: unknown, scope: Scope): Value {
  const key = String(constant(keyNode) ?? '');
  if (of.kind !== 'jwt') return of;
  if (/user_metadata/.test(key)) return scope.role === 'anon' ? NULL : { kind: 'open', reason: 'input' };
  if (key === 'sub') return scope.role === 'anon' ? NULL : { kind: 'uid' };
  if (key === 'role') return { kind: 'constant', value: scope.role };
  if (key === 'email') return scope.role === 'anon' ? NULL : { kind: 'email' };
  // Everybody gets both kinds of accounts where anonymous sign-in is on.
  if (key === 'is_anonymous') return scope.role === 'anon' ? NULL : { kind: 'open', reason: 'input' };
  return scope.role === 'anon' ? NULL : { kind: 'open', reason: 'role' };
}

function inList(left: Value, items: readonly Value[], scope: Scope): Truth {
  return items.map((item) => equal(left, item, scope)).reduce(either, NO);
}

function equal(a: Value, b: Value, scope: Scope): Truth {
  if (nulls(a, b)) return FAILS;
  if (a.kind === 'constant' && b.kind === 'constant') return known(String(a.value) === String(b.value));
  if (a.kind === 'truth' && b.kind === 'constant') return truthOf(b).answer === 'yes' ? a.truth : not(a.truth);
  if (b.kind === 'truth' && a.kind === 'constant') return equal(b, a, scope);
  if (a.kind === 'uid' || b.kind === 'uid') return withUid(a.kind === 'uid' ? b : a);
  if (a.kind === 'email' || b.kind === 'email') {
    const other = a.kind === 'email' ? b : a;
    if (other.kind === 'email') return YES;
    if (other.kind === 'open' && other.reason === 'input') return can('self');
    return other.kind === 'constant' ? maybe('role', 'email') : maybe('owner', 'email');
  }
  if (a.kind === 'open' && b.kind === 'open' && a.column !== undefined && a.column === b.column) return YES;
  const column = a.kind === 'open' ? a.column : b.kind === 'open' ? b.column : undefined;
  if (column !== undefined && (a.kind === 'constant' || b.kind === 'constant')) {
    if (scope.parts?.has(column.split('.').at(-1) ?? '') && !scope.inner) return YES;
  }
  return reasonsTruth([a, b]);
}

function withUid(other: Value): Truth {
  switch (other.kind) {
    case 'uid':
      return YES;
    case 'open':
      if (other.reason === 'input') return can('self');
      return maybe(other.reason === 'unknown' ? 'unknown' : 'owner');
    case 'constant':
      return maybe('role');
    case 'list':
      return other.items.map(withUid).reduce(either, NO);
    default:
      return UNKNOWN;
  }
}

function reasonsTruth(values: readonly Value[]): Truth {
  const reasons = values.flatMap((one) => (one.kind === 'open' ? [one.reason] : []));
  if (reasons.length === 0 || reasons.includes('unknown')) return UNKNOWN;
  if (reasons.includes('role')) return maybe('role');
  return reasons.includes('input') ? can('input') : maybe(...reasons);
}

/** `(select auth.uid())` is its expression; with a FROM, rows of other tables decide. */
function subSelect(found: Tree, scope: Scope): Value {
  const select = body(found.subselect, 'SelectStmt');
  if (select === null) return OPAQUE;
  const type = text(found.subLinkType);
  const from = listOf(select.fromClause);
  const target = body(listOf(select.targetList)[0], 'ResTarget')?.val;
  if (from.length === 0 && select.whereClause === undefined && type === 'EXPR_SUBLINK') return resolve(target, scope);
  // Columns of the row that the policy is about may stand in it too; which is which the tree does not say.
  const inner: Scope = { ...scope, inner: true };
  const where = isTree(select.whereClause) ? truthOf(resolve(select.whereClause, inner)) : YES;
  const joins = from.map((one) => body(one, 'JoinExpr')?.quals).filter(isTree);
  const condition = joins.map((one) => truthOf(resolve(one, inner))).reduce(both, where);
  if (type === 'EXISTS_SUBLINK') return asValue(condition.answer === 'no' ? NO : rows(condition));
  if (type === 'ANY_SUBLINK') {
    const tested = resolve(found.testexpr, scope);
    // Null is in no list: unknown in one that has rows, false in an empty one.
    if (nulls(tested)) return asValue(both(FAILS, UNKNOWN));
    if (condition.answer === 'no') return asValue(NO);
    if (tested.kind === 'uid') return asValue(maybe('owner'));
    return asValue(rows(condition));
  }
  if (type === 'EXPR_SUBLINK') {
    if (condition.answer === 'no') return NULL;
    const { because } = rows(condition);
    const reason = because.has('owner') || because.has('role') ? 'role' : because.has('unknown') ? 'unknown' : 'data';
    return { kind: 'open', reason };
  }
  return OPAQUE;
}

/** Whether rows of another table fit: never certain, even where any row does. */
function rows(condition: Truth): Truth {
  const because = new Set(condition.because);
  because.delete('input');
  because.delete('self');
  if (because.size === 0) because.add('data');
  return { answer: 'maybe', denied: 'maybe', because };
}
