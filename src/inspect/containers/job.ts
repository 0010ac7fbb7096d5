import type { PackageSink, Platform } from '../source.ts';
import type { Budget, Limits } from './budget.ts';
import type { ByteSource } from './byte-source.ts';
import type { Splits } from './splits.ts';

export interface ReadPackageOptions {
  /** Overrides of `LIMITS`. */
  limits?: Partial<Limits>;
  /** Called before each entry; `done` of `total` entries of the archive at hand are through. */
  onProgress?: (event: { entry: string; done: number; total: number }) => void;
  signal?: AbortSignal;
}

/** One archive to walk: the package itself or one inside it. */
export interface Job {
  source: ByteSource;
  budget: Budget;
  sink: PackageSink;
  /** What stands before an entry's name in labels: empty, or `base.apk!`. */
  prefix: string;
  /** 0 for the package itself. */
  depth: number;
  options: ReadPackageOptions;
  /** For an APK that is one of several of an app. */
  splits?: Splits | undefined;
}

export interface Walked {
  platform: Platform;
  /** Entries found; none means that nothing could be read. */
  entries: number;
  damage?: string;
}
