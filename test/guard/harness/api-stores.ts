/**
 * Stand-in stores for declared resources. The search store answers requests as OpenSearch does, as far as a resource asks, and
 * shows everything where it does not understand. The database keeps rows in memory: what the room of PostgreSQL prints is kept
 * to be looked at, and what it would have brought back is worked out from the typed query beside.
 */
import { createMemoryResourceStore } from '../../../src/guard/api/testing/memory-resource-store.ts';
import type { ListQuery, ResourceScope, ResourceStore } from '../../../src/guard/contract/resource.ts';
import type { SqlRow, SqlStatement } from '../../../src/guard/contract/sql.ts';
import type { Upstream, UpstreamAnswer } from '../../../src/guard/contract/store.ts';
import { printJson } from '../../../src/guard/json/index.ts';
import { type Json, JsonNumber, type JsonObject, type JsonScalar, jsonObject } from '../../../src/guard/json/value.ts';
import { createPostgresqlResources } from '../../../src/guard/stores/postgresql/index.ts';
import { isBody, list, matcher, order, valuesOf } from './memory-query.ts';
import type { SeenRequest } from './memory-store.ts';
import type { MemoryDocument, MemoryIndex } from './world.ts';

/** A document as a store holds it. */
export interface Kept {
  readonly id: string;
  /** Changes with each write. */
  readonly version: string;
  readonly columns: Readonly<Record<string, unknown>>;
}

export interface SearchStore extends Upstream {
  readonly seen: SeenRequest[];
  /** By index: what is there, with a version that changes with each write. */
  documents(index: string): readonly Kept[];
  /** Sets columns of a document behind the gateway's back. */
  tamper(index: string, id: string, columns: Readonly<Record<string, unknown>>): void;
  /** @returns what puts everything back as it is now */
  save(): () => void;
}

const TYPES = new Map(Object.entries({ total: 'long', units: 'long', placed: 'date', _seq_no: 'long' }));
const SHARDS = { total: 1, successful: 1, skipped: 0, failed: 0 };

