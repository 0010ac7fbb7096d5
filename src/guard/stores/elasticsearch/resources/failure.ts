/** What it means that the store did not do what it was asked. Its own words are never read further than their type. */
import { Refusal } from '../../../contract/refusal.ts';
import type { UpstreamAnswer } from '../../../contract/store.ts';

export function isSuccess({ status }: UpstreamAnswer): boolean {
  return status >= 200 && status < 300;
}

/** @param writes a value that does not fit the index's mapping is the writer's */
export function refusalOf({ status }: UpstreamAnswer, what: string, writes = false): Refusal {
  const detail = `${what}: the store answered with status ${status}`;
  if (status === 401 || status === 403) return new Refusal('unavailable', detail);
  if (status === 408 || status === 504) return new Refusal('upstream_slow', detail);
  if (status === 429 || status === 503) return new Refusal('upstream_down', detail);
  if (writes && status === 400) return new Refusal('invalid', detail);
  return new Refusal('upstream_answer', detail);
}
