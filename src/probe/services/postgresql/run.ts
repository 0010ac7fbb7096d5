/** One query and its whole answer. */
import type { Connection } from '../../../net/connection.ts';
import { malformed } from '../../observations.ts';
import { query, readMessage } from './messages.ts';

const MAX_ROWS = 1000;

export interface Rows {
  rows: (string | null)[][];
  /** Set when the server answered with an error. */
  sqlState?: string;
}

/** @throws PosternError `E_PROBE_IO` */
export async function run(connection: Connection, sql: string): Promise<Rows> {
  await connection.write(query(sql));
  const result: Rows = { rows: [] };
  for (let count = 0; count < MAX_ROWS + 100; count++) {
    const message = await readMessage(connection);
    if (message.type === 'ready') return result;
    if (message.type === 'row' && result.rows.length < MAX_ROWS) result.rows.push(message.values);
    if (message.type === 'error') result.sqlState = message.sqlState || 'unknown';
  }
  throw malformed('PostgreSQL', 'too many messages');
}
