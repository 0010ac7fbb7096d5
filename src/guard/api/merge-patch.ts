import { isJsonObject, type Json } from '../json/value.ts';

/** JSON Merge Patch (RFC 7396, section 2). Neither argument is changed. */
export function mergePatch(target: Json, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const merged: Record<string, Json> = Object.create(null);
  if (isJsonObject(target)) for (const key of Object.keys(target)) merged[key] = target[key]!;
  for (const key of Object.keys(patch)) {
    const value = patch[key]!;
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key] ?? null, value);
  }
  return merged;
}
