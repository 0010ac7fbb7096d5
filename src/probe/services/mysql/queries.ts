/** The only SQL this probe ever sends. It reads `information_schema` and the role's own grants, never a user's rows. */

export const MAX_TABLES = 200;
export const MAX_COLUMNS = 4000;

const SYSTEM_SCHEMAS = "('mysql', 'information_schema', 'performance_schema', 'sys')";

/** A column that does not exist: must fail with 1054, or the peer is no MySQL. */
export function controlQuery(nonce: string): string {
  return `SELECT postern_${nonce}`;
}

export const GRANTS = 'SHOW GRANTS';

export const READ_ONLY = 'SELECT @@global.read_only';

/** schema, table, row estimate, bytes */
export const TABLES =
  'SELECT table_schema, table_name, table_rows, data_length + index_length FROM information_schema.tables' +
  ` WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ${SYSTEM_SCHEMAS}` +
  ` ORDER BY 4 DESC, 1, 2 LIMIT ${MAX_TABLES}`;

/** schema, table, column */
export const COLUMNS =
  `SELECT table_schema, table_name, column_name FROM information_schema.columns WHERE table_schema NOT IN ${SYSTEM_SCHEMAS}` +
  ` ORDER BY table_schema, table_name, ordinal_position LIMIT ${MAX_COLUMNS}`;

export const FIXED_QUERIES: readonly string[] = [GRANTS, READ_ONLY, TABLES, COLUMNS];
