import { PosternError } from '../../core/errors.ts';
import { replaceFile } from './durable.ts';
import {
  type EpochFile,
  epochPath,
  openFolder,
  printEpoch,
  printVault,
  readEpoch,
  readNames,
  readVault,
  type VaultFile,
  vaultPath,
} from './epoch-files.ts';
import { epochContext, indexContext } from './epoch-keys.ts';
import type { RootKey } from './root-key.ts';

/**
 * Wraps every key of the folder with another root key: from a file into a key service, or to a new one after the old one was
 * seen by somebody. The keys themselves stay the same, so nothing else has to be rewritten. File by file; run again it goes on
 * where it was. Processes that use the folder must be started again with the new root key, and none may begin an epoch meanwhile:
 * stop them before.
 *
 * Copies of the folder still open with the old root key.
 *
 * @returns how many files were rewritten
 * @throws PosternError `E_KEY`
 */
export async function changeRootKey(folder: string, from: RootKey, to: RootKey): Promise<number> {
  if (from.id === to.id) throw new PosternError('E_KEY', 'the new root key is the old one');
  await openFolder(folder);
  const vault = await readVault(folder);
  if (vault === undefined) throw new PosternError('E_KEY', `there are no keys of a vault in ${folder}`);
  const epochs: EpochFile[] = [];
  const { keys, destroyed } = await readNames(folder);
  for (const epoch of keys) {
    const file = destroyed.has(epoch) ? undefined : await readEpoch(folder, vault.vault, epoch);
    if (file !== undefined) epochs.push(file);
  }
  let changed = 0;
  // The epochs first: as long as the vault's own file names the old root key, it is plain that this is not finished.
  for (const file of epochs) {
    const wrapped = await rewrap(file, epochContext(file.vault, file.epoch), from, to);
    if (wrapped === undefined) continue;
    await replaceFile(epochPath(folder, file.epoch), printEpoch({ ...file, root: to.id, wrapped }));
    changed++;
  }
  const wrapped = await rewrap(vault, indexContext(vault.vault), from, to);
  if (wrapped !== undefined) {
    await replaceFile(vaultPath(folder), printVault({ ...vault, root: to.id, wrapped }));
    changed++;
  }
  return changed;
}

/** Undefined where it was done before. */
async function rewrap(file: VaultFile, context: string, from: RootKey, to: RootKey): Promise<Uint8Array | undefined> {
  if (file.root === to.id) {
    // Not only said: tried.
    (await to.unwrap(file.wrapped, context)).fill(0);
    return undefined;
  }
  const plain = await from.unwrap(file.wrapped, context);
  try {
    const wrapped = await to.wrap(plain, context);
    const back = Buffer.from(await to.unwrap(wrapped, context));
    const same = back.equals(plain);
    back.fill(0);
    if (!same) throw new PosternError('E_KEY', `root key ${to.id} does not give back what it wrapped`);
    return wrapped;
  } finally {
    plain.fill(0);
  }
}
