/**
 * The vault's keys of epochs, and its index key, from a folder; see epoch-files.ts for what is in it.
 *
 * Several processes share the folder. Each looks at it again every half minute, and when a file that it expects is not
 * there; of those that make an epoch at once one wins, and the others take its key.
 */
import { hkdfSync, randomBytes } from 'node:crypto';
import { PosternError } from '../../core/errors.ts';
import { createFile, eraseFile } from './durable.ts';
import {
  bindingPath,
  type EpochFile,
  epochPath,
  openFolder,
  printBinding,
  printEpoch,
  printMark,
  printVault,
  readBinding,
  readEpoch,
  readMark,
  readNames,
  readVault,
  vaultPath,
} from './epoch-files.ts';
import type { RootKey } from './root-key.ts';

export interface EpochKeysOptions {
  /** Length of an epoch, ms. */
  readonly epochMs: number;
  /** ms since the epoch; default: the system's clock. */
  readonly now?: () => number;
}

/** The key of one epoch, in use. Zeroed when it is destroyed or the keyring is closed. */
export interface EpochKey {
  readonly epoch: number;
  readonly key: Uint8Array;
  readonly created: number;
  readonly ends: number;
}

/** As the vault needs it; see src/guard/vault/epoch-keys.ts. */
export interface EpochKeys {
  readonly vault: string;
  derive(label: string): Uint8Array;
  current(): EpochKey | Promise<EpochKey>;
  get(epoch: number): EpochKey | undefined | Promise<EpochKey | undefined>;
  list(): Promise<readonly EpochFacts[]>;
  begin(): Promise<EpochKey>;
  retire(epoch: number): Promise<void>;
  isRetired(epoch: number): Promise<boolean>;
  destroy(epoch: number): Promise<{ readonly at: number; readonly unreached: readonly string[] }>;
  binding(): Promise<string | null>;
  bind(store: string): Promise<string>;
  trouble(): string | null;
  /** Zeroes every key, and closes the root key. */
  close(): void;
}

export interface EpochFacts {
  readonly epoch: number;
  readonly created: number;
  readonly ends: number;
  readonly retired: number | null;
  readonly destroyed: number | null;
}

const KEY_BYTES = 32;
/** How long a process may not know of an epoch that another one began, ms. */
const LOOK_AGAIN = 30_000;
/** After a new epoch could not be begun, ms. */
const TRY_AGAIN = 20_000;

/**
 * Opens the folder, and makes it, the vault's id, its index key and its first epoch when it is empty.
 *
 * @param root closed with the keys
 * @throws PosternError `E_KEY`
 */
