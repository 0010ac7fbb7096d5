/** The section `classify` of postern.yaml: categories of one's own. */
import { z } from 'zod';
import { patternProblem } from '../core/safe-pattern.ts';

const ownCategorySchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, { error: 'expected lower-case letters, digits and hyphens' })
    .describe('reported as own:ID'),
  title: z.string().min(1).max(80).describe('what people read'),
  names: z
    .array(z.string().min(2).max(64))
    .max(100)
    .default([])
    .describe('words or phrases of field names, e.g. "membership number"'),
  pattern: z
    .string()
    .superRefine((pattern, context) => {
      const problem = patternProblem(pattern);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: `the pattern ${problem}` });
    })
    .optional()
    .describe('regular expression from ^ to $ that values of up to 128 characters match'),
});

export const classifySchema = z
  .strictObject({
    categories: z
      .array(
        ownCategorySchema.refine(({ names, pattern }) => names.length > 0 || pattern !== undefined, {
          error: 'a category is known by names, a pattern or both',
        }),
      )
      .max(50)
      .default([])
      .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, {
        error: 'two categories share an id',
      }),
  })
  .prefault({})
  .describe('what counts as personal here beside the usual kinds');

export type ClassifyConfig = z.infer<typeof classifySchema>;
