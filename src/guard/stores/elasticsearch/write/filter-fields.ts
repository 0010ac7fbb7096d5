/** The fields that a filter reads, as a document holds them. */
import type { BoundFilter } from '../../../contract/grant.ts';
import { isJsonObject, type JsonObject } from '../../../json/index.ts';
import { fieldsOf, valuesAt } from '../filter/index.ts';

/** Paths to look up: of a multi-field (`tenant.keyword`) the document holds only what stands at its parent. */
export function filterPaths(bound: BoundFilter | null): readonly string[] {
  if (bound === null) return [];
  const paths = new Set<string>();
  for (const field of fieldsOf(bound)) {
    paths.add(field);
    const parent = parentOf(field);
    if (parent !== undefined) paths.add(parent);
  }
  return [...paths];
}

/**
 * Whether a document holds more than one value where the filter compares one. One of two would satisfy it, and the
 * other would put the document into another tenant's view as well.
 */
export function isAmbiguous(document: JsonObject, bound: BoundFilter | null): boolean {
  if (bound === null) return false;
  return fieldsOf(bound).some((field) => {
    const parent = parentOf(field);
    const above = parent === undefined ? [] : valuesAt(document, parent).filter((value) => !isJsonObject(value));
    return valuesAt(document, field).length + above.length > 1;
  });
}

function parentOf(field: string): string | undefined {
  const dot = field.lastIndexOf('.');
  return dot === -1 ? undefined : field.slice(0, dot);
}
