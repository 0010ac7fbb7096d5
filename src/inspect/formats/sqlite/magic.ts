const MAGIC = Buffer.from('SQLite format 3\0', 'latin1');

export function isSqlite(head: Buffer): boolean {
  return head.length >= MAGIC.length && head.compare(MAGIC, 0, MAGIC.length, 0, MAGIC.length) === 0;
}
