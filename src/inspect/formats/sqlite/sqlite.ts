/**
 * A SQLite database: the texts in the rows of its tables, named `table.column`. Rows are found through the tables' trees,
 * so neither indices (copies) nor freed pages (what was deleted) are read.
 *
 * A database that SQLCipher or another extension encrypted has random bytes for a header; some leave the header readable
 * and encrypt what follows.
 */
import { BYTE_CLASS, canMatter, textCanMatter } from '../candidate.ts';
import { pieces } from '../pieces.ts';
import type { ReadContext } from '../reader.ts';
import { failed, partial, type ReadResult, read } from '../result.ts';
import { SECRET_NAME } from '../secret-name.ts';
import { createScanner, guessGrammar, looksLikeText } from '../text/index.ts';
import { type Database, openDatabase, type Payload, walkTree } from './btree.ts';
import { isSqlite } from './magic.ts';
import { integerAt, readRecord } from './record.ts';
import { columnsOf } from './schema.ts';

interface Table {
  name: string;
  root: number;
  columns: string[];
}

/** Bits a byte: random data has 7.95 in 4 KiB, machine code and packed formats with headers less. */
const RANDOM = 7.8;
const SAMPLE = 4096;
export function readSqlite(bytes: Buffer, context: ReadContext): ReadResult {
  if (!isSqlite(bytes)) return readOther(bytes, context);
  const database = openDatabase(bytes);
  if (database === undefined) return failed('SQLITE_BAD_HEADER', 'the header of the database is damaged');
  const schema = readSchema(database, context);
  if (schema.tables.length === 0 && schema.damaged > 0) {
    const encrypted = isRandom(bytes.subarray(Math.min(1024, database.pageSize >> 1)));
    return encrypted ? encryptedDatabase() : failed('SQLITE_CORRUPT', 'its table of tables cannot be read');
  }
  let rows = 0;
  let { damaged } = schema;
  for (const table of schema.tables) {
    const left = context.limits.tableStrings - rows;
    const walked = walkTree(database, table.root, left, (payload) => readRow(database, table, payload, context));
    rows += walked.rows;
    damaged += walked.damaged;
    if (walked.rows >= left) return partial('LIMIT_TABLE_STRINGS', `only ${rows} rows were read`);
  }
  const what = `${schema.tables.length} tables, ${rows} rows`;
  if (database.truncated) return partial('SQLITE_TRUNCATED', `the end of the database is missing; ${what}`);
  return damaged > 0 ? partial('SQLITE_CORRUPT', `${what}; ${damaged} places are damaged`) : read(what);
}

function encryptedDatabase(): ReadResult {
  return partial('SQLITE_ENCRYPTED', 'an encrypted database: nothing of it can be read');
}

/** A file that is called a database and does not begin as one. */
function readOther(bytes: Buffer, { sink, entry }: ReadContext): ReadResult {
  const head = bytes.subarray(0, 512);
  if (looksLikeText(head)) {
    const scanner = createScanner(guessGrammar(head), (piece) => sink.string({ ...piece, entry, via: 'text' }));
    scanner.push(bytes);
    scanner.end();
    return read('text');
  }
  // pages, from the first byte on random
  if (bytes.length % 512 === 0 && isRandom(bytes)) return encryptedDatabase();
  return { status: 'skipped', reason: 'a database of another kind' };
}

function isRandom(bytes: Buffer): boolean {
  const sample = bytes.subarray(0, SAMPLE);
  if (sample.length < 1024) return false;
  const counts = new Uint32Array(256);
  for (const byte of sample) counts[byte] = (counts[byte] as number) + 1;
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / sample.length) * Math.log2(count / sample.length);
  // few bytes cannot show all of their disorder
  return bits > RANDOM - 0.25 * Math.max(0, Math.log2(SAMPLE / sample.length));
}

/** Columns of sqlite_schema: type, name, tbl_name, rootpage, sql. */
function readSchema(database: Database, context: ReadContext): { tables: Table[]; damaged: number } {
  const tables: Table[] = [];
  const { damaged } = walkTree(database, 1, context.limits.tableStrings, ({ bytes, offset }) => {
    const texts: string[] = [];
    let sqlAt = 0;
    readRecord(bytes, (column, kind, start, end) => {
      if (kind === 'text') texts[column] = decode(bytes, database, start, end);
      if (column === 4) sqlAt = start;
    });
    const [type = '', name = '', , , sql = ''] = texts;
    const root = integerAt(bytes, 3) ?? 0;
    // defaults, checks and triggers may name a host
    if (/:\/\/|@/.test(sql)) context.string(sql, offset + sqlAt, { name: `${name}.sql` });
    // virtual tables have no tree, views no root
    if (type === 'table' && root > 1) tables.push({ name, root, columns: columnsOf(sql) });
  });
  return { tables, damaged };
}

function readRow(database: Database, table: Table, { bytes, offset, local }: Payload, context: ReadContext): void {
  readRecord(bytes, (column, kind, start, declaredEnd) => {
    const end = Math.min(declaredEnd, bytes.length);
    if (end - start < 3 || (kind === 'blob' && !looksLikeText(bytes.subarray(start, Math.min(end, start + 512)))))
      return;
    const columnName = table.columns[column];
    const secret = columnName !== undefined && end - start < 256 && SECRET_NAME.test(columnName);
    const utf8 = database.encoding === 'utf8' || kind === 'blob';
    if (!secret && utf8 && !matters(bytes, start, end)) return;
    const name = columnName === undefined ? table.name : `${table.name}.${columnName}`;
    pieces(start, end, context.limits.stringLength, (from, to) => {
      const text = utf8 ? bytes.toString('utf8', from, to) : decode(bytes, database, from, to);
      if (utf8 || secret || textCanMatter(text)) {
        context.string(text, from < local ? offset + from : undefined, { name });
      }
    });
  });
}

function matters(bytes: Buffer, start: number, end: number): boolean {
  let classes = 0;
  for (let at = start; at < end; at++) classes |= BYTE_CLASS[bytes[at] as number] as number;
  return canMatter(bytes, start, end, classes);
}

function decode(bytes: Buffer, { encoding }: Database, start: number, end: number): string {
  if (encoding === 'utf8') return bytes.toString('utf8', start, end);
  const even = start + ((Math.min(end, bytes.length) - start) & ~1);
  if (encoding === 'utf16le') return bytes.toString('utf16le', start, even);
  return Buffer.from(bytes.subarray(start, even)).swap16().toString('utf16le');
}
