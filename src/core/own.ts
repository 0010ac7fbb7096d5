/** The entry of a table under a key that came from outside: `constructor` and `__proto__` are no entries. */
export function own<T>(table: Readonly<Partial<Record<string, T>>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
