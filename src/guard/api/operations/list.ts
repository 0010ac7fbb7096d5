import { Refusal } from '../../contract/refusal.ts';
import type { Condition, ResourceScope, StoredDocument } from '../../contract/resource.ts';
import type { StoreReply } from '../../contract/store.ts';
import type { JsonScalar } from '../../json/value.ts';
import { answer, type Call, type Compiled } from '../compiled.ts';
import { fingerprintOf, openCursor, sealCursor } from '../cursor.ts';
import { lookupValues, mapOf } from '../encrypt.ts';
import type { Equality, Filters, ListParameters } from '../parameters.ts';
import { nobody, scopeOf, vaultOf } from '../scope.ts';

/** Pages that are asked for, at most, to fill one after decryption has thinned it out. Then a shorter page is answered. */
const MAX_FETCHES = 8;
/** Documents that a count looks at, at most, where only decryption can tell; and of one fetch. */
const MAX_COUNTED = 10_000;
const COUNTED_AT_ONCE = 500;
/** People with one value. More of them make a query that no store likes. */
const MAX_PEOPLE = 1000;

/** @throws Refusal `malformed_parameter`, `encrypted_field` */
export function list(call: Call, query: ReadonlyMap<string, string>): () => Promise<StoreReply> {
  const { compiled, context } = call;
  const { resource, options } = compiled;
  const parameters = compiled.parameters.list(query);
  const fingerprint = fingerprintOf(printable(parameters));
  const after =
    parameters.cursor === undefined
      ? null
      : openCursor(options.sealer, parameters.cursor, resource, fingerprint, context);
  return async () => {
    const scope = await scopeOf(resource, context.principal.claims, options.vault);
    const { documents, next } = await fetchPage(compiled, scope, parameters, after);
    const cursor = next === null ? null : sealCursor(options.sealer, next, resource, fingerprint, context);
    return answer(
      call,
      200,
      { items: documents.map(compiled.render), next: cursor },
      {
        documents,
        continues: after !== null,
        range: rangeOf(compiled, parameters),
        misses: missesOf(parameters, documents.length),
      },
    );
  };
}

/** @throws Refusal `malformed_parameter`, `encrypted_field` */
export function count(call: Call, query: ReadonlyMap<string, string>): () => Promise<StoreReply> {
  const { compiled, context } = call;
  const { resource, options } = compiled;
  const filters = compiled.parameters.count(query);
  return async () => {
    const scope = await scopeOf(resource, context.principal.claims, options.vault);
    const total =
      filters.equalities.length === 0
        ? await compiled.store().count(scope, filters.conditions)
        : await countDecrypted(compiled, scope, filters);
    return answer(call, 200, { count: total }, { range: rangeOf(compiled, filters), misses: missesOf(filters, total) });
  };
}

/** Values of encrypted fields can be tried one by one, like ids: one that nobody has is a miss. */
function missesOf({ equalities }: Filters, found: number): number {
  return equalities.length > 0 && found === 0 ? 1 : 0;
}

interface Page {
  /** In plain. */
  readonly documents: readonly StoredDocument[];
  readonly next: readonly JsonScalar[] | null;
}

/**
 * A page. With an equality on an encrypted field the store narrows to the people whom the vault knows to have the value (or to
 * a beacon), and what it finds is compared after decryption. Each further fetch asks for no more than is missing, so that the
 * position after it is the position after the last document that was looked at.
 */
async function fetchPage(
  compiled: Compiled,
  scope: ResourceScope,
  { conditions, equalities, order, size }: ListParameters,
  start: readonly JsonScalar[] | null,
): Promise<Page> {
  const store = compiled.store();
  if (equalities.length === 0) {
    const { documents, next } = await store.list(scope, { conditions, order, size, after: start });
    return { documents: await compiled.decrypt(documents), next };
  }
  const all = [...conditions, ...(await hopsOf(compiled, equalities))];
  const found: StoredDocument[] = [];
  let after = start;
  for (let fetches = 0; fetches < MAX_FETCHES; fetches++) {
    const page = await store.list(scope, { conditions: all, order, size: size - found.length, after });
    for (const document of await compiled.decrypt(page.documents)) {
      if (equalities.every((equality) => holdsEquality(document, equality))) found.push(document);
    }
    after = page.next;
    if (after === null || found.length >= size) break;
  }
  return { documents: found, next: after };
}

async function countDecrypted(compiled: Compiled, scope: ResourceScope, filters: Filters): Promise<number> {
  const store = compiled.store();
  const conditions = [...filters.conditions, ...(await hopsOf(compiled, filters.equalities))];
  let total = 0;
  let after: readonly JsonScalar[] | null = null;
  for (let seen = 0; seen < MAX_COUNTED; seen += COUNTED_AT_ONCE) {
    const page = await store.list(scope, { conditions, order: [], size: COUNTED_AT_ONCE, after });
    for (const document of await compiled.decrypt(page.documents)) {
      if (filters.equalities.every((equality) => holdsEquality(document, equality))) total += 1;
    }
    after = page.next;
    if (after === null) return total;
  }
  throw new Refusal('too_costly', 'count: too many documents to decrypt');
}

/**
 * First hop of an exact match: value → people, in the vault alone. Where nobody has it the store is asked all the same, for
 * somebody who does not exist: how long an answer takes is not to tell whether anyone anywhere has the value.
 */
async function hopsOf({ resource, options }: Compiled, equalities: readonly Equality[]): Promise<readonly Condition[]> {
  const vault = vaultOf(options.vault);
  const hops: Condition[] = [];
  for (const { field, value } of equalities) {
    const { lookup, beacon, subject } = field.encryption;
    const map = mapOf(resource, field);
    if (lookup !== null) {
      const people = await vault.lookUp(map, value);
      if (people.length > MAX_PEOPLE) {
        // Whoever may name people could make that so for everybody else: of the caller's own documents all are compared.
        if (resource.owner !== null) continue;
        throw new Refusal('too_costly', 'filter: too many people have the value');
      }
      const column = resource.subjects.get(subject)?.reference;
      if (column === undefined) throw new Refusal('internal', 'resources: a field of nobody');
      hops.push({ kind: 'in', column, type: 'keyword', values: people.length === 0 ? [nobody()] : people });
    } else if (beacon !== null) {
      const token = vault.beacon(map, value, beacon.bits);
      hops.push({ kind: 'in', column: beacon.field, type: 'keyword', values: [token] });
    }
  }
  return hops;
}

function holdsEquality({ columns }: StoredDocument, { field, value }: Equality): boolean {
  const stored = columns[field.column];
  return stored !== undefined && lookupValues(field, stored).includes(value);
}

/** Keyed hash of the bounds of ranges, for the detection of slices. */
function rangeOf({ resource, options }: Compiled, { conditions }: Filters): string | null {
  const ranges = conditions.filter(({ kind }) => kind === 'range');
  return ranges.length === 0 ? null : options.token('\0range', `${resource.name}\0${JSON.stringify(ranges)}`);
}

function printable({ conditions, equalities, order }: ListParameters) {
  return { conditions, order, equalities: equalities.map(({ field, value }) => [field.name, value]) };
}
