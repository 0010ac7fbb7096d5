/**
 * The file of the master keys, mode 0600, one key a line, oldest first:
 *
 *   postern-guard-seal-key-1 <id, 8 hex digits> <made at, ISO 8601> <32 bytes, base64url>
 *
 * A new key is added when the newest is a week old, but seals nothing until every process has had time to read the
 * file again; a replaced key opens what it sealed for as long as a scroll may live, then leaves the file.
 */
import { randomBytes } from 'node:crypto';
import { open, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { PosternError } from '../../core/errors.ts';
import { loadOrCreateKeyFile } from '../../crypto/key-file.ts';
import { KEY_BYTES } from './layout.ts';
import type { SealKey, SealKeys } from './sealer.ts';

const HOUR = 3_600_000;
/** Age at which the newest key gets a successor. */
export const ROTATION_AGE = 7 * 24 * HOUR;
/** Between a key's making and its first seal. Processes read the file again within half of it. */
export const ACTIVATION_DELAY = HOUR;
/** Longest that a replaced key is kept; rules cannot permit a longer keep-alive than this. */
export const MAX_KEEP_ALIVE = 24 * HOUR;
/** A lock as old as this was left by a process that died. */
const STALE_LOCK = 60_000;

const PREFIX = 'postern-guard-seal-key-1';

interface DatedKey extends SealKey {
  readonly madeAt: number;
}

/**
 * The seal keys of a file, made on first use, with a new one added when it is time. To be called again at least every
 * half `ACTIVATION_DELAY`, and a new sealer made of the result.
 *
 * @throws PosternError `E_KEY`
 */
export async function loadSealKeys(path: string, now: number = Date.now()): Promise<SealKeys> {
  const keys = await readKeys(path, now);
  if (rotated(keys, now) === undefined) return chooseKeys(keys, now);
  await rotate(path, now);
  return chooseKeys(await readKeys(path, now), now);
}

async function readKeys(path: string, now: number): Promise<readonly DatedKey[]> {
  return keysOf(await loadOrCreateKeyFile(path, () => textOf([newKey(now)])), path);
}

/** The newest key that every process knows seals; the first one of a file needs no delay. */
function chooseKeys(keys: readonly DatedKey[], now: number): SealKeys {
  let current = keys[0]!;
  for (const key of keys) if (key.madeAt + ACTIVATION_DELAY <= now) current = key;
  return { current, previous: keys.filter((key) => key !== current) };
}

/** What the file should hold; undefined while nothing is due. */
function rotated(keys: readonly DatedKey[], now: number): readonly DatedKey[] | undefined {
  const newest = keys.at(-1)!;
  const kept = keys.filter((_, i) => {
    const successor = keys[i + 1];
    return successor === undefined || successor.madeAt + ACTIVATION_DELAY + MAX_KEEP_ALIVE + ACTIVATION_DELAY > now;
  });
  if (newest.madeAt + ROTATION_AGE <= now) return [...kept, newKey(now)];
  return kept.length === keys.length ? undefined : kept;
}

function newKey(now: number): DatedKey {
  return { id: randomBytes(4).toString('hex'), madeAt: now, key: randomBytes(KEY_BYTES) };
}

function textOf(keys: readonly DatedKey[]): string {
  return keys
    .map(
      ({ id, madeAt, key }) =>
        `${PREFIX} ${id} ${new Date(madeAt).toISOString()} ${Buffer.from(key).toString('base64url')}\n`,
    )
    .join('');
}

function keysOf(text: string, path: string): readonly DatedKey[] {
  const keys = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => keyOf(line, path));
  const ids = new Set(keys.map(({ id }) => id));
  if (keys.length === 0 || ids.size !== keys.length) throw notKeys(path);
  return keys;
}

function keyOf(line: string, path: string): DatedKey {
  const match = /^postern-guard-seal-key-1 ([0-9a-f]{8}) (\S{20,30}) ([\w-]{43})$/.exec(line);
  const madeAt = Date.parse(match?.[2] ?? '');
  const key = Buffer.from(match?.[3] ?? '', 'base64url');
  if (match === null || Number.isNaN(madeAt) || key.length !== KEY_BYTES) throw notKeys(path);
  return { id: match[1]!, madeAt, key: new Uint8Array(key) };
}

function notKeys(path: string): PosternError {
  return new PosternError('E_KEY', `${path} does not hold seal keys`, {
    hint: 'Restore it from a copy. With a new one (move the file away) open scrolls and points in time end.',
  });
}

/** One process of several does it; the others read what it wrote, now or at their next look. */
async function rotate(path: string, now: number): Promise<void> {
  const lock = `${path}.lock`;
  try {
    const madeAt = await stat(lock).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (madeAt !== undefined && Date.now() - madeAt > STALE_LOCK) await unlink(lock).catch(() => {});
    const held = await open(lock, 'wx', 0o600).catch(() => undefined);
    if (held === undefined) return;
    try {
      // Another process may have been here between our look at the file and the lock.
      const keys = rotated(await readKeys(path, now), now);
      if (keys !== undefined) await replaceFile(path, textOf(keys));
    } finally {
      await held.close();
      await unlink(lock);
    }
  } catch (cause) {
    throw new PosternError('E_KEY', `key file ${path} cannot be rotated`, { cause });
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx', flush: true });
    await rename(temporary, path);
  } catch (cause) {
    await unlink(temporary).catch(() => {});
    throw cause;
  }
}
