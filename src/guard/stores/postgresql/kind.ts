/** What the declaration says about a column. */
import type { FilterType } from '../../contract/grant.ts';
import type { Resource, ResourceType } from '../../contract/resource.ts';
import { columnsOf } from '../resource/columns.ts';
import type { Kind } from './literal.ts';

export interface Column {
  readonly kind: Kind;
  readonly array: boolean;
}

const KINDS: Readonly<Record<ResourceType, Kind>> = {
  keyword: 'text',
  text: 'text',
  object: 'text',
  uuid: 'uuid',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  date: 'date',
};

export function kindOf(type: ResourceType): Kind {
  return KINDS[type];
}

/** @param type what a filter takes it for: of a column that is not declared, all that is known */
export function columnOf(resource: Resource, column: string, type: FilterType | null): Column {
  if (column === resource.id.column) return { kind: KINDS[resource.id.type], array: false };
  const { owner } = resource;
  if (column === owner?.column) return { kind: owner.pseudonym ? 'text' : KINDS[owner.type], array: false };
  const field = columnsOf(resource).fields.get(column);
  if (field !== undefined && field.encryption === null) {
    return { kind: KINDS[field.schema.type], array: field.schema.array };
  }
  return { kind: type === null || type === 'keyword' ? 'text' : type, array: false };
}
