/** What `postern check --format json` prints and `postern verify` reads. A contract. */
import { z } from 'zod';
import { accessReportSchema } from './access.ts';
import {
  assetSchema,
  edgeSchema,
  findingSchema,
  severitySchema,
  skipSchema,
  storySchema,
  suppressedSchema,
} from './model.ts';
import { reachSchema } from './vantage.ts';

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
  /** How the addresses in scope are reached, from each place: what may be said about a firewall. */
  reach: z.array(reachSchema.extend({ vantage: z.string() })).optional(),
  /** Who reads what from the APIs that have accounts in the configuration. */
  access: z.array(accessReportSchema).optional(),
  skips: z.array(skipSchema),
  summary: z.object({
    exposed: z.number().int(),
    closed: z.number().int(),
    unknown: z.number().int(),
    worst: severitySchema.nullable(),
    documents: z.number().int(),
    /** People affected, at least; absent where no store told. */
    people: z.number().int().optional(),
    complete: z.boolean(),
  }),
});

export type CheckReport = z.infer<typeof checkReportSchema>;
