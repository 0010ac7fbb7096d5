/** First match decides: whether an earlier pg_hba.conf record takes every connection of a later one. */
import { coversAddress } from './address.ts';
import type { HbaField, HbaRow, HbaType } from './parse.ts';

const TYPES: Readonly<Record<HbaType, readonly HbaType[]>> = {
  local: ['local'],
  host: ['host', 'hostssl', 'hostnossl', 'hostgssenc', 'hostnogssenc'],
  hostssl: ['hostssl'],
  hostnossl: ['hostnossl'],
  hostgssenc: ['hostgssenc'],
  hostnogssenc: ['hostnogssenc'],
};

export function covers(earlier: HbaRow, later: HbaRow): boolean {
  if (!TYPES[earlier.type].includes(later.type)) return false;
  if (!coversDatabases(earlier.databases, later.databases) || !coversUsers(earlier.users, later.users)) return false;
  if (earlier.address === null || later.address === null) return earlier.type === 'local' && later.type === 'local';
  return coversAddress(earlier.address.range, later.address.range);
}

/** The rows that can decide a connection: those that no single earlier row takes everything from. */
export function effectiveRows(rows: readonly HbaRow[]): HbaRow[] {
  // Quadratic, so only the first rows of an absurd file shadow later ones.
  const deciding = rows.slice(0, 500);
  return rows.filter((row, index) => !deciding.slice(0, index).some((earlier) => covers(earlier, row)));
}

/** `all` does not match physical replication, which only the keyword `replication` does. */
function coversDatabases(wide: HbaField, narrow: HbaField): boolean {
  const all = has(wide, 'all');
  return narrow.tokens.every((token) => {
    if (!token.quoted && token.text === 'replication') return has(wide, 'replication');
    return all || sameToken(wide, token);
  });
}

function coversUsers(wide: HbaField, narrow: HbaField): boolean {
  return has(wide, 'all') || narrow.tokens.every((token) => sameToken(wide, token));
}

function sameToken(field: HbaField, token: { text: string; quoted: boolean }): boolean {
  return field.tokens.some((other) => other.text === token.text && other.quoted === token.quoted);
}

/** The field holds this keyword (unquoted). */
export function has(field: HbaField, keyword: string): boolean {
  return field.tokens.some((token) => !token.quoted && token.text === keyword);
}

/** The field names this database or role, quoted or not. */
export function names(field: HbaField, name: string): boolean {
  return field.tokens.some((token) => token.text === name);
}
