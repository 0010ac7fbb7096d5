export type { SqlDatabase, SqlRow, SqlStatement } from '../../contract/sql.ts';
