/**
 * An assertion of a device: over a challenge that is this person's and used here for the first time, with a counter above the
 * last one. Of two at once with one counter one wins: both steps are the store's.
 */
import type { DeviceRow } from '../contract/device.ts';
import { Refusal } from '../contract/refusal.ts';
import type { Service } from './service.ts';

interface Presented {
  readonly row: DeviceRow;
  /** `Principal.id`. */
  readonly user: string;
  readonly challenge: string;
  readonly text: string;
  readonly clientData: Uint8Array;
}

/** @throws Refusal `step_up` for one that does not hold, `unavailable` */
export async function confirmAssertion(service: Service, presented: Presented, now: number): Promise<void> {
  const { row, user, challenge, text, clientData } = presented;
  const until = service.challenges.goodUntil(challenge, user, now);
  if (until === undefined) throw new Refusal('step_up', 'challenge: none of ours for this principal, or over');
  try {
    await service.useOnce(`challenge:${challenge}`, until, 'challenge');
    const { counter } = await service.attester.assert({ row, assertion: text, clientData }, now);
    if (counter !== null && !(await service.store.advance(row.id, counter)))
      throw new Refusal('step_up', 'assertion: the counter is not above the last one');
  } catch (error) {
    // Whatever is wrong with it, what helps is another one.
    if (error instanceof Refusal && error.code === 'attestation') throw new Refusal('step_up', error.detail);
    throw error;
  }
}
