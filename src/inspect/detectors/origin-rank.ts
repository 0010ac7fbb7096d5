import { ORIGINS, type Origin } from '../../core/asset.ts';

const RANKS = new Map(ORIGINS.map((origin, index) => [origin, index]));

/** Less is more the app's own: of two origins of one thing the nearer counts, and reports list it first. */
export function byOrigin(a: Origin, b: Origin): number {
  return (RANKS.get(a) ?? RANKS.size) - (RANKS.get(b) ?? RANKS.size);
}
