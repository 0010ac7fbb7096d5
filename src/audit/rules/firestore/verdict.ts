/** What a statement of a rules file gives to strangers and to anybody with an account: what the rules judge by. */
import { maskLiterals } from '../../../core/redact-line.ts';
import type { PathAccess, Statement } from '../../formats/firebase-rules/access.ts';
import type { Method } from '../../formats/firebase-rules/parse.ts';
import type { FirebaseRulesDocument } from '../../formats/firebase-rules/read.ts';
import type { Truth } from '../../formats/firebase-rules/truth.ts';
import type { Fix } from '../../model.ts';
import type { Span } from '../../source.ts';

export interface Opening {
  path: PathAccess;
  statement: Statement;
  /** Methods open to everybody, without an account. */
  stranger: readonly Method[];
  /** Methods open to everybody with an account, and not to strangers. */
  anyone: readonly Method[];
  /** A date is all that ends it. */
  timed: boolean;
}

/**
 * Open: always, or as soon as the requester sends what fits. A record that one creates and that must name oneself is
 * one's own; one that is changed to name oneself was another's.
 */
export function isOpen(truth: Truth, method: Method): boolean {
  if (truth.answer === 'yes') return true;
  return truth.answer === 'can' && !(method === 'create' && truth.because.has('self'));
}

export function openings(document: FirebaseRulesDocument): Opening[] {
  return document.paths
    .filter(({ reach }) => reach !== 'never')
    .flatMap((path) =>
      path.statements.map((statement) => {
        const { methods } = statement.allow;
        const stranger = methods.filter((method) => isOpen(statement.of(method, 'stranger'), method));
        const anyone = methods.filter(
          (method) => !stranger.includes(method) && isOpen(statement.of(method, 'anyone'), method),
        );
        const timed = [...stranger, ...anyone].some((method) => statement.of(method, 'anyone').because.has('until'));
        return { path, statement, stranger, anyone, timed };
      }),
    );
}

export function writes(methods: readonly Method[]): boolean {
  return methods.some((method) => method !== 'get' && method !== 'list');
}

export function reads(methods: readonly Method[]): boolean {
  return methods.includes('get') || methods.includes('list');
}

/** Changes or removes what is there. */
export function overwrites(methods: readonly Method[]): boolean {
  return methods.includes('update') || methods.includes('delete');
}

/** The condition, or the methods where there is none. */
export function spanOf({ allow }: Statement): Span {
  const { start, end } = allow.condition ?? allow.methodsSpan;
  return { start, end };
}

export function pointerOf(path: PathAccess, { allow }: Statement): string {
  return `${path.path} allow ${allow.written}`;
}

/** What stands there, short. */
export function written(document: FirebaseRulesDocument, statement: Statement): string {
  const { condition } = statement.allow;
  if (condition === null) return 'no condition';
  const whole = document.text.slice(condition.start, condition.end);
  // What a comment says is nobody's business.
  const text = maskLiterals(whole.replace(/\/\/[^\n]*|\/\*[^*]*\*\//g, ' ').replace(/\s+/g, ' '));
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

const VERBS: Readonly<Record<Method, string>> = {
  get: 'read single entries',
  list: 'list everything',
  create: 'add entries',
  update: 'change entries',
  delete: 'delete entries',
};

/** In words; what `read` and `write` stand for is said as that. */
export function verbs(methods: readonly Method[]): string {
  const parts: string[] = [];
  const all = (...group: Method[]): boolean => group.every((method) => methods.includes(method));
  const rest = new Set(methods);
  const take = (text: string, ...group: Method[]): void => {
    if (!all(...group)) return;
    parts.push(text);
    for (const method of group) rest.delete(method);
  };
  take('read and list', 'get', 'list');
  take('add, change and delete', 'create', 'update', 'delete');
  parts.push(...[...rest].map((method) => VERBS[method]));
  return parts.join(', ');
}

/** Replaces the condition, or gives the statement one. */
export function withCondition(statement: Statement, text: string, rest: Omit<Fix, 'edits'>): Fix {
  const { condition, methodsSpan } = statement.allow;
  if (condition === null) {
    return { ...rest, edits: [{ start: methodsSpan.end, end: methodsSpan.end, text: `: if ${text}` }] };
  }
  return { ...rest, edits: [{ start: condition.start, end: condition.end, text }] };
}

const UID_NAME = /^(?:uid|user_?id|user_?uid|owner_?id|account_?id|user|owner)$/i;

/** The variable of the path that names a user, where exactly one does. */
function uidVariable(path: PathAccess): string | null {
  const named = path.segments.flatMap((one) => (one.kind === 'one' && UID_NAME.test(one.name) ? [one.name] : []));
  return named.length === 1 ? (named[0] ?? null) : null;
}

/** The owner's own records only; where the path does not say whose they are, a person must. */
export function ownerFix(path: PathAccess, statement: Statement): Fix | null {
  const variable = uidVariable(path);
  if (variable === null || statement.allow.methods.length === 0) return null;
  return withCondition(statement, `request.auth != null && request.auth.uid == ${variable}`, {
    title: `Give ${path.path} to its owner only`,
    blastRadius:
      'Every screen that shows or changes records of other users is refused, and so is everything that runs without signing in.',
    needsConfirmation: true,
  });
}
