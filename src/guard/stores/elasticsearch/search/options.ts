/** Readers of single options. Each takes what it lists, refuses the rest, and converts nothing. */
import type { FieldRule, FieldSet, FieldType } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import {
  isJsonObject,
  isJsonScalar,
  type Json,
  JsonNumber,
  type JsonObject,
  type JsonScalar,
} from '../../../json/value.ts';

export function refuse(at: string, problem: string): Refusal {
  return new Refusal('unsupported_option', `${at}: ${problem}`);
}

export function objectOf(json: Json | undefined, at: string): JsonObject {
  if (!isJsonObject(json)) throw refuse(at, 'not an object');
  return json;
}

/** An object with one key. */
export function entryOf(json: Json | undefined, at: string): readonly [key: string, value: Json] {
  const entries = Object.entries(objectOf(json, at));
  const [first] = entries;
  if (first === undefined || entries.length !== 1) throw refuse(at, 'not an object with one key');
  return first;
}

export function flagOf(json: Json, at: string): boolean {
  if (typeof json !== 'boolean') throw refuse(at, 'not a boolean');
  return json;
}

/** Plain decimal, without sign, point or exponent. */
export function integerOf(json: Json, at: string, minimum: number, maximum: number): number {
  if (typeof json !== 'number' || !Number.isInteger(json) || json < minimum) throw refuse(at, 'not a plain integer');
  if (json > maximum) throw new Refusal('too_costly', `${at}: more than the rule permits`);
  return json;
}

export function numberOf(json: Json, at: string): number | JsonNumber {
  if (typeof json !== 'number' && !(json instanceof JsonNumber)) throw refuse(at, 'not a number');
  return json;
}

export function textOf(json: Json, at: string, maximum: number): string {
  if (typeof json !== 'string' || json.length > maximum) throw refuse(at, 'not a text of permitted length');
  return json;
}

export function wordOf(json: Json, at: string, words: ReadonlySet<string>): string {
  if (typeof json !== 'string' || !words.has(json)) throw refuse(at, 'not one of the permitted words');
  return json;
}

/** A text, number, boolean or null. */
export function scalarOf(json: Json, at: string): JsonScalar {
  if (!isJsonScalar(json)) throw refuse(at, 'not a scalar');
  if (typeof json === 'string' && json.length > 4096) throw refuse(at, 'not a text of permitted length');
  return json;
}

export function listOf(json: Json, at: string, maximum: number): readonly Json[] {
  if (!Array.isArray(json)) throw refuse(at, 'not a list');
  if (json.length > maximum) throw new Refusal('too_costly', `${at}: longer than the rule permits`);
  return json;
}

/** Literal paths: what the stores would take for a pattern, a modifier or a namespace of their own is no name. */
const NAME = /^[\p{L}\p{N}_@-][\p{L}\p{N}_@ .-]{0,255}$/u;

/**
 * The rule of a field that may be used in a request: listed, and shown as it is.
 *
 * @returns undefined where every field may be used (whole documents)
 * @throws Refusal `forbidden`, `unsupported_option`
 */
export function listedField(json: Json | undefined, fields: FieldSet | null, at: string): FieldRule | undefined {
  if (typeof json !== 'string') throw refuse(at, 'not a field name');
  const rule = fields?.get(json);
  // Not listed, masked and not there read alike, and as they do in a query.
  if (fields !== null && (rule === undefined || rule.mask !== null))
    throw new Refusal('forbidden', `${at}: a field that is not listed`);
  if (rule === undefined && (!NAME.test(json) || json.startsWith('_'))) throw refuse(at, 'not a literal field name');
  return rule;
}

/** As `listedField`, of one of these types. */
export function fieldOf(
  json: Json | undefined,
  fields: FieldSet | null,
  types: ReadonlySet<FieldType>,
  at: string,
): readonly [name: string, type: FieldType | undefined] {
  const rule = listedField(json, fields, at);
  if (rule !== undefined && !types.has(rule.type)) throw refuse(at, 'not a field of a usable type');
  return [json as string, rule?.type];
}

const NUMBERS = ['long', 'integer', 'short', 'byte', 'double', 'float', 'half_float', 'scaled_float'] as const;
export const NUMERIC: ReadonlySet<FieldType> = new Set(NUMBERS);
export const MEASURABLE: ReadonlySet<FieldType> = new Set([...NUMBERS, 'date', 'boolean']);
/** Fields with one value per document and exact order: all but `text` and what holds other fields. */
export const EXACT: ReadonlySet<FieldType> = new Set([...NUMBERS, 'keyword', 'boolean', 'date', 'ip']);
export const READABLE: ReadonlySet<FieldType> = new Set([...EXACT, 'text', 'geo_point']);
export const DATES: ReadonlySet<FieldType> = new Set(['date']);
export const KEYWORDS: ReadonlySet<FieldType> = new Set(['keyword']);

const FORMAT = /^[A-Za-z0-9_:/.,'|[\] +-]{1,100}$/;

/** A date or decimal format. Bounded, and of characters that only formats are made of. */
export function formatOf(json: Json, at: string): string {
  const text = textOf(json, at, 100);
  if (!FORMAT.test(text)) throw refuse(at, 'not a format');
  return text;
}
