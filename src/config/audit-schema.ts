/** The section `audit` of postern.yaml, and the files of rules that it names. */
import { z } from 'zod';
import { patternProblem } from '../core/safe-pattern.ts';
import { OWNERS, SEVERITIES } from '../core/severity.ts';

export const auditSchema = z
  .strictObject({
    rules: z
      .array(z.string().min(1))
      .max(50)
      .default([])
      .describe('files with rules of your own, relative to this file'),
    experimental: z.boolean().default(false).describe('also rules that nobody verified yet'),
  })
  .prefault({})
  .describe('how configuration is judged beside the built-in rules');

export type AuditConfig = z.infer<typeof auditSchema>;

const pattern = z.string().superRefine((text, context) => {
  const problem = patternProblem(text);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: `the pattern ${problem}` });
});

const valueSchema = z
  .strictObject({
    is: z.array(z.string()).min(1).optional().describe('one of these, compared without case'),
    isNot: z.array(z.string()).min(1).optional().describe('none of these, compared without case'),
    matches: pattern.optional().describe('regular expression from ^ to $'),
    below: z.number().optional(),
    above: z.number().optional(),
    absent: z.literal(true).optional().describe('the file was read whole and does not say it'),
  })
  .refine((value) => Object.keys(value).length === 1, {
    error: 'exactly one of is, isNot, matches, below, above, absent',
  });

const ownRuleSchema = z.strictObject({
  id: z
    .string()
    .regex(/^own\/[a-z][a-z0-9-]{2,60}$/, { error: 'expected own/words-with-hyphens' })
    .describe('own/WHAT-IS-WRONG'),
  title: z.string().min(3).max(120),
  severity: z.enum(SEVERITIES),
  owner: z.enum(OWNERS),
  format: z.union([z.string(), z.array(z.string()).min(1)]).describe('as `postern audit --format json` names it'),
  pointer: z.string().min(1).max(200).describe('the setting’s path in its format’s terms; * stands for any characters'),
  value: valueSchema,
  message: z.string().min(3).max(300).optional(),
  description: z.string().min(3).max(4_000),
  remediation: z.string().min(3).max(4_000),
  references: z
    .array(z.url({ protocol: /^https$/ }))
    .max(20)
    .default([]),
  cwe: z
    .array(z.string().regex(/^CWE-\d+$/))
    .max(10)
    .default([]),
  examples: z
    .strictObject({ bad: z.array(z.string()).min(1).max(20), good: z.array(z.string()).min(1).max(20) })
    .describe('texts that must and must not raise the rule; tried each time the file is read'),
});

/** A file of rules. */
export const ownRulesSchema = z.strictObject({
  rules: z
    .array(ownRuleSchema)
    .min(1)
    .max(200)
    .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, { error: 'two rules share an id' }),
});

export type OwnRule = z.infer<typeof ownRuleSchema>;
