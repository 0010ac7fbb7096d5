import { z } from 'zod';
import { FIELD_TYPES, OPERATIONS } from '../../contract/grant.ts';
import { requirementSchema } from './device.ts';
import { filterSchema } from './filter.ts';
import { roleLimitsSchema } from './limits.ts';
import { fieldNameSchema, indexExpressionSchema, indexNameSchema, nameSchema } from './names.ts';
import { day, duration } from './units.ts';

const text = z.string().min(1);
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const type = z.enum(FIELD_TYPES);

const conditionSchema = z
  .strictObject({
    equals: scalar.optional().describe('the claim is this value, of this type'),
    contains: scalar.optional().describe('the claim is a list that holds this value; `scope` is split at spaces'),
    oneOf: z.array(scalar).min(1).optional().describe('the claim is one of these values'),
  })
  .refine((condition) => Object.values(condition).filter((value) => value !== undefined).length === 1, {
    error: 'expected one of equals, contains, oneOf',
  });

export const matchSchema = z
  .strictObject({
    issuer: nameSchema.optional().describe('name of an issuer under `identity`'),
    apiKey: text.optional().describe('id of an API key'),
    certificate: nameSchema.optional().describe('name of a certificate source under `identity`'),
    anonymous: z.literal(true).optional(),
    claims: z.record(text, conditionSchema).default({}).describe('all of them must hold'),
  })
  .refine(
    (m) => [m.issuer, m.apiKey, m.certificate, m.anonymous].filter((source) => source !== undefined).length === 1,
    { error: 'expected one of issuer, apiKey, certificate, anonymous' },
  );

export const maskSchema = z.union(
  [z.enum(['redact', 'token', 'email', 'network', 'year']), z.string().regex(/^last:[1-9]\d?$/)],
  {
    error: 'expected redact, token, last:4, email, network or year',
  },
);

const fieldSchema = z.union([type, z.strictObject({ type, mask: maskSchema.optional() })], {
  error: `expected a type (${FIELD_TYPES.join(', ')}), or { type: keyword, mask: redact }`,
});

const writeFieldSchema = z.union(
  [
    type,
    z.strictObject({
      type,
      maxLength: z.int().min(1).max(1_000_000).optional().describe('characters'),
      pattern: text.max(500).optional().describe('regular expression that the whole value matches'),
      minimum: z.number().optional(),
      maximum: z.number().optional(),
      oneOf: z.array(scalar).min(1).optional(),
    }),
  ],
  { error: 'expected a type, or { type: text, maxLength: 200 }' },
);

const writeSchema = z
  .strictObject({
    fields: z.record(fieldNameSchema, writeFieldSchema).optional().describe('what a client may send'),
    set: z.record(fieldNameSchema, scalar).default({}).describe('what the gateway sets by itself'),
    required: z.array(fieldNameSchema).default([]).describe('what a new document must hold'),
  })
  .describe('what may be written');

const ruleLimitsSchema = z
  .strictObject({
    page: z.int().min(1).max(10_000).optional().describe('hits in one page'),
    window: z.int().min(1).max(1_000_000).optional().describe('from + size'),
    items: z.int().min(1).max(100_000).optional().describe('items of one msearch, mget or bulk'),
    clauses: z.int().min(1).max(65_536).optional().describe('clauses of one query'),
    buckets: z.int().min(1).max(1_000_000).optional().describe('buckets of one aggregation tree'),
    keepAlive: duration.optional().describe('longest life of a scroll or point in time'),
  })
  .prefault({});

export const ruleSchema = z.strictObject({
  indices: z.array(indexExpressionSchema).min(1).describe('names in the store; patterns only with `catalogue: true`'),
  aliases: z.array(indexNameSchema).default([]).describe('names that clients may use for the one index of this rule'),
  dataStream: z.boolean().default(false).describe('the names are data streams'),
  catalogue: z.boolean().default(false).describe('expand patterns against the store’s own list of indices'),
  upstream: nameSchema.optional().describe('which store; default: the only one'),
  operations: z.array(z.enum(OPERATIONS)).min(1),
  filter: z.union([z.literal('all'), filterSchema]).describe('which documents; the word all for every document'),
  filterFields: z
    .record(fieldNameSchema, type)
    .default({})
    .describe('types of the fields in `filter` that are not in `fields`'),
  fields: z.record(fieldNameSchema, fieldSchema).optional().describe('which fields, by full name, with type and mask'),
  scoring: z
    .enum(['constant', 'index-wide'])
    .default('constant')
    .describe('index-wide scores are relevance, but their statistics cover hidden documents'),
  limits: ruleLimitsSchema,
  idNamespace: text.optional().describe('ids are kept apart by this value, e.g. ${claims.tenant}'),
  write: writeSchema.optional(),
});

export const roleSchema = z.strictObject({
  match: z
    .union([matchSchema, z.array(matchSchema).min(1)])
    .describe('who has this role: one condition, or a list of which one must hold'),
  mode: z
    .enum(['strict', 'compat'])
    .default('strict')
    .describe('compat: whole documents and a wider grammar, for trusted services only'),
  observe: z
    .strictObject({ until: day.describe('at most 90 days ahead') })
    .optional()
    .describe('watched, not enforced: what enforcing would refuse is answered and written to the journal'),
  limits: roleLimitsSchema.prefault({}).describe('of each principal'),
  device: requirementSchema.optional(),
  rules: z
    .array(ruleSchema)
    .default([])
    .describe('what it may do in the search API; resources name their roles themselves'),
});

export type RoleFile = z.infer<typeof roleSchema>;
export type RuleFile = z.infer<typeof ruleSchema>;
export type MatchFile = z.infer<typeof matchSchema>;
