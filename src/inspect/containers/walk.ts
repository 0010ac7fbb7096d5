import type { Resources, ResourceTable } from '../formats/resources.ts';
import type { Platform } from '../source.ts';
import type { ByteSource } from './byte-source.ts';
import { type Coverage, createCoverage } from './coverage.ts';
import type { Job } from './job.ts';
import type { ManifestDocuments } from './manifest-documents.ts';
import type { Item } from './read-ahead.ts';
import { ignoredReason, NOT_YET, type Recognised } from './role.ts';
import type { AppSet } from './splits.ts';

/** What the entries of one archive have to know of each other. */
export interface Walk {
  job: Job;
  coverage: Coverage;
  /** Resource tables of this archive: one in an APK, one per module in a bundle. */
  tables: ResourceTable[];
  /** Those and the tables of the app's other splits, as one. */
  resources: Resources | undefined;
  /** String resources that stand as text, by name: a library's. */
  names: Map<string, string>;
  /** XML resources that the manifest names and that were not met yet. */
  documents: ManifestDocuments;
  platform: Platform;
  /** The archives inside, when they are APKs of one app. */
  apps: AppSet | undefined;
  /** Walks an archive inside this one. */
  openArchive(item: Item, source: ByteSource): Promise<void>;
}

export function createWalk(job: Job, openArchive: (walk: Walk, item: Item, source: ByteSource) => Promise<void>): Walk {
  const walk: Walk = {
    job,
    coverage: createCoverage(job.sink),
    tables: [],
    resources: undefined,
    names: new Map(),
    documents: new Map(),
    platform: 'unknown',
    apps: undefined,
    openArchive: (item, source) => openArchive(walk, item, source),
  };
  return walk;
}

export function ignore({ coverage }: Walk, { what = 'other' }: Recognised): void {
  coverage.count(what, 'skipped', ignoredReason(what));
}

/** Strings that matter may be in it, and nobody has looked: the run is incomplete. */
export function notRead({ coverage, job }: Walk, { label, recognised }: Item): void {
  const reason = `${recognised.what ?? 'data'}: ${NOT_YET}`;
  coverage.add(label, { status: 'skipped', reason });
  job.sink.skip({ subject: label, code: 'FORMAT_NOT_READ', reason, severity: 'incomplete' });
}
