/**
 * The row of a device, as each of its requests needs it. An embedded store is asked every time; what a store over the network
 * answers is kept for `TTL`, so that a revocation holds on every gateway within that time.
 */
import { LRUCache } from 'lru-cache';
import type { DeviceRow, DeviceStore } from '../contract/device.ts';

/** ms. */
const REVOCATION_DELAY = 2_000;
const MAX_ROWS = 50_000;

export interface Rows {
  /** At most `REVOCATION_DELAY` old. @throws Refusal `unavailable` */
  row(id: string, now: number): DeviceRow | undefined | Promise<DeviceRow | undefined>;
  /** Nothing that was read before is used any more. */
  forget(): void;
}

interface Kept {
  readonly row: Promise<DeviceRow | undefined>;
  /** Known once it was read: then no promise is waited for. */
  value: DeviceRow | undefined;
  readonly until: number;
}

export function createRows(store: DeviceStore): Rows {
  const kept = new LRUCache<string, Kept>({ max: MAX_ROWS });
  return {
    row(id, now) {
      const known = kept.get(id);
      if (known && now < known.until) return known.value ?? known.row;
      const found = store.device(id);
      if (!(found instanceof Promise)) return found;
      const entry: Kept = { row: found, value: undefined, until: now + REVOCATION_DELAY };
      kept.set(id, entry);
      found.then(
        (row) => {
          entry.value = row;
          // A device that is not there may be enrolled the next moment.
          if (row === undefined && kept.peek(id) === entry) kept.delete(id);
        },
        () => {
          if (kept.peek(id) === entry) kept.delete(id);
        },
      );
      return found;
    },
    forget() {
      kept.clear();
    },
  };
}
