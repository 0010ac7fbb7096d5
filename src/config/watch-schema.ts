/** `watch` of postern.yaml: when to check again, and whom to tell what changed. */
import { z } from 'zod';

const text = z.string().min(1);
const file = text.describe('a path, relative to this file');
const span = text
  .regex(/^\d{1,4}(?:s|m|h|d)$/, { error: 'expected a number and a unit: 90s, 15m, 6h, 1d' })
  .describe('a time span: 90s, 15m, 6h, 1d');

const secretUrl = {
  urlFile: file.optional().describe('file that holds the address'),
  urlEnv: text.optional().describe('environment variable that holds the address'),
};

function hasOneUrl({ urlFile, urlEnv }: { urlFile?: string | undefined; urlEnv?: string | undefined }): boolean {
  return (urlFile === undefined) !== (urlEnv === undefined);
}

const ONE_URL = { error: 'the address comes from one place: urlFile or urlEnv' };

const receiverSchema = z.union(
  [
    z.strictObject({
      webhook: z
        .strictObject({
          ...secretUrl,
          secretFile: file.optional().describe('file with the key that signs each body (HMAC-SHA-256)'),
          secretEnv: text.optional().describe('environment variable with that key'),
        })
        .refine(hasOneUrl, ONE_URL)
        .describe('a JSON document by POST'),
    }),
    z.strictObject({
      slack: z.strictObject(secretUrl).refine(hasOneUrl, ONE_URL).describe('an incoming webhook of Slack'),
    }),
    z.strictObject({
      email: z
        .strictObject({
          smtp: text.describe('host:port of the mail server'),
          security: z.enum(['tls', 'starttls', 'none']).default('starttls').describe('none: loopback only'),
          username: text.optional(),
          passwordFile: file.optional(),
          passwordEnv: text.optional(),
          from: text.max(320),
          to: z.array(text.max(320)).min(1).max(50),
        })
        .describe('an e-mail through your mail server'),
    }),
  ],
  { error: 'expected webhook, slack or email' },
);

export const watchSchema = z
  .strictObject({
    every: span.optional(),
    cron: text.max(100).optional().describe('a cron expression, e.g. "17 3 * * *"'),
    timezone: text
      .max(60)
      .optional()
      .describe('of the cron expression, e.g. Europe/Berlin; the machine’s when left out'),
    jitter: span.default('0s').describe('a run starts up to this much later, by chance'),
    reports: file.default('.postern/watch').describe('folder of the reports and of what is remembered between runs'),
    keep: z.int().min(2).max(10_000).default(60).describe('reports that are kept'),
    tell: z.enum(['changes', 'always']).default('changes').describe('whether runs without a change are told, too'),
    notify: z.array(receiverSchema).max(20).default([]),
  })
  .refine(({ every, cron }) => every === undefined || cron === undefined, {
    error: 'the schedule is one of `every` and `cron`',
    path: ['cron'],
  })
  .describe('how `postern watch` checks again and again');

export type WatchConfig = z.infer<typeof watchSchema>;

/** `15m` in milliseconds. */
export function spanMs(text: string): number {
  const unit = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[text.at(-1) ?? ''] ?? Number.NaN;
  return Number(text.slice(0, -1)) * unit;
}
