/** Declared fields as JSON Schema: what an answer holds, and what a new document and a change may hold. */
import type { Resource, ResourceField, ResourceSchema, ResourceType } from '../contract/resource.ts';
import type { Schema } from './document.ts';
import { exampleId, exampleOf, shownExample } from './example.ts';
import { fieldText, maskText } from './wording.ts';

interface Base {
  readonly type: string;
  readonly format?: string;
}

/** `format` is an annotation in JSON Schema 2020-12; the gateway checks it. */
const BASES = {
  keyword: { type: 'string' },
  text: { type: 'string' },
  integer: { type: 'integer', format: 'int64' },
  number: { type: 'number', format: 'double' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date-time' },
  uuid: { type: 'string', format: 'uuid' },
  object: { type: 'object' },
} as const satisfies Record<ResourceType, Base>;

/** A type without the limits of new values. */
export function typeSchema(type: ResourceType): Schema {
  return { ...BASES[type], ...(type === 'integer' && SAFE) };
}

/** An integer that a double cannot hold is none here. */
const SAFE = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };

/** Limits of the gateway where a declaration has none: the api room's (`validate.ts`). The contract test holds them together. */
const MAX_ITEMS = 1000;
const MAX_KEYWORD = 8191;
const MAX_ID = 512;

/** A value that a client sends, or a part of it. */
export function valueSchema(schema: ResourceSchema): Schema {
  if (!schema.array) return itemSchema(schema);
  return {
    type: 'array',
    items: itemSchema(schema),
    maxItems: schema.maxItems ?? MAX_ITEMS,
  };
}

/** One element of a list, or the value that is no list. */
function itemSchema(schema: ResourceSchema): Schema {
  const base = typeSchema(schema.type);
  if (schema.type === 'object') return { ...base, ...membersSchema(schema) };
  const most = schema.maxLength ?? (schema.type === 'keyword' ? MAX_KEYWORD : null);
  return {
    ...base,
    ...(schema.minLength !== null && { minLength: schema.minLength }),
    ...(most !== null && { maxLength: most }),
    ...(schema.pattern !== null && { pattern: schema.pattern.source }),
    ...(schema.minimum !== null && { minimum: schema.minimum }),
    ...(schema.maximum !== null && { maximum: schema.maximum }),
    ...(schema.oneOf !== null && { enum: [...schema.oneOf] }),
  };
}

