/**
 * A change of some columns as `_update` reads it, which merges objects member by member: members that the new object does
 * not have are set to null. Of an object null is nothing, to the index and (`pruned`) to whoever reads it.
 */
import { bareObject } from '../../../json/bare.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../json/value.ts';

/** @param before the document as it is */
export function changeOf(before: JsonObject, columns: JsonObject): JsonObject {
  const change = bareObject();
  for (const [name, value] of Object.entries(columns)) {
    change[name] = replacing(Object.hasOwn(before, name) ? before[name] : undefined, value);
  }
  return change;
}

function replacing(before: Json | undefined, value: Json): Json {
  if (!isJsonObject(before) || !isJsonObject(value)) return value;
  const merged = bareObject();
  for (const name of Object.keys(before)) if (!Object.hasOwn(value, name)) merged[name] = null;
  for (const [name, inner] of Object.entries(value)) {
    merged[name] = replacing(Object.hasOwn(before, name) ? before[name] : undefined, inner);
  }
  return merged;
}

/** The columns, without null members of objects. A column itself may be null. */
export function pruned(columns: JsonObject): JsonObject {
  const shown = bareObject();
  for (const [name, value] of Object.entries(columns)) shown[name] = isJsonObject(value) ? prunedObject(value) : value;
  return shown;
}

function prunedObject(object: JsonObject): JsonObject {
  const shown = bareObject();
  for (const [name, value] of Object.entries(object)) {
    if (value !== null) shown[name] = isJsonObject(value) ? prunedObject(value) : value;
  }
  return shown;
}
