import { LRUCache } from 'lru-cache';
import { type AnomalyStore, type Hold, STRICTEST_FIRST } from './store.ts';

/** Principals and sources that are remembered at a time. The one that was quiet longest is forgotten first. */
const MAX_TRAILS = 100_000;
const MAX_HOLDS = 100_000;
/** Items of one trail; a policy cannot ask for more. */
export const MAX_ITEMS = 10_000;
/** Items of all trails together: some 200 MB at most, however many principals walk at once. */
const MAX_ALL_ITEMS = 2_000_000;

/** Remembers in this process. */
export function createMemoryAnomalies(most: number = MAX_ALL_ITEMS): AnomalyStore {
  const trails = new LRUCache<string, Map<string, number>>({
    max: MAX_TRAILS,
    maxSize: most,
    sizeCalculation: (trail) => trail.size + 1,
  });
  const holdOf = (who: string, action: Hold['action']) => `${action} ${who}`;
  const holds = new LRUCache<string, { readonly hold: Hold; readonly until: number }>({ max: MAX_HOLDS });
  return {
    add(key, who, items, windowMs, now) {
      const name = `${who} ${key}`;
      const trail = trails.get(name) ?? new Map<string, number>();
      for (const item of items) {
        // Moved to the end: the Map's order is the order of time.
        trail.delete(item);
        trail.set(item, now);
      }
      for (const [item, at] of trail) {
        if (at > now - windowMs && trail.size <= MAX_ITEMS) break;
        trail.delete(item);
      }
      // Again, with the size that it has now.
      trails.set(name, trail);
      return trail.size;
    },
    hold(who, hold, now) {
      const until = now + hold.leftMs;
      const name = holdOf(who, hold.action);
      const before = holds.get(name);
      if (before !== undefined && before.until >= until) return;
      holds.set(name, { hold, until });
    },
    held(who, now) {
      for (const action of STRICTEST_FIRST) {
        const found = holds.get(holdOf(who, action));
        if (found === undefined) continue;
        if (found.until > now) return { ...found.hold, leftMs: found.until - now };
        holds.delete(holdOf(who, action));
      }
      return null;
    },
    release(who) {
      holds.delete(holdOf(who, 'step-up'));
    },
  };
}
