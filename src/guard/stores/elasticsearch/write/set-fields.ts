/** Fields that the gateway sets itself (B175): a client sends the same value, or none. */

import { claimAt } from '../../../contract/claim-at.ts';
import type { FilterValue, WriteRules } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import { equalJson, isJsonObject, type Json, JsonNumber, type JsonObject } from '../../../json/index.ts';
import { valuesAt } from '../filter/index.ts';

/** A path by its steps, with the value of this principal. */
export interface SetField {
  readonly path: string;
  readonly steps: readonly string[];
  readonly value: Json;
}

/** @throws Refusal `forbidden` for a claim that is missing, empty or no scalar */
export function setFieldsOf(rules: WriteRules | null, claims: JsonObject): readonly SetField[] {
  if (rules === null || rules.set.size === 0) return [];
  return [...rules.set].map(([path, value]) => ({ path, steps: path.split('.'), value: givenValue(value, claims) }));
}

function givenValue(value: FilterValue, claims: JsonObject): Json {
  if ('literal' in value) return value.literal;
  const claim = claimAt(claims, value.claim);
  const scalar = typeof claim === 'string' || typeof claim === 'number' || typeof claim === 'boolean';
  if ((!scalar && !(claim instanceof JsonNumber)) || claim === '')
    throw new Refusal('forbidden', 'write.set: the claim is missing, empty, or not one value');
  return claim;
}

/** The document with the fields set. @throws Refusal `forbidden` when the client sent another value */
export function withSetFields(document: JsonObject, fields: readonly SetField[]): JsonObject {
  let result = document;
  for (const { path, steps, value } of fields) {
    // Every spelling of the path counts: members, dotted keys, lists.
    for (const sent of valuesAt(document, path)) if (!equalJson(sent, value)) throw differs();
    result = withValue(result, steps, 0, value);
  }
  return result;
}

/** Recursion is bounded by the steps of a path of the policy. */
function withValue(object: JsonObject, steps: readonly string[], at: number, value: Json): JsonObject {
  const step = steps[at]!;
  const present = Object.hasOwn(object, step) ? object[step] : undefined;
  const copy: Record<string, Json> = Object.assign(Object.create(null), object);
  if (at === steps.length - 1) {
    if (present !== undefined && !equalJson(present, value)) throw differs();
    copy[step] = value;
  } else {
    if (present !== undefined && !isJsonObject(present)) throw differs();
    copy[step] = withValue(present ?? Object.create(null), steps, at + 1, value);
  }
  return copy;
}

function differs(): Refusal {
  return new Refusal('forbidden', 'document: another value for a field that the policy sets');
}
