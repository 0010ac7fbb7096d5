/** Who reads and writes a table: its privileges, whether row level security is on, and its policies together. */
import { both, either, FAILS, NO, type Truth, YES } from '../firebase-rules/truth.ts';
import { evaluate, type Question, type Role } from './evaluate.ts';
import { mayBy, type Privilege, type SqlPolicy, type SqlTable } from './state.ts';

export interface Judge {
  functions: Question['functions'];
  bodyOf: Question['bodyOf'];
}

/** `bucket_id = 'avatars'` chooses files that are judged together. */
const PARTS: ReadonlySet<string> = new Set(['bucket_id']);

export function appliesTo(policy: SqlPolicy, role: Role, command: Privilege): boolean {
  const roles = policy.roles.length === 0 || policy.roles.includes('public') || policy.roles.includes(role);
  return roles && (policy.command === 'all' || policy.command === command);
}

function ask(node: unknown, sent: boolean, role: Role, table: SqlTable, judge: Judge): Truth {
  const storage = table.schema === 'storage' && table.name === 'objects';
  return evaluate(node, { role, sent, ...judge, ...(storage ? { parts: PARTS } : {}) });
}

/** What USING says of a stored row. */
export function usingOf(policy: SqlPolicy, role: Role, table: SqlTable, judge: Judge): Truth {
  return policy.using === undefined ? NO : ask(policy.using, false, role, table, judge);
}

/** What WITH CHECK says of a row that is sent; without it, USING is asked. */
export function checkOf(policy: SqlPolicy, role: Role, table: SqlTable, judge: Judge): Truth {
  const node = policy.check ?? policy.using;
  return node === undefined ? NO : ask(node, true, role, table, judge);
}

type Clause = typeof usingOf;

/**
 * Which clauses a command is judged by: an UPDATE by USING for the row that is there and by WITH CHECK for the one that
 * it becomes, and each of the two may be granted by another policy.
 */
const CLAUSES: Readonly<Record<Privilege, readonly Clause[]>> = {
  select: [usingOf],
  delete: [usingOf],
  insert: [checkOf],
  update: [usingOf, checkOf],
};

/** All permissive policies OR-ed, and all restrictive ones AND-ed, for one clause. */
function clauseAnswer(clause: Clause, table: SqlTable, role: Role, command: Privilege, judge: Judge): Truth {
  let granted: Truth = NO;
  let left: Truth = YES;
  for (const policy of table.policies.values()) {
    if (!appliesTo(policy, role, command)) continue;
    const truth = clause(policy, role, table, judge);
    if (policy.permissive) granted = either(granted, truth);
    else left = both(left, truth);
  }
  return both(granted, left);
}

/** What one permissive policy opens, by its first clause, beside all others. */
export function opens(policy: SqlPolicy, role: Role, command: Privilege, table: SqlTable, judge: Judge): Truth {
  if (!policy.permissive || !appliesTo(policy, role, command) || !mayBy(table, role).has(command)) return NO;
  const [first = usingOf, ...rest] = CLAUSES[command];
  const own = both(first(policy, role, table, judge), clauseAnswer(first, table, role, command, judge));
  return rest.reduce((truth, clause) => both(truth, clauseAnswer(clause, table, role, command, judge)), own);
}

/** The answer of the whole table. */
export function tableAnswer(table: SqlTable, role: Role, command: Privilege, judge: Judge): Truth {
  if (!mayBy(table, role).has(command)) return FAILS;
  if (!table.rls) return YES;
  return CLAUSES[command].map((clause) => clauseAnswer(clause, table, role, command, judge)).reduce(both, YES);
}

/** Open: always, or as soon as one sends what fits; a row of one's own that one adds is no opening. */
export function isOpen(truth: Truth, command: Privilege): boolean {
  if (truth.answer === 'yes') return true;
  return truth.answer === 'can' && !(command === 'insert' && truth.because.has('self'));
}