function membersSchema(schema: ResourceSchema): Schema {
  const members = [...(schema.members ?? [])];
  const required = members.filter(([, member]) => member.required).map(([name]) => name);
  return {
    properties: Object.fromEntries(members.map(([name, member]) => [name, valueSchema(member)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

export function nullable(schema: Schema): Schema {
  return {
    ...schema,
    ...(schema.type !== undefined && { type: [schema.type, 'null'].flat() }),
    ...(schema.enum && { enum: [...schema.enum, null] }),
  };
}

/**
 * A document as answers show it. What may be null is always there, and null where the document has no value; of anything else a
 * document that was written before the declaration may have nothing.
 */
export function answerSchema(resource: Resource): Schema {
  const properties: Record<string, Schema> = {
    id: annotated(idSchema(resource), 'Given by the gateway.', exampleId(resource.id.type)),
  };
  const shown = [...resource.fields.values()].filter(({ read }) => read);
  for (const field of shown) properties[field.name] = shownSchema(field);
  return {
    type: 'object',
    title: resource.title,
    properties,
    required: ['id', ...shown.filter(isNullable).map(({ name }) => name)],
    additionalProperties: false,
  };
}

/** What was shredded, and what no key opens, is null. */
export function isNullable({ nullable, encryption }: ResourceField): boolean {
  return nullable || encryption !== null;
}

function shownSchema(field: ResourceField): Schema {
  const value = field.mask === null ? readSchema(field.schema) : maskedSchema(field);
  return annotated(isNullable(field) ? nullable(value) : value, fieldText(field, true), shownExample(field));
}

/** Stored values were not all checked when they were written: an answer promises their type, not the limits of a new one. */
function readSchema(schema: ResourceSchema): Schema {
  const base: Schema = BASES[schema.type];
  const item: Schema =
    schema.type === 'object'
      ? {
          ...base,
          properties: Object.fromEntries(
            [...(schema.members ?? [])].map(([name, member]) => [name, readSchema(member)]),
          ),
          additionalProperties: false,
        }
      : base;
  return schema.array ? { type: 'array', items: item } : item;
}

/** Whatever a value's type, its mask is text. */
function maskedSchema(field: ResourceField): Schema {
  const text: Schema = { type: 'string' };
  return field.schema.array ? { type: 'array', items: text } : text;
}

export function createSchema(resource: Resource): Schema {
  const fields = [...resource.fields.values()].filter(({ write }) => write.has('create'));
  const required = fields.filter((field) => field.required).map(({ name }) => name);
  return {
    type: 'object',
    title: `${resource.title}: new`,
    properties: Object.fromEntries(
      fields.map((field) => [field.name, sentSchema(field, valueSchema(field.schema), '')]),
    ),
    ...(required.length > 0 && { required }),
    ...needsOf(resource, fields),
    additionalProperties: false,
  };
}

/** What is encrypted for a person whom another member names cannot be without that member. */
function needsOf({ subjects }: Resource, fields: readonly ResourceField[]): Pick<Schema, 'dependentRequired'> {
  const needs = fields.flatMap(({ name, encryption }) => {
    const from = encryption === null ? undefined : subjects.get(encryption.subject)?.from;
    const [naming] = from === undefined || from === 'owner' ? [] : from.field.split('.', 1);
    return naming !== undefined && naming !== name && fields.some((one) => one.name === naming)
      ? [[name, [naming]]]
      : [];
  });
  return needs.length > 0 ? { dependentRequired: Object.fromEntries(needs) } : {};
}

/** RFC 7396: what is absent stays, null clears. */
export function updateSchema(resource: Resource): Schema {
  const fields = [...resource.fields.values()].filter(({ write }) => write.has('update'));
  return {
    type: 'object',
    title: `${resource.title}: change`,
    properties: Object.fromEntries(
      fields.map((field) => [
        field.name,
        sentSchema(field, patchSchema(field.schema), field.nullable ? 'Null clears it.' : ''),
      ]),
    ),
    additionalProperties: false,
  };
}

/** Objects are merged: a member that is not sent stays, one that need not be there is cleared with null. */
function patchSchema(schema: ResourceSchema): Schema {
  if (schema.type !== 'object' || schema.array) return valueSchema(schema);
  const members = [...(schema.members ?? [])].map(([name, member]) => {
    const value = patchSchema(member);
    return [name, member.required ? value : nullable(value)] as const;
  });
  return { ...typeSchema('object'), properties: Object.fromEntries(members), additionalProperties: false };
}

function sentSchema(field: ResourceField, value: Schema, more: string): Schema {
  const masked = field.read && field.mask !== null ? maskText(field.mask) : '';
  const parts = [fieldText(field, false), masked, more].filter((part) => part !== '');
  return annotated(field.nullable ? nullable(value) : value, parts.join(' '), exampleOf(field.schema, field.name));
}

function annotated(schema: Schema, description: string, example: unknown): Schema {
  return {
    ...schema,
    ...(description !== '' && { description }),
    ...(example !== undefined && { examples: [example] }),
  };
}

/** Always text, whatever the store keeps. */
export function idSchema({ id: { type } }: Resource): Schema {
  if (type === 'uuid') return { type: 'string', format: 'uuid' };
  if (type === 'integer') return { type: 'string', pattern: '^(?:0|-?[1-9][0-9]{0,15})$' };
  return { type: 'string', minLength: 1, maxLength: MAX_ID, pattern: '^[^/]+$' };
}
