/** Ids and times of scrolls, which the stores take in three places; here one place at a time. */
import { Refusal } from '../../../contract/refusal.ts';
import type { Json } from '../../../json/index.ts';

/** @throws Refusal `malformed_body` for what is there and no text */
export function textOf(value: Json | undefined): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new Refusal('malformed_body', 'scroll: not a text');
}

/** The one that was sent. Stores disagree on which of two wins, so two are refused. @throws Refusal `malformed_request` */
export function oneOf<T>(values: readonly (T | undefined)[]): T | undefined {
  const sent = values.filter((value) => value !== undefined);
  if (sent.length > 1) throw new Refusal('malformed_request', 'scroll: given in two places');
  return sent[0];
}
