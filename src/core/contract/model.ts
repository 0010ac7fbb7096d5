/** The model as zod schemas: what reports on disk are parsed with, and what `schema/*.json` is generated from. */
import { z } from 'zod';
import { ACCESS_ANSWERS, ACCESS_AS } from '../access.ts';
import type { Asset } from '../asset.ts';
import { ORIGINS } from '../asset.ts';
import { CATEGORIES, type Category, type MissionCategory } from '../category.ts';
import type { Edge } from '../edge.ts';
import { RELATIONS } from '../edge.ts';
import type { Evidence } from '../evidence.ts';
import { type Exposure, LINK_STATES, LOGINS, REACHES } from '../exposure.ts';
import type { Finding, Suppressed } from '../finding.ts';
import type { Patch } from '../patch.ts';
import { CONFIDENCES, OWNERS, SEVERITIES } from '../severity.ts';
import type { Skip } from '../skip.ts';
import type { Story } from '../story.ts';
import { STORY_STATES, VERDICTS } from '../verdict.ts';

const count = z.number().int().nonnegative();
const position = { line: z.number().int().positive().optional(), column: z.number().int().positive().optional() };

export const severitySchema = z.enum(SEVERITIES);
export const ownerSchema = z.enum(OWNERS);
export const verdictSchema = z.enum(VERDICTS);
export const originSchema = z.enum(ORIGINS);
/** One of the ten, or one that the project declares itself. */
export const categorySchema = z.union([
  z.enum(Object.keys(CATEGORIES) as [MissionCategory, ...MissionCategory[]]),
  z.templateLiteral(['own:', z.string().regex(/^[a-z][a-z0-9-]{0,39}$/)]),
]) satisfies z.ZodType<Category>;

const fileEvidence = z.object({
  kind: z.literal('file'),
  path: z.string(),
  entry: z.string().optional(),
  offset: count.optional(),
  ...position,
  class: z.string().optional(),
  method: z.string().optional(),
  text: z.string().optional(),
});
export const exchangeEvidence = z.object({
  kind: z.literal('exchange'),
  service: z.string(),
  address: z.string(),
  port: count,
  tls: z.object({ protocol: z.string(), fingerprint256: z.string() }).optional(),
  request: z.string(),
  answer: z.string(),
  at: z.string(),
});
const settingEvidence = z.object({
  kind: z.literal('setting'),
  path: z.string(),
  pointer: z.string(),
  actual: z.string(),
  expected: z.string(),
  ...position,
  endLine: z.number().int().positive().optional(),
  endColumn: z.number().int().positive().optional(),
});
const countEvidence = z.object({ kind: z.literal('count'), what: z.string(), count });
export const evidenceSchema = z.discriminatedUnion('kind', [
  fileEvidence,
  exchangeEvidence,
  settingEvidence,
  countEvidence,
]) satisfies z.ZodType<Evidence>;

export const assetSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('app'),
    id: z.string(),
    platform: z.enum(['android', 'ios', 'unknown']),
    appId: z.string(),
    version: z.string(),
    path: z.string(),
  }),
  z.object({
    kind: z.literal('endpoint'),
    id: z.string(),
    url: z.string(),
    scheme: z.string().optional(),
    host: z.string().optional(),
    port: count.optional(),
    origin: originSchema,
  }),
  z.object({
    kind: z.literal('store'),
    id: z.string(),
    service: z.string(),
    version: z.string().optional(),
    host: z.string().optional(),
    address: z.string().optional(),
    port: count.optional(),
    verdict: verdictSchema.optional(),
    documents: count.optional(),
    bytes: count.optional(),
  }),
  z.object({
    kind: z.literal('config'),
    id: z.string(),
    path: z.string(),
    format: z.string(),
    name: z.string().optional(),
  }),
  z.object({ kind: z.literal('credential'), id: z.string(), provider: z.string(), mask: z.string(), hash: z.string() }),
  z.object({
    kind: z.literal('dataset'),
    id: z.string(),
    name: z.string(),
    documents: count.optional(),
    bytes: count.optional(),
    categories: z.array(z.string()),
  }),
]) satisfies z.ZodType<Asset>;

