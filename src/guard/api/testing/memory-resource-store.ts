/** A test double: a ResourceStore in memory that keeps to the contract, and remembers everything that it was handed. */
import type { Condition, ListQuery, ResourceScope, ResourceStore, StoredDocument } from '../../contract/resource.ts';
import { holds } from '../../document/index.ts';
import { printJson } from '../../json/index.ts';
import { type Json, JsonNumber, type JsonObject, type JsonScalar, jsonObject } from '../../json/value.ts';

export interface MemoryResourceStore extends ResourceStore {
  /** Documents as they are stored, by id. */
  readonly documents: Map<string, { version: number; columns: JsonObject }>;
  /** Every call, printed: what a real store would get to see. */
  readonly handed: string[];
  /** Largest page that it gives, whatever is asked for. */
  pageLimit: number;
}

export function createMemoryResourceStore(seed: Readonly<Record<string, JsonObject>> = {}): MemoryResourceStore {
  const documents = new Map(
    Object.entries(seed).map(([id, columns]) => [id, { version: 1, columns: jsonObject(Object.entries(columns)) }]),
  );
  const handed: string[] = [];

  function saw(call: string, ...parts: readonly unknown[]): void {
    handed.push(`${call} ${parts.map((part) => (part === undefined ? '' : printJson(part as Json))).join(' ')}`);
  }

  const stored = (id: string): StoredDocument | undefined => {
    const found = documents.get(id);
    return found && { id, version: String(found.version), columns: found.columns };
  };

  const visible = ({ bound }: ResourceScope): StoredDocument[] =>
    [...documents.keys()].map((id) => stored(id)!).filter(({ columns }) => bound === null || holds(bound, columns));

  const inScope = (scope: ResourceScope, id: string): StoredDocument | undefined => {
    const found = stored(id);
    return found && (scope.bound === null || holds(scope.bound, found.columns)) ? found : undefined;
  };

  const store: MemoryResourceStore = {
    documents,
    handed,
    pageLimit: Number.POSITIVE_INFINITY,
    async list(scope, query) {
      saw('list', scope.bound, { ...query, conditions: [...query.conditions], order: [...query.order] });
      const found = visible(scope)
        .filter(({ columns }) => query.conditions.every((condition) => meets(condition, columns)))
        .map((document) => ({ document, position: positionOf(document, query) }))
        .sort((a, b) => compare(a.position, b.position, query))
        .filter(({ position }) => query.after === null || compare(position, query.after, query) > 0);
      const size = Math.min(query.size, store.pageLimit);
      const page = found.slice(0, size);
      return {
        documents: page.map(({ document }) => document),
        next: found.length > size ? (page.at(-1)?.position ?? null) : null,
      };
    },
    async count(scope, conditions) {
      saw('count', scope.bound, [...conditions]);
      return visible(scope).filter(({ columns }) => conditions.every((condition) => meets(condition, columns))).length;
    },
    async get(scope, id) {
      saw('get', scope.bound, id);
      return inScope(scope, id);
    },
    async create(scope, id, columns) {
      saw('create', scope.bound, id, columns);
      if (documents.has(id)) return 'exists';
      documents.set(id, { version: 1, columns: jsonObject(Object.entries(columns)) });
      return stored(id)!;
    },
    async update(scope, id, version, columns) {
      saw('update', scope.bound, id, version, columns);
      const found = inScope(scope, id);
      if (found === undefined) return 'absent';
      if (found.version !== version) return 'changed';
      const merged = jsonObject([...Object.entries(found.columns), ...Object.entries(columns)]);
      documents.set(id, { version: Number(version) + 1, columns: merged });
      return stored(id)!;
    },
    async remove(scope, id, version) {
      saw('remove', scope.bound, id, version);
      const found = inScope(scope, id);
      if (found === undefined) return 'absent';
      if (version !== null && found.version !== version) return 'changed';
      documents.delete(id);
      return 'removed';
    },
  };
  return store;
}

function meets(condition: Condition, columns: JsonObject): boolean {
  const value = columns[condition.column];
  const values = (Array.isArray(value) ? value : [value]).filter((one) => one !== null && one !== undefined);
  if (condition.kind === 'exists') return condition.exists === values.length > 0;
  if (condition.kind === 'in') return values.some((one) => condition.values.includes(one as JsonScalar));
  const { gt, gte, lt, lte } = condition.bounds;
  return values.some((one) => {
    const at = one as string;
    return (
      (gt === undefined || at > gt) &&
      (gte === undefined || at >= gte) &&
      (lt === undefined || at < lt) &&
      (lte === undefined || at <= lte)
    );
  });
}

function positionOf({ id, columns }: StoredDocument, { order }: ListQuery): JsonScalar[] {
  return [...order.map(({ column }) => (columns[column] ?? null) as JsonScalar), id];
}

/** Null is last, whatever the direction. */
function compare(a: readonly JsonScalar[], b: readonly JsonScalar[], { order }: ListQuery): number {
  for (let at = 0; at < a.length; at++) {
    const [x, y] = [plain(a[at]), plain(b[at])];
    if (x === y) continue;
    if (x === null || y === null) return x === null ? 1 : -1;
    const sign = order[at]?.descending ? -1 : 1;
    return x < y ? -sign : sign;
  }
  return 0;
}

function plain(value: JsonScalar | undefined): string | number | null {
  if (value instanceof JsonNumber) return Number(value.raw);
  return typeof value === 'boolean' ? Number(value) : (value ?? null);
}
