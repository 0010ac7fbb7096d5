/** Between the room that prints SQL and the one that sends it. */

declare const authorized: unique symbol;

/**
 * A statement that may go to a database. Only `stores/postgresql/print.ts` makes one, from a declaration and typed
 * values: its text holds no value, and no word of a client.
 */
export interface SqlStatement {
  readonly [authorized]: true;
  /** `read`: may run in a session that cannot write. */
  readonly access: 'read' | 'write';
  readonly text: string;
  /** Of `$1`, `$2`, …, as the database reads their types from text; null is NULL. */
  readonly values: readonly (string | null)[];
  /** Of the text alone: statements of one name are prepared once for each connection. */
  readonly name: string;
}

/** Columns of a row in the statement's order, as the database prints them. */
export type SqlRow = readonly (string | null)[];

export interface SqlDatabase {
  /**
   * Runs one statement in a transaction of its own, in a session whose time zone is UTC.
   *
   * @throws Refusal `upstream_down`, `upstream_slow`, `upstream_answer`, `unavailable`; of a write `conflict` (a
   *   constraint over several rows), `invalid` (a value that a column does not take) and `forbidden` (a check that the
   *   statement itself holds); none with a word of the database's
   */
  query(statement: SqlStatement): Promise<{ readonly rows: readonly SqlRow[] }>;
}
