import type { BoundFilter } from '../../../contract/grant.ts';
import type { JsonObject } from '../../../json/value.ts';

/** The filter in the store's query language: exact clauses only, one way to say each thing. */
export function filterQuery(bound: BoundFilter): JsonObject {
  switch (bound.kind) {
    case 'terms': {
      const [only, ...others] = bound.values;
      if (only === undefined) return NOTHING;
      return others.length === 0
        ? { term: { [bound.field]: { value: only } } }
        : { terms: { [bound.field]: [...bound.values] } };
    }
    case 'range': {
      const bounds = Object.entries(bound.bounds);
      // The field's own format may be another one.
      if (bound.type === 'date') bounds.push(['format', 'strict_date_optional_time']);
      return { range: { [bound.field]: Object.fromEntries(bounds) } };
    }
    case 'exists':
      return { exists: { field: bound.field } };
    default:
      return groupQuery(bound.kind, bound.filters.map(filterQuery));
  }
}

const NOTHING: JsonObject = Object.freeze({ match_none: {} });

function groupQuery(kind: 'all' | 'any' | 'none', queries: readonly JsonObject[]): JsonObject {
  // A policy that has such a group is refused; if one came here, it must not open anything.
  if (queries.length === 0) return NOTHING;
  if (kind === 'all') return { bool: { filter: queries } };
  if (kind === 'any') return { bool: { should: queries, minimum_should_match: 1 } };
  return { bool: { must_not: queries } };
}