export function createSearchStore(): SearchStore {
  const indices = new Map<string, MemoryIndex>();
  const seen: SeenRequest[] = [];
  let sequence = 0;

  const indexOf = (name: string): MemoryIndex => {
    const index = indices.get(name) ?? { name, types: TYPES, documents: [] };
    indices.set(name, index);
    return index;
  };
  const found = (index: MemoryIndex, document: MemoryDocument, wanted: unknown): object => ({
    _index: index.name,
    _id: document.id,
    _seq_no: document.seq,
    _primary_term: 1,
    _source: picked(document.source, wanted),
  });

  function search(index: MemoryIndex, body: Record<string, unknown>): object {
    const matches = matcher(body.query);
    const keys = list(body.sort).flatMap((key) => Object.entries(isBody(key) ? key : {}));
    const sortValueOf = (document: MemoryDocument, name: string): unknown =>
      name === '_seq_no' ? document.seq : (valuesOf(document, name)[0] ?? null);
    const compare = (a: readonly unknown[], b: readonly unknown[]): number => {
      for (const [at, [name, how]] of keys.entries()) {
        const [left, right] = [a[at] ?? null, b[at] ?? null];
        if (left === right) continue;
        // `missing: _last`, whatever the direction.
        if (left === null || right === null) return left === null ? 1 : -1;
        const way = order(left, right, TYPES.get(name)) * (isBody(how) && how.order === 'desc' ? -1 : 1);
        if (way !== 0) return way;
      }
      return 0;
    };
    const after = Array.isArray(body.search_after) ? body.search_after : undefined;
    const hits = index.documents
      .filter((document) => matches(document, index))
      .map((document) => ({ document, sort: keys.map(([name]) => sortValueOf(document, name)) }))
      .sort((a, b) => compare(a.sort, b.sort))
      .filter(({ sort }) => after === undefined || compare(sort, after) > 0)
      .slice(0, Number(body.size ?? 10))
      .map(({ document, sort }) => ({ ...found(index, document, body._source), ...(keys.length > 0 && { sort }) }));
    return { took: 1, timed_out: false, _shards: SHARDS, hits: { hits } };
  }

  function answer(method: string, path: string, text: string): [number, object] {
    const url = new URL(path, 'http://store.invalid');
    const [name = '', verb = '', id = ''] = url.pathname.split('/').slice(1).map(decodeURIComponent);
    const index = indexOf(name);
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    if (verb === '_search') return [200, search(index, body)];
    if (verb === '_count') {
      const matches = matcher(body.query);
      return [200, { count: index.documents.filter((one) => matches(one, index)).length, _shards: SHARDS }];
    }
    const at = index.documents.findIndex((one) => one.id === id);
    const there = index.documents[at];
    const done = (result: string, seq: number, more: object = {}) => ({
      _index: name,
      _id: id,
      result,
      _seq_no: seq,
      _primary_term: 1,
      ...more,
    });
    const expected = url.searchParams.get('if_seq_no');
    const conflict: [number, object] = [
      409,
      { error: { type: 'version_conflict_engine_exception', reason: `[${id}]: ${JSON.stringify(there?.source)}` } },
    ];
    if (verb === '_create') {
      if (there !== undefined) return conflict;
      index.documents.push({ id, source: body, seq: ++sequence });
      return [201, done('created', sequence)];
    }
    if (verb === '_doc' && method === 'GET') {
      return there === undefined ? [404, { found: false }] : [200, { ...found(index, there, undefined), found: true }];
    }
    if (there === undefined) return [404, { error: { type: 'document_missing_exception', reason: `[${id}]` } }];
    if (expected !== null && Number(expected) !== there.seq) return conflict;
    if (verb === '_doc' && method === 'DELETE') {
      index.documents.splice(at, 1);
      return [200, done('deleted', ++sequence)];
    }
    if (verb === '_update') {
      there.source = merged(there.source, body.doc) as MemoryDocument['source'];
      there.seq = ++sequence;
      return [200, done('updated', there.seq, { get: { _source: picked(there.source, body._source) } })];
    }
    return [200, { everything: [...indices.values()] }];
  }

  return {
    seen,
    tamper(name, id, columns) {
      const document = indexOf(name).documents.find((one) => one.id === id)!;
      document.source = { ...document.source, ...columns } as MemoryDocument['source'];
    },
    save() {
      const all = [...indices.values()].map((index) => ({
        ...index,
        documents: index.documents.map((one) => ({ ...one })),
      }));
      const at = sequence;
      return () => {
        sequence = at;
        for (const index of all)
          indices.set(index.name, { ...index, documents: index.documents.map((one) => ({ ...one })) });
      };
    },
    documents: (name) =>
      indexOf(name).documents.map(({ id, source, seq }) => ({ id, columns: source, version: String(seq) })),
    async send({ method, path, body }): Promise<UpstreamAnswer> {
      seen.push({ method, path, body });
      const [status, json] = answer(method, path, body ?? '');
      return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(json)) };
    },
  };
}

function picked(source: object, wanted: unknown): object {
  if (!Array.isArray(wanted)) return source;
  return Object.fromEntries(Object.entries(source).filter(([name]) => wanted.includes(name)));
}

/** As `_update` merges. */
function merged(before: unknown, change: unknown): unknown {
  if (!isBody(before) || !isBody(change)) return change;
  const all = Object.entries(change).map(([name, value]) => [name, merged(before[name], value)] as const);
  return { ...before, ...Object.fromEntries(all) };
}

export interface SqlStore {
  readonly store: ResourceStore;
  readonly statements: SqlStatement[];
  documents(): readonly Kept[];
  tamper(id: string, columns: Readonly<Record<string, unknown>>): void;
  /** @returns what puts everything back as it is now */
  save(): () => void;
}

type Asked =
  | { readonly kind: 'list'; readonly scope: ResourceScope; readonly query: ListQuery }
  | { readonly kind: 'other'; readonly scope: ResourceScope; readonly run: () => Promise<readonly SqlRow[]> };

const NUMBERS: ReadonlySet<string> = new Set(['integer', 'number']);

