/** What `postern check --format json` prints and `postern verify` reads. A contract. */
import { z } from 'zod';
import {
  assetSchema,
  edgeSchema,
  findingSchema,
  severitySchema,
  skipSchema,
  storySchema,
  suppressedSchema,
} from './model.ts';

export const CHECK_SCHEMA = 'https://postern.dev/schema/check-1.json';

export const checkReportSchema = z.object({
  schema: z.literal(CHECK_SCHEMA),
  tool: z.object({ name: z.literal('postern'), version: z.string() }),
  /** ISO 8601, UTC. */
  startedAt: z.string(),
  finishedAt: z.string(),
  /** Name of the place the probes were sent from. */
  vantage: z.string(),
  /** SHA-256 of the canonical scope the run was authorized for. */
  scopeHash: z.string(),
  assets: z.array(assetSchema),
  edges: z.array(edgeSchema),
  stories: z.array(storySchema),
  /** All findings, also those joined into stories. */
  findings: z.array(findingSchema),
  /** Fingerprints that a baseline already held. */
  known: z.array(z.string()),
  suppressed: z.array(suppressedSchema),
  /** Back ends that were found and not contacted, because they are not in scope. */
  proposals: z.array(
    z.object({ host: z.string(), port: z.number().int().optional(), reason: z.string(), foundIn: z.array(z.string()) }),
  ),
  skips: z.array(skipSchema),
  summary: z.object({
    exposed: z.number().int(),
    closed: z.number().int(),
    unknown: z.number().int(),
    worst: severitySchema.nullable(),
    documents: z.number().int(),
    complete: z.boolean(),
  }),
});

export type CheckReport = z.infer<typeof checkReportSchema>;
