/** Fields in queries: named literally, listed by the rule, shown unmasked, and of a type that the query is defined for. */
import type { FieldRule, FieldType } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { QueryContext } from './context.ts';
import { either, matching, number, oneOf, type Reader, refuse, scalar, text } from './options.ts';

const NUMERIC: readonly FieldType[] = [
  'long',
  'integer',
  'short',
  'byte',
  'double',
  'float',
  'half_float',
  'scaled_float',
];
/** Types with terms that can be compared. */
export const SCALAR: readonly FieldType[] = [...NUMERIC, 'keyword', 'text', 'boolean', 'date', 'ip'];
export const ORDERED: readonly FieldType[] = [...NUMERIC, 'keyword', 'date', 'ip'];
/** An object's `exists` would tell about members that are not listed. */
export const WITH_VALUES: readonly FieldType[] = [...SCALAR, 'geo_point'];
export const TEXTUAL: readonly FieldType[] = ['keyword', 'text'];

/** No pattern, no control character; longer than any field path of a store may be is none. */
const LITERAL = /^[^\u0000-\u001f*?"\\]{1,512}$/;

/**
 * Looks a field up. What is not listed, what is masked and what is the store's own (`_id`, `_index`, `_seq_no`, …) is
 * refused in the same words.
 *
 * @returns its rule; null where the rule names no fields (compat)
 */
export function fieldOf(
  name: string,
  context: QueryContext,
  at: string,
  types: readonly FieldType[],
): FieldRule | null {
  if (name.startsWith('_') || !LITERAL.test(name)) throw denied(at);
  if (context.fields === null) {
    if (context.mode === 'strict') throw denied(at);
    return null;
  }
  const rule = context.fields.get(name);
  if (rule === undefined || rule.mask !== null) throw denied(at);
  if (!types.includes(rule.type)) throw refuse(at, 'a field of a type that this query is not defined for');
  return rule;
}

export function fieldReader(types: readonly FieldType[]): Reader {
  return (value, at, context) => {
    const name = text(value, at, context);
    fieldOf(typeof name === 'string' ? name : '', context, at, types);
    return name;
  };
}

/** `name` or `name^2` of a list of fields. */
export function boostedFieldReader(types: readonly FieldType[]): Reader {
  return (value, at, context) => {
    const name = String(text(value, at, context));
    const caret = name.indexOf('^');
    fieldOf(caret === -1 ? name : name.slice(0, caret), context, at, types);
    if (caret !== -1 && !/^\d{1,4}(?:\.\d{1,4})?$/.test(name.slice(caret + 1))) throw refuse(at, 'not a boost');
    return name;
  };
}

function denied(at: string): Refusal {
  return new Refusal('forbidden', `${at}: a field that is not listed`);
}

const numeric = either(
  (value) => typeof value === 'string',
  matching(/^[+-]?\d{1,64}(?:\.\d{1,64})?(?:[eE][+-]?\d{1,3})?$/, 140),
  number,
);
const boolean = either(
  (value) => typeof value === 'boolean',
  (value) => value,
  oneOf('true', 'false'),
);

/** What a value must be to be compared with a field: a text on a number is the store's error to make, and ours to spare it. */
export function valueReader(rule: FieldRule | null): Reader {
  if (rule === null) return scalar;
  if (NUMERIC.includes(rule.type)) return numeric;
  return rule.type === 'boolean' ? boolean : scalar;
}
