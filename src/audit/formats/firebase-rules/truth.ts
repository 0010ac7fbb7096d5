/**
 * Truth of a condition for somebody about whom only some things are known. Four values, in this order:
 *
 *   no     never
 *   maybe  depends on what the requester cannot choose: whose record it is, a role, what is stored
 *   can    the requester makes it so: it depends on what they send, or on something everybody can get
 *   yes    always
 *
 * AND is the least of its parts, OR the greatest; what a verdict rests on is kept beside it.
 */
export type Answer = 'no' | 'maybe' | 'can' | 'yes';

/** What a verdict depends on. */
export type Reason =
  /** The requester's id equals something of the path or of the stored record. */
  | 'owner'
  /** The same, and it is the stored record that names the owner. */
  | 'record'
  /** A claim, a fixed id or address, a document about the requester. */
  | 'role'
  /** What the stored record says, whoever asks. */
  | 'data'
  /** What the requester sends. */
  | 'input'
  /** What the requester sends must name the requester. */
  | 'self'
  /** The requester's e-mail address, whose owner was not verified. */
  | 'email'
  | 'email-verified'
  /** A date that has not come yet. */
  | 'until'
  /** Not understood. */
  | 'unknown';

export interface Truth {
  /** Whether it is true. */
  answer: Answer;
  /**
   * Whether it is false. A condition that fails, or is null in SQL, is neither: it refuses, and its negation too. What
   * `!` makes of a condition is known only with both.
   */
  denied: Answer;
  because: ReadonlySet<Reason>;
}

const ORDER: readonly Answer[] = ['no', 'maybe', 'can', 'yes'];
const NOTHING: ReadonlySet<Reason> = new Set();

export const YES: Truth = { answer: 'yes', denied: 'no', because: NOTHING };
export const NO: Truth = { answer: 'no', denied: 'yes', because: NOTHING };
/** Neither true nor false. */
export const FAILS: Truth = { answer: 'no', denied: 'no', because: NOTHING };
export const UNKNOWN: Truth = { answer: 'maybe', denied: 'maybe', because: new Set(['unknown']) };

export function known(value: boolean): Truth {
  return value ? YES : NO;
}

export function maybe(...reasons: Reason[]): Truth {
  return { answer: 'maybe', denied: 'maybe', because: new Set(reasons) };
}

export function can(...reasons: Reason[]): Truth {
  return { answer: 'can', denied: 'can', because: new Set(reasons) };
}

export function atLeastAs(answer: Answer, floor: Answer): boolean {
  return ORDER.indexOf(answer) >= ORDER.indexOf(floor);
}

function least(a: Answer, b: Answer): Answer {
  return atLeastAs(a, b) ? b : a;
}

function greatest(a: Answer, b: Answer): Answer {
  return atLeastAs(a, b) ? a : b;
}

/** What is open the more, the less the other is. */
function inverse(answer: Answer): Answer {
  return answer === 'yes' ? 'no' : answer === 'no' ? 'yes' : answer;
}

export function both(left: Truth, right: Truth): Truth {
  const answer = least(left.answer, right.answer);
  const denied = greatest(left.denied, right.denied);
  if (answer === 'no') return { answer, denied, because: left.answer === 'no' ? left.because : right.because };
  return { answer, denied, because: union(left.because, right.because) };
}

export function either(left: Truth, right: Truth): Truth {
  const answer = greatest(left.answer, right.answer);
  const denied = least(left.denied, right.denied);
  if (left.answer !== right.answer) return { answer, denied, because: (left.answer === answer ? left : right).because };
  // Of two ways that are open, the one that asks less is what counts.
  const open = answer === 'yes' || answer === 'can';
  const because = open ? (asks(left) <= asks(right) ? left : right).because : union(left.because, right.because);
  return { answer, denied, because };
}

export function not({ answer, denied, because }: Truth): Truth {
  return { answer: denied, denied: answer, because };
}

/** `IS TRUE`: what is neither true nor false becomes false. */
export function isTrue({ answer, because }: Truth): Truth {
  return { answer, denied: inverse(answer), because };
}

/** `IF condition THEN … ELSE …`: what is not true, whatever else, takes the other way. */
export function choose(condition: Truth, then: Truth, otherwise: Truth): Truth {
  return either(both(isTrue(condition), then), both(not(isTrue(condition)), otherwise));
}

/** How much is asked of a requester who can make a condition true: to name themselves is most. */
function asks({ because }: Truth): number {
  return because.size + (because.has('self') ? 10 : 0) + (because.has('until') ? 5 : 0);
}

function union(left: ReadonlySet<Reason>, right: ReadonlySet<Reason>): ReadonlySet<Reason> {
  if (left.size === 0) return right;
  if (right.size === 0) return left;
  return new Set([...left, ...right]);
}
