/** Finds and deletes a person's documents in the declared resources. Deleting is done in batches until nothing is found any more. */
import { Refusal } from '../guard/contract/refusal.ts';
import type { Resource, ResourceScope, ResourceStore } from '../guard/contract/resource.ts';
import type { Reference } from '../guard/contract/vault.ts';
import type { DocumentCounts } from '../guard/vault/index.ts';
import { mentionsOf, scopesOf } from './scope.ts';

export interface ResourceFindings {
  /** Position in the policy: `resources.orders`. */
  readonly resource: string;
  readonly upstream: string;
  readonly source: string;
  /** Documents of the person. Null: could not be counted, for `problem`. */
  readonly owned: number | null;
  /** Of these, what a legal hold keeps. */
  readonly held: number;
  readonly holdReason: string | null;
  /** Documents of others that hold encrypted fields of the person, by the declared subject. */
  readonly mentioned: Readonly<Record<string, number>>;
  /** Of these, what a legal hold keeps: their fields must stay readable. */
  readonly mentionedHeld: number;
  /** What will happen to the owned ones. */
  readonly action: 'delete' | 'keep' | 'none';
  readonly problem: string | null;
}

export interface EraseParts {
  readonly resources: readonly Resource[];
  /** By upstream. */
  readonly stores: ReadonlyMap<string, ResourceStore>;
}

/** Whom an erasure is about. */
export interface Person {
  readonly subject: string;
  /** The pseudonym that documents carry; undefined: the vault knows none. */
  readonly reference: Reference | undefined;
}

/** Documents of one round; each is removed by itself, by its id and the person's filter. */
const BATCH = 200;
const AT_ONCE = 8;
/** Rounds in which documents may still arrive before it is given up. */
const MAX_ROUNDS = 20;

/** What an erasure would do. Contacts the stores, changes nothing. */
export async function findDocuments(person: Person, parts: EraseParts): Promise<readonly ResourceFindings[]> {
  const found: ResourceFindings[] = [];
  for (const resource of parts.resources) found.push(await findIn(resource, person, parts));
  return found;
}

async function findIn(
  resource: Resource,
  { subject, reference }: Person,
  parts: EraseParts,
): Promise<ResourceFindings> {
  const common = {
    resource: resource.position,
    upstream: resource.upstream,
    source: resource.source,
    holdReason: resource.hold?.reason ?? null,
  };
  try {
    const store = storeOf(resource, parts);
    const scopes = scopesOf(resource, subject, reference);
    const mentioned: Record<string, number> = {};
    let mentionedHeld = 0;
    for (const { subject: name, scope, held } of mentionsOf(resource, reference)) {
      mentioned[name] = await store.count(scope, []);
      if (held !== null) mentionedHeld += await store.count(held, []);
    }
    if (scopes === undefined) {
      return { ...common, owned: 0, held: 0, mentioned, mentionedHeld, action: 'none', problem: null };
    }
    const owned = await store.count(scopes.owned, []);
    const held = scopes.held === null ? 0 : await store.count(scopes.held, []);
    const action = resource.erase ? 'delete' : 'keep';
    return { ...common, owned, held, mentioned, mentionedHeld, action, problem: null };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const nothing = { owned: null, held: 0, mentioned: {}, mentionedHeld: 0 };
    return { ...common, ...nothing, action: 'none', problem: error.message };
  }
}

/** Said of a resource whose declaration is `erase: false`. */
const KEPT = 'declared as kept: only what it holds encrypted becomes unreadable';

/**
 * Deletes what may be deleted, and asks again until nothing is left. What is counted last is what is there.
 *
 * @throws Refusal where a store cannot be asked: what was deleted stays deleted, and the same call goes on
 */
export async function deleteDocuments(
  { subject, reference }: Person,
  parts: EraseParts,
  options: { readonly onProgress?: (resource: string, deleted: number) => void; readonly signal?: AbortSignal } = {},
): Promise<readonly DocumentCounts[]> {
  const counts: DocumentCounts[] = [];
  for (const resource of parts.resources) {
    const scopes = scopesOf(resource, subject, reference);
    if (scopes === undefined) continue;
    const store = storeOf(resource, parts);
    const before = await store.count(scopes.owned, []);
    if (!resource.erase) {
      const reason = before === 0 ? null : KEPT;
      counts.push({ resource: resource.position, before, deleted: 0, after: before, retained: before, reason });
      continue;
    }
    let deleted = 0;
    let left = before;
    for (let round = 0; round < MAX_ROUNDS && left > 0; round++) {
      options.signal?.throwIfAborted();
      const sofar = deleted;
      deleted += await deleteAll(store, scopes.erasable, (more) =>
        options.onProgress?.(resource.position, sofar + more),
      );
      left = await store.count(scopes.erasable, []);
    }
    const retained = scopes.held === null ? 0 : await store.count(scopes.held, []);
    const reason = retained === 0 ? null : (resource.hold?.reason ?? null);
    counts.push({ resource: resource.position, before, deleted, after: left + retained, retained, reason });
  }
  return counts;
}

async function deleteAll(store: ResourceStore, scope: ResourceScope, tell: (deleted: number) => void): Promise<number> {
  let deleted = 0;
  for (;;) {
    const page = await store.list(scope, { conditions: [], order: [], size: BATCH, after: null });
    if (page.documents.length === 0) return deleted;
    let gone = 0;
    const ids = page.documents.map(({ id }) => id);
    const worker = async () => {
      for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
        if ((await store.remove(scope, id, null)) === 'removed') gone++;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    deleted += gone;
    tell(deleted);
    // Somebody else deletes them, or they cannot be: the count that follows says which.
    if (gone === 0) return deleted;
  }
}

function storeOf({ upstream }: Resource, { stores }: EraseParts): ResourceStore {
  const store = stores.get(upstream);
  if (store === undefined) throw new Refusal('internal', 'erase: a resource without its store');
  return store;
}
