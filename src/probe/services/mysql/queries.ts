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

/** schema, table, column, type */
export const COLUMNS =
  `SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns WHERE table_schema NOT IN ${SYSTEM_SCHEMAS}` +
  ` ORDER BY table_schema, table_name, ordinal_position LIMIT ${MAX_COLUMNS}`;

/** schema, table, first column of an index, distinct values as the server estimates them */
export const DISTINCT =
  `SELECT table_schema, table_name, column_name, MAX(cardinality) FROM information_schema.statistics WHERE table_schema NOT IN ${SYSTEM_SCHEMAS}` +
  ` AND seq_in_index = 1 AND cardinality IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT ${MAX_COLUMNS}`;

export const FIXED_QUERIES: readonly string[] = [GRANTS, READ_ONLY, TABLES, COLUMNS, DISTINCT];

export const READ_ONLY_TRANSACTION = 'START TRANSACTION READ ONLY';
/** Columns of one table that values are asked of. */
export const MAX_SAMPLED_COLUMNS = 32;

/** Some rows of one table, each value cut, within two seconds. Only with `--sample`. */
export function sampleQuery(schema: string, table: string, columns: readonly string[], rows: number): string {
  const cut = columns.slice(0, MAX_SAMPLED_COLUMNS).map((column) => `LEFT(CAST(${quoted(column)} AS CHAR), 256)`);
  return `SELECT /*+ MAX_EXECUTION_TIME(2000) */ ${cut.join(', ')} FROM ${quoted(schema)}.${quoted(table)} LIMIT ${rows}`;
}

const NAME = '`(?:[^`\\x00]|``){1,128}`';
const CUT = `LEFT\\(CAST\\(${NAME} AS CHAR\\), 256\\)`;
const SAMPLE = new RegExp(
  `^SELECT /\\*\\+ MAX_EXECUTION_TIME\\(2000\\) \\*/ ${CUT}(?:, ${CUT}){0,31} FROM ${NAME}\\.${NAME} LIMIT [1-5]$`,
);

export function isSampleQuery(sql: string): boolean {
  return sql.length < 8_192 && SAMPLE.test(sql);
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
