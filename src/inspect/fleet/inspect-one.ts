/** One package of a folder: from the cache, or read. Never throws: a broken package is a result too. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { basename } from 'node:path';
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
  | {
      path: string;
      report: string;
      summary: PackageSummary;
      cached: boolean;
      /** There is a cache, and it could not be written. */
      unkept?: true;
    }
  | { path: string; error: { code: string; message: string } };

export async function inspectOne(
  { file, path }: FleetTask,
  { redactionKey, cache: at }: FleetSettings,
  signal?: AbortSignal,
): Promise<FleetResult> {
  try {
    const cache = at === undefined ? undefined : reportCache(at.folder, at.generation);
    const key = cache === undefined ? undefined : await keyOf(file);
    const known = key === undefined ? undefined : parsed(cache?.get(key), path);
    if (known !== undefined)
      return { path, report: JSON.stringify(known), summary: summaryOf(path, known), cached: true };
    const report = await inspectPackage(file, {
      redactionKey,
      name: path,
      ...(signal === undefined ? {} : { signal }),
    });
    const text = JSON.stringify(report);
    const kept = key === undefined || cache?.put(key, `{"path":${JSON.stringify(path)},"report":${text}}`) !== false;
    return { path, report: text, summary: summaryOf(path, report), cached: false, ...(kept ? {} : { unkept: true }) };
  } catch (error) {
    if (signal?.aborted) throw error;
    const known = error instanceof PosternError;
    return { path, error: { code: known ? error.code : 'E_INTERNAL', message: known ? error.message : String(error) } };
  }
}

/**
 * The bytes of the package, and of the signature that stands beside it.
 *
 * @throws PosternError E_INPUT_NOT_FOUND when they cannot be read: no defect of ours
 */
async function keyOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for (const part of [file, `${file}.idsig`]) {
    if (part !== file && !existsSync(part)) continue;
    try {
      for await (const chunk of createReadStream(part, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
    } catch (cause) {
      const { code = String(cause) } = cause as NodeJS.ErrnoException;
      throw new PosternError('E_INPUT_NOT_FOUND', `${basename(part)} cannot be read (${code})`, { cause });
    }
  }
  return hash.digest('hex');
}

/** A kept report that is not one (half a file, another program's) is as good as none. */
function parsed(text: string | undefined, path: string): InspectReport | undefined {
  if (text === undefined) return undefined;
  try {
    const kept: unknown = JSON.parse(text);
    return isKept(kept) ? renamed(kept, path) : undefined;
  } catch {
    return undefined;
  }
}

interface Kept {
  /** What the package was called when it was read. */
  path: string;
  report: InspectReport;
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== 'object' || value === null || !('path' in value) || !('report' in value)) return false;
  const { path, report } = value;
  return (
    typeof path === 'string' &&
    typeof report === 'object' &&
    report !== null &&
    'app' in report &&
    'libraries' in report
  );
}

/** The same bytes under another name. An app without an id is known by its file's name: such a report is made anew. */
function renamed({ path: from, report }: Kept, to: string): InspectReport | undefined {
  if (from === to) return report;
  if (report.app.id === '') return undefined;
  for (const { evidence } of report.findings) {
    for (const one of evidence) {
      // a place in the package, or a setting of one of its documents: `app.apk!AndroidManifest.xml`
      if ('path' in one && (one.path === from || one.path.startsWith(`${from}!`)))
        one.path = to + one.path.slice(from.length);
    }
  }
  for (const skip of report.skips) if (skip.subject === from) skip.subject = to;
  return report;
}
