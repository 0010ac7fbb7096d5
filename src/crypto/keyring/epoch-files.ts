/**
 * The folder of the vault's keys, mode 0700, files of mode 0600, JSON:
 *
 *   vault.json                 id of the vault and its index key, wrapped by the root key
 *   store.json                 the vault's store that these keys are for: rotating with another one would destroy keys in use
 *   epoch-<n>.json             the key of an epoch, wrapped by the root key together with its two dates
 *   epoch-<n>.retired.json     wraps nothing new since
 *   epoch-<n>.destroyed.json   the key was destroyed; stays for ever, so that the number is not used again
 *
 * Every file is made once, whole, by whoever is first, and never changed; a key's file is overwritten when it is destroyed.
 */
import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PosternError } from '../../core/errors.ts';
import { readKeyFile } from '../key-file.ts';
import { strictBase64url } from '../public-key.ts';
import { errno, syncFolder } from './durable.ts';

const VAULT_FILE = 'vault.json';
const BINDING_FILE = 'store.json';
const BINDING_SCHEMA = 'postern-vault-store-1';
const VAULT_SCHEMA = 'postern-vault-keys-1';
const EPOCH_SCHEMA = 'postern-epoch-key-1';
const MARK_SCHEMA = 'postern-epoch-mark-1';
const EPOCH_FILE = /^epoch-([1-9]\d{0,8})(\.retired|\.destroyed)?\.json$/;

export interface VaultFile {
  /** 16 random bytes, base64url. */
  readonly vault: string;
  readonly created: number;
  /** Id of the root key that wrapped it. */
  readonly root: string;
  readonly wrapped: Uint8Array;
}

export interface EpochFile extends VaultFile {
  readonly epoch: number;
  readonly ends: number;
}

export interface EpochMark {
  readonly vault: string;
  readonly epoch: number;
  readonly state: 'retired' | 'destroyed';
  readonly at: number;
  /** Of the epoch. */
  readonly created: number;
  readonly ends: number;
}

/** Which files there are. */
export interface EpochNames {
  readonly keys: ReadonlySet<number>;
  readonly retired: ReadonlySet<number>;
  readonly destroyed: ReadonlySet<number>;
}

export function vaultPath(folder: string): string {
  return join(folder, VAULT_FILE);
}

export function bindingPath(folder: string): string {
  return join(folder, BINDING_FILE);
}

export function epochPath(folder: string, epoch: number, state?: EpochMark['state']): string {
  return join(folder, `epoch-${epoch}${state === undefined ? '' : `.${state}`}.json`);
}

/** The folder, made when it is not there. @throws PosternError `E_KEY` when others may look into it */
export async function openFolder(folder: string): Promise<void> {
  try {
    const facts = await stat(folder).catch((cause: unknown) => {
      if (errno(cause) === 'ENOENT') return undefined;
      throw cause;
    });
    if (facts === undefined) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await chmod(folder, 0o700);
      await ignoreInGit(folder);
      await syncFolder(dirname(folder));
      return;
    }
    if (!facts.isDirectory()) throw new PosternError('E_KEY', `${folder} is not a folder`);
    if (process.platform !== 'win32' && (facts.mode & 0o077) !== 0) {
      throw new PosternError('E_KEY', `the folder of keys ${folder} is open to others`, {
        hint: `chmod 700 ${folder}`,
      });
    }
  } catch (cause) {
    if (cause instanceof PosternError) throw cause;
    throw new PosternError('E_KEY', `the folder of keys ${folder} cannot be opened (${errno(cause)})`, { cause });
  }
}

async function ignoreInGit(folder: string): Promise<void> {
  const parent = basename(folder) === '.postern' ? folder : dirname(folder);
  if (basename(parent) === '.postern') {
    await writeFile(join(parent, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => {});
  }
}

/** @throws PosternError `E_KEY` */
export async function readNames(folder: string): Promise<EpochNames> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new PosternError('E_KEY', `the folder of keys ${folder} cannot be read (${errno(cause)})`, { cause });
  });
  const found = { keys: new Set<number>(), retired: new Set<number>(), destroyed: new Set<number>() };
  for (const name of names) {
    const match = EPOCH_FILE.exec(name);
    if (match === null) continue;
    const set = match[2] === undefined ? found.keys : match[2] === '.retired' ? found.retired : found.destroyed;
    set.add(Number(match[1]));
  }
  return found;
}

