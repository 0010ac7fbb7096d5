/**
 * Reads a mobile package – APK, AAB, APKS/XAPK, IPA, or one of their files by itself – and hands every string that can
 * matter and every document to a sink. Bounded in memory and time whatever the file claims; what could not be read is
 * told to the sink, as a skip and in the coverage.
 */
import { createHash } from 'node:crypto';
import { PosternError } from '../core/errors.ts';
import { readArchive } from './containers/archive.ts';
import { createBudget } from './containers/budget.ts';
import { type ByteSource, fileSource } from './containers/byte-source.ts';
import type { ReadPackageOptions } from './containers/job.ts';
import { joinRequests } from './containers/retrofit.ts';
import { readV4Signature } from './containers/signing/v4-signature.ts';
import { readSingleFile } from './containers/single-file.ts';
import type { PackageFacts, PackageSink } from './source.ts';

export type { ReadPackageOptions } from './containers/job.ts';

/** The end record with the longest comment. */
const END_RECORD = 22 + 0xffff;

/** What promises a whole app (or an Android library) by its name. */
export const PACKAGE_NAME = /\.(?:apk|apks|xapk|apkm|aab|aar|ipa)$/i;

/**
 * @throws PosternError E_INPUT_NOT_FOUND (no such file), E_INPUT_UNSUPPORTED (neither an archive nor a format of one),
 *   E_INPUT_CORRUPT (an archive from which nothing can be read)
 */
export async function readPackage(
  path: string,
  sink: PackageSink,
  options: ReadPackageOptions = {},
): Promise<PackageFacts> {
  const source = fileSource(path);
  try {
    const budget = createBudget(options.limits);
    const job = { source, budget, sink, prefix: '', depth: 0, options };
    const isArchive = looksLikeArchive(source);
    if (!isArchive && source.size > 0 && PACKAGE_NAME.test(path)) {
      // Its name promises an archive: reading it as a text would call a broken download a clean app.
      throw new PosternError('E_INPUT_UNSUPPORTED', `${path} is named like a package and is no ZIP archive`, {
        at: { path },
      });
    }
    const found = isArchive ? await readArchive(job) : await readSingleFile(job, path);
    joinRequests(sink);
    if (found.entries === 0 && (isArchive || source.size === 0)) {
      const why = source.size === 0 ? 'it is empty' : (found.damage ?? 'it has no entries');
      throw new PosternError('E_INPUT_CORRUPT', `nothing can be read from ${path}: ${why}`, { at: { path } });
    }
    if (found.entries === 0) {
      const message = `${path} is neither a mobile package nor a file of one`;
      throw new PosternError('E_INPUT_UNSUPPORTED', message, { at: { path } });
    }
    if (isArchive && found.platform === 'android') readV4Signature(path, sink);
    return { platform: found.platform, sha256: hashOf(source), bytes: source.size };
  } finally {
    source.close();
  }
}

/** A ZIP archive begins with a local header, or ends in an end record whatever stands before it (Janus). */
function looksLikeArchive(source: ByteSource): boolean {
  if (source.read(0, 4).toString('latin1') === 'PK\x03\x04') return true;
  const tail = source.read(Math.max(0, source.size - END_RECORD), END_RECORD);
  return tail.includes('PK\x05\x06', 0, 'latin1');
}

function hashOf(source: ByteSource): string {
  const hash = createHash('sha256');
  const step = 1 << 20;
  for (let position = 0; position < source.size; position += step) hash.update(source.read(position, step));
  return hash.digest('hex');
}
