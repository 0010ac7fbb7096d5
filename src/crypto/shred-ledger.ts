/**
 * A folder of receipts of shreds, one chain:
 *
 *   000001.json   000002.json   …        each made once, whole, by whoever is first
 *
 * Two processes that append at once cannot both have a number: the second reads what the first wrote and signs anew.
 */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PosternError } from '../core/errors.ts';
import { createFile, errno } from './keyring/durable.ts';
import {
  hashOfReceipt,
  type ShredReceipt,
  type ShredReceiptEvent,
  signShredReceipt,
  verifyShredReceipts,
} from './shred-receipt.ts';
import type { SigningKey } from './signing-key.ts';

export interface ShredLedgerOptions {
  readonly key: SigningKey;
  /** Id of the vault. */
  readonly vault: string;
  /** Of this tool. */
  readonly version: string;
  /** Raw public keys of earlier signing keys of this ledger, base64url. */
  readonly earlierKeys?: readonly string[];
  /** Default: the system's clock. */
  readonly now?: () => Date;
}

export interface LedgerEntry {
  readonly receipt: ShredReceipt;
  readonly path: string;
  readonly hash: string;
}

export interface ShredLedger {
  /** Oldest first, the whole chain verified: takes as long as it is. @throws PosternError `E_RECEIPT_INVALID`, `E_INPUT_NOT_FOUND` */
  entries(): Promise<readonly LedgerEntry[]>;
  /** The newest receipt about a person; undefined: there is none. */
  findShred(subject: string): Promise<LedgerEntry | undefined>;
  /**
   * Signs and keeps a receipt. The same event again – a shred of the same person with the same times, the same epoch – gives
   * the receipt that there is, so that a caller who was killed may simply ask again. Only the newest receipts are looked at.
   */
  append(event: ShredReceiptEvent): Promise<LedgerEntry>;
}

const NAME = /^(\d{6,12})\.json$/;
const MAX_BYTES = 1024 * 1024;
/** How far a clock may be set back between an event and its receipt, ms. */
const CLOCKS_DIFFER = 86_400_000;

/** @throws PosternError `E_OUTPUT` when the folder cannot be made */
export async function openShredLedger(folder: string, options: ShredLedgerOptions): Promise<ShredLedger> {
  const pinned = [options.key.publicKey, ...(options.earlierKeys ?? [])];
  const now = options.now ?? (() => new Date());
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new PosternError('E_OUTPUT', `the folder of receipts ${folder} cannot be made (${errno(cause)})`, { cause });
  });

  async function namesOf(): Promise<readonly string[]> {
    return (await readdir(folder)).filter((name) => NAME.test(name)).sort(byNumber);
  }

  /** In its place, of this vault. */
  function entryOf(receipt: ShredReceipt, name: string): LedgerEntry {
    const path = join(folder, name);
    if (path !== pathOf(folder, receipt.body.number)) {
      throw new PosternError('E_RECEIPT_INVALID', `${path} holds receipt ${receipt.body.number}`);
    }
    if (receipt.body.vault !== options.vault) {
      throw new PosternError('E_RECEIPT_INVALID', `the receipts in ${folder} are those of another vault`);
    }
    return { receipt, path, hash: hashOfReceipt(receipt) };
  }

  async function entries(): Promise<readonly LedgerEntry[]> {
    const names = await namesOf();
    const documents: unknown[] = [];
    for (const name of names) documents.push(await readJson(join(folder, name)));
    return verifyShredReceipts(documents, pinned).map((receipt, i) => entryOf(receipt, names[i] ?? ''));
  }

  /** From the newest back to where a receipt of this event could be, newest first; each follows the one before it. */
  async function since(event: ShredReceiptEvent): Promise<readonly LedgerEntry[]> {
    const oldest = timeOf(event) - CLOCKS_DIFFER;
    const found: LedgerEntry[] = [];
    for (const name of [...(await namesOf())].reverse()) {
      const document = await readJson(join(folder, name));
      const next = found.at(-1)?.receipt;
      const receipts = next === undefined ? [document] : [document, next];
      const [receipt] = verifyShredReceipts(receipts, pinned, { whole: false });
      if (receipt === undefined) break;
      found.push(entryOf(receipt, name));
      if (Date.parse(receipt.body.issuedAt) < oldest) break;
    }
    return found;
  }

  return {
    entries,
    async findShred(subject) {
      return (await entries()).findLast(
        ({ receipt: { body } }) => body.event.kind === 'shred' && body.event.subject === subject,
      );
    },
    async append(event) {
      for (;;) {
        const newest = await since(event);
        const there = newest.find(({ receipt }) => isSame(receipt.body.event, event));
        if (there !== undefined) return there;
        const { version, vault, key } = options;
        const previous = newest[0]?.receipt ?? null;
        const receipt = signShredReceipt(event, { version, vault, previous, issuedAt: now() }, key);
        const path = pathOf(folder, receipt.body.number);
        if (await createFile(path, `${JSON.stringify(receipt, null, 2)}\n`)) {
          return { receipt, path, hash: hashOfReceipt(receipt) };
        }
      }
    },
  };
}

/** When what it says was over: its receipt is no older. */
function timeOf(event: ShredReceiptEvent): number {
  if (event.kind === 'shred') return Date.parse(event.times.purge);
  return Date.parse(event.kind === 'erasure' ? event.erasedAt : event.destroyedAt);
}

function isSame(a: ShredReceiptEvent, b: ShredReceiptEvent): boolean {
  if (a.kind === 'shred') return b.kind === 'shred' && a.subject === b.subject && a.times.purge === b.times.purge;
  if (a.kind === 'erasure') return b.kind === 'erasure' && a.subject === b.subject && a.erasedAt === b.erasedAt;
  return b.kind === 'epoch-destroyed' && a.epoch === b.epoch;
}

function pathOf(folder: string, number: number): string {
  return join(folder, `${String(number).padStart(6, '0')}.json`);
}

function byNumber(a: string, b: string): number {
  return Number.parseInt(a, 10) - Number.parseInt(b, 10);
}

async function readJson(path: string): Promise<unknown> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new PosternError('E_INPUT_NOT_FOUND', `receipt ${path} cannot be read (${errno(cause)})`, { cause });
  });
  try {
    if (bytes.length <= MAX_BYTES) return JSON.parse(bytes.toString('utf8'));
  } catch {
    // As below.
  }
  throw new PosternError('E_RECEIPT_INVALID', `${path} is not a receipt`);
}
