/** Examples that nobody can take for somebody's: RFC 2606 domains, 555-01xx numbers, ids of zeros. */
import type { ResourceField, ResourceSchema, ResourceType } from '../contract/resource.ts';
import { maskExample } from './wording.ts';

export const EXAMPLE_UUID = '00000000-0000-4000-8000-000000000001';
export const EXAMPLE_TIME = '2026-01-31T12:00:00Z';
export const EXAMPLE_ETAG = '"c3ludGhldGljLWV0YWc"';
export const EXAMPLE_CURSOR = 'c3ludGhldGljLWN1cnNvcg';

export function exampleId(type: 'uuid' | 'keyword' | 'integer'): string {
  if (type === 'uuid') return EXAMPLE_UUID;
  return type === 'integer' ? '1' : 'example-1';
}

/** @returns undefined where none can be made that is surely valid: of a pattern */
export function exampleOf(schema: ResourceSchema, name: string): unknown {
  const one = exampleItem(schema, name);
  return schema.array && one !== undefined ? [one] : one;
}

/** As an answer shows it. */
export function shownExample(field: ResourceField): unknown {
  if (field.mask === null) return exampleOf(field.schema, field.name);
  const masked = maskExample(field.mask);
  return field.schema.array ? [masked] : masked;
}

/** One value of a list, or the value. */
export function exampleItem(schema: ResourceSchema, name: string): unknown {
  if (schema.oneOf !== null && schema.oneOf.length > 0) return schema.oneOf[0];
  if (schema.type === 'object') return exampleObject(schema);
  if (schema.type === 'integer' || schema.type === 'number') return numberExample(schema);
  if (schema.type === 'boolean') return true;
  return textExample(schema, name);
}

function exampleObject(schema: ResourceSchema): unknown {
  const object: Record<string, unknown> = {};
  for (const [name, member] of schema.members ?? []) {
    const value = exampleOf(member, name);
    if (value !== undefined) object[name] = value;
    else if (member.required) return undefined;
  }
  return object;
}

function numberExample({ minimum, maximum, type }: ResourceSchema): number {
  const wanted = type === 'integer' ? 3 : 19.5;
  const least = minimum ?? Number.NEGATIVE_INFINITY;
  const most = maximum ?? Number.POSITIVE_INFINITY;
  return Math.min(Math.max(wanted, type === 'integer' ? Math.ceil(least) : least), most);
}

function textExample(schema: ResourceSchema, name: string): string | undefined {
  const text = textFor(schema.type, name);
  if (schema.type === 'date' || schema.type === 'uuid') return text;
  const least = schema.minLength ?? 0;
  const fitted = text.slice(0, schema.maxLength ?? undefined).padEnd(least, 'x');
  return schema.pattern === null || matches(schema.pattern, fitted) ? fitted : undefined;
}

function textFor(type: ResourceType, name: string): string {
  if (type === 'uuid') return EXAMPLE_UUID;
  if (type === 'date') return EXAMPLE_TIME;
  if (/e-?mail/i.test(name)) return 'ada@example.org';
  if (/phone|mobile|tel$/i.test(name)) return '+12025550142';
  return type === 'text' ? 'An example.' : 'example';
}

/** Without the state that a global or sticky expression keeps. */
function matches(pattern: RegExp, text: string): boolean {
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')).test(text);
}
