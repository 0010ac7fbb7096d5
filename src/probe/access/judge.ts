/**
 * Whether somebody was given another's object, from answers alone:
 *
 * | answer | who | what it is for |
 * |---|---|---|
 * | `first`, `second` | the owner, before and after | the object; what differs between them is volatile and left out |
 * | `own` | the other account, its own object | what is the same in both proves nothing |
 * | `random` | the other account, an id that nobody has | an API that answers every id alike proves nothing |
 * | `given` | the other account or a stranger, the owner's object | the question |
 */
import type { AccessAnswer } from '../../core/access.ts';
import { distinctLeaves, fieldsOf, type Leaves, leavesNamed, likeness, sharedLeaves, stableLeaves } from './leaves.ts';
import type { Reading } from './reading.ts';

export interface Case {
  first: Reading;
  second: Reading;
  /** Undefined where the other account has no object: then its list is what shows that it is signed in. */
  own: Reading | undefined;
  random: Reading;
  given: Reading;
  ownerField: string | undefined;
}

export interface Judgement {
  read: AccessAnswer;
  /** A clause after the subject, without values. */
  reason: string;
  /** Field names that were given. */
  fields: string[];
}

/** This much of what tells the objects apart makes an answer the owner's object; the rest may depend on who asks. */
const ENOUGH = 0.8;
/** Names alone: an error body shares fewer of them with an object. */
const ALIKE = 0.6;
const MOST_NAMES = 8;

export function judge({ first, second, own, random, given, ownerField }: Case): Judgement {
  const object = objectOf(first, second);
  if (typeof object === 'string') return unknown(object);
  const control = controlOf(object, random);
  if (control !== undefined) return unknown(control);
  if (given.kind === 'unclear') return unknown(given.why);
  if (given.kind === 'refused') return no(refusal(given.status));
  if (given.kind === 'nothing') return no(`gets an empty answer (HTTP ${given.status})`);
  if (given.cached) return unknown('a shared cache answered, which says nothing about the API');

  const mine: Leaves = own?.kind === 'content' ? own.leaves : new Map();
  const telling = distinctLeaves(object, mine);
  const echoed = [...given.leaves.values()].some(({ echo }) => echo);
  if (telling.size === 0) {
    // Two objects that differ in their ids alone: only the whole object under its own id is the other one.
    const whole = sharedLeaves(object, given.leaves).size === object.size && echoed && random.kind !== 'content';
    return whole ? yes(object, given.leaves, mine) : unknown('the objects of both accounts cannot be told apart');
  }
  const matched = sharedLeaves(telling, given.leaves);
  const share = matched.size / telling.size;
  if (share >= ENOUGH) return yes(object, given.leaves, mine);
  if (share > 0 && ownerField !== undefined && namesOwner(ownerField, object, given.leaves, mine)) {
    return yes(object, given.leaves, mine);
  }
  if (matched.size === 0) {
    const same = mine.size > 0 && sharedLeaves(mine, given.leaves).size / mine.size >= ENOUGH;
    return no(same ? 'gets an object of their own instead' : `gets something else (HTTP ${given.status})`);
  }
  const some = `gets ${matched.size} of the ${telling.size} values that tell the object apart: ${listed(fieldsOf(matched, mine))}`;
  return {
    read: 'unknown',
    reason: `${some}; whether that is meant, its owner has to say`,
    fields: fieldsOf(matched, mine),
  };
}

/** Why nothing can be concluded whoever asks; undefined when the API does tell ids apart. */
function controlOf(object: Leaves, random: Reading): string | undefined {
  if (random.kind === 'unclear' && (random.status === null || random.status < 500)) {
    return `the control with an id that nobody has could not be made: ${random.why}`;
  }
  if (random.kind !== 'content') return undefined;
  return likeness(object, random.leaves) >= ALIKE
    ? 'an id that nobody has is answered like an object, so an answer proves nothing'
    : undefined;
}

/** What the owner reads, twice; a text says why that is nothing to compare with. */
function objectOf(first: Reading, second: Reading): Leaves | string {
  for (const one of [first, second]) {
    if (one.kind === 'unclear') return `the owner’s own reading is not clear: ${one.why}`;
    if (one.kind !== 'content') return `the owner’s account does not get its own object (HTTP ${one.status})`;
  }
  if (first.kind !== 'content' || second.kind !== 'content') return 'the owner’s own reading is not clear';
  const stable = stableLeaves(first.leaves, second.leaves);
  return stable.size > 0 ? stable : 'the owner’s object has no value that stays the same';
}

/** The object says that it belongs to its owner, in the field that the configuration names. */
function namesOwner(field: string, object: Leaves, given: Leaves, mine: Leaves): boolean {
  const owner = leavesNamed(object, field).map(({ hash }) => hash);
  const reader = new Set(leavesNamed(mine, field).map(({ hash }) => hash));
  return leavesNamed(given, field).some(({ hash }) => owner.includes(hash) && !reader.has(hash));
}

function yes(object: Leaves, given: Leaves, mine: Leaves): Judgement {
  const shared = sharedLeaves(object, given);
  const fields = fieldsOf(shared, mine);
  return { read: 'yes', reason: `gets what its owner gets: ${listed(fields)}`, fields };
}

function no(reason: string): Judgement {
  return { read: 'no', reason, fields: [] };
}

function unknown(reason: string): Judgement {
  return { read: 'unknown', reason, fields: [] };
}

function refusal(status: number): string {
  return status < 400 ? `is sent elsewhere (HTTP ${status})` : `is refused (HTTP ${status})`;
}

/** `3 fields (email, name, phone)`. */
function listed(fields: readonly string[]): string {
  if (fields.length === 0) return 'the same text';
  const names = fields.slice(0, MOST_NAMES).join(', ');
  const more = fields.length > MOST_NAMES ? ` and ${fields.length - MOST_NAMES} more` : '';
  return `${fields.length} ${fields.length === 1 ? 'field' : 'fields'} (${names}${more})`;
}
