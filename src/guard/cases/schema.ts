/** Decision cases: who asks for what, and what must come of it. The editor's JSON Schema is generated from here. */
import { z } from 'zod';
import { RESOURCE_OPERATIONS } from '../contract/resource.ts';

export const CASES_SCHEMA = 'https://postern.dev/schema/postern-guard-cases.json';

const text = z.string().min(1);

const principalSchema = z
  .strictObject({
    issuer: text.optional().describe('name of an issuer of the policy: its roles follow from the claims'),
    apiKey: text.optional().describe('id of an API key'),
    certificate: text.optional().describe('name of a certificate source of the policy'),
    anonymous: z.literal(true).optional(),
    roles: z.array(text).optional().describe('roles of the policy, given outright'),
    subject: text.default('someone').describe('who it is'),
    claims: z.record(text, z.json()).default({}),
  })
  .refine(
    (p) =>
      [p.issuer, p.apiKey, p.certificate, p.anonymous].filter((source) => source !== undefined).length <= 1 &&
      (p.roles !== undefined ||
        [p.issuer, p.apiKey, p.certificate, p.anonymous].some((source) => source !== undefined)),
    { error: 'expected roles, or one of issuer, apiKey, certificate, anonymous' },
  );

const bodySchema = z.json().describe('JSON; text is sent or compared as it stands; with `lines`, one value a line');

const plainRequestSchema = z.strictObject({
  method: text.default('GET'),
  path: text
    .regex(/^[\x21-\x7e]+$/, { error: 'expected a path as it is sent, percent-encoded' })
    .describe('path and query'),
  headers: z.record(text, z.string()).default({}),
  body: bodySchema.optional(),
  lines: z.array(z.json()).optional().describe('NDJSON, for _msearch and _bulk'),
});

const resourceRequestSchema = z.strictObject({
  resource: text.describe('name of a resource of the policy'),
  operation: z.enum(RESOURCE_OPERATIONS),
  id: text.optional().describe('of the document; left out: some id'),
  query: z
    .record(text, z.union([z.string(), z.number(), z.boolean()]).transform(String))
    .default({})
    .describe('filters, sort, size, cursor: { status: open, "total[gte]": 5 }'),
  headers: z.record(text, z.string()).default({}),
  body: bodySchema.optional(),
});
export type ResourceRequestFile = z.infer<typeof resourceRequestSchema>;

const requestSchema = z.union([plainRequestSchema, resourceRequestSchema], {
  error: ({ input }) => {
    if (typeof input !== 'object' || input === null) return 'expected { method, path } or { resource, operation }';
    return 'path' in input && 'resource' in input ? 'expected path or resource' : undefined;
  },
});

const upstreamSchema = z.strictObject({
  method: z
    .enum(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'SQL'])
    .optional()
    .describe('SQL: a statement; its text is the path, its values are the body'),
  path: text.optional().describe('path and query, exactly'),
  body: bodySchema.nullable().optional().describe('the rewritten query, exactly; the order of keys does not matter'),
  lines: z.array(z.json()).optional(),
});

const expectSchema = z.strictObject({
  decision: z.enum(['allow', 'deny']),
  status: z.int().min(100).max(599).optional(),
  code: text.optional().describe('why it is refused, e.g. forbidden'),
  rule: text.optional().describe('which rule decided, e.g. roles.mobile.rules[0]'),
  upstream: z
    .union([upstreamSchema, z.array(upstreamSchema)])
    .optional()
    .describe('what reaches the store; a list for several requests in turn'),
  zeroUpstream: z.boolean().optional().describe('nothing reaches the store (always expected of deny)'),
});

const caseSchema = z.strictObject({
  name: text.describe('what this shows, as a sentence'),
  principal: z.union([text, principalSchema]).describe('a name under `principals`, or one written out'),
  request: requestSchema,
  expect: expectSchema,
});

export const casesSchema = z.strictObject({
  version: z.literal(1),
  principals: z.record(text, principalSchema).default({}).describe('people that several cases are about'),
  cases: z.array(caseSchema).min(1),
});

export type CasesFile = z.infer<typeof casesSchema>;
export type CaseFile = CasesFile['cases'][number];
export type PrincipalFile = z.infer<typeof principalSchema>;

/** The JSON Schema of a file of cases, for editors. */
export function casesJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(casesSchema, { target: 'draft-7', io: 'input' });
  return { $schema, $id: CASES_SCHEMA, title: 'decision cases of guard.yaml', ...schema };
}
