import { announceRange } from './control.ts';
import type { Range } from './range.ts';

/**
 * Keeps a range running, and findable by `postern lab status`, `restart` and `stop`, until the signal is aborted or one
 * of them stops it. Does not stop the range itself.
 */
export async function keepRunning(range: Range, signal: AbortSignal): Promise<void> {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const announcement = await announceRange(range, end);
  signal.addEventListener('abort', end, { once: true });
  if (!signal.aborted) await ended;
  await announcement.close();
}
