/** What `postern probe --targets FILE --format jsonl` prints, one line per target, address and service. A contract. */
import { z } from 'zod';
import { ACCESS_ANSWERS, ACCESS_AS } from '../access.ts';
import { categorySchema, verdictSchema } from './model.ts';

export const PROBE_SCHEMA = 'https://postern.dev/schema/probe-1.json';

export const accessSchema = z.object({
  as: z.enum(ACCESS_AS),
  /** An endpoint as a template or a data set; never an id. */
  what: z.string(),
  read: z.enum(ACCESS_ANSWERS),
  write: z.enum(ACCESS_ANSWERS),
  reason: z.string(),
});

export const peopleSchema = z.object({
  count: z.number().int().nonnegative(),
  how: z.enum(['cardinality', 'statistics', 'records']),
  field: z.string().optional(),
});

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
      /** How many different people it is about, where the store tells. */
      people: peopleSchema.optional(),
    }),
  ),
  /** What others than a stranger get, where that was asked. */
  access: z.array(accessSchema).optional(),
  /** The place that was asked from. */
  vantage: z.string().optional(),
  /** More exact product, e.g. `valkey`. */
  product: z.string().optional(),
  elapsedMs: z.number().nonnegative(),
  notTested: z.array(z.string()),
  /** Why this verdict, in one sentence. */
  reason: z.string(),
});

export type ProbeLine = z.infer<typeof probeLineSchema>;
