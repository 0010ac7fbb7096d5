import type { FieldType, Filter } from '../contract/grant.ts';
import type { Resource, ResourceField, ResourceOwner } from '../contract/resource.ts';
import { compileFilter } from './compile-filter.ts';
import type { Path, Problems } from './problems.ts';
import type { ResourceFile } from './schema/resource.ts';

/** Filters are over columns, of fields and of others whose types `filterFields` says. */
export function filtersOf(
  file: ResourceFile,
  fields: Resource['fields'],
  owner: ResourceOwner | null,
  store: Resource['store'],
  path: Path,
  problems: Problems,
): { readonly filter: Filter | null; readonly hold: Filter | null } {
  const types = new Map<string, FieldType>();
  for (const [column, type] of Object.entries(file.filterFields)) types.set(column, STORED_TYPES[type]);
  const sealed = new Map<string, ResourceField>();
  for (const field of fields.values()) {
    if (Object.hasOwn(file.filterFields, field.column)) {
      problems.addKey(
        [...path, 'filterFields'],
        field.column,
        `is the column of the field ${field.name}`,
        'Say the type once.',
      );
    }
    types.set(field.column, STORED_TYPES[field.schema.type]);
    if (field.encryption) sealed.set(field.column, field);
  }
  if (owner && !types.has(owner.column)) types.set(owner.column, STORED_TYPES[owner.type]);
  for (const [column, type] of Object.entries(file.filterFields)) {
    if (store === 'postgresql' && type === 'uuid') {
      problems.addKey(
        [...path, 'filterFields'],
        column,
        'a uuid of a table is compared where it is a field',
        'List it under `fields`.',
      );
    }
    if (store === 'postgresql' && column.includes('.')) {
      problems.addKey([...path, 'filterFields'], column, 'is not the name of a column', 'A table has no dots in them.');
    }
  }
  const used = new Set<string>();
  const compile = (filter: ResourceFile['filter'], at: Path): Filter | null => {
    if (!filter) return null;
    const here = new Set<string>();
    const compiled = compileFilter(filter, at, { types, used: here, problems }) ?? null;
    for (const column of here) {
      used.add(column);
      if (sealed.has(column)) problems.add(at, `${column} is encrypted in the store`, 'Filter on another column.');
    }
    return compiled;
  };
  const filters = {
    filter: compile(file.filter, [...path, 'filter']),
    hold: compile(file.hold?.filter, [...path, 'hold', 'filter']),
  };
  if (filters.hold && usesClaim(filters.hold)) {
    problems.add(
      [...path, 'hold', 'filter'],
      'an erasure has no caller whose claims there would be',
      'Use values alone.',
    );
  }
  for (const column of Object.keys(file.filterFields)) {
    if (!used.has(column))
      problems.addKey(
        [...path, 'filterFields'],
        column,
        'is not used by a filter',
        'Leave it out, or correct its name.',
      );
  }
  return filters;
}

function usesClaim(filter: Filter): boolean {
  if ('filters' in filter) return filter.filters.some(usesClaim);
  if (filter.kind === 'term') return 'claim' in filter.value;
  if (filter.kind === 'terms') return 'claim' in filter.values || filter.values.some((value) => 'claim' in value);
  return filter.kind === 'range' && Object.values(filter.bounds).some((bound) => 'claim' in bound);
}

/** Types of columns in the language of filters. */
export const STORED_TYPES: Readonly<Record<ResourceField['schema']['type'], FieldType>> = {
  keyword: 'keyword',
  text: 'text',
  integer: 'long',
  number: 'double',
  boolean: 'boolean',
  date: 'date',
  uuid: 'keyword',
  object: 'object',
};
