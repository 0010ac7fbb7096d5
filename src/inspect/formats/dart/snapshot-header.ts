/**
 * Finds the Dart snapshots of an AOT image (libapp.so, App.framework/App, isolate_snapshot_data).
 *
 * Header (dart-lang/sdk runtime/vm/snapshot.h, Snapshot): magic u32 0xdcdcf5f5 · length i64 of what follows the magic ·
 * kind i64 · version hash, 32 hex digits · features, NUL-terminated. The clusters follow. The data image – objects as
 * they stand in memory – begins at the next multiple of 16 (64 since Dart 3) after `4 + length`.
 */
export interface DartSnapshot {
  /** Offset of the magic. */
  start: number;
  /** First byte of the clusters. */
  clusters: number;
  /** End of the clusters. */
  end: number;
  /** End of the data image: the next snapshot or the end of the file at most. */
  imageEnd: number;
  /** Hash over the sources of the virtual machine that reads it: one or few per minor version of Dart. */
  version: string;
  features: string;
}

const MAGIC = Buffer.from([0xf5, 0xf5, 0xdc, 0xdc]);
const HEADER = 20;
const HASH = 32;
const MAX_FEATURES = 1024;
/** Two of an app (VM and isolate), and one of each deferred unit. */
const MAX_SNAPSHOTS = 256;
/** The code itself compares with the magic: hits that are no header are passed over, but not for ever. */
const MAX_HITS = 4096;

export function findDartSnapshots(bytes: Buffer): DartSnapshot[] {
  const found: DartSnapshot[] = [];
  let at = bytes.indexOf(MAGIC);
  for (let hits = 0; at >= 0 && hits < MAX_HITS && found.length < MAX_SNAPSHOTS; hits++) {
    const snapshot = readHeader(bytes, at);
    if (snapshot !== undefined) {
      const before = found.at(-1);
      if (before !== undefined) before.imageEnd = at;
      found.push(snapshot);
    }
    at = bytes.indexOf(MAGIC, snapshot?.end ?? at + MAGIC.length);
  }
  return found;
}

function readHeader(bytes: Buffer, start: number): DartSnapshot | undefined {
  const hashAt = start + HEADER;
  if (hashAt + HASH > bytes.length) return undefined;
  const length = bytes.readBigInt64LE(start + 4);
  if (length <= HEADER + HASH || length > bytes.length - start) return undefined;
  if (bytes.readBigUInt64LE(start + 12) > 16n) return undefined;
  const version = bytes.toString('latin1', hashAt, hashAt + HASH);
  if (!/^[0-9a-f]{32}$/.test(version)) return undefined;
  const featuresEnd = bytes.subarray(hashAt + HASH, hashAt + HASH + MAX_FEATURES).indexOf(0);
  if (featuresEnd < 0) return undefined;
  const clusters = hashAt + HASH + featuresEnd + 1;
  const end = start + 4 + Number(length);
  if (end > bytes.length || clusters > end) return undefined;
  const features = bytes.toString('latin1', hashAt + HASH, clusters - 1);
  return { start, clusters, end, imageEnd: bytes.length, version, features };
}
