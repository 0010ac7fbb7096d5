import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, stat, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PosternError } from '../core/errors.ts';

const MAX_KEY_BYTES = 16 * 1024;

/**
 * The text of a key file, made on first use.
 *
 * A new file appears whole or not at all, with mode 0600: it is written beside its place and linked into it, so of two
 * processes that start together one wins and the other reads the winner's key.
 *
 * @param make the text of a new key
 * @throws PosternError `E_KEY` when the file cannot be read or made, or others may read it
 */
export async function loadOrCreateKeyFile(path: string, make: () => string): Promise<string> {
  const existing = await readKeyFile(path);
  if (existing !== undefined) return existing;
  await createKeyFile(path, make());
  const created = await readKeyFile(path);
  if (created === undefined) throw new PosternError('E_KEY', `key file ${path} vanished while it was being made`);
  return created;
}

/** The text of an existing key file; undefined when there is none. */
export async function readKeyFile(path: string): Promise<string | undefined> {
  // A named pipe would block the open for ever; without O_NONBLOCK that happens before anything can be checked.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((cause: unknown) => {
    if (errno(cause) === 'ENOENT') return undefined;
    throw new PosternError('E_KEY', `key file ${path} cannot be opened (${errno(cause)})`, { cause });
  });
  if (!file) return undefined;
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw new PosternError('E_KEY', `key file ${path} is not a regular file`);
    // Windows has no such bits; there the folder's access list protects the file.
    if (process.platform !== 'win32' && (facts.mode & 0o077) !== 0) {
      throw new PosternError('E_KEY', `key file ${path} can be read by others (mode ${octal(facts.mode)})`, {
        hint: `If nobody else has read it: chmod 600 ${path}. Otherwise move it away, and a new key is made.`,
      });
    }
    if (facts.size > MAX_KEY_BYTES) throw new PosternError('E_KEY', `key file ${path} is too large to be a key`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

async function createKeyFile(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    await makeFolder(dirname(path));
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx', flush: true });
    try {
      // Fails when another process was first; then its key is the key.
      await link(temporary, path);
    } finally {
      await unlink(temporary);
    }
  } catch (cause) {
    if (errno(cause) === 'EEXIST') return;
    throw new PosternError('E_KEY', `key file ${path} cannot be made (${errno(cause)})`, {
      hint: 'Make its folder writable, or name another place under `keys:` in postern.yaml.',
      cause,
    });
  }
}

/** A folder made for keys is closed to others, and git is told to leave it alone. */
async function makeFolder(folder: string): Promise<void> {
  const exists = await stat(folder).then(
    () => true,
    () => false,
  );
  if (exists) return;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (basename(folder) === '.postern')
    await writeFile(join(folder, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => {});
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, '0');
}

function errno(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
