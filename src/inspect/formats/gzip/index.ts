/**
 * A gzip file (RFC 1952) that holds what is read without it: a bundle or a script that the app unpacks at the start, or
 * that its web view asks for compressed. Bounded like an entry of an archive: by size and by ratio.
 */
import { createGunzip, type Gunzip } from 'node:zlib';
import { readHermes } from '../hermes/index.ts';
import { isHermes } from '../hermes/magic.ts';
import { readRamBundle } from '../ram-bundle/index.ts';
import { isRamBundle } from '../ram-bundle/magic.ts';
import type { ReadContext } from '../reader.ts';
import { failed, partial, type ReadResult } from '../result.ts';
import { looksLikeText } from '../text/index.ts';
import { scanText } from '../text/scan.ts';
import { isGzip } from './magic.ts';

/** Below it no ratio counts. */
const SMALL = 1 << 20;

export async function readGzip(bytes: Buffer, context: ReadContext): Promise<ReadResult> {
  if (!isGzip(bytes)) return failed('GZIP_BAD_MAGIC', 'no gzip file');
  const { limits } = context;
  const most = Math.min(limits.entryBytes, Math.max(SMALL, bytes.length * limits.compressionRatio));
  const { content, problem } = await unpack(bytes, most);
  if (content.length === 0) return failed('GZIP_CORRUPT', problem?.reason ?? 'it holds nothing');
  const result = await readContent(content, withoutOffsets(context));
  const reason = `gzip of ${result.reason}`;
  if (problem === undefined || result.status === 'failed') return { ...result, reason };
  return partial(problem.code, `${reason}; ${problem.reason}`);
}

function readContent(content: Buffer, context: ReadContext): ReadResult {
  const head = content.subarray(0, 512);
  if (isHermes(head)) return readHermes(content, context);
  if (isRamBundle(head)) return readRamBundle(content, context, false);
  if (!looksLikeText(head)) return { status: 'skipped', reason: 'data of a format that is not recognised' };
  scanText(extensionWithin(context.entry), content, undefined, context);
  return { status: 'read', reason: 'text' };
}

/** `index.android.bundle.gz` -> `bundle` */
function extensionWithin(entry: string): string {
  const name = entry.replace(/\.gz$/i, '');
  return name.slice(name.lastIndexOf('.') + 1).toLowerCase();
}

/** Offsets in the content are none in the entry. */
function withoutOffsets(context: ReadContext): ReadContext {
  return {
    ...context,
    string: (text, _offset, more) => context.sink.string({ text, entry: context.entry, via: 'hermes', ...more }),
  };
}

interface Problem {
  code: 'GZIP_CORRUPT' | 'GZIP_LIMIT';
  reason: string;
}

function unpack(bytes: Buffer, most: number): Promise<{ content: Buffer; problem?: Problem }> {
  return new Promise((done) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const gunzip: Gunzip = createGunzip({ chunkSize: 1 << 18 });
    const finish = (problem?: Problem): void => {
      const content = Buffer.concat(chunks);
      done(problem === undefined ? { content } : { content, problem });
    };
    gunzip.on('data', (chunk: Buffer) => {
      if (size >= most) return;
      chunks.push(size + chunk.length > most ? chunk.subarray(0, most - size) : chunk);
      size += chunk.length;
      if (size < most) return;
      gunzip.destroy();
      finish({ code: 'GZIP_LIMIT', reason: `it unpacks to more than ${most} bytes, the rest is not read` });
    });
    gunzip.on('end', () => finish());
    gunzip.on('error', (error) => finish({ code: 'GZIP_CORRUPT', reason: `it is damaged: ${error.message}` }));
    gunzip.end(bytes);
  });
}
