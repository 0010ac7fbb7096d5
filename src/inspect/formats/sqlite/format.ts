/** How a SQLite database is recognised; its reader is loaded when the first one comes. */
import type { BinaryFormat } from '../reader.ts';
import { isSqlite } from './magic.ts';

export const sqliteFormat: BinaryFormat = {
  what: 'SQLite database',
  via: 'sqlite',
  // by name, too: one that is encrypted has no magic, and that is worth knowing
  names: /\.(?:db3?|sqlite3?|sqlitedb|s3db|sqlcipher)$/i,
  matches: isSqlite,
  load: async () => (await import('./sqlite.ts')).readSqlite,
};
