/**
 * What a document must hold to satisfy a filter, where the filter says so outright: under `deleted = false`, a new
 * document is one that is not deleted. A writer need not say it, and could not say anything else.
 */
import type { BoundFilter } from '../../contract/grant.ts';
import { bareObject } from '../../json/bare.ts';
import type { Json, JsonObject } from '../../json/value.ts';

/** @returns the document with the values that the filter fixes, where it has none of its own there */
export function withImplied(document: JsonObject, bound: BoundFilter | null): JsonObject {
  if (bound === null) return document;
  const whole = bareObject();
  for (const [name, value] of Object.entries(document)) whole[name] = value;
  for (const [name, value] of impliedBy(bound)) if (!Object.hasOwn(whole, name)) whole[name] = value;
  return whole;
}

function impliedBy(bound: BoundFilter): [string, Json][] {
  if (bound.kind === 'all') return bound.filters.flatMap(impliedBy);
  // A path with a dot names a member of an object, or a multi-field: nothing that could be set here.
  if (bound.kind !== 'terms' || bound.values.length !== 1 || bound.field.includes('.')) return [];
  return [[bound.field, bound.values[0] ?? null]];
}
