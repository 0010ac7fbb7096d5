/**
 * The only CQL this probe ever sends: the schema, the node's own figures, and searches beyond the last token of a table,
 * which find no row by construction and still need the right to read.
 */
import { isSystemName } from './names.ts';

export const MOST_TABLES = 200;

export const RELEASE = 'SELECT release_version FROM system.local';
/** keyspace, table, column, kind, type */
export const COLUMNS =
  'SELECT keyspace_name, table_name, column_name, kind, type, position FROM system_schema.columns LIMIT 4000';
/** keyspace, table, partitions, mean bytes of a partition */
export const SIZES =
  'SELECT keyspace_name, table_name, partitions_count, mean_partition_size FROM system.size_estimates LIMIT 4000';
/** Which authorizer is configured (4.0 and later). */
export const SETTINGS =
  "SELECT name, value FROM system_views.settings WHERE name IN ('authorizer', 'authorizer.class_name', 'authorizer_class_name')";
/** Beyond the greatest token there is: no row ever. */
export const BEYOND = '> 9223372036854775807 LIMIT 1';
/** Without an authorizer everybody may read this; with one, superusers only. */
export const ROLES = `SELECT role FROM system_auth.roles WHERE token(role) ${BEYOND}`;

export function controlQuery(nonce: string): string {
  return `SELECT postern_${nonce} FROM system.local`;
}

/** @param key the columns of the partition key */
export function rightQuery(keyspace: string, table: string, key: readonly string[]): string {
  const columns = key.map(quoted).join(', ');
  return `SELECT ${columns} FROM ${quoted(keyspace)}.${quoted(table)} WHERE token(${columns}) ${BEYOND}`;
}

const NAME = '"(?:[^"\\x00-\\x1f]|""){1,192}"';
const RIGHT_QUERY = new RegExp(
  `^SELECT (${NAME}(?:, ${NAME}){0,15}) FROM ${NAME}\\.${NAME} WHERE token\\(\\1\\) > 9223372036854775807 LIMIT 1$`,
);

export function isRightQuery(cql: string): boolean {
  return cql.length < 4_096 && RIGHT_QUERY.test(cql);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A user's table whose partition key is known. */
export interface Table {
  keyspace: string;
  name: string;
  columns: { name: string; type: string }[];
  key: string[];
}

/** Groups `COLUMNS` by table; the keyspaces of Cassandra itself are left out. */
export function tablesOf(rows: readonly (Buffer | null)[][]): Table[] {
  const tables = new Map<string, Table & { positions: Map<string, number> }>();
  for (const [keyspace, table, column, kind, type, position] of rows) {
    const [space, name, field] = [keyspace, table, column].map((value) => value?.toString('utf8') ?? '');
    if (!space || !name || !field || isSystemName(space)) continue;
    const id = `${space}\0${name}`;
    if (!tables.has(id) && tables.size >= MOST_TABLES) continue;
    const fresh: Table & { positions: Map<string, number> } = {
      keyspace: space,
      name,
      columns: [],
      key: [],
      positions: new Map(),
    };
    const one = tables.get(id) ?? fresh;
    tables.set(id, one);
    one.columns.push({ name: field, type: type?.toString('utf8').slice(0, 64) ?? '' });
    if (kind?.toString('latin1') !== 'partition_key') continue;
    one.positions.set(field, position?.length === 4 ? position.readInt32BE(0) : 0);
    one.key = [...one.positions].sort((a, b) => a[1] - b[1]).map(([key]) => key);
  }
  return [...tables.values()];
}
