/**
 * What an expression comes to. Unknown is a value of its own: what only a deployment can tell. Every value carries the
 * place where it is written – the default of a variable, a line of terraform.tfvars, a local – so that a finding points
 * there, and the resource it is taken from, if any.
 */
import type { Source, Span } from '../../source.ts';

export interface Written {
  source: Source;
  span: Span;
  /** The text there is the value, so that writing another in its place changes it. */
  literal: boolean;
}

/** A thing that others refer to: `aws_security_group.db`, with the module it stands in, and what is asked of it. */
export interface Reference {
  /** Without an instance key: `module.db.aws_security_group.this`. */
  address: string;
  /** `id`, `arn`, … */
  path: readonly string[];
}

/** From an offset in a value's text on, where it stands in its file. */
interface Piece {
  text: number;
  offset: number;
}

interface Base {
  at: Written;
  from?: Reference;
}

export type NullValue = Base & { kind: 'null' };
export type BoolValue = Base & { kind: 'bool'; value: boolean };
export type NumberValue = Base & { kind: 'number'; value: number };
export type StringValue = Base & { kind: 'string'; value: string; pieces?: readonly Piece[] };
/** Text of which parts are not known; each stands there as `HOLE`. */
export type PartialValue = Base & { kind: 'partial'; value: string; pieces: readonly Piece[]; holes: readonly Value[] };
export type ListValue = Base & { kind: 'list'; items: readonly Value[]; complete: boolean };
export type MapValue = Base & { kind: 'map'; entries: ReadonlyMap<string, Value>; complete: boolean };
/** JSON text of a value: what `jsonencode` and policy documents give. */
export type EncodedValue = Base & { kind: 'encoded'; value: Value };
/** `failed`: Terraform would refuse the expression; what `try` goes by. */
export type UnknownValue = Base & { kind: 'unknown'; failed?: true };

export type Value =
  | NullValue
  | BoolValue
  | NumberValue
  | StringValue
  | PartialValue
  | ListValue
  | MapValue
  | EncodedValue
  | UnknownValue;

/** Stands in a text for what is not known. */
export const HOLE = '\ufffc';

export function unknown(at: Written, from?: Reference): UnknownValue {
  return from === undefined ? { kind: 'unknown', at } : { kind: 'unknown', at, from };
}

export function failed(at: Written): UnknownValue {
  return { kind: 'unknown', at, failed: true };
}

export function scalar(value: string | number | boolean | null, at: Written): Value {
  if (value === null) return { kind: 'null', at };
  if (typeof value === 'string') return { kind: 'string', value, at };
  return typeof value === 'number' ? { kind: 'number', value, at } : { kind: 'bool', value, at };
}

/** The value as Terraform would write it into a string; null when it is not known or has no text. */
export function textOf(value: Value | null): string | null {
  if (value?.kind === 'string') return value.value;
  return value?.kind === 'bool' || value?.kind === 'number' ? String(value.value) : null;
}

/** `true` and `"true"` are the same to Terraform; null when it is neither true nor false, or not known. */
export function boolOf(value: Value | null): boolean | null {
  const text = textOf(value);
  return text === 'true' || text === 'false' ? text === 'true' : null;
}

export function numberOf(value: Value | null): number | null {
  const text = textOf(value);
  return text !== null && /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : null;
}

/** Neither it nor anything in it is unknown. */
export function isKnown(value: Value, depth = 0): boolean {
  if (value.kind === 'unknown' || value.kind === 'partial' || depth > 40) return false;
  if (value.kind === 'list') return value.complete && value.items.every((item) => isKnown(item, depth + 1));
  if (value.kind === 'map')
    return value.complete && [...value.entries.values()].every((item) => isKnown(item, depth + 1));
  return value.kind === 'encoded' ? isKnown(value.value, depth + 1) : true;
}

/** The elements of a list or the values of a map; a single value is a list of itself. */
export function itemsOf(value: Value | null): { items: readonly Value[]; complete: boolean } {
  if (value === null || value.kind === 'null') return { items: [], complete: true };
  if (value.kind === 'list') return { items: value.items, complete: value.complete };
  if (value.kind === 'map') return { items: [...value.entries.values()], complete: value.complete };
  if (value.kind === 'unknown') return { items: [], complete: false };
  return { items: [value], complete: true };
}

/** Both are the same known text, number or truth value; null when that is not known. */
export function same(left: Value, right: Value): boolean | null {
  if (left.kind === 'null' || right.kind === 'null') {
    const other = left.kind === 'null' ? right : left;
    return other.kind === 'null' ? true : other.kind === 'unknown' ? null : false;
  }
  const [a, b] = [textOf(left), textOf(right)];
  if (a !== null && b !== null) return a === b;
  if (!isKnown(left) || !isKnown(right)) return null;
  const [first, second] = [itemsOf(left).items, itemsOf(right).items];
  return first.length === 0 && second.length === 0 ? true : first.length !== second.length ? false : null;
}

/** The resources a value is made of, whether it is known or not. */
export function referencesOf(value: Value | null, depth = 0): Reference[] {
  if (value === null || depth > 20) return [];
  const own = value.from === undefined ? [] : [value.from];
  if (value.kind === 'list') return [...own, ...value.items.flatMap((item) => referencesOf(item, depth + 1))];
  if (value.kind === 'partial') return [...own, ...value.holes.flatMap((item) => referencesOf(item, depth + 1))];
  if (value.kind === 'map')
    return [...own, ...[...value.entries.values()].flatMap((item) => referencesOf(item, depth + 1))];
  return own;
}
