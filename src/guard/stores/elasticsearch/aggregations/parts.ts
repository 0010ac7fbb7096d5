import type { Json, JsonObject } from '../../../json/value.ts';
import { refuse } from '../search/options.ts';

/** The one type key, and the inner aggregations under one of their two names (B074). */
export function partsOf(json: JsonObject, at: string): { type: string; options: Json; children: Json | undefined } {
  const { aggs, aggregations } = json;
  if (aggs !== undefined && aggregations !== undefined) throw refuse(at, 'inner aggregations under both names');
  let type: string | undefined;
  let options: Json = null;
  for (const [key, value] of Object.entries(json)) {
    if (key === 'aggs' || key === 'aggregations') continue;
    if (type !== undefined) throw refuse(at, 'more than one type');
    type = key;
    options = value;
  }
  if (type === undefined) throw refuse(at, 'no type');
  return { type, options, children: aggs ?? aggregations };
}
