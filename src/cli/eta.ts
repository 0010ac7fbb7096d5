/** How long the rest takes, judged by what was done so far. */

/** Before this many, and this share of all, the rate says little. */
const ENOUGH = 3;
const ENOUGH_SHARE = 0.02;

/**
 * @param now milliseconds, monotonic
 * @returns `, about 2 min 10 s left` for a number done and how many there are, as far as that is known by then; empty while
 *   nothing can be said
 */
export function createEta(now: () => number): (done: number, total: number) => string {
  const start = now();
  return (done, total) => {
    if (done < Math.max(ENOUGH, total * ENOUGH_SHARE) || done >= total) return '';
    const seconds = Math.round(((now() - start) / done) * ((total - done) / 1000));
    return seconds < 1 ? '' : `, about ${span(seconds)} left`;
  };
}

function span(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
