/** What `SHOW GRANTS` allows. Only privilege words are looked at; password hashes and names in it are never kept. */
export interface Grants {
  read: boolean;
  write: boolean;
  /** May write although the server is read-only. */
  overridesReadOnly: boolean;
  /** Grants through roles, which are not followed. */
  roles: boolean;
}

const WRITES = new Set([
  'INSERT',
  'UPDATE',
  'DELETE',
  'CREATE',
  'DROP',
  'ALTER',
  'FILE',
  'SUPER',
  'CREATE USER',
  'TRIGGER',
]);
const OVERRIDES = new Set(['SUPER', 'READ_ONLY ADMIN', 'READ ONLY ADMIN', 'CONNECTION_ADMIN']);

/** @param lines each `GRANT <privileges> ON <object> TO <account> …` */
export function parseGrants(lines: Iterable<string | null | undefined>): Grants {
  const grants: Grants = { read: false, write: false, overridesReadOnly: false, roles: false };
  for (const line of lines) {
    const listed = /^GRANT ([A-Z_ ,()`\w]{1,4000}?) ON /.exec(line ?? '')?.[1];
    if (listed === undefined) {
      if (line?.startsWith('GRANT ')) grants.roles = true;
      continue;
    }
    // Column lists (`SELECT (a, b)`) are a narrower form of the same privilege.
    for (const privilege of listed.replace(/\([^)]*\)/g, '').split(',')) {
      const word = privilege.trim();
      const all = word === 'ALL PRIVILEGES' || word === 'ALL';
      if (all || word === 'SELECT') grants.read = true;
      if (all || WRITES.has(word)) grants.write = true;
      if (all || OVERRIDES.has(word)) grants.overridesReadOnly = true;
    }
  }
  return grants;
}
