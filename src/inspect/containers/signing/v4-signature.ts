/**
 * APK signature scheme v4: a file of its own beside the package, app.apk.idsig, for incremental installation
 * (https://source.android.com/docs/security/features/apksigning/v4).
 *
 * version u32 (2) · hashing info · signing info { APK digest · certificate · additional data · public key · algorithm u32 ·
 * signature } · Merkle tree. All but the words begin with their length as u32.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import type { PackageSink } from '../../source.ts';
import { signerFacts } from './certificate.ts';
import { Pieces } from './length-prefixed.ts';

/** The signature is at the beginning; the tree behind it is not read. */
const MOST = 1 << 16;

export function readV4Signature(path: string, sink: PackageSink): void {
  const bytes = beginningOf(`${path}.idsig`);
  if (bytes === undefined) return;
  const entry = basename(`${path}.idsig`);
  try {
    const pieces = new Pieces(bytes);
    const version = pieces.word();
    if (version !== 2) throw new RangeError(`unparsed v${version}`);
    pieces.piece(); // hashing info
    const info = new Pieces(pieces.piece());
    info.piece(); // digest
    sink.signature({ scheme: 'v4', ...signerFacts(info.piece()), entry });
    sink.coverage({ entry, status: 'read', reason: 'signature of scheme v4, read and not verified' });
  } catch (error) {
    const reason = `not readable as a v4 signature: ${error instanceof Error ? error.message : String(error)}`;
    sink.coverage({ entry, status: 'failed', reason });
    sink.skip({ subject: entry, code: 'SIGNATURE_DAMAGED', reason, severity: 'note' });
  }
}

function beginningOf(path: string): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined; // nearly always: there is none
  }
  try {
    const bytes = Buffer.alloc(MOST);
    return bytes.subarray(0, readSync(fd, bytes, 0, MOST, 0));
  } catch {
    return undefined; // a folder of that name
  } finally {
    closeSync(fd);
  }
}
