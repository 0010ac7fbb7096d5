/**
 * Encrypts what stands in a store in plain, for fields that were declared as encrypted after documents were there.
 *
 * Documents are read in pages and written one by one, each only if nobody changed it meanwhile. A document that is encrypted
 * already is left as it is, so a run that was stopped is simply run again. What was written over can still be in the store's
 * old segments, its log, and in snapshots and backups: see docs/guard/encrypting.md.
 */
import { decryptDocument, encryptColumns, isEncrypted, openKeys, personOf, referencesOf } from '../api/index.ts';
import { Refusal } from '../contract/refusal.ts';
import type { Resource, ResourceScope, ResourceStore, StoredDocument } from '../contract/resource.ts';
import type { SubjectKey, Vault } from '../contract/vault.ts';
import { type Json, type JsonObject, jsonObject } from '../json/value.ts';

export interface Migration {
  /** Documents that were looked at, each once or more. */
  readonly seen: number;
  /** Encrypted by this run; in a dry run, those that would be. */
  readonly encrypted: number;
  /** Had nothing left in plain. */
  readonly untouched: number;
  /** Left in plain, by why. Nothing of the documents themselves. */
  readonly skipped: Readonly<Record<string, number>>;
}

export interface MigrateOptions {
  readonly dryRun: boolean;
  readonly onProgress?: (progress: Migration) => void;
  readonly signal?: AbortSignal;
}

/** What a look at all documents says. */
export interface Verification {
  readonly documents: number;
  /** Values of encrypted fields that open with their person's key. */
  readonly sealed: number;
  /** Values that stand in plain. */
  readonly plain: number;
  /** Sealed values that no key opens. */
  readonly unreadable: number;
}

interface Parts {
  readonly resource: Resource;
  readonly store: ResourceStore;
  readonly vault: Vault & {
    /** Whether it has given anyone this pseudonym, also someone who was shredded since. */
    knows(reference: string): boolean | Promise<boolean>;
  };
}

const PAGE = 200;
const AT_ONCE = 8;
const TRIES = 5;