export function printVault(file: VaultFile): string {
  const { vault, created, root, wrapped } = file;
  return print({ schema: VAULT_SCHEMA, vault, created: iso(created), root, wrapped: base64url(wrapped) });
}

export function printEpoch(file: EpochFile): string {
  const { vault, epoch, created, ends, root, wrapped } = file;
  const dates = { created: iso(created), ends: iso(ends) };
  return print({ schema: EPOCH_SCHEMA, vault, epoch, ...dates, root, wrapped: base64url(wrapped) });
}

export function printMark({ vault, epoch, state, at, created, ends }: EpochMark): string {
  return print({ schema: MARK_SCHEMA, vault, epoch, state, at: iso(at), created: iso(created), ends: iso(ends) });
}

/** Undefined when there is none. @throws PosternError `E_KEY` */
export async function readVault(folder: string): Promise<VaultFile | undefined> {
  const path = vaultPath(folder);
  const fields = await readFields(path, VAULT_SCHEMA);
  return fields === undefined ? undefined : whole(path, vaultOf(fields));
}

/** Undefined when there is none. @throws PosternError `E_KEY` */
export async function readEpoch(folder: string, vault: string, epoch: number): Promise<EpochFile | undefined> {
  const path = epochPath(folder, epoch);
  const fields = await readFields(path, EPOCH_SCHEMA);
  if (fields === undefined) return undefined;
  const base = whole(path, vaultOf(fields));
  const ends = whole(path, dateOf(fields.ends));
  belongs(path, fields, vault, epoch);
  return { ...base, epoch, ends };
}

/** Undefined when there is none. @throws PosternError `E_KEY` */
export async function readMark(
  folder: string,
  vault: string,
  epoch: number,
  state: EpochMark['state'],
): Promise<EpochMark | undefined> {
  const path = epochPath(folder, epoch, state);
  const fields = await readFields(path, MARK_SCHEMA);
  if (fields === undefined) return undefined;
  belongs(path, fields, vault, epoch);
  if (fields.state !== state) throw damaged(path);
  const at = whole(path, dateOf(fields.at));
  return {
    vault,
    epoch,
    state,
    at,
    created: whole(path, dateOf(fields.created)),
    ends: whole(path, dateOf(fields.ends)),
  };
}

export function printBinding(vault: string, store: string): string {
  return print({ schema: BINDING_SCHEMA, vault, store });
}

/** Undefined when there is none. @throws PosternError `E_KEY` */
export async function readBinding(folder: string, vault: string): Promise<string | undefined> {
  const path = bindingPath(folder);
  const fields = await readFields(path, BINDING_SCHEMA);
  if (fields === undefined) return undefined;
  if (fields.vault !== vault || typeof fields.store !== 'string') throw damaged(path);
  return fields.store;
}

function vaultOf(fields: Record<string, unknown>): VaultFile | undefined {
  const created = dateOf(fields.created);
  const wrapped = typeof fields.wrapped === 'string' ? strictBase64url(fields.wrapped) : undefined;
  const { vault, root } = fields;
  if (created === undefined || wrapped === undefined || typeof root !== 'string') return undefined;
  if (typeof vault !== 'string' || strictBase64url(vault)?.length !== 16) return undefined;
  return { vault, created, root, wrapped };
}

function belongs(path: string, fields: Record<string, unknown>, vault: string, epoch: number): void {
  if (fields.vault === vault && fields.epoch === epoch) return;
  throw new PosternError('E_KEY', `${path} belongs to another vault or epoch`, {
    hint: 'Files of two vaults were mixed in one folder. Restore the folder from its backup.',
  });
}

async function readFields(path: string, schema: string): Promise<Record<string, unknown> | undefined> {
  const text = await readKeyFile(path);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged(path);
  }
  if (typeof value !== 'object' || value === null || !('schema' in value) || value.schema !== schema)
    throw damaged(path);
  return { ...value };
}

function whole<T>(path: string, value: T | undefined): T {
  if (value === undefined) throw damaged(path);
  return value;
}

function damaged(path: string): PosternError {
  return new PosternError('E_KEY', `${path} is damaged, or no key file of a version this tool reads`, {
    hint: 'It was left as it is. Restore it from a backup of the folder.',
  });
}

function dateOf(value: unknown): number | undefined {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) || iso(at) !== value ? undefined : at;
}

function print(fields: Record<string, unknown>): string {
  return `${JSON.stringify(fields, null, 2)}\n`;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
