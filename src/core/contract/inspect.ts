/** What `postern inspect FILE --format json` prints. A contract: fields are added, never renamed or removed. */
import { z } from 'zod';
import { findingSchema, originSchema, skipSchema } from './model.ts';

export const INSPECT_SCHEMA = 'https://postern.dev/schema/inspect-1.json';

/** Where in the package a string stands. `offset` is a byte offset into the entry's uncompressed bytes. */
const entryEvidence = z.object({
  entry: z.string(),
  offset: z.number().int().nonnegative().optional(),
  line: z.number().int().positive().optional(),
  /** What kind of place: `dex-string`, `dex-code`, `resource`, `xml`, `plist`, `text`, `hermes`, `dart`, `macho`, … */
  via: z.string(),
  /** Name of the resource, key or attribute that holds it, e.g. `string/firebase_database_url`. */
  name: z.string().optional(),
  /** Class and method whose code uses it, the first of them; where the format tells. */
  class: z.string().optional(),
  method: z.string().optional(),
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
  /** Why it is not complete: a `template` lacks pieces that are filled in at run time, a `relative` path its base. */
  completeness: z.enum(['full', 'template', 'relative']).optional(),
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
  /** What whoever holds it can do, in a few words: `read and write every row of the project`. */
  grants: z.string().optional(),
  /** By what it was validated, without asking anybody: a checksum or a structure inside it. */
  validated: z.enum(['checksum', 'structure']).optional(),
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

/** One signature of the package file. */
const signatureSchema = z.object({
  scheme: z.enum(['v1', 'v2', 'v3', 'v3.1', 'v4', 'ios']),
  subject: z.string().optional(),
  /** SHA-256 of the signer's certificate, hex. */
  certificate: z.string().optional(),
  /** ISO 8601. */
  validTo: z.string().optional(),
  debug: z.boolean(),
  /** What is weak about it, in words. */
  weak: z.array(z.string()),
  entry: z.string(),
});

/** A library that the package contains. */
const librarySchema = z.object({
  name: z.string(),
  version: z.string().optional(),
  /** Package URL (https://github.com/package-url/purl-spec). */
  purl: z.string(),
  /** Who makes it, where known. */
  vendor: z.string().optional(),
  /** What it is for: `networking`, `analytics`, `advertising`, `crash-reporting`, `location`, … */
  purposes: z.array(z.string()),
  /** It follows people across apps or reports on them (the list names its source). */
  tracker: z.boolean(),
  evidence: z.array(entryEvidence),
});

/** What the app says it does with data: its privacy manifests, its store listing. */
const declarationSchema = z.object({
  source: z.enum(['privacy-manifest', 'play-data-safety']),
  entry: z.string(),
  /** Name of the SDK whose manifest it is; absent for the app's own. */
  sdk: z.string().optional(),
  tracking: z.boolean().optional(),
  trackingDomains: z.array(z.string()),
  data: z.array(
    z.object({
      type: z.string(),
      linked: z.boolean().optional(),
      /** Handed to another company (`play-data-safety`). */
      shared: z.boolean().optional(),
      tracking: z.boolean().optional(),
      purposes: z.array(z.string()),
    }),
  ),
  /** Required-reason APIs: category -> reasons. */
  apis: z.array(z.object({ category: z.string(), reasons: z.array(z.string()) })),
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
  signatures: z.array(signatureSchema).default([]),
  libraries: z.array(librarySchema).default([]),
  declarations: z.array(declarationSchema).default([]),
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
export type InspectSignature = InspectReport['signatures'][number];
export type InspectLibrary = InspectReport['libraries'][number];
export type InspectDeclaration = InspectReport['declarations'][number];
export type CoverageEntry = InspectReport['coverage'][number];
