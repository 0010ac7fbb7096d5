/** `pit: {id, keep_alive}`: the sealed id of a point in time, opened for the principal that it was sealed for (B143). */
import { Refusal } from '../../../contract/refusal.ts';
import type { SealContent } from '../../../contract/store.ts';
import { type Json, type JsonObject, jsonObject } from '../../../json/value.ts';
import { openSealed } from '../../../seal/open.ts';
import { keepAliveOf } from '../parameters.ts';
import { objectOf, refuse, textOf } from './options.ts';
import type { SearchScope } from './scope.ts';

export interface PitUse {
  readonly json: JsonObject;
  readonly content: SealContent;
  /** Milliseconds more that the client asked for; null: as long as it has. */
  readonly keepAlive: number | null;
}

/** @throws Refusal `unsupported_option`, `malformed_body`, `absent`, `forbidden`, `too_costly` */
export function openPit(json: Json, scope: SearchScope): PitUse {
  const options = objectOf(json, 'pit');
  for (const key in options) if (key !== 'id' && key !== 'keep_alive') throw refuse('pit', 'unknown key');
  const content = openSealed(textOf(options.id ?? null, 'pit.id', 16_384), 'pit', scope.context);
  const { grants } = scope;
  if (content.indices.length !== grants.length || content.indices.some((index, at) => index !== grants[at]?.index)) {
    throw new Refusal('absent', 'pit: of other indices');
  }
  const printed: [string, Json][] = [['id', content.id]];
  let keepAlive: number | null = null;
  if (options.keep_alive !== undefined) {
    keepAlive = keepAliveOf(textOf(options.keep_alive, 'pit.keep_alive', 16), scope.grant.limits.keepAlive);
    printed.push(['keep_alive', `${keepAlive}ms`]);
  }
  return { json: jsonObject(printed), content, keepAlive };
}
