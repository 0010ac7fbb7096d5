import { z } from 'zod';
import { fieldNameSchema } from './names.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()], {
  error: 'expected text, a number, true or false, or a claim such as ${claims.tenant}',
});
export type ScalarFile = z.infer<typeof scalar>;

const bounds = z.strictObject({
  gt: scalar.optional(),
  gte: scalar.optional(),
  lt: scalar.optional(),
  lte: scalar.optional(),
});

/** The document filter as it is written; exactly one key (checked when it is compiled, to say where). */
export interface FilterFile {
  term?: Record<string, ScalarFile> | undefined;
  terms?: Record<string, ScalarFile | ScalarFile[]> | undefined;
  range?: Record<string, z.infer<typeof bounds>> | undefined;
  exists?: string | undefined;
  all?: FilterFile[] | undefined;
  any?: FilterFile[] | undefined;
  none?: FilterFile[] | undefined;
}

export const filterSchema: z.ZodType<FilterFile> = z
  .strictObject({
    term: z.record(fieldNameSchema, scalar).optional().describe('the field holds this value'),
    terms: z
      .record(
        fieldNameSchema,
        z.union([scalar, z.array(scalar).min(1)], { error: 'expected a list of values, or one claim that is a list' }),
      )
      .optional()
      .describe('the field holds one of these values'),
    range: z.record(fieldNameSchema, bounds).optional().describe('gt, gte, lt, lte'),
    exists: fieldNameSchema.optional().describe('the field holds anything'),
    get all() {
      return z.array(filterSchema).min(1).optional();
    },
    get any() {
      return z.array(filterSchema).min(1).optional();
    },
    get none() {
      return z.array(filterSchema).min(1).optional();
    },
  })
  .meta({ id: 'filter', description: 'one of term, terms, range, exists, all, any, none' });
