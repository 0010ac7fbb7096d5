import { isJsonObject, type Json, JsonNumber, type JsonObject } from './value.ts';

/** Whether two values are the same JSON: keys in any order, numbers by their digits. */
export function equalJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof JsonNumber) return b instanceof JsonNumber && a.raw === b.raw;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, at) => equalJson(item, b[at]));
  }
  return isJsonObject(a) && isJsonObject(b) && equalObjects(a, b);
}

function equalObjects(a: JsonObject, b: JsonObject): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => {
    const left = a[key];
    const right = Object.hasOwn(b, key) ? b[key] : undefined;
    return left !== undefined && right !== undefined && equalJson(left, right);
  });
}
