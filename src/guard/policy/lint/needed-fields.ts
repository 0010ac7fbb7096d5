import type { Filter } from '../../contract/grant.ts';

/** Fields that a document must hold to pass. */
export function neededFields(filter: Filter): string[] {
  if (!('filters' in filter)) return [filter.field];
  const each = filter.filters.map(neededFields);
  if (filter.kind === 'all') return each.flat();
  const [first = [], ...others] = each;
  return filter.kind === 'any' ? first.filter((field) => others.every((fields) => fields.includes(field))) : [];
}
