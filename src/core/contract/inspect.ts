/** What `postern inspect FILE --format json` prints. A contract: fields are added, never renamed or removed. */
import { z } from 'zod';
import { findingSchema, originSchema, skipSchema } from './model.ts';

export const INSPECT_SCHEMA = 'https://postern.dev/schema/inspect-1.json';

/** Where in the package a string stands. `offset` is a byte offset into the entry's uncompressed bytes. */
const entryEvidence = z.object({
  entry: z.string(),
  offset: z.number().int().nonnegative().optional(),
  line: z.number().int().positive().optional(),
  /** What kind of place: `dex-string`, `resource`, `xml`, `plist`, `text`. */
  via: z.string(),
  /** Name of the resource, key or attribute that holds it, e.g. `string/firebase_database_url`. */
  name: z.string().optional(),
});

const endpointSchema = z.object({
  /** Normalised and redacted; `raw` when it cannot be normalised. */
  url: z.string(),
  /** As it stands in the package, redacted. */
  raw: z.string(),
  scheme: z.string().optional(),
  host: z.string().optional(),
  port: z.number().int().optional(),
  path: z.string().optional(),
  origin: originSchema,
  /** Why this origin: the list entry, the entry path, the rule. */
  reason: z.string(),
  /** False for a template (a piece is filled in at run time) and for a relative path (the base is unknown). */
  complete: z.boolean(),
  evidence: z.array(entryEvidence),
});

const managedStoreSchema = z.object({
  /** `firebase-rtdb`, `firebase-storage`, `firebase-project`, `s3`, `cognito-identity-pool`, … */
  kind: z.string(),
  id: z.string(),
  url: z.string().optional(),
  host: z.string().optional(),
  origin: originSchema,
  evidence: z.array(entryEvidence),
});

const credentialSchema = z.object({
  provider: z.string(),
  kind: z.string(),
  origin: originSchema,
  mask: z.string(),
  hash: z.string(),
  /** Public by design (a Firebase API key) or secret. */
  sensitivity: z.enum(['public', 'secret', 'unknown']),
  /** Only with `--reveal-secrets`. */
  value: z.string().optional(),
  evidence: z.array(entryEvidence),
});

const settingSchema = z.object({
  id: z.string(),
  value: z.union([z.boolean(), z.number(), z.string(), z.array(z.string()), z.null()]),
  /** `declared` in the package, or the platform's `default` for its target version. */
  source: z.enum(['declared', 'default']),
  evidence: z.array(entryEvidence),
});

export const inspectReportSchema = z.object({
  schema: z.literal(INSPECT_SCHEMA),
  app: z.object({
    platform: z.enum(['android', 'ios', 'unknown']),
    id: z.string(),
    version: z.string(),
    name: z.string().optional(),
    /** SHA-256 of the package file, hex. */
    sha256: z.string(),
  }),
  endpoints: z.array(endpointSchema),
  stores: z.array(managedStoreSchema),
  credentials: z.array(credentialSchema),
  settings: z.array(settingSchema),
  coverage: z.array(
    z.object({ entry: z.string(), status: z.enum(['read', 'partial', 'skipped', 'failed']), reason: z.string() }),
  ),
  skips: z.array(skipSchema),
  findings: z.array(findingSchema),
});

export type InspectReport = z.infer<typeof inspectReportSchema>;
export type EntryEvidence = z.infer<typeof entryEvidence>;
export type InspectEndpoint = z.infer<typeof endpointSchema>;
export type ManagedStore = z.infer<typeof managedStoreSchema>;
export type InspectCredential = z.infer<typeof credentialSchema>;
export type InspectSetting = z.infer<typeof settingSchema>;
export type CoverageEntry = InspectReport['coverage'][number];
