/** Who reads what from one API, as reports tell it: endpoints as templates, field names, never an id or a value. */
import { z } from 'zod';
import { ACCESS_ANSWERS, ACCESS_AS } from '../access.ts';

export const accessReportSchema = z.object({
  host: z.string(),
  port: z.number().int(),
  /** The address that was asked; null when none was. */
  address: z.string().nullable(),
  endpoints: z.array(
    z.object({
      /** `GET /orders/{id}`. */
      what: z.string(),
      access: z.array(
        z.object({
          as: z.enum(ACCESS_AS),
          what: z.string(),
          read: z.enum(ACCESS_ANSWERS),
          write: z.enum(ACCESS_ANSWERS),
          reason: z.string(),
        }),
      ),
      /** Names of fields that somebody else than the owner was given. */
      fields: z.array(z.string()),
      /** Each account’s own, the same for both, or declared to be everybody’s. */
      objects: z.enum(['owned', 'shared', 'public']),
    }),
  ),
});

export type AccessReport = z.infer<typeof accessReportSchema>;
