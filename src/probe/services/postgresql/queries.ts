/**
 * The only SQL this probe ever sends. All of it reads the system catalogue; no statement touches a user's rows. Sizes
 * and counts come from the catalogue and the statistics collector, so nothing is scanned.
 */

/** Rows of the catalogue that are read per database. */
export const MAX_TABLES = 200;
export const MAX_DATABASES = 32;
/** Separates column names in one value; no catalogue name holds it in practice, and a wrong split harms nothing. */
export const UNIT_SEPARATOR = '\u001f';
/** Separates a column's name from its type. */
export const TYPE_SEPARATOR = '\u001e';

/** A relation that does not exist: must fail with 42P01, or the peer is not a PostgreSQL. */
export function controlQuery(nonce: string): string {
  return `SELECT 1 FROM pg_catalog.postern_${nonce}`;
}

/** superuser?, replica? */
export const RIGHTS =
  'SELECT r.rolsuper, pg_catalog.pg_is_in_recovery() FROM pg_catalog.pg_roles r WHERE r.rolname = current_user';

/** name, bytes or null */
export const DATABASES =
  "SELECT d.datname, CASE WHEN pg_catalog.has_database_privilege(d.oid, 'CONNECT') THEN pg_catalog.pg_database_size(d.oid) END" +
  ' FROM pg_catalog.pg_database d WHERE d.datallowconn AND NOT d.datistemplate' +
  ` ORDER BY d.datname LIMIT ${MAX_DATABASES}`;

/** The same without sizes, for when measuring takes too long. */
export const DATABASE_NAMES =
  'SELECT d.datname, NULL FROM pg_catalog.pg_database d WHERE d.datallowconn AND NOT d.datistemplate' +
  ` ORDER BY d.datname LIMIT ${MAX_DATABASES}`;

/** schema, table, planner's row estimate (-1: never analysed), live rows as counted, bytes, may read?, may write?, columns with types */
export const TABLES =
  'SELECT n.nspname, c.relname, c.reltuples::bigint, pg_catalog.pg_stat_get_live_tuples(c.oid),' +
  " pg_catalog.pg_total_relation_size(c.oid), pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT')," +
  " pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'INSERT,UPDATE,DELETE')," +
  " (SELECT pg_catalog.string_agg(a.attname::text || E'\\x1e' || pg_catalog.format_type(a.atttypid, NULL), E'\\x1f') FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum BETWEEN 1 AND 256 AND NOT a.attisdropped)" +
  ' FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace' +
  " WHERE c.relkind IN ('r', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'" +
  ` ORDER BY c.relpages DESC, n.nspname, c.relname LIMIT ${MAX_TABLES}`;

/** schema, table, column, distinct values as the planner estimates them: a number, or if negative a share of the rows */
export const DISTINCT =
  'SELECT s.schemaname, s.tablename, s.attname, s.n_distinct FROM pg_catalog.pg_stats s' +
  " WHERE s.schemaname NOT IN ('pg_catalog', 'information_schema') AND s.n_distinct <> 0" +
  ' ORDER BY 1, 2, 3 LIMIT 900';

export const FIXED_QUERIES: readonly string[] = [RIGHTS, DATABASES, DATABASE_NAMES, TABLES, DISTINCT];

/** Columns of one table that values are asked of. */
const MOST_COLUMNS = 64;
/** Characters of one value. */
const LONGEST_VALUE = 256;

/** Some rows of one table, each value cut. Only with `--sample`. */
export function sampleQuery(schema: string, table: string, columns: readonly string[], rows: number): string {
  const cut = columns
    .slice(0, MOST_COLUMNS)
    .map((column) => `pg_catalog.left(${quoted(column)}::text, ${LONGEST_VALUE})`);
  return `SELECT ${cut.join(', ')} FROM ${quoted(schema)}.${quoted(table)} LIMIT ${rows}`;
}

const NAME = '"(?:[^"\\x00]|""){1,126}"';
const SAMPLE = new RegExp(
  `^SELECT pg_catalog\\.left\\(${NAME}::text, 256\\)(?:, pg_catalog\\.left\\(${NAME}::text, 256\\)){0,63} FROM ${NAME}\\.${NAME} LIMIT [1-5]$`,
);

export function isSampleQuery(sql: string): boolean {
  return sql.length < 16_384 && SAMPLE.test(sql);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
