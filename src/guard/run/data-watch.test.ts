import { afterEach, describe, expect, it, vi } from 'vitest';
import { watchData } from './data-watch.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('the watch over what the vault and the devices need', () => {
  it('tells each change once: what is missing, and what it works in spite of', async () => {
    vi.useFakeTimers();
    let there = true;
    let trouble: string | null = null;
    const told: unknown[] = [];
    const watch = watchData({
      devices: { device: async () => (there ? undefined : Promise.reject(new Error('away'))) },
      probe: async () => undefined,
      trouble: () => trouble,
      onChange: (missing) => told.push(missing ?? 'there'),
      onTrouble: (why) => told.push(why ?? 'no trouble'),
    });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(told).toEqual([]);
    there = false;
    trouble = 'the key service is away';
    await vi.advanceTimersByTimeAsync(3_000);
    expect(watch.missing()).toContain('store of the vault');
    there = true;
    trouble = null;
    await vi.advanceTimersByTimeAsync(3_000);
    expect(watch.missing()).toBeUndefined();
    expect(told).toEqual([expect.stringContaining('store'), 'the key service is away', 'there', 'no trouble']);
    watch.close();
    there = false;
    await vi.advanceTimersByTimeAsync(3_000);
    expect(told).toHaveLength(4);
  });
});
