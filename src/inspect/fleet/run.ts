/** Walks a folder of packages with several readers and hands over each result as it comes. */
import { join } from 'node:path';
import type { Skip } from '../../core/skip.ts';
import { generationOf, pruneCache } from './cache.ts';
import type { FleetReport } from './contract.ts';
import type { FleetResult } from './inspect-one.ts';
import { listPackages } from './list-packages.ts';
import { createReader } from './pool.ts';
import { createTurning } from './turn.ts';

export interface FleetOptions {
  redactionKey: Uint8Array;
  /** Packages that are read at the same time. */
  workers: number;
  /** See `ReaderOptions`. */
  worker?: URL;
  timeout?: number;
  heap?: number;
  /** Where reports of earlier runs are kept, and what they were made by: a hash of the detectors' code. */
  cache?: { folder: string; detectors: string };
  signal: AbortSignal;
  /** Called once per package, in the order in which they are through; waited for, so that a slow disk slows the run. */
  onResult?: (result: FleetResult) => void | Promise<void>;
  onProgress?: (event: { path: string; done: number; total: number; cached: number }) => void;
}

export interface FleetRun {
  report: FleetReport;
  skips: Skip[];
  /** Packages that were not looked at, because the run was stopped. */
  left: number;
  /** Results that the cache could not take. */
  unkept: number;
}

const TIMEOUT = 10 * 60_000;
const HEAP = 2048;

/**
 * Never more than `workers` packages are in memory. A package that cannot be read is a failure in the report.
 *
 * @param folder as the user named it, for the report
 * @param root the same, absolute
 * @throws PosternError E_INPUT_NOT_FOUND when the folder cannot be read; whatever `onResult` throws
 */
export async function inspectFolder(folder: string, root: string, options: FleetOptions): Promise<FleetRun> {
  const { redactionKey, signal, cache } = options;
  const { paths, skips } = listPackages(root);
  if (paths.length === 0) {
    const reason = 'holds no package (APK, APKS, XAPK, APKM, AAB, AAR, IPA)';
    skips.push({ subject: folder, code: 'FLEET_NOTHING_READ', reason, severity: 'incomplete' });
  }
  const generation = cache === undefined ? undefined : generationOf(cache.detectors, redactionKey);
  if (cache !== undefined && generation !== undefined) pruneCache(cache.folder, generation);
  const settings = {
    redactionKey,
    ...(cache === undefined || generation === undefined ? {} : { cache: { folder: cache.folder, generation } }),
  };
  const turning = createTurning();
  let next = 0;
  let done = 0;
  let cached = 0;
  let unkept = 0;
  // one that fails (a full disk under the results) stops the others at their next package
  let broken = false;

  async function readOn(): Promise<void> {
    const reader = createReader({
      settings,
      timeout: options.timeout ?? TIMEOUT,
      heap: options.heap ?? HEAP,
      ...(options.worker === undefined ? {} : { worker: options.worker }),
    });
    try {
      for (let path = paths[next++]; path !== undefined && !signal.aborted && !broken; path = paths[next++]) {
        options.onProgress?.({ path, done, total: paths.length, cached });
        const result = await reader.read({ file: join(root, path), path }, signal);
        if ('summary' in result) {
          turning.add(result.summary, result.cached);
          if (result.cached) cached++;
          if (result.unkept) unkept++;
        } else turning.fail({ path, ...result.error });
        await options.onResult?.(result);
        done++;
        options.onProgress?.({ path, done, total: paths.length, cached });
      }
    } catch (error) {
      if (signal.aborted) return; // what is known is kept
      broken = true;
      throw error;
    } finally {
      await reader.close();
    }
  }

  const readers = Array.from({ length: Math.max(1, Math.min(options.workers, paths.length)) }, () => readOn());
  await Promise.all(readers);
  return { report: turning.finish(folder, paths.length), skips, left: paths.length - done, unkept };
}
