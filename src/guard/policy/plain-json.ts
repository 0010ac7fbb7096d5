import { type Json, type JsonObject, jsonObject } from '../json/value.ts';

/** A value of a YAML file as the gateway holds JSON: without prototypes, frozen. The file's reader has bounded its depth. */
export function plainJson(value: unknown): Json {
  if (Array.isArray(value)) return Object.freeze(value.map(plainJson));
  if (typeof value === 'object' && value !== null) return plainObject({ ...value });
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return null;
}

export function plainObject(value: Readonly<Record<string, unknown>>): JsonObject {
  return Object.freeze(jsonObject(Object.entries(value).map(([name, inner]) => [name, plainJson(inner)])));
}
