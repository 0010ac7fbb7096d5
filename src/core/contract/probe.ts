/** What `postern probe --targets FILE --format jsonl` prints, one line per target, address and service. A contract. */
import { z } from 'zod';
import { categorySchema, verdictSchema } from './model.ts';

export const PROBE_SCHEMA = 'https://postern.dev/schema/probe-1.json';

export const probeLineSchema = z.object({
  /** As written in the targets file. */
  target: z.string(),
  /** The pinned address; null when the name did not resolve. */
  address: z.string().nullable(),
  port: z.number().int().nullable(),
  /** Service id, or `unknown`. */
  service: z.string(),
  version: z.string().nullable(),
  verdict: verdictSchema,
  documents: z.number().int().nonnegative().nullable(),
  bytes: z.number().int().nonnegative().nullable(),
  datasets: z.array(
    z.object({
      name: z.string(),
      documents: z.number().int().nonnegative().nullable(),
      categories: z.array(categorySchema),
    }),
  ),
  elapsedMs: z.number().nonnegative(),
  notTested: z.array(z.string()),
  /** Why this verdict, in one sentence. */
  reason: z.string(),
});

export type ProbeLine = z.infer<typeof probeLineSchema>;
