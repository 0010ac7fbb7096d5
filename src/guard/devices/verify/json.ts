import { Refusal } from '../../contract/refusal.ts';
import { parseJson } from '../../json/index.ts';
import { isJsonObject, type Json, type JsonObject } from '../../json/value.ts';
import { Unproven } from './unproven.ts';

/** A JSON object, read as a client's. @throws Unproven */
export function readJsonObject(bytes: Uint8Array, what: string): JsonObject {
  return objectAt(parsed(bytes, what), what);
}

/** @throws Unproven */
export function objectAt(value: Json | undefined, what: string): JsonObject {
  if (!isJsonObject(value)) throw new Unproven(`${what}: not an object`);
  return value;
}

/** The texts of a list that holds nothing else. @throws Unproven */
export function textsAt(value: Json | undefined, what: string): readonly string[] {
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) {
    throw new Unproven(`${what}: not a list of texts`);
  }
  return value;
}

function parsed(bytes: Uint8Array, what: string): Json {
  try {
    return parseJson(bytes);
  } catch (error) {
    if (error instanceof Refusal) throw new Unproven(`${what}: ${error.detail}`);
    throw error;
  }
}
