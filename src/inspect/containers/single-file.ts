import { basename } from 'node:path';
import { guessGrammar, prose } from '../formats/text/index.ts';
import type { Platform } from '../source.ts';
import { readNested } from './archive.ts';
import type { Job, Walked } from './job.ts';
import { HEAD, readBytes } from './read-bytes.ts';
import { extensionOf, type Recognised, roleByMagic, roleByName } from './role.ts';
import { createWalk, notRead } from './walk.ts';
import type { ZipEntry } from './zip-entry.ts';

/** A file that is no archive: one DEX, one library, one resource table, one manifest, one script. */
export async function readSingleFile(job: Job, path: string): Promise<Walked> {
  const label = basename(path);
  const walk = createWalk(job, readNested);
  const entry: ZipEntry = {
    name: label,
    method: 0,
    encrypted: false,
    crc32: 0,
    compressedSize: job.source.size,
    size: job.source.size,
    headerOffset: 0,
  };
  const recognised = recognise(label, job.source.take(0, HEAD));
  if (recognised.role === 'ignored' || recognised.role === 'archive' || isForPeople(label, job, recognised)) {
    return { platform: 'unknown', entries: 0 };
  }
  const platform = platformOf(label, recognised);
  if (recognised.role === 'unread') {
    notRead(walk, { entry, label, recognised });
    return { platform, entries: 1 };
  }
  const most = job.budget.limits.entryBytes;
  const bytes = job.source.take(0, Math.min(job.source.size, most));
  if (job.source.size > most) {
    walk.coverage.problem(label, { code: 'LIMIT_ENTRY_BYTES', reason: `only the first ${most} bytes were read` }, true);
  }
  await readBytes(walk, { entry, label, recognised }, bytes);
  walk.coverage.finish('');
  return { platform, entries: 1 };
}

/** A text for people is no file of an app: calling it clean would be a false all-clear. */
function isForPeople(label: string, { source }: Job, { role }: Recognised): boolean {
  if (role !== 'text' || !['', 'txt', 'md', 'csv', 'log', 'rtf'].includes(extensionOf(label))) return false;
  return guessGrammar(source.take(0, HEAD)) === prose;
}

/** The bytes decide, except where a format has no magic of its own or shares it with others. */
function recognise(label: string, head: Buffer): Recognised {
  const found = roleByMagic(head);
  const named = roleByName(label);
  if (named.role === 'manifest')
    return found.role === 'xml' || found.role === 'text' || found.role === 'ignored' ? named : found;
  if (named.role === 'arsc' && label.endsWith('.pb')) return named;
  // `libapp.so` is Flutter code in an ELF file: only the name says so before it is read
  if (named.role === 'binary' && named.format?.matches(head)) return named;
  return found;
}

function platformOf(label: string, { role }: Recognised): Platform {
  if (role === 'manifest' || role === 'dex' || role === 'arsc') return 'android';
  return label === 'Info.plist' || label.endsWith('.dylib') ? 'ios' : 'unknown';
}
