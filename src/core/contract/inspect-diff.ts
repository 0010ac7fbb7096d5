/** What `postern diff A B` prints of two builds. A contract: fields are added, never renamed or removed. */
import { z } from 'zod';
import { originSchema, severitySchema } from './model.ts';

export const INSPECT_DIFF_SCHEMA = 'https://postern.dev/schema/inspect-diff-1.json';

const build = z.object({
  /** The package or report, as the user named it. */
  path: z.string(),
  platform: z.enum(['android', 'ios', 'unknown']),
  id: z.string(),
  version: z.string(),
  sha256: z.string(),
  /** False when a part of the package was not read: what seems gone may only be unread. */
  complete: z.boolean(),
});

const changeSchema = z.object({
  kind: z.enum(['app', 'signature', 'endpoint', 'store', 'credential', 'setting', 'library', 'declaration', 'finding']),
  change: z.enum(['new', 'gone', 'changed']),
  /** What it is about: a URL, the id of a setting, the mask of a credential, the rule of a finding. */
  id: z.string(),
  /** Of a changed thing; for new and gone ones what there is to say of them. */
  before: z.string().optional(),
  after: z.string().optional(),
  /** Of a finding. */
  severity: severitySchema.optional(),
  /** Whose it is, of endpoints, stores and credentials. */
  origin: originSchema.optional(),
});

export const inspectDiffSchema = z.object({
  schema: z.literal(INSPECT_DIFF_SCHEMA),
  before: build,
  after: build,
  changes: z.array(changeSchema),
  summary: z.object({ new: z.number().int(), gone: z.number().int(), changed: z.number().int() }),
});

export type InspectDiff = z.infer<typeof inspectDiffSchema>;
export type BuildChange = InspectDiff['changes'][number];
