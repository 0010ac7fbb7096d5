/**
 * The files of an embedded store, judged before the native part maps them: it trusts what it maps, and ends the whole
 * process on a file that is foreign or cut off.
 *
 *   data.mdb   page 0 and page 1: meta pages. At 24: magic BEEFC0DE, version (u32); at 48: page size (u32);
 *              at 144: number of the last page (u64), number of the transaction (u64). Little-endian.
 *              (struct MDB_meta of lmdb.h as lmdb-js builds it, data version 2)
 *   lock.mdb   readers and the writers' mutex; never opened by us: closing it would drop locks of this process
 */
import { mkdir, open, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { PosternError } from '../core/errors.ts';

export const DATA_FILE = 'data.mdb';
const LOCK_FILE = 'lock.mdb';

const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
const META_AT = 24;
const META_BYTES = 160;
/** Types of file systems that are reached over a network, where locks and maps do not hold (statfs(2)). */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
]);

/**
 * Makes folder (0700) and files (0600) where they are missing, and looks at those that are there.
 *
 * @throws PosternError `E_GUARD`
 */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await closedToOthers(folder);
    await refuseNetwork(folder);
    for (const name of [DATA_FILE, LOCK_FILE]) {
      const path = join(folder, name);
      // The native part would make them 0664.
      await open(path, 'ax', 0o600).then(
        (file) => file.close(),
        (error: unknown) => {
          if (codeOf(error) !== 'EEXIST') throw error;
        },
      );
      await closedToOthers(path);
    }
    await judge(join(folder, DATA_FILE));
  } catch (cause) {
    if (cause instanceof PosternError) throw cause;
    throw new PosternError('E_GUARD', `the data folder ${folder} cannot be used (${codeOf(cause)})`, {
      hint: 'Make it writable for this user, or name another one under `data: { folder: … }` in the policy.',
      cause,
    });
  }
}

async function closedToOthers(path: string): Promise<void> {
  // Windows has no such bits; there the folder's access list protects it.
  if (process.platform === 'win32') return;
  const { mode } = await stat(path);
  if ((mode & 0o077) === 0) return;
  throw new PosternError('E_GUARD', `${path} is open to others (mode ${(mode & 0o777).toString(8).padStart(4, '0')})`, {
    hint: `chmod go= ${path}. For a mounted volume name a folder inside it: it is made with the right mode.`,
  });
}

async function refuseNetwork(folder: string): Promise<void> {
  const { type } = await statfs(folder);
  const kind = NETWORK.get(type >>> 0);
  if (kind === undefined) return;
  throw new PosternError('E_GUARD', `the data folder ${folder} lies on a network file system (${kind})`, {
    hint: 'Several machines share the vault over PostgreSQL: `data: { postgresql: … }`. One machine keeps it on its own disk.',
  });
}

/** @throws PosternError `E_GUARD` for a file that must not be mapped */
async function judge(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    const first = await meta(file, 0);
    // Empty: it was made just now.
    if (first === 'empty') return;
    const size = first === 'foreign' ? 4096 : first.pageSize;
    const second = await meta(file, size);
    const metas = [first, second].filter((one) => typeof one === 'object');
    if (metas.length === 0) {
      throw new PosternError('E_GUARD', `${path} is not a data file of Postern`, {
        hint: 'Name another folder under `data:` in the policy, or restore the file from a backup.',
      });
    }
    const newer = metas.find(({ version }) => version !== DATA_VERSION);
    if (newer) {
      throw new PosternError('E_GUARD', `${path} was written by another version of the store (${newer.version})`, {
        hint: 'Run the version of Postern that wrote it.',
      });
    }
    const needed = Math.max(...metas.map(({ pages, pageSize }) => pages * pageSize));
    // After the metas: pages are written before a meta names them.
    const { size: length } = await file.stat();
    if (metas.length < 2 || length < needed) {
      throw new PosternError('E_GUARD', `${path} is damaged: ${length} bytes of ${needed} are there`, {
        hint: 'Restore the folder from a backup (docs/guard/vault.md says what comes back with it).',
      });
    }
  } finally {
    await file.close();
  }
}

interface Meta {
  readonly version: number;
  readonly pageSize: number;
  readonly pages: number;
}

async function meta(file: Awaited<ReturnType<typeof open>>, at: number): Promise<Meta | 'empty' | 'foreign'> {
  const bytes = Buffer.alloc(META_BYTES);
  const { bytesRead } = await file.read(bytes, 0, META_BYTES, at);
  if (bytesRead === 0) return 'empty';
  if (bytesRead < META_BYTES || bytes.readUInt32LE(META_AT) !== MAGIC) return 'foreign';
  const pageSize = bytes.readUInt32LE(48);
  if (pageSize < 512 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0) return 'foreign';
  return {
    version: bytes.readUInt32LE(META_AT + 4) & 0xffff,
    pageSize,
    pages: Number(bytes.readBigUInt64LE(144)) + 1,
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