export const edgeSchema = z.object({
  from: z.string(),
  relation: z.enum(RELATIONS),
  to: z.string(),
  evidence: z.array(evidenceSchema),
}) satisfies z.ZodType<Edge>;

export const patchSchema = z.object({
  path: z.string(),
  sha256: z.string(),
  edits: z.array(z.object({ start: count, end: count, text: z.string() })),
  title: z.string(),
  blastRadius: z.string(),
  needsConfirmation: z.boolean(),
}) satisfies z.ZodType<Patch>;

export const findingSchema = z.object({
  fingerprint: z.string(),
  rule: z.string(),
  asset: z.string(),
  severity: severitySchema,
  confidence: z.enum(CONFIDENCES),
  owner: ownerSchema,
  verdict: verdictSchema.optional(),
  reach: z.enum(REACHES).optional(),
  message: z.string(),
  evidence: z.tuple([evidenceSchema], evidenceSchema),
  patches: z.array(patchSchema).optional(),
}) satisfies z.ZodType<Finding>;

export const exposureSchema = z.object({
  id: z.string(),
  store: z.string(),
  file: z.string(),
  line: z.number().int().positive(),
  name: z.string(),
  service: z.string().nullable(),
  version: z.string().nullable(),
  reach: z.enum(REACHES),
  login: z.enum(LOGINS),
  severity: severitySchema,
  headline: z.string(),
  links: z.array(z.object({ text: z.string(), state: z.enum(LINK_STATES), evidence: z.array(evidenceSchema) })),
  datasets: z.array(z.object({ name: z.string(), fields: z.array(z.string()) })),
  findings: z.array(z.string()),
  unknowns: z.array(z.string()),
}) satisfies z.ZodType<Exposure>;

export const suppressedSchema = z.object({
  finding: findingSchema,
  statement: z.string(),
  expires: z.string(),
}) satisfies z.ZodType<Suppressed>;

export const skipSchema = z.object({
  subject: z.string(),
  code: z.string(),
  reason: z.string(),
  severity: z.enum(['incomplete', 'note']),
}) satisfies z.ZodType<Skip>;

export const storySchema = z.object({
  id: z.string(),
  state: z.enum(STORY_STATES),
  severity: severitySchema,
  confidence: z.enum(CONFIDENCES),
  headline: z.string(),
  apps: z.array(z.string()),
  store: z.string(),
  links: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      relation: z.string(),
      text: z.string(),
      evidence: z.array(evidenceSchema),
    }),
  ),
  outsider: z.array(
    z.object({
      host: z.string(),
      address: z.string(),
      port: count,
      service: z.string(),
      /** The customer's project, where the host is a provider's for all its customers. */
      project: z.string().optional(),
      verdict: verdictSchema,
      vantage: z.string(),
      exchanges: z.array(exchangeEvidence),
    }),
  ),
  documents: count.optional(),
  bytes: count.optional(),
  people: count.optional(),
  access: z
    .array(
      z.object({
        as: z.enum(ACCESS_AS),
        what: z.string(),
        read: z.enum(ACCESS_ANSWERS),
        write: z.enum(ACCESS_ANSWERS),
        reason: z.string(),
      }),
    )
    .optional(),
  datasets: z.array(
    z.object({
      name: z.string(),
      documents: count.optional(),
      bytes: count.optional(),
      categories: z.array(categorySchema),
      fields: z.array(z.object({ name: z.string(), category: categorySchema })),
      people: z
        .object({ count, how: z.enum(['cardinality', 'statistics', 'records']), field: z.string().optional() })
        .optional(),
    }),
  ),
  categories: z.array(categorySchema),
  tasks: z.array(
    z.object({
      owner: ownerSchema,
      title: z.string(),
      detail: z.string(),
      findings: z.array(z.string()),
      patches: z.array(patchSchema),
    }),
  ),
  unknowns: z.array(z.string()),
  findings: z.array(z.string()),
}) satisfies z.ZodType<Story>;
