/** Files that are whole, on the disk and only ours, or not there. */
import { randomBytes } from 'node:crypto';
import { link, open, rename, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PosternError } from '../../core/errors.ts';

/** What a folder lists, on the disk. Windows has no such call; there the file system's own journal does it. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r').catch((cause: unknown) => {
    throw unwritable(folder, cause);
  });
  try {
    await handle.sync();
  } catch (cause) {
    throw unwritable(folder, cause);
  } finally {
    await handle.close();
  }
}

/**
 * A new file of mode 0600. It appears whole or not at all.
 *
 * @returns false when there is a file of this name already; it is left as it is
 */
export async function createFile(path: string, text: string): Promise<boolean> {
  const temporary = await writeBeside(path, text);
  try {
    await link(temporary, path);
  } catch (cause) {
    if (errno(cause) === 'EEXIST') return false;
    throw unwritable(path, cause);
  } finally {
    await unlink(temporary).catch(() => {});
  }
  await syncFolder(dirname(path));
  return true;
}

/** The new content instead of the old one, at no time neither. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = await writeBeside(path, text);
  try {
    await rename(temporary, path);
  } catch (cause) {
    await unlink(temporary).catch(() => {});
    throw unwritable(path, cause);
  }
  await syncFolder(dirname(path));
}

/** Overwrites what is there, then removes it. Nothing to do is no error. */
export async function eraseFile(path: string): Promise<void> {
  const file = await open(path, 'r+').catch((cause: unknown) => {
    if (errno(cause) === 'ENOENT') return undefined;
    throw unwritable(path, cause);
  });
  if (file === undefined) return;
  try {
    const { size } = await file.stat();
    for (const bytes of [randomBytes(size), Buffer.alloc(size)]) {
      await file.write(bytes, 0, size, 0);
      await file.sync();
    }
  } catch (cause) {
    throw unwritable(path, cause);
  } finally {
    await file.close();
  }
  await unlink(path).catch((cause: unknown) => {
    if (errno(cause) !== 'ENOENT') throw unwritable(path, cause);
  });
  await syncFolder(dirname(path));
}

async function writeBeside(path: string, text: string): Promise<string> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx', flush: true });
  } catch (cause) {
    await unlink(temporary).catch(() => {});
    throw unwritable(path, cause);
  }
  return temporary;
}

function unwritable(path: string, cause: unknown): PosternError {
  return new PosternError('E_KEY', `${path} cannot be written (${errno(cause)})`, {
    hint: 'Make its folder writable for this user, and check the free space.',
    cause,
  });
}

export function errno(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