export async function openEpochKeys(folder: string, root: RootKey, options: EpochKeysOptions): Promise<EpochKeys> {
  const now = options.now ?? Date.now;
  const { epochMs } = options;
  if (!(epochMs > 0)) throw new RangeError('an epoch has a length');
  await openFolder(folder);
  const { vault, index } = await openIndexKey(folder, root, now());
  const held = new Map<number, EpochKey>();
  const loading = new Map<number, Promise<EpochKey | undefined>>();
  let names = await readNames(folder);
  let looked = now();
  let current: EpochKey | undefined;
  let choosing: Promise<EpochKey> | undefined;
  let overdue: { readonly why: string; readonly again: number } | null = null;
  let closed = false;

  // A process that was killed between saying that a key is destroyed and destroying it.
  for (const epoch of names.destroyed) {
    if (!names.keys.has(epoch)) continue;
    await readMark(folder, vault, epoch, 'destroyed');
    await eraseFile(epochPath(folder, epoch));
  }

  function drop(epoch: number): void {
    held.get(epoch)?.key.fill(0);
    held.delete(epoch);
    if (current?.epoch === epoch) current = undefined;
  }

  async function look(): Promise<void> {
    // A folder that is not mounted any more would look as if no epoch had ever been, and a first one would be begun in it.
    if ((await readVault(folder))?.vault !== vault) {
      throw new PosternError('E_KEY', `${folder} does not hold the keys of this vault any more`, {
        hint: 'Mount it, or restore its newest copy. Until then nobody new gets a key.',
      });
    }
    names = await readNames(folder);
    looked = now();
    for (const epoch of names.destroyed) drop(epoch);
    if (current !== undefined && names.retired.has(current.epoch)) current = undefined;
  }

  async function load(epoch: number): Promise<EpochKey | undefined> {
    const file = await readEpoch(folder, vault, epoch);
    if (file !== undefined) {
      const key = await unwrapEpoch(file, root);
      if (closed) {
        key.key.fill(0);
        throw new PosternError('E_KEY', 'the keys of the vault are closed');
      }
      held.set(epoch, key);
      return key;
    }
    if ((await readMark(folder, vault, epoch, 'destroyed')) !== undefined) return undefined;
    throw new PosternError('E_KEY', `the key of epoch ${epoch} is missing in ${folder}`, {
      hint: 'Nobody destroyed it: restore its file from a backup of the folder.',
    });
  }

  function get(epoch: number): EpochKey | undefined | Promise<EpochKey | undefined> {
    opened();
    const key = held.get(epoch);
    if (key !== undefined) return key;
    let running = loading.get(epoch);
    if (running === undefined) {
      running = load(epoch).finally(() => loading.delete(epoch));
      loading.set(epoch, running);
    }
    return running;
  }

  function opened(): void {
    if (closed) throw new PosternError('E_KEY', 'the keys of the vault are closed');
  }

  /** The newest that is neither retired nor destroyed. */
  async function newest(): Promise<EpochKey | undefined> {
    for (const epoch of [...names.keys].sort((a, b) => b - a)) {
      if (!names.retired.has(epoch) && !names.destroyed.has(epoch)) return await get(epoch);
    }
    return undefined;
  }

  /** The one after all that ever were, made by whoever is first. */
  async function next(): Promise<EpochKey> {
    for (;;) {
      const epoch = Math.max(0, ...names.keys, ...names.retired, ...names.destroyed) + 1;
      const key = randomBytes(KEY_BYTES);
      const created = now();
      const file = await wrapEpoch({ vault, epoch, created, ends: created + epochMs, key }, root);
      if (await createFile(epochPath(folder, epoch), printEpoch(file))) {
        const made = { epoch, key, created, ends: file.ends };
        held.set(epoch, made);
        await look();
        return made;
      }
      key.fill(0);
      await look();
      const other = await newest();
      if (other !== undefined && other.epoch >= epoch) return other;
    }
  }

  async function choose(): Promise<EpochKey> {
    await look();
    const there = await newest();
    if (there !== undefined && there.ends > now()) {
      overdue = null;
      current = there;
      return there;
    }
    try {
      current = await next();
      overdue = null;
      return current;
    } catch (cause) {
      if (there === undefined) throw cause;
      // Late is better than never: what is written meanwhile is wrapped by the old epoch's key, and moved with the rest.
      const why = `epoch ${there.epoch} is over and no new one can be begun: ${cause instanceof Error ? cause.message : ''}`;
      overdue = { why, again: now() + TRY_AGAIN };
      current = there;
      return there;
    }
  }

  function chooseOnce(): Promise<EpochKey> {
    choosing ??= choose().finally(() => {
      choosing = undefined;
    });
    return choosing;
  }

  async function mark(epoch: number, state: 'retired' | 'destroyed'): Promise<number> {
    opened();
    const there = await readMark(folder, vault, epoch, state);
    if (there !== undefined) return there.at;
    const file = await readEpoch(folder, vault, epoch);
    if (file === undefined) throw new PosternError('E_KEY', `there is no key of epoch ${epoch} in ${folder}`);
    const { created, ends } = file;
    const text = printMark({ vault, epoch, state, at: now(), created, ends });
    await createFile(epochPath(folder, epoch, state), text);
    await look();
    return (await readMark(folder, vault, epoch, state))?.at ?? now();
  }

  const keys: EpochKeys = {
    vault,
    derive(label) {
      opened();
      return Buffer.from(hkdfSync('sha256', index, '', label, KEY_BYTES));
    },
    current() {
      opened();
      const time = now();
      if (current !== undefined && Math.abs(time - looked) < LOOK_AGAIN) {
        // Nobody waits for a key service that is away more than once in a while.
        if (current.ends > time || (overdue !== null && time < overdue.again)) return current;
      }
      return chooseOnce();
    },
    get,
    async list() {
      opened();
      await look();
      const epochs = [...new Set([...names.keys, ...names.retired, ...names.destroyed])].sort((a, b) => a - b);
      return await Promise.all(epochs.map((epoch) => factsOf(folder, vault, epoch)));
    },
    async begin() {
      opened();
      await choosing;
      await look();
      current = await next();
      return current;
    },
    async retire(epoch) {
      await mark(epoch, 'retired');
    },
    async isRetired(epoch) {
      opened();
      const retired = (await readMark(folder, vault, epoch, 'retired')) !== undefined;
      if (retired && !names.retired.has(epoch)) await look();
      return retired;
    },
    async destroy(epoch) {
      const at = await mark(epoch, 'destroyed');
      drop(epoch);
      await eraseFile(epochPath(folder, epoch));
      await look();
      return { at, unreached: unreached(folder, root) };
    },
    async binding() {
      opened();
      return (await readBinding(folder, vault)) ?? null;
    },
    async bind(store) {
      opened();
      await createFile(bindingPath(folder), printBinding(vault, store));
      return (await readBinding(folder, vault)) ?? store;
    },
    trouble: () => root.trouble() ?? overdue?.why ?? null,
    close() {
      closed = true;
      for (const epoch of [...held.keys()]) drop(epoch);
      index.fill(0);
      root.close();
    },
  };
  await keys.current();
  return keys;
}

