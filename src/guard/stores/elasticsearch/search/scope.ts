import type { BoundFilter, FieldSet, Grant } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { Dialect, StoreContext } from '../../../contract/store.ts';
import type { QueryContext } from '../query/index.ts';
import { namespaceOf } from '../response/namespace.ts';
import { firstOf, isStrict } from '../response/projection.ts';
import { withPrefix } from '../write/namespace.ts';

/** What a search is compiled for. */
export interface SearchRoom {
  /** ≥ 1, all of the same rule. */
  readonly grants: readonly Grant[];
  readonly bound: BoundFilter | null;
  readonly context: StoreContext;
  readonly dialect: Dialect;
  readonly within: 'search' | 'msearch' | 'scroll' | 'pit';
}

/** The room, with what is read from it again and again. */
export interface SearchScope extends SearchRoom {
  readonly grant: Grant;
  readonly strict: boolean;
  readonly fields: FieldSet | null;
  readonly scoring: 'constant' | 'index-wide';
  readonly query: QueryContext;
}

export function openScope(room: SearchRoom): SearchScope {
  const grant = firstOf(room.grants);
  const strict = isStrict(grant);
  const prefix = namespaceOf(grant, room.context.principal.claims);
  let left = grant.limits.clauses;
  const query: QueryContext = {
    mode: strict ? 'strict' : 'compat',
    fields: grant.fields,
    filter: room.bound,
    scoring: grant.scoring,
    spend(clauses) {
      left -= clauses;
      if (left < 0) throw new Refusal('too_costly', 'query: more clauses than the rule permits');
    },
    ...(prefix === '' ? {} : { storeId: (id: string) => withPrefix(prefix, id) }),
  };
  return { ...room, grant, strict, fields: grant.fields, scoring: grant.scoring, query };
}
