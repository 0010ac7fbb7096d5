/** One package of a folder: from the cache, or read. Never throws: a broken package is a result too. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { InspectReport } from '../../core/contract/inspect.ts';
import { PosternError } from '../../core/errors.ts';
import { inspectPackage } from '../inspect-package.ts';
import { reportCache } from './cache.ts';
import { type PackageSummary, summaryOf } from './summary.ts';

/** What a worker is told once; plain data. */
export interface FleetSettings {
  redactionKey: Uint8Array;
  /** Folder and generation of the cache; none without one. */
  cache?: { folder: string; generation: string };
}

export interface FleetTask {
  /** Absolute. */
  file: string;
  /** As it is reported. */
  path: string;
}

export type FleetResult =
  | { path: string; report: string; summary: PackageSummary; cached: boolean }
  | { path: string; error: { code: string; message: string } };

export async function inspectOne(
  { file, path }: FleetTask,
  { redactionKey, cache: at }: FleetSettings,
  signal?: AbortSignal,
): Promise<FleetResult> {
  try {
    const cache = at === undefined ? undefined : reportCache(at.folder, at.generation);
    const sha256 = cache === undefined ? undefined : await hashOf(file);
    const kept = sha256 === undefined ? undefined : cache?.get(sha256);
    if (kept !== undefined) {
      const report = parsed(kept);
      if (report !== undefined) return { path, report: kept, summary: summaryOf(path, report), cached: true };
    }
    const report = await inspectPackage(file, { redactionKey, ...(signal === undefined ? {} : { signal }) });
    const text = JSON.stringify(report);
    if (sha256 !== undefined) cache?.put(sha256, text);
    return { path, report: text, summary: summaryOf(path, report), cached: false };
  } catch (error) {
    if (signal?.aborted) throw error;
    const known = error instanceof PosternError;
    return { path, error: { code: known ? error.code : 'E_INTERNAL', message: known ? error.message : String(error) } };
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** A cached report that is not one (a half-written disk, another program's file) is as good as none. */
function parsed(text: string): InspectReport | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isReport(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isReport(value: unknown): value is InspectReport {
  return typeof value === 'object' && value !== null && 'app' in value && 'endpoints' in value && 'libraries' in value;
}
