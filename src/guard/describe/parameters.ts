/**
 * What a collection can be asked: `status=open`, `status[in]=open,paid`, `placed[gte]=…`, `note[exists]=true`, `sort=-placed,total`,
 * `size`, `cursor`. Each is a parameter of its own with its own type; there is no query language.
 */
import type { Resource, ResourceField, ResourceSchema, ResourceType } from '../contract/resource.ts';
import {
  type FilterOperator,
  isSortable,
  MAX_CURSOR,
  MAX_IDEMPOTENCY_KEY,
  MAX_SORT,
  parametersOf,
} from '../contract/rest.ts';
import type { Parameter, Reference, Schema } from './document.ts';
import { EXAMPLE_CURSOR, EXAMPLE_ETAG, EXAMPLE_UUID, exampleId, exampleItem } from './example.ts';
import type { ResourceNames } from './names.ts';
import { idSchema, typeSchema } from './schema.ts';

/** In the policy's order, so that a document does not change with the order of a set. */
export function filterParameters(resource: Resource, names: ResourceNames): readonly Parameter[] {
  return [...resource.fields.values()].flatMap((field) =>
    parametersOf(field).map(({ name, operator }) => filterParameter(name, operator, field, resource, names)),
  );
}

function filterParameter(
  name: string,
  operator: FilterOperator,
  field: ResourceField,
  resource: Resource,
  names: ResourceNames,
): Parameter {
  const subject = field.schema.array ? `of whose \`${field.name}\` one` : `whose \`${field.name}\``;
  const example = exampleItem(field.schema, field.name);
  switch (operator) {
    case 'eq':
      return query(name, `Those ${subject} is this value.${foundBy(field)}`, filterSchema(field, names), example);
    case 'in':
      return {
        name,
        in: 'query',
        description: `Those ${subject} is one of these values, separated by commas.`,
        style: 'form',
        explode: false,
        schema: { type: 'array', items: listedSchema(field, names), minItems: 1, maxItems: resource.maxValues },
        ...(example !== undefined && { example: [example] }),
      };
    case 'exists':
      return query(
        name,
        `\`true\`: those with a \`${field.name}\`; \`false\`: those without.`,
        { type: 'boolean' },
        true,
      );
    default: {
      const words = field.schema.type === 'date' ? TIME_BOUNDS : BOUNDS;
      return query(
        name,
        `Those ${subject} is ${words[operator]} this value.${OTHER[operator]}`,
        textSchema(field.schema.type),
        example,
      );
    }
  }
}

/** Bounds of a range, in the words of a description. */
const BOUNDS = { gt: 'above', gte: 'at or above', lt: 'below', lte: 'at or below' } as const;
const TIME_BOUNDS = { gt: 'after', gte: 'at or after', lt: 'before', lte: 'at or before' } as const;

const OTHER = { gt: ' Not beside `[gte]`.', gte: '', lt: ' Not beside `[lte]`.', lte: '' } as const;

/** Numbers and addresses are written in many ways; which of them are one is said where they are asked for. */
function foundBy({ encryption }: ResourceField): string {
  if (encryption?.lookup === 'email') return ' Compared as e-mail addresses.';
  return encryption?.lookup === 'phone' ? ' Compared as phone numbers.' : '';
}

/** What a value in a query is read as: by its type alone. The limits of new values do not hold for what is searched. */
function textSchema(type: ResourceType): Schema {
  return { ...typeSchema(type), ...(isText(type) && { minLength: 1, maxLength: MAX_TEXT }) };
}

/** Characters of one value of a query: the api room's (`typed-text.ts`). */
const MAX_TEXT = 1024;

function isText(type: ResourceType): boolean {
  return type === 'keyword' || type === 'text';
}

function enumSchema({ type, oneOf }: ResourceSchema): Schema {
  return { ...typeSchema(type), ...(oneOf && { enum: [...oneOf] }) };
}

/** One of a list: what holds a comma cannot be named there. */
function listedSchema(field: ResourceField, names: ResourceNames): Schema {
  const { type, oneOf } = field.schema;
  if (oneOf === null) return { ...textSchema(type), ...(isText(type) && { pattern: '^[^,]+$' }) };
  const nameable = oneOf.filter((value) => !String(value).includes(','));
  return nameable.length === oneOf.length ? filterSchema(field, names) : { ...typeSchema(type), enum: nameable };
}

