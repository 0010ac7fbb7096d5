/**
 * `.postern-ignore.yaml`: findings that their owners accept, each with a statement and an end.
 *
 *   - id: audit/redis-protected-mode-off        # a rule id, or the fingerprint of one finding or story
 *     path: deploy/dev/**                       # optional
 *     statement: Developers' machines only; the port is closed in the office firewall.
 *     expires: 2027-01-31
 */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { PosternError } from '../core/errors.ts';
import { own } from '../core/own.ts';
import { parseWith } from './parse-with.ts';
import { type Position, readYamlFile } from './yaml-file.ts';

const entrySchema = z.strictObject({
  id: z.string().regex(/^(?:[0-9a-f]{32}|[a-z]+\/[a-z0-9_-]+)$/, {
    error: 'expected a rule id (audit/…) or a fingerprint (32 hex digits)',
  }),
  path: z.string().min(1).optional(),
  statement: z.string().trim().min(1, { error: 'is empty' }),
  expires: z.iso.date({ error: 'expected a date, YYYY-MM-DD' }),
});

const ignoreSchema = z.array(entrySchema).nullable();

export interface IgnoreEntry extends z.infer<typeof entrySchema> {
  /** True once the whole day `expires` (UTC) is over: it silences nothing any more. */
  expired: boolean;
  at: { path: string } & Position;
}

const ADVICE: Readonly<Record<string, string>> = {
  '': 'The file is a list; each entry has `id`, `statement` and `expires`.',
  '*': 'Each entry has `id`, `statement` and `expires`.',
  '*.id': 'Copy the rule id or the fingerprint from the report.',
  '*.path': 'Write the file as the report shows it, or a glob.',
  '*.statement': 'Say in a sentence why this is accepted, e.g. `statement: test data only`.',
  '*.expires': 'Say until when, e.g. `expires: 2027-01-31`; then it is looked at again.',
};

/**
 * The entries of an ignore file; none when there is no such file.
 *
 * @throws PosternError `E_IGNORE_INVALID` with line and column
 */
export async function loadIgnore(path: string, now: Date): Promise<IgnoreEntry[]> {
  if (!existsSync(path)) return [];
  const file = await readYamlFile(path, 'E_IGNORE_INVALID').catch((error: unknown) => {
    if (error instanceof PosternError && error.code === 'E_INPUT_NOT_FOUND') {
      throw new PosternError('E_IGNORE_INVALID', error.message, {
        at: { path },
        hint: 'Make the file readable.',
        cause: error,
      });
    }
    throw error;
  });
  const entries = parseWith(file, ignoreSchema, 'E_IGNORE_INVALID', (key) => own(ADVICE, key)) ?? [];
  return entries.map((entry, index) => ({
    ...entry,
    expired: now.getTime() >= Date.parse(`${entry.expires}T00:00:00Z`) + 24 * 60 * 60 * 1000,
    at: { path, ...file.positionOf([index]) },
  }));
}
