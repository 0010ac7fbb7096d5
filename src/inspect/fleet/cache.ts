/**
 * Reports of earlier runs, by what they follow from: the detectors, the key that hashes secrets, and the bytes of the
 * package. A file per package: `<detectors>-<key>/<first two of sha256>/<sha256>.json.gz`, for the user alone (0600).
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

export interface ReportCache {
  /** The report as JSON; undefined when it is not there or cannot be read. */
  get(sha256: string): string | undefined;
  /** A cache that cannot be written is no reason to lose a result. @returns whether it is kept */
  put(sha256: string, report: string): boolean;
}

/** A report larger than this when unpacked was not written by us. */
const MAX_BYTES = 512 << 20;

export function reportCache(folder: string, generation: string): ReportCache {
  const file = (sha256: string) => join(folder, generation, sha256.slice(0, 2), `${sha256}.json.gz`);
  return {
    get(sha256) {
      try {
        return gunzipSync(readFileSync(file(sha256)), { maxOutputLength: MAX_BYTES }).toString('utf8');
      } catch {
        return undefined; // not there, or damaged: it is made anew
      }
    },
    put(sha256, report) {
      const path = file(sha256);
      const beside = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
      try {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        writeFileSync(beside, gzipSync(report, { level: 4 }), { mode: 0o600 });
        renameSync(beside, path);
        return true;
      } catch {
        discard(beside);
        return false;
      }
    },
  };
}

function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // its folder was never made
  }
}

/** What a cached report depends on besides the package: the code of the detectors and the key of the hashes. */
export function generationOf(detectors: string, redactionKey: Uint8Array): string {
  const key = createHash('sha256').update('postern fleet cache\0').update(redactionKey).digest('hex');
  return `${detectors.slice(0, 16)}-${key.slice(0, 16)}`;
}

const GENERATION = /^[0-9a-f]{16}-[0-9a-f]{16}$/;

/** Removes what other detectors left: it is never asked for again. What other keys left is of other projects. */
export function pruneCache(folder: string, keep: string): void {
  try {
    for (const name of readdirSync(folder)) {
      if (GENERATION.test(name) && !name.startsWith(keep.slice(0, 17)))
        rmSync(join(folder, name), { recursive: true, force: true });
    }
  } catch {
    // no cache yet
  }
}
