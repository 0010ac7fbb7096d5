/** The only SQL that either face of the ClickHouse probe sends. It reads the catalogue, never a user's rows. */

export const MOST_TABLES = 200;
const OWN = "('system', 'INFORMATION_SCHEMA', 'information_schema', '_temporary_and_external_tables')";

export const VERSION = 'SELECT version()';
/** database, table, engine */
export const TABLES = `SELECT database, name, engine FROM system.tables WHERE database NOT IN ${OWN} ORDER BY database, name LIMIT ${MOST_TABLES}`;
/** database, table, rows, bytes */
export const PARTS =
  'SELECT database, table, toString(sum(rows)), toString(sum(bytes_on_disk)) FROM system.parts WHERE active' +
  ` AND database NOT IN ${OWN} GROUP BY database, table ORDER BY database, table LIMIT ${MOST_TABLES}`;
/** database, table, column, type */
export const COLUMNS = `SELECT database, table, name, type FROM system.columns WHERE database NOT IN ${OWN} ORDER BY database, table, name LIMIT 4000`;
/** 0: writing allowed; 1 and 2: read-only. */
export const READ_ONLY = "SELECT value FROM system.settings WHERE name = 'readonly'";
/** 20.4 and later; older servers have no rights below the user's profile. */
export const GRANTS = 'SHOW GRANTS';

export function controlQuery(nonce: string): string {
  return `SELECT postern_${nonce}`;
}

export const FIXED: readonly string[] = [VERSION, TABLES, PARTS, COLUMNS, READ_ONLY, GRANTS];
