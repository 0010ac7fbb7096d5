/**
 * Which hosts are those of a library that nobody knows yet: most apps of makers that have nothing to do with one another do
 * not share a back end by chance.
 */

/** Fewer makers than this show nothing. */
const LEAST_MAKERS = 10;
const LEAST_SHARE = 0.6;

/** @param apps ids of all apps of the folder @returns whether these of them are too many to share a back end of their own */
export function commonAmong(apps: Iterable<string>): (sharers: Iterable<string>) => boolean {
  const makers = makersOf(apps);
  return (sharers) => makers >= LEAST_MAKERS && makersOf(sharers) >= makers * LEAST_SHARE;
}

function makersOf(apps: Iterable<string>): number {
  const makers = new Set<string>();
  for (const id of apps) makers.add(makerOf(id));
  return makers.size;
}

/** `com.bluemarket` of `com.bluemarket.shop`: ids begin with a domain of the maker, read backwards. */
function makerOf(id: string): string {
  return id.toLowerCase().split('.', 2).join('.');
}
