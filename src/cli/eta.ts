/** How long the rest takes, judged by what was done so far. */

/** Before this many the rate says little. */
const ENOUGH = 3;

/**
 * @param total how many there are
 * @param now milliseconds, monotonic
 * @returns `, about 2 min 10 s left` for a number done; empty while nothing can be said
 */
export function createEta(total: number, now: () => number): (done: number) => string {
  const start = now();
  return (done) => {
    if (done < ENOUGH || done >= total) return '';
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
