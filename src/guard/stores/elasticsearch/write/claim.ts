import { isJsonObject, type Json, type JsonObject } from '../../../json/index.ts';

/** The value of a claim by its path; undefined where it leads nowhere. */
export function claimAt(claims: JsonObject, path: readonly string[]): Json | undefined {
  let at: Json | undefined = claims;
  for (const step of path) {
    if (!isJsonObject(at) || !Object.hasOwn(at, step)) return undefined;
    at = at[step];
  }
  return at;
}
