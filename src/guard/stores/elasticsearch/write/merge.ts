/** Documents put together: what an update makes, and what makes a replacement out of an update. */
import { Refusal } from '../../../contract/refusal.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../json/index.ts';
import { holdsObjects, type WriteNode } from './write-tree.ts';

/**
 * What the stores make of `{"doc": …}` (XContentHelper.update in both products): objects are merged, everything else is
 * replaced. Recursion is bounded by the depth of the client's document.
 */
export function mergePartial(source: JsonObject, partial: JsonObject): JsonObject {
  const merged: Record<string, Json> = Object.assign(Object.create(null), source);
  for (const key in partial) {
    const before = merged[key];
    const after = partial[key]!;
    merged[key] = isJsonObject(before) && isJsonObject(after) ? mergePartial(before, after) : after;
  }
  return merged;
}

/**
 * The partial document that replaces what its writer may write, and nothing beside it: what the writer did not send
 * becomes null. A writer cannot wipe what it may not even see, and the gateway need not read it. A list under a writable
 * nested field is replaced as a whole.
 *
 * @param source the writable fields of the document that is there
 * @throws Refusal `forbidden` where an object would have to take the place of something else that must stay
 */
export function replacing(source: JsonObject, sent: JsonObject, node: WriteNode): JsonObject {
  const partial: Record<string, Json> = Object.assign(Object.create(null), sent);
  for (const key in source) {
    const value = source[key]!;
    const child = nodeOf(key, node);
    if (child === undefined || child.set !== undefined || value === null) continue;
    const own = Object.hasOwn(sent, key) ? sent[key] : undefined;
    if (isJsonObject(value) && (child.field === undefined || holdsObjects(child.field))) {
      if (own !== undefined && !isJsonObject(own)) continue;
      const inner = replacing(value, own ?? Object.create(null), child);
      if (Object.keys(inner).length > 0) partial[key] = inner;
    } else if (child.field !== undefined) {
      if (own === undefined) partial[key] = null;
    } else if (own !== undefined) {
      throw new Refusal('forbidden', 'document: its shape does not fit what must stay');
    }
  }
  return partial;
}

/** A document may spell a path with dots: `{"address.city": …}` is the member `city` of `address`. */
function nodeOf(key: string, node: WriteNode): WriteNode | undefined {
  if (!key.includes('.')) return node.children.get(key);
  let at: WriteNode | undefined = node;
  for (const step of key.split('.')) at = at?.children.get(step);
  return at;
}
