/**
 * A new file in the place of the old one, with the rows and nothing else: no free pages, and no bytes of rows that were there
 * once. The rows are written anew, in their order; a copy of pages would bring the unused parts of pages along.
 */
import { open, rename, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PosternError } from '../core/errors.ts';
import { entries, openEnvironment } from './embedded-environment.ts';
import { DATA_FILE } from './embedded-file.ts';

const BATCH = 1000;
const ZEROS = Buffer.alloc(1 << 20);

export interface Compacted {
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/**
 * For a store that no other process has open: stop the gateways of this machine first. Interrupted, it leaves the old file.
 *
 * @throws PosternError `E_GUARD`
 */
export async function compactEmbedded(folder: string): Promise<Compacted> {
  const file = join(folder, DATA_FILE);
  const beside = join(folder, 'compact');
  const old = join(folder, 'data.mdb.old');
  await rm(beside, { recursive: true, force: true });
  const from = await openEnvironment(folder);
  try {
    refuseOthers(from.others());
    const to = await openEnvironment(beside);
    try {
      for (const name of from.tableNames()) {
        // Its rows are zeros.
        if (name === 'zeros') continue;
        const [source, target] = [from.table(name), to.table(name)];
        for (let after: Buffer | undefined; ; ) {
          const rows = from.read(() =>
            entries(source, { ...(after && { start: after, exclusiveStart: true }), limit: BATCH }),
          );
          await to.write(() => {
            for (const { key, value } of rows) target.put(key, value);
          });
          after = rows.at(-1)?.key;
          if (rows.length < BATCH) break;
        }
      }
    } finally {
      await to.close();
    }
    refuseOthers(from.others());
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    throw error;
  } finally {
    await from.close();
  }
  const bytesBefore = (await stat(file)).size;
  // On the disk under its name before the old one goes.
  await rename(file, old);
  await rename(join(beside, DATA_FILE), file);
  await syncFolder(folder);
  await rm(beside, { recursive: true, force: true });
  await overwrite(old);
  return { bytesBefore, bytesAfter: (await stat(file)).size };
}

function refuseOthers(others: readonly number[]): void {
  if (others.length === 0) return;
  throw new PosternError(
    'E_GUARD',
    `the store is in use by ${others.length === 1 ? 'process' : 'processes'} ${others.join(', ')}`,
    {
      hint: 'Stop the gateways of this machine first: they would go on with the old file.',
    },
  );
}

async function overwrite(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    for (let at = 0; at < size; at += ZEROS.length) await file.write(ZEROS, 0, Math.min(ZEROS.length, size - at), at);
    await file.sync();
  } finally {
    await file.close();
  }
  await unlink(path);
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