/** Asked by one request at a time. */
export function createSqlStore(): SqlStore {
  const rows = createMemoryResourceStore();
  const statements: SqlStatement[] = [];
  let versions = 1;
  let asked: Asked | undefined;

  const room = createPostgresqlResources({
    async query(statement) {
      statements.push(statement);
      if (asked === undefined) throw new Error('a statement that nothing asked for');
      // Nothing was written: the room looks whether the row is there.
      if (asked.kind === 'list') return { rows: await listed(asked.scope, asked.query) };
      return { rows: await asked.run() };
    },
  });

  function rowOf({ resource }: ResourceScope, id: string): SqlRow {
    const { version, columns } = rows.documents.get(id)!;
    const dates = new Set(
      [...resource.fields.values()].filter(({ schema }) => schema.type === 'date').map(({ column }) => column),
    );
    const printed = Object.entries(columns).map(([name, value]): [string, Json] => [
      name,
      dates.has(name) && typeof value === 'string' ? value.replace(/Z$/, '+00:00') : value,
    ]);
    return [id, String(version), printJson(jsonObject(printed))];
  }

  async function listed(scope: ResourceScope, query: ListQuery): Promise<readonly SqlRow[]> {
    const after = query.after?.map((value, at) => {
      const type = query.order[at]?.type;
      return type !== undefined && NUMBERS.has(type) && typeof value === 'string' ? Number(value) : value;
    });
    const page = await rows.list(scope, { ...query, size: query.size + 1, after: after ?? null });
    return page.documents.map(({ id, columns }) => [
      ...rowOf(scope, id),
      ...query.order.map(({ column }) => textOf((columns[column] ?? null) as JsonScalar)),
    ]);
  }

  const one = async (scope: ResourceScope, id: string): Promise<readonly SqlRow[]> =>
    (await rows.get(scope, id)) === undefined ? [] : [rowOf(scope, id)];
  /** A change, and then what is there. */
  function changing<T>(
    scope: ResourceScope,
    id: string,
    change: () => Promise<unknown>,
    run: () => Promise<T>,
  ): Promise<T> {
    let first = true;
    asked = {
      kind: 'other',
      scope,
      async run() {
        if (!first) return one(scope, id);
        first = false;
        const done = await change();
        if (typeof done === 'string') return done === 'removed' ? [['1']] : [];
        const row = rows.documents.get(id)!;
        rows.documents.set(id, { ...row, version: ++versions });
        return [rowOf(scope, id)];
      },
    };
    return run();
  }

  return {
    statements,
    tamper(id, columns) {
      const row = rows.documents.get(id)!;
      const all = { ...row.columns, ...(columns as JsonObject) };
      rows.documents.set(id, { ...row, columns: jsonObject(Object.entries(all)) });
    },
    save() {
      const all = [...rows.documents];
      const at = versions;
      return () => {
        versions = at;
        rows.handed.length = 0;
        rows.documents.clear();
        for (const [id, row] of all) rows.documents.set(id, row);
      };
    },
    documents: () =>
      [...rows.documents].map(([id, { version, columns }]) => ({ id, columns, version: String(version) })),
    store: {
      list(scope, query) {
        asked = { kind: 'list', scope, query };
        return room.list(scope, query);
      },
      count(scope, conditions) {
        asked = {
          kind: 'other',
          scope,
          run: async () => [[String(await rows.count(scope, conditions))]],
        };
        return room.count(scope, conditions);
      },
      get(scope, id) {
        asked = { kind: 'other', scope, run: () => one(scope, id) };
        return room.get(scope, id);
      },
      create: (scope, id, columns) =>
        changing(
          scope,
          id,
          () => rows.create(scope, id, columns),
          () => room.create(scope, id, columns),
        ),
      update: (scope, id, version, columns) =>
        changing(
          scope,
          id,
          () => rows.update(scope, id, version, columns),
          () => room.update(scope, id, version, columns),
        ),
      remove: (scope, id, version) =>
        changing(
          scope,
          id,
          () => rows.remove(scope, id, version),
          () => room.remove(scope, id, version),
        ),
    },
  };
}

function textOf(value: JsonScalar): string | null {
  if (value === null) return null;
  return value instanceof JsonNumber ? value.raw : String(value);
}
