/**
 * What aggregations show of single documents, for the budget. A bucket of few documents, or a metric over few, is as good as
 * the documents themselves: asked for once per document it would walk through them all without showing a hit (B217).
 *
 * A figure over many documents counts as one. Keys are made from the answer, so the same answer twice costs nothing.
 */
import { hash } from 'node:crypto';
import type { DocumentKey } from '../../../contract/store.ts';
import { printJson } from '../../../json/print.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../json/value.ts';

/** Up to so many documents a figure is about each of them. */
export const FEW = 10;

/**
 * @param aggregations as the client gets them
 * @param total documents that matched; undefined where nobody counted
 */
export function aggregatedDocuments(index: string, aggregations: JsonObject, total: number | undefined): DocumentKey[] {
  const count = total !== undefined && total <= FEW ? total : Math.max(1, few(aggregations));
  if (count === 0) return [];
  const name = hash('sha256', printJson(aggregations), 'base64url').slice(0, 22);
  return Array.from({ length: count }, (_, at) => `${index}/aggregated:${name}:${at}`);
}

/** Documents in the outermost buckets that hold few. The depth is bounded by the compiler. */
function few(json: Json): number {
  if (Array.isArray(json)) return json.reduce((sum: number, one: Json) => sum + few(one), 0);
  if (!isJsonObject(json)) return 0;
  const held = json.doc_count;
  if (typeof held === 'number' && held <= FEW) return held;
  let sum = 0;
  for (const key in json) {
    const inner = json[key];
    if (inner !== undefined && typeof inner === 'object') sum += few(inner);
  }
  return sum;
}
