import type { BoundFilter, FieldSet } from '../../../contract/grant.ts';

/** What decides how a query is read and what is put around it. */
export interface QueryContext {
  readonly mode: 'strict' | 'compat';
  /** Null: every field (compat only). */
  readonly fields: FieldSet | null;
  /** Null: every document. */
  readonly filter: BoundFilter | null;
  readonly scoring: 'constant' | 'index-wide';
  /** Called for every clause and every value of a list before it is read further; throws `too_costly`. */
  spend(clauses: number): void;
  /** The id in the store of a document that the client calls `id`, where ids have a namespace. */
  readonly storeId?: (id: string) => string;
}

/** Where a part stands in the query, and how many compound queries are around it. */
export interface Place {
  readonly at: string;
  readonly depth: number;
}
