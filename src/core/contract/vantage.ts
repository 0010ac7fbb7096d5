/** What `postern probe --from LABEL --output vantage=FILE` writes: all that one place saw, to be merged elsewhere. */
import { z } from 'zod';
import { exchangeEvidence, verdictSchema } from './model.ts';
import { accessSchema, peopleSchema } from './probe.ts';

export const VANTAGE_SCHEMA = 'https://postern.dev/schema/vantage-1.json';

const count = z.number().int().nonnegative();
const portState = z.enum(['accept', 'reset', 'filtered']);

export const reachSchema = z.object({
  host: z.string(),
  address: z.string(),
  family: z.union([z.literal(4), z.literal(6)]),
  /** What random unused ports did. `accept`: an open port says nothing there; `reset`: nothing filters on the way. */
  unused: z.enum([...portState.options, 'mixed', 'unknown']),
  /** How many of the asked ports were in each state. */
  ports: z.object({ accept: count, reset: count, filtered: count }),
});

export const vantageReportSchema = z.object({
  schema: z.literal(VANTAGE_SCHEMA),
  tool: z.object({ name: z.literal('postern'), version: z.string() }),
  /** The place that was asked from. */
  vantage: z.string().min(1).max(80),
  /** ISO 8601, UTC. */
  startedAt: z.string(),
  finishedAt: z.string(),
  /** SHA-256 of the canonical scope the run was authorized for. */
  scopeHash: z.string(),
  reach: z.array(reachSchema),
  results: z.array(
    z.object({
      target: z.string(),
      host: z.string(),
      /** The customer's project, where the host is a provider's for all its customers. */
      project: z.string().optional(),
      address: z.string().nullable(),
      port: z.number().int().nullable(),
      service: z.string(),
      product: z.string().optional(),
      version: z.string().optional(),
      verdict: verdictSchema,
      documents: count.optional(),
      bytes: count.optional(),
      datasets: z.array(
        z.object({
          name: z.string(),
          documents: count.optional(),
          bytes: count.optional(),
          fields: z.array(z.string()),
          fieldTypes: z.record(z.string(), z.string()).optional(),
          people: peopleSchema.optional(),
        }),
      ),
      exchanges: z.array(exchangeEvidence),
      reason: z.string(),
      notTested: z.array(z.string()),
      access: z.array(accessSchema).optional(),
      elapsedMs: z.number().nonnegative(),
    }),
  ),
});

export type VantageReport = z.infer<typeof vantageReportSchema>;
export type Reach = z.infer<typeof reachSchema>;
