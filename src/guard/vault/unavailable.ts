import { Refusal } from '../contract/refusal.ts';
import type { EpochKey, EpochKeys } from './epoch-keys.ts';

/** What a store or a keyring threw, as the refusal that clients get. Its message is for the operator and holds no secret. */
export function unavailable(cause: unknown): Refusal {
  if (cause instanceof Refusal) return cause;
  return new Refusal('unavailable', `vault: ${cause instanceof Error ? cause.message : 'it failed'}`, { cause });
}

/** The key of an epoch; undefined: it was destroyed. @throws Refusal `unavailable` */
export function epochKey(keys: EpochKeys, epoch: number): EpochKey | undefined | Promise<EpochKey | undefined> {
  try {
    const key = keys.get(epoch);
    return key instanceof Promise
      ? key.catch((cause: unknown) => {
          throw unavailable(cause);
        })
      : key;
  } catch (cause) {
    throw unavailable(cause);
  }
}
