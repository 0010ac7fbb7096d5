/** Limits of calls and of documents, as roles, devices and others have them. */
import { z } from 'zod';
import { budget, rate } from './units.ts';

export const callLimitsShape = {
  rate: rate.optional().describe('requests, e.g. 50/s'),
  burst: z.int().min(1).max(1_000_000).optional().describe('requests that may come at once; default: one second’s'),
  concurrent: z.int().min(1).max(100_000).optional().describe('requests at the same time'),
};

export const roleLimitsShape = {
  ...callLimitsShape,
  documents: budget.optional().describe('distinct documents in a time, e.g. 2000/1h'),
};
export const roleLimitsSchema = z.strictObject(roleLimitsShape);
export type RoleLimitsFile = z.infer<typeof roleLimitsSchema>;
