/** What `postern audit DIR --format json` prints. A contract. */
import { z } from 'zod';
import { exposureSchema, findingSchema, skipSchema } from './model.ts';

export const AUDIT_SCHEMA = 'https://postern.dev/schema/audit-1.json';

export const auditReportSchema = z.object({
  schema: z.literal(AUDIT_SCHEMA),
  root: z.string(),
  /** Every finding with its file, line and column flattened out, so that a script need not dig in the evidence. */
  findings: z.array(
    findingSchema.extend({
      file: z.string(),
      line: z.number().int().positive(),
      column: z.number().int().positive(),
    }),
  ),
  files: z.array(z.object({ path: z.string(), format: z.string(), status: z.enum(['read', 'partial', 'failed']) })),
  /** Every store that the files declare, with who gets to it; the worst first. */
  exposures: z.array(exposureSchema),
  skips: z.array(skipSchema),
});

export type AuditReport = z.infer<typeof auditReportSchema>;