async function factsOf(folder: string, vault: string, epoch: number): Promise<EpochFacts> {
  const destroyed = await readMark(folder, vault, epoch, 'destroyed');
  const retired = await readMark(folder, vault, epoch, 'retired');
  const dates = destroyed ?? (await readEpoch(folder, vault, epoch));
  if (dates === undefined) {
    throw new PosternError('E_KEY', `the key of epoch ${epoch} is missing in ${folder}`, {
      hint: 'Nobody destroyed it: restore its file from a backup of the folder.',
    });
  }
  return {
    epoch,
    created: dates.created,
    ends: dates.ends,
    retired: retired?.at ?? null,
    destroyed: destroyed?.at ?? null,
  };
}

async function openIndexKey(folder: string, root: RootKey, at: number): Promise<{ vault: string; index: Uint8Array }> {
  const there = await readVault(folder);
  if (there === undefined) {
    const { keys, retired, destroyed } = await readNames(folder);
    if (keys.size + retired.size + destroyed.size > 0) {
      throw new PosternError('E_KEY', `${vaultPath(folder)} is missing, and there are keys of epochs beside it`, {
        hint: 'Restore it from a backup of the folder. A new one would make everybody in the vault unknown.',
      });
    }
    const vault = randomBytes(16).toString('base64url');
    const index = randomBytes(KEY_BYTES);
    const wrapped = await root.wrap(index, indexContext(vault));
    index.fill(0);
    await createFile(vaultPath(folder), printVault({ vault, created: at, root: root.id, wrapped }));
  }
  const file = there ?? (await readVault(folder));
  if (file === undefined) throw new PosternError('E_KEY', `${vaultPath(folder)} vanished while it was being made`);
  const index = await unwrap(root, file, indexContext(file.vault), 'vault.json');
  if (index.length !== KEY_BYTES) throw new PosternError('E_KEY', `${vaultPath(folder)} does not hold an index key`);
  return { vault: file.vault, index };
}

/** Its dates are wrapped with the key, so that nobody can move them. */
async function wrapEpoch(
  epoch: { vault: string; epoch: number; created: number; ends: number; key: Uint8Array },
  root: RootKey,
): Promise<EpochFile> {
  const { key, ...facts } = epoch;
  const plain = Buffer.alloc(KEY_BYTES + 16);
  plain.set(key);
  plain.writeDoubleBE(facts.created, KEY_BYTES);
  plain.writeDoubleBE(facts.ends, KEY_BYTES + 8);
  try {
    const wrapped = await root.wrap(plain, epochContext(facts.vault, facts.epoch));
    return { ...facts, root: root.id, wrapped };
  } finally {
    plain.fill(0);
  }
}

async function unwrapEpoch(file: EpochFile, root: RootKey): Promise<EpochKey> {
  const name = `epoch-${file.epoch}.json`;
  const plain = Buffer.from(await unwrap(root, file, epochContext(file.vault, file.epoch), name));
  try {
    const right =
      plain.length === KEY_BYTES + 16 &&
      plain.readDoubleBE(KEY_BYTES) === file.created &&
      plain.readDoubleBE(KEY_BYTES + 8) === file.ends;
    if (!right) throw new PosternError('E_KEY', `${name} was changed: its dates are not those of its key`);
    const key = Uint8Array.prototype.slice.call(plain, 0, KEY_BYTES);
    return { epoch: file.epoch, key, created: file.created, ends: file.ends };
  } finally {
    plain.fill(0);
  }
}

async function unwrap(
  root: RootKey,
  file: { readonly root: string; readonly wrapped: Uint8Array },
  context: string,
  name: string,
): Promise<Uint8Array> {
  try {
    return await root.unwrap(file.wrapped, context);
  } catch (cause) {
    if (file.root === root.id || !(cause instanceof PosternError)) throw cause;
    throw new PosternError('E_KEY', `${name} was wrapped by root key ${file.root}, and this is ${root.id}`, {
      hint: cause.hint,
      cause,
    });
  }
}

export function indexContext(vault: string): string {
  return `postern vault index key 1 ${vault}`;
}

export function epochContext(vault: string, epoch: number): string {
  return `postern vault epoch key 1 ${vault} ${epoch}`;
}

function unreached(folder: string, root: RootKey): readonly string[] {
  return [
    `copies of ${folder} in backups, snapshots and on other machines: delete them, or wait until they are gone`,
    'blocks that the file system or the disk keeps of a file after it is overwritten (copy-on-write, wear levelling)',
    ...(root.id.startsWith('file:') || root.id.startsWith('sealed:')
      ? []
      : [`such copies are worth nothing without root key ${root.id}: the key service decides who may use it`]),
  ];
}
