/**
 * What `postern inspect FOLDER` prints: one line per package (`jsonl`), and the report of them all turned round: per back
 * end and store, which apps and versions share it. Contracts: fields are added, never renamed or removed.
 */
import { z } from 'zod';
import { inspectReportSchema } from './inspect.ts';

export const FLEET_SCHEMA = 'https://postern.dev/schema/fleet-1.json';
export const FLEET_LINE_SCHEMA = 'https://postern.dev/schema/fleet-line-1.json';

/** One package of a folder. Exactly one of `report` and `error` is there. */
export const fleetLineSchema = z.object({
  schema: z.literal(FLEET_LINE_SCHEMA),
  /** Relative to the folder, with `/`. */
  path: z.string(),
  report: inspectReportSchema.optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

const counts = z.object({
  critical: z.number().int(),
  high: z.number().int(),
  medium: z.number().int(),
  low: z.number().int(),
  info: z.number().int(),
});

const appSchema = z.object({
  id: z.string(),
  version: z.string(),
  platform: z.enum(['android', 'ios', 'unknown']),
  path: z.string(),
  sha256: z.string(),
  findings: counts,
  /** False when a part of the package was not read. */
  complete: z.boolean(),
});

/** An app that shares something, and the versions of it that do. */
const sharerSchema = z.object({ id: z.string(), versions: z.array(z.string()) });

export const fleetReportSchema = z.object({
  schema: z.literal(FLEET_SCHEMA),
  /** The folder, as the user named it. */
  root: z.string(),
  summary: z.object({
    packages: z.number().int(),
    read: z.number().int(),
    /** Of those read: not every part of them could be. */
    partial: z.number().int(),
    failed: z.number().int(),
    /** Taken from the cache of an earlier run. */
    cached: z.number().int(),
    apps: z.number().int(),
  }),
  /** Hosts and managed stores that apps call their own; the most shared first, those that are `common` last. */
  backends: z.array(
    z.object({
      /** `host`, or the kind of a managed store: `firebase-rtdb`. */
      kind: z.string(),
      /** Host with its port where one is named, or the provider's id of the store. */
      id: z.string(),
      schemes: z.array(z.string()),
      /** Of a host that most apps of many makers call: probably that of a library. Absent of all others. */
      common: z.literal(true).optional(),
      apps: z.array(sharerSchema),
    }),
  ),
  /** Credentials that apps carry; the same hash is the same credential. */
  credentials: z.array(
    z.object({
      provider: z.string(),
      kind: z.string(),
      mask: z.string(),
      hash: z.string(),
      sensitivity: z.enum(['public', 'secret', 'unknown']),
      apps: z.array(sharerSchema),
    }),
  ),
  /** Libraries by package URL without version, and which versions of them are in use. */
  libraries: z.array(
    z.object({ name: z.string(), versions: z.array(z.string()), tracker: z.boolean(), apps: z.array(sharerSchema) }),
  ),
  apps: z.array(appSchema),
  failures: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })),
});

export type FleetLine = z.infer<typeof fleetLineSchema>;
export type FleetReport = z.infer<typeof fleetReportSchema>;
export type FleetApp = z.infer<typeof appSchema>;
export type FleetSharer = z.infer<typeof sharerSchema>;
