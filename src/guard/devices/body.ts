/** Bodies of the device endpoints: closed objects of texts. */

import { Refusal } from '../contract/refusal.ts';
import type { ParsedRequest } from '../contract/request.ts';
import { parseJson } from '../json/index.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';

const MAX_BODY = 64 * 1024;

/**
 * @param members that there may be
 * @returns an empty object where no body was sent
 * @throws Refusal `malformed_body`, `malformed_json`, `too_large`
 */
export function readBody(request: ParsedRequest, members: readonly string[]): JsonObject {
  if (request.body.byteLength === 0) return Object.freeze(Object.create(null));
  if (request.bodyType !== 'json') throw new Refusal('malformed_body', 'body: not JSON');
  if (request.body.byteLength > MAX_BODY) throw new Refusal('too_large', 'body: too large');
  const body = parseJson(request.body);
  if (!isJsonObject(body)) throw new Refusal('malformed_body', 'body: not an object');
  for (const name of Object.keys(body))
    if (!members.includes(name)) throw new Refusal('malformed_body', 'body: an unknown member');
  return body;
}

/** @throws Refusal `malformed_body` that names the member */
export function text(body: JsonObject, name: string, pattern: RegExp): string {
  const value = body[name];
  if (!isText(value, pattern)) throw new Refusal('malformed_body', `body.${name}: missing or malformed`);
  return value;
}

export function optionalText(body: JsonObject, name: string, pattern: RegExp): string | undefined {
  return body[name] === undefined ? undefined : text(body, name, pattern);
}

/** @throws Refusal `malformed_body` that names the member */
export function oneOf<T extends string>(body: JsonObject, name: string, values: readonly T[]): T {
  const value = values.find((one) => one === body[name]);
  if (value === undefined) throw new Refusal('malformed_body', `body.${name}: missing or malformed`);
  return value;
}

/** A text, or a few. */
export function texts(body: JsonObject, name: string, pattern: RegExp, max: number): readonly string[] {
  const value = body[name];
  const list = Array.isArray(value) ? value : [value];
  if (list.length === 0 || list.length > max || !list.every((one) => isText(one, pattern)))
    throw new Refusal('malformed_body', `body.${name}: missing or malformed`);
  return list.filter((one) => typeof one === 'string');
}

function isText(value: Json | undefined, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}
