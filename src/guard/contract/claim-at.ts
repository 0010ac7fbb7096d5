import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';

/** The claim at a path of own keys; undefined where it leads nowhere. */
export function claimAt(claims: JsonObject, path: readonly string[]): Json | undefined {
  let here: Json | undefined = claims;
  for (const name of path) {
    if (!isJsonObject(here) || !Object.hasOwn(here, name)) return undefined;
    here = here[name];
  }
  return here;
}