/** The values of a field that has few are one component: one type in a generated client. */
function filterSchema(field: ResourceField, { schemas }: ResourceNames): Schema {
  const shared = schemas.values.get(field.name);
  return shared === undefined ? textSchema(field.schema.type) : { $ref: `#/components/schemas/${shared}` };
}

/** Components that the parameters of a list or a count refer to. */
export function filterSchemas(resource: Resource, { schemas }: ResourceNames): Readonly<Record<string, Schema>> {
  return Object.fromEntries(
    [...resource.fields.values()].flatMap((field) => {
      const name = schemas.values.get(field.name);
      const used = parametersOf(field).some(({ operator }) => operator === 'eq' || operator === 'in');
      return name === undefined || !used ? [] : [[name, enumSchema(field.schema)]];
    }),
  );
}

export function sortSchemas(resource: Resource, { schemas }: ResourceNames): Readonly<Record<string, Schema>> {
  const names = sortable(resource);
  if (names.length === 0) return {};
  return { [schemas.sort]: { type: 'string', enum: names.flatMap((name) => [name, `-${name}`]) } };
}

function sortable(resource: Resource): readonly string[] {
  return [...resource.fields.values()].filter(isSortable).map(({ name }) => name);
}

/** Order, page size and cursor of a list. */
export function pageParameters(resource: Resource, names: ResourceNames): readonly Parameter[] {
  const { page } = resource;
  return [
    ...sortParameter(resource, names),
    query(
      'size',
      `Items of one page. ${page.default} unless said; ${page.max} at most.`,
      { type: 'integer', format: 'int32', minimum: 1, maximum: page.max, default: page.default },
      undefined,
    ),
    query(
      'cursor',
      'Where the page begins: `next` of the page before, beside the same filters and the same order. Good for its caller alone, and for a while.',
      { type: 'string', minLength: 1, maxLength: MAX_CURSOR },
      EXAMPLE_CURSOR,
    ),
  ];
}

function sortParameter(resource: Resource, { schemas }: ResourceNames): Parameter[] {
  const names = sortable(resource);
  if (names.length === 0) return [];
  const usual = resource.order.map(({ field, descending }) => (descending ? `-${field}` : field));
  return [
    {
      name: 'sort',
      in: 'query',
      description: `Fields to sort by, first one first, each named once; \`-\` before a name for the greatest first.${
        usual.length > 0 ? ` Unless said: \`${usual.join(',')}\`.` : ''
      }`,
      style: 'form',
      explode: false,
      schema: {
        type: 'array',
        items: { $ref: `#/components/schemas/${schemas.sort}` },
        minItems: 1,
        maxItems: Math.min(names.length, MAX_SORT),
        uniqueItems: true,
      },
      example: [`-${names[0]}`],
    },
  ];
}

function query(name: string, description: string, schema: Schema, example: unknown): Parameter {
  return { name, in: 'query', description, schema, ...(example !== undefined && { example }) };
}

export function idParameter(resource: Resource): Parameter {
  return {
    name: 'id',
    in: 'path',
    description: 'Id of the document.',
    required: true,
    schema: idSchema(resource),
    example: exampleId(resource.id.type),
  };
}

/** Parameters that all resources share. */
export const SHARED_PARAMETERS = {
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    description: 'The ETag of the version that is meant: 412 if the document was changed since.',
    schema: { type: 'string', minLength: 1 },
    example: EXAMPLE_ETAG,
  },
  IfMatchRequired: {
    name: 'If-Match',
    in: 'header',
    description: 'The ETag of the version that is changed: 428 without one, 412 if the document was changed since.',
    required: true,
    schema: { type: 'string', minLength: 1 },
    example: EXAMPLE_ETAG,
  },
  IfNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    description: 'The ETag of the version that the caller has: 304 if it is still the one.',
    schema: { type: 'string', minLength: 1 },
    example: EXAMPLE_ETAG,
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'A random value of the caller, such as a UUID: a repeated request with the same key creates nothing again.',
    schema: { type: 'string', pattern: `^[!#-+\\--:<-~]{1,${MAX_IDEMPOTENCY_KEY}}$` },
    example: EXAMPLE_UUID,
  },
  Prefer: {
    name: 'Prefer',
    in: 'header',
    description: '`return=minimal`: the answer is without the document (RFC 7240).',
    schema: { type: 'string' },
    example: 'return=minimal',
  },
} as const satisfies Record<string, Parameter>;

export function shared(name: keyof typeof SHARED_PARAMETERS): Reference {
  return { $ref: `#/components/parameters/${name}` };
}