/** @throws Refusal where the store or the vault cannot be asked; what was encrypted stays encrypted */
export async function encryptExisting(parts: Parts, options: MigrateOptions): Promise<Migration> {
  const skipped: Record<string, number> = {};
  const counts = { seen: 0, encrypted: 0, untouched: 0 };
  for await (const documents of pages(parts)) {
    options.signal?.throwIfAborted();
    const waiting = [...documents];
    const work = async () => {
      for (let document = waiting.pop(); document !== undefined; document = waiting.pop()) {
        const done = await encryptOne(document, parts, options.dryRun);
        counts.seen++;
        if (done === 'encrypted' || done === 'untouched') counts[done]++;
        else skipped[done] = (skipped[done] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    options.onProgress?.({ ...counts, skipped: { ...skipped } });
  }
  return { ...counts, skipped };
}

/** Reads every document once more, and tries every value. */
export async function verifyEncrypted(parts: Parts): Promise<Verification> {
  const found = { documents: 0, sealed: 0, plain: 0, unreadable: 0 };
  const { resource, vault } = parts;
  for await (const documents of pages(parts)) {
    const keys = await vault.byReferences(
      referencesOf(
        resource,
        documents.map(({ columns }) => columns),
      ),
    );
    for (const { columns } of documents) {
      found.documents++;
      const opened = decryptDocument(resource, columns, keys, vault);
      const values = [...resource.fields.values()].filter(
        (field) => isEncrypted(field) && (columns[field.column] ?? null) !== null,
      ).length;
      found.plain += opened.plain;
      found.unreadable += opened.unreadable;
      found.sealed += values - opened.plain - opened.unreadable;
    }
  }
  return found;
}

async function* pages({ resource, store }: Parts): AsyncGenerator<readonly StoredDocument[]> {
  const scope = everything(resource);
  let after: Awaited<ReturnType<ResourceStore['list']>>['next'] = null;
  do {
    const page = await store.list(scope, { conditions: [], order: [], size: PAGE, after });
    if (page.documents.length > 0) yield page.documents;
    after = page.next;
  } while (after !== null);
}

/** Whoever's they are: this is the operator's own run, not a client's request. */
function everything(resource: Resource): ResourceScope {
  return { resource, bound: null };
}

type Outcome = 'encrypted' | 'untouched' | 'no owner' | 'no key' | 'changing' | 'not of its type';

async function encryptOne(document: StoredDocument, parts: Parts, dryRun: boolean): Promise<Outcome> {
  const { resource, store } = parts;
  let current: StoredDocument | undefined = document;
  for (let attempt = 0; attempt < TRIES && current !== undefined; attempt++) {
    const changes = await changesOf(current, parts, dryRun);
    if (typeof changes === 'string') return changes;
    if (dryRun) return 'encrypted';
    const written = await store.update(everything(resource), current.id, current.version, changes);
    if (written !== 'changed') return 'encrypted';
    current = await store.get(everything(resource), current.id);
  }
  // Gone meanwhile, or written to faster than it can be encrypted; a later run finds it.
  return current === undefined ? 'untouched' : 'changing';
}

/** The columns to write, or why there are none. */
async function changesOf(
  { columns }: StoredDocument,
  { resource, vault }: Parts,
  dryRun: boolean,
): Promise<JsonObject | Outcome> {
  const plain = new Map<string, Json>();
  const values = new Map<string, Json>();
  for (const field of resource.fields.values()) {
    const value = columns[field.column];
    if (value === undefined || value === null) continue;
    values.set(field.name, value);
    if (isEncrypted(field) && !vault.isSealed(value)) plain.set(field.name, value);
  }
  const owner = resource.owner;
  const claim = owner === null ? undefined : columns[owner.column];
  const named = owner?.pseudonym === true && typeof claim === 'string' ? claim : undefined;
  // A pseudonym of someone who was shredded is no name of somebody new.
  const renamed = named !== undefined && !(await vault.knows(named));
  if (plain.size === 0 && !renamed) return 'untouched';
  if (owner !== null && (claim === undefined || claim === null || claim === '')) return 'no owner';
  const ownKey = named === undefined || renamed ? undefined : (await vault.byReferences([named])).get(named);
  if (owner?.pseudonym === true && !renamed && ownKey === undefined) return 'no key';
  if (dryRun) return jsonObject([]);
  try {
    const claims = owner === null ? jsonObject([]) : nested(owner.claim, claim ?? null);
    const keys =
      ownKey === undefined
        ? await openKeys(resource, values, claims, vault)
        : await keysBeside(ownKey, resource, values, vault);
    const written: Record<string, Json> = { ...(await encryptColumns(resource, plain, keys, vault)) };
    if (renamed && owner !== null) {
      const key = await vault.open(String(claim));
      written[owner.column] = key.reference;
    }
    return written;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code === 'erased') return 'no key';
    if (error.code === 'invalid' || error.code === 'forbidden') return 'not of its type';
    throw error;
  }
}

/** The keys of a document whose owner's place holds the pseudonym already. */
async function keysBeside(
  ownKey: SubjectKey,
  resource: Resource,
  values: ReadonlyMap<string, Json>,
  vault: Vault,
): Promise<ReadonlyMap<string, SubjectKey>> {
  const keys = new Map<string, SubjectKey>();
  for (const subject of resource.subjects.values()) {
    const person = subject.from === 'owner' ? undefined : personOf(resource, subject, values, jsonObject([]));
    if (subject.from === 'owner') keys.set(subject.name, ownKey);
    else if (person !== undefined) keys.set(subject.name, await vault.open(person));
  }
  return keys;
}

function nested(path: readonly string[], value: Json): JsonObject {
  return path.reduceRight<Json>((inner, name) => jsonObject([[name, inner]]), value) as JsonObject;
}
