/** `api` and `resources` of guard.yaml: what a team declares, and clients get as REST. */
import { z } from 'zod';
import { RESOURCE_FILTERS, RESOURCE_OPERATIONS, RESOURCE_TYPES } from '../../contract/resource.ts';
import { filterSchema } from './filter.ts';
import { fieldNameSchema, indexNameSchema, nameSchema } from './names.ts';
import { maskSchema } from './role.ts';
import { size } from './units.ts';

const text = z.string().min(1);
const description = z.string().max(2000);
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const type = z.enum(RESOURCE_TYPES);

/** An alternative's own sentence for a value that is no map; a map is judged by its members. */
const unlessMap = (sentence: string) => ({
  error: ({ input }: { input?: unknown }) => (typeof input === 'object' && input !== null ? undefined : sentence),
});

const TYPE_OR_MAP = `expected a type (${RESOURCE_TYPES.join(', ')}), or { type: keyword, … }`;

/** Of a field or a member: what generators of clients can all spell. */
const fieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, {
  error: 'expected the name of a field: a letter, then letters, digits and _',
});

const columnName = z.string().regex(/^(?!_)[^\s.*"\\{}[\]<>,:$\p{Cc}]{1,63}$/u, {
  error: 'expected the name of a column, or of a member of the document itself: no dots, not beginning with _',
});

const PATH = /^(?:\/[A-Za-z0-9][A-Za-z0-9._~-]{0,63}){2,6}$/;
const TABLE = /^(?:[A-Za-z_][A-Za-z0-9_]{0,62}\.)?[A-Za-z_][A-Za-z0-9_]{0,62}$/;

const valueShape = {
  type,
  array: z.boolean().default(false).describe('the value is a list of this type'),
  maxItems: z.int().min(1).max(10_000).optional().describe('with `array`; of a field that is written 100 by default'),
  minLength: z.int().min(0).max(1_000_000).optional().describe('characters'),
  maxLength: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('characters; of a field that is written 512 (keyword) or 10000 (text) by default'),
  pattern: text.max(500).optional().describe('regular expression that the whole value matches'),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  oneOf: z.array(scalar).min(1).max(1000).optional().describe('the only values that there are'),
};

export interface MemberFile {
  type: z.infer<typeof type>;
  array: boolean;
  maxItems?: number | undefined;
  minLength?: number | undefined;
  maxLength?: number | undefined;
  pattern?: string | undefined;
  minimum?: number | undefined;
  maximum?: number | undefined;
  oneOf?: (string | number | boolean)[] | undefined;
  required: boolean;
  members?: Record<string, MemberFile | z.infer<typeof type>> | undefined;
}

const memberMapSchema: z.ZodType<MemberFile> = z
  .strictObject({
    ...valueShape,
    required: z.boolean().default(false).describe('the object holds it always'),
    get members() {
      return z
        .record(fieldName, z.union([type, memberMapSchema], unlessMap(TYPE_OR_MAP)))
        .optional()
        .describe('of an object');
    },
  })
  .meta({ id: 'member', description: 'a member of an object' });
const memberSchema = z.union([type, memberMapSchema], unlessMap(TYPE_OR_MAP));

const encryptSchema = z.strictObject({
  subject: fieldName.optional().describe('whose key: a name under `subjects`; default: the only one, or owner'),
  lookup: z
    .enum(['exact', 'email', 'phone'])
    .optional()
    .describe('`filter: [eq]` finds it, over the vault’s own map of values'),
  beacon: z
    .union(
      [z.int().min(1).max(32), z.strictObject({ bits: z.int().min(1).max(32), column: columnName.optional() })],
      unlessMap('expected a number of bits, or { bits: 8, column: phone_beacon }'),
    )
    .optional()
    .describe('bits of a keyed hash beside the ciphertext in the store; left out: the store holds none'),
});

const fieldSchema = z.union(
  [
    type,
    z.strictObject({
      ...valueShape,
      members: z.record(fieldName, memberSchema).optional().describe('of an object: all that may be in it'),
      column: columnName.optional().describe('its name in the store; default: its name here'),
      description: description.default(''),
      read: z.boolean().default(true).describe('shown in answers'),
      write: z
        .array(z.enum(['create', 'update']))
        .default([])
        .describe('when a client may send it'),
      required: z.boolean().default(false).describe('must be sent at creation'),
      nullable: z.boolean().default(false).describe('may be null: in answers, and to clear it'),
      mask: maskSchema.optional().describe('how it is shown: redact, token, last:4, email, network or year'),
      encrypt: z.union([z.literal(true), encryptSchema], unlessMap('expected true, or { lookup: phone }')).optional(),
      filter: z.array(z.enum(RESOURCE_FILTERS)).default([]).describe('how a list may be narrowed by it'),
      sort: z.boolean().default(false).describe('a list may be in its order'),
    }),
  ],
  unlessMap(TYPE_OR_MAP),
);

