/**
 * What a client's value must be (the JSON Schema subset of a declaration), compiled once for a policy. A value that fits comes
 * back in the form that is stored: dates in UTC, UUIDs in lower case, whole numbers without a fraction.
 */
import type { Refusal } from '../contract/refusal.ts';
import type { ResourceSchema } from '../contract/resource.ts';
import { isJsonObject, type Json, JsonNumber, type JsonObject, jsonObject } from '../json/value.ts';
import { readDateTime } from './date-time.ts';
import { readUuid } from './typed-text.ts';

/** One thing that is wrong with what was sent: where, in our own words. */
export type Problem = Refusal['problems'][number];

/** Told of a body at most; the rest is counted for nobody. */
export const MAX_PROBLEMS = 20;
const MAX_ITEMS = 1000;
/** Longest term that a store indexes is 32,766 bytes. */
const MAX_KEYWORD = 8191;

export class Problems {
  readonly list: Problem[] = [];

  /** @returns undefined, so that a check can end with it */
  add(pointer: string, detail: string): undefined {
    if (this.list.length < MAX_PROBLEMS) this.list.push({ pointer, detail });
    return undefined;
  }
}

/** @returns the value as it is stored; undefined when it does not fit, which the problems then say */
export type Check = (value: Json, pointer: string, problems: Problems) => Json | undefined;

export function compileSchema(schema: ResourceSchema): Check {
  const item = compileItem(schema);
  if (!schema.array) return item;
  const most = schema.maxItems ?? MAX_ITEMS;
  return (value, pointer, problems) => {
    if (!Array.isArray(value)) return problems.add(pointer, 'must be a list');
    if (value.length > most) return problems.add(pointer, `must have at most ${most} items`);
    const items: Json[] = [];
    for (let at = 0; at < value.length; at++) {
      const checked = item(value[at]!, `${pointer}/${at}`, problems);
      if (checked !== undefined) items.push(checked);
    }
    return items.length === value.length ? items : undefined;
  };
}

function compileItem(schema: ResourceSchema): Check {
  const read = reader(schema);
  const { oneOf } = schema;
  if (oneOf === null) return read;
  const allowed = new Set(oneOf.map((value) => (value instanceof JsonNumber ? Number(value.raw) : value)));
  return (value, pointer, problems) => {
    const checked = read(value, pointer, problems);
    if (checked === undefined) return undefined;
    const plain = checked instanceof JsonNumber ? Number(checked.raw) : checked;
    return allowed.has(plain as string) ? checked : problems.add(pointer, 'must be one of the declared values');
  };
}

function reader(schema: ResourceSchema): Check {
  switch (schema.type) {
    case 'keyword':
    case 'text':
      return textReader(schema);
    case 'uuid':
      return (value, pointer, problems) =>
        (typeof value === 'string' ? readUuid(value) : undefined) ?? problems.add(pointer, 'must be a UUID');
    case 'date':
      return (value, pointer, problems) =>
        (typeof value === 'string' ? readDateTime(value) : undefined) ??
        problems.add(pointer, 'must be a date and time with an offset (RFC 3339)');
    case 'boolean':
      return (value, pointer, problems) =>
        typeof value === 'boolean' ? value : problems.add(pointer, 'must be true or false');
    case 'integer':
    case 'number':
      return numberReader(schema);
    case 'object':
      return objectReader(schema.members ?? new Map());
  }
}

function textReader({ type, minLength, maxLength, pattern }: ResourceSchema): Check {
  const least = minLength ?? 0;
  const most = maxLength ?? (type === 'keyword' ? MAX_KEYWORD : Number.POSITIVE_INFINITY);
  return (value, pointer, problems) => {
    if (typeof value !== 'string') return problems.add(pointer, 'must be a text');
    // PostgreSQL keeps no NUL, and no reader of lines does.
    if (value.includes('\0')) return problems.add(pointer, 'must not hold a NUL character');
    // Lengths before the pattern: no pattern runs over more than the declaration permits.
    if (value.length > 2 * most || codePoints(value) > most) {
      return problems.add(pointer, `must have at most ${most} characters`);
    }
    if (least > 0 && codePoints(value) < least) return problems.add(pointer, `must have at least ${least} characters`);
    if (pattern !== null && !matches(pattern, value)) return problems.add(pointer, 'must match the declared pattern');
    return value;
  };
}

function matches(pattern: RegExp, value: string): boolean {
  pattern.lastIndex = 0;
  return pattern.test(value);
}

function codePoints(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // The second half of a pair is none of its own; half pairs were refused by the reader.
    if (code < 0xdc00 || code > 0xdfff) count += 1;
  }
  return count;
}

function numberReader({ type, minimum, maximum }: ResourceSchema): Check {
  return (value, pointer, problems) => {
    const number = value instanceof JsonNumber ? Number(value.raw) : value;
    if (typeof number !== 'number' || !Number.isFinite(number)) return problems.add(pointer, 'must be a number');
    if (type === 'integer' && !Number.isSafeInteger(number)) {
      return problems.add(pointer, 'must be a whole number within 2^53');
    }
    if (minimum !== null && number < minimum) return problems.add(pointer, `must be at least ${minimum}`);
    if (maximum !== null && number > maximum) return problems.add(pointer, `must be at most ${maximum}`);
    // More digits than a double has stay as they were sent.
    return type === 'integer' ? number + 0 : value;
  };
}

function objectReader(members: ReadonlyMap<string, ResourceSchema>): Check {
  const checks = new Map([...members].map(([name, schema]) => [name, compileSchema(schema)]));
  const required = [...members].filter(([, schema]) => schema.required).map(([name]) => name);
  return (value, pointer, problems) => {
    if (!isJsonObject(value)) return problems.add(pointer, 'must be an object');
    const before = problems.list.length;
    const checked = checkMembers(value, pointer, problems, checks);
    requireMembers(required, value, pointer, problems);
    return problems.list.length === before && before < MAX_PROBLEMS ? jsonObject(checked) : undefined;
  };
}

/** Every member has a check; what has none is not declared. */
export function checkMembers(
  value: JsonObject,
  pointer: string,
  problems: Problems,
  checks: ReadonlyMap<string, Check>,
): (readonly [string, Json])[] {
  const checked: (readonly [string, Json])[] = [];
  for (const name of Object.keys(value)) {
    const check = checks.get(name);
    if (check === undefined) problems.add(pointerOf(pointer, name), 'is not declared');
    else {
      const fits = check(value[name]!, `${pointer}/${name}`, problems);
      if (fits !== undefined) checked.push([name, fits]);
    }
  }
  return checked;
}

export function requireMembers(names: readonly string[], value: JsonObject, pointer: string, problems: Problems): void {
  for (const name of names) {
    if (!Object.hasOwn(value, name)) problems.add(`${pointer}/${name}`, 'is required');
  }
}

/** RFC 6901. Names that read like values are not repeated: then the object that holds them is meant. */
function pointerOf(pointer: string, name: string): string {
  return /^[A-Za-z_$][\w$-]{0,63}$/.test(name) ? `${pointer}/${name}` : pointer;
}
