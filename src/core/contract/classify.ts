/** What `postern classify FILE… | STORE…` prints. A contract. Nothing in it is ever a value: names of schemas, counts, sentences. */
import { z } from 'zod';
import { CONFIDENCES } from '../severity.ts';
import { categorySchema, skipSchema } from './model.ts';

export const CLASSIFY_SCHEMA = 'https://postern.dev/schema/classify-1.json';

const count = z.number().int().nonnegative();

const classifiedFieldSchema = z.object({
  /** Dotted path; arrays add nothing to it, and `*` stands for keys that are data. */
  name: z.string(),
  category: categorySchema,
  /** `payment/card-number`, `own:membership/name`. */
  detector: z.string(),
  confidence: z.enum(CONFIDENCES),
  /** Log-odds that the field holds this. */
  score: z.number(),
  reasons: z.array(z.string()),
  counts: z.object({
    /** Values that were there. */
    values: count,
    /** Of them those that the detector's check saw, and those that passed. */
    examined: count,
    passed: count,
    /** Different ones, estimated. */
    distinct: count,
  }),
});

export const classifyReportSchema = z.object({
  schema: z.literal(CLASSIFY_SCHEMA),
  tool: z.object({ name: z.literal('postern'), version: z.string() }),
  datasets: z.array(
    z.object({
      name: z.string(),
      /** The file or the store it is in. */
      source: z.string(),
      /** `csv`, `jsonl`, `elasticsearch-mapping`, … or the service. */
      format: z.string(),
      records: count.nullable(),
      /** Fields that were looked at. */
      looked: count,
      country: z.string().optional(),
      people: z
        .object({
          count,
          how: z.enum(['distinct', 'records', 'cardinality', 'statistics']),
          field: z.string().optional(),
        })
        .optional(),
      fields: z.array(classifiedFieldSchema),
      passwords: z.array(
        z.object({
          field: z.string(),
          storage: z.enum(['slow-hash', 'fast-hash', 'encrypted', 'plaintext-like', 'unknown']),
          reason: z.string(),
        }),
      ),
    }),
  ),
  summary: z.object({
    datasets: count,
    fields: count,
    personal: count,
    /** Fields by category, the most first. */
    categories: z.array(z.object({ category: categorySchema, count })),
    /** The same person may be in all data sets, or in one alone. */
    people: z.object({ atLeast: count, atMost: count }).optional(),
  }),
  skips: z.array(skipSchema),
});

export type ClassifyReport = z.infer<typeof classifyReportSchema>;