const ownerSchema = z.union(
  [
    z.literal('none'),
    z.strictObject({
      column: columnName.describe('where the store says whose document it is'),
      claim: text.default('sub').describe('what the caller’s token says'),
      type: z.enum(['keyword', 'number', 'uuid']).default('keyword'),
      pseudonym: z.boolean().default(false).describe('the column holds the vault’s random name of the owner'),
    }),
  ],
  unlessMap('expected { column: customer, claim: sub }, or the word none'),
);

const subjectSchema = z.strictObject({
  reference: columnName.describe('column that holds the person’s random name; the gateway writes it'),
  from: fieldName.optional().describe('field that names the person; default (for `owner`): the caller'),
});

const order = z.string().regex(/^-?[A-Za-z][A-Za-z0-9_]{0,63}$/, {
  error: 'expected the name of a field, with - before it for the greatest first',
});

const comparable = z.enum(['keyword', 'integer', 'number', 'boolean', 'date', 'uuid']);

export const resourceSchema = z.strictObject({
  title: z.string().max(200).optional(),
  description: description.default(''),
  path: z
    .string()
    .regex(PATH, { error: 'expected a path of plain segments, the version first, e.g. /v1/orders' })
    .optional()
    .describe('default: /v1/NAME'),
  upstream: nameSchema.optional().describe('which store; default: the only one'),
  index: indexNameSchema.optional().describe('index or data stream, by its own name'),
  table: z.string().regex(TABLE, { error: 'expected TABLE or SCHEMA.TABLE' }).optional().describe('of a database'),
  id: z
    .strictObject({
      column: columnName.optional().describe('of a table; an index has ids of its own'),
      type: z.enum(['uuid', 'keyword', 'integer']).default('uuid'),
    })
    .prefault({}),
  owner: ownerSchema.describe('whose document it is: nobody else sees it'),
  subjects: z.record(fieldName, subjectSchema).default({}).describe('whose keys encrypt the fields of a document'),
  filter: filterSchema.optional().describe('which documents there are at all'),
  filterFields: z
    .record(fieldNameSchema, comparable)
    .default({})
    .describe('types of the columns in filters that are no fields'),
  roles: z
    .record(nameSchema, z.array(z.enum(RESOURCE_OPERATIONS)).min(1))
    .describe('what each role may do: list, count, get, create, update, delete'),
  fields: z.record(fieldName, fieldSchema).describe('what is not listed does not exist'),
  order: z.union([order, z.array(order).max(4)], { error: 'expected a field such as -placed, or a list' }).default([]),
  page: z
    .strictObject({
      default: z.int().min(1).max(1000).optional().describe('documents of a page; 20'),
      max: z.int().min(1).max(1000).default(100).describe('most documents that a page may be asked for'),
    })
    .prefault({}),
  maxValues: z.int().min(1).max(1000).default(100).describe('most values of one `[in]`'),
  maxBody: size.prefault('256KiB').describe('largest body of a request'),
  hold: z
    .strictObject({
      filter: filterSchema.describe('which documents an erasure must keep'),
      reason: text.max(500).describe('why; stands in the receipt'),
    })
    .optional(),
  erase: z.boolean().default(true).describe('documents go with the erasure of their owner'),
});

/** An origin as browsers send it; apps with web views have schemes of their own (capacitor://localhost). */
const ORIGIN =
  /^(?!null$)[a-z][a-z0-9+.-]{0,31}:\/\/(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(?::[1-9]\d{0,4})?$/;

export const apiSchema = z
  .strictObject({
    title: z.string().min(1).max(200).default('API'),
    description: description.default(''),
    publish: z.boolean().default(false).describe('answer /v1/openapi.json and a reference page, to anyone'),
    cors: z
      .strictObject({
        origins: z
          .array(
            z.string().regex(ORIGIN, {
              error:
                'expected an origin as browsers send it: scheme and host in small letters, e.g. https://shop.example',
            }),
          )
          .default([])
          .describe('web pages that may call; empty: none'),
      })
      .prefault({}),
  })
  .describe('how the resources are published');

export type ResourceFile = z.infer<typeof resourceSchema>;
export type ResourceFieldFile = Exclude<ResourceFile['fields'][string], string>;
