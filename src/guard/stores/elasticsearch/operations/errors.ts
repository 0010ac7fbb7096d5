/** What an item says that was refused among others that were answered. Nothing of the request is in it. */
import { REFUSALS, type Refusal } from '../../../contract/refusal.ts';
import type { JsonObject } from '../../../json/value.ts';
import { errorJson } from '../response/index.ts';

/** `{error, status}`, of the stores' shape. */
export function refusedItem({ code }: Refusal): JsonObject {
  const [status, reason] = REFUSALS[code];
  return errorJson(status, status === 403 ? 'security_exception' : 'illegal_argument_exception', reason);
}

/** As `refusedItem`, where items have no status of their own (`_mget`). */
export function itemError(refusal: Refusal): JsonObject {
  return { error: refusedItem(refusal).error ?? null };
}
