/** What `postern diff REPORT REPORT` prints of two check reports: drift. A contract: fields are added, never renamed or removed. */
import { z } from 'zod';
import { CHECK_CHANGES } from '../drift.ts';
import { ownerSchema, severitySchema } from './model.ts';

export const CHECK_DIFF_SCHEMA = 'https://postern.dev/schema/check-diff-1.json';

const side = z.object({
  /** The report, as the user named it. */
  path: z.string(),
  /** ISO 8601, UTC. */
  finishedAt: z.string(),
  vantage: z.string(),
  scopeHash: z.string(),
  complete: z.boolean(),
});

const changeSchema = z.object({
  kind: z.enum(['store', 'finding', 'proposal']),
  change: z.enum(CHECK_CHANGES),
  /** The store's asset id, the finding's fingerprint, the proposed host. */
  id: z.string(),
  /** One sentence. */
  title: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
  severity: severitySchema.optional(),
  owner: ownerSchema.optional(),
});

export const checkDiffSchema = z.object({
  schema: z.literal(CHECK_DIFF_SCHEMA),
  before: side,
  after: side,
  changes: z.array(changeSchema),
  summary: z.object({
    opened: z.number().int(),
    changed: z.number().int(),
    lost: z.number().int(),
    closed: z.number().int(),
    new: z.number().int(),
    gone: z.number().int(),
  }),
});

export type CheckDiff = z.infer<typeof checkDiffSchema>;
export type CheckChange = CheckDiff['changes'][number];
