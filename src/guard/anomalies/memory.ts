import { LRUCache } from 'lru-cache';
import type { AnomalyStore, Hold } from './store.ts';

/** Principals and sources that are remembered at a time. The one that was quiet longest is forgotten first. */
const MAX_TRAILS = 100_000;
const MAX_HOLDS = 100_000;
/** Items of one trail; a policy cannot ask for more. */
export const MAX_ITEMS = 10_000;

/** Remembers in this process. */
export function createMemoryAnomalies(): AnomalyStore {
  const trails = new LRUCache<string, Map<string, number>>({ max: MAX_TRAILS });
  const holds = new LRUCache<string, { readonly hold: Hold; readonly until: number }>({ max: MAX_HOLDS });
  return {
    add(key, who, items, windowMs, now) {
      const name = `${who} ${key}`;
      let trail = trails.get(name);
      if (trail === undefined) {
        trail = new Map();
        trails.set(name, trail);
      }
      for (const item of items) {
        // Moved to the end: the Map's order is the order of time.
        trail.delete(item);
        trail.set(item, now);
      }
      for (const [item, at] of trail) {
        if (at > now - windowMs && trail.size <= MAX_ITEMS) break;
        trail.delete(item);
      }
      return trail.size;
    },
    hold(who, hold, now) {
      const until = now + hold.leftMs;
      const before = holds.get(who);
      if (before !== undefined && before.until >= until) return;
      holds.set(who, { hold, until });
    },
    held(who, now) {
      const found = holds.get(who);
      if (found === undefined) return null;
      if (found.until > now) return { ...found.hold, leftMs: found.until - now };
      holds.delete(who);
      return null;
    },
    release(who) {
      holds.delete(who);
    },
  };
}
