/** Declared resources in PostgreSQL. */
import { Refusal } from '../../contract/refusal.ts';
import type { ListPage, ListQuery, ResourceScope, ResourceStore, StoredDocument } from '../../contract/resource.ts';
import type { SqlDatabase, SqlRow, SqlStatement } from './database.ts';
import { readRow } from './row.ts';
import {
  countStatement,
  createStatement,
  getStatement,
  listStatement,
  removeStatement,
  updateStatement,
} from './statement.ts';

export type { SqlDatabase } from './database.ts';

export function createPostgresqlResources(database: SqlDatabase): ResourceStore {
  const run = (statement: SqlStatement): Promise<readonly SqlRow[]> =>
    database.query(statement).then(({ rows }) => rows);

  async function get(scope: ResourceScope, id: string): Promise<StoredDocument | undefined> {
    const statement = getStatement(scope, id);
    const row = statement === undefined ? undefined : (await run(statement))[0];
    return row === undefined ? undefined : readOne(row, scope, id);
  }

  /** Nothing was written: the row is another version, or is not there for this caller. */
  async function missed(scope: ResourceScope, id: string): Promise<'changed' | 'absent'> {
    return (await get(scope, id)) === undefined ? 'absent' : 'changed';
  }

  return {
    get,

    async list(scope, query) {
      return readPage(await run(listStatement(scope, query)), scope, query);
    },

    async count(scope, conditions) {
      const [[text] = []] = await run(countStatement(scope, conditions));
      const count = Number(text ?? Number.NaN);
      if (!Number.isSafeInteger(count)) throw new Refusal('upstream_answer', 'count: no number');
      return count;
    },

    async create(scope, id, columns) {
      const [row] = await run(createStatement(scope, id, columns));
      return row === undefined ? 'exists' : readOne(row, scope, id);
    },

    async update(scope, id, version, columns) {
      if (Object.keys(columns).length === 0) return unchanged(await get(scope, id), version);
      const statement = updateStatement(scope, id, version, columns);
      const [row] = statement === undefined ? [] : await run(statement);
      return row === undefined ? missed(scope, id) : readOne(row, scope, id);
    },

    async remove(scope, id, version) {
      const statement = removeStatement(scope, id, version);
      const [row] = statement === undefined ? [] : await run(statement);
      return row === undefined ? missed(scope, id) : 'removed';
    },
  };
}

function unchanged(document: StoredDocument | undefined, version: string): StoredDocument | 'changed' | 'absent' {
  if (document === undefined) return 'absent';
  return document.version === version ? document : 'changed';
}

function readOne(row: SqlRow, scope: ResourceScope, id: string): StoredDocument {
  const document = readRow(row, scope);
  if (document.id !== id) throw new Refusal('post_check', 'row: another id than asked for');
  return document;
}

/** Behind id, version and document, a row has the values of its place. */
const PLACE = 3;

function readPage(rows: readonly SqlRow[], scope: ResourceScope, { size, order }: ListQuery): ListPage {
  if (rows.length > size + 1) throw new Refusal('post_check', 'list: more rows than were asked for');
  const documents = rows.map((row) => readRow(row, scope)).slice(0, size);
  const last = rows[size - 1];
  if (rows.length <= size || last === undefined) return { documents, next: null };
  const [id = null] = last;
  return { documents, next: [...last.slice(PLACE, PLACE + order.length), id] };
}
