import { describe, expect, it } from 'vitest';
import type { AnswerFeatures } from '../contract/store.ts';
import type { AnomalyRule } from '../policy/devices-config.ts';
import { type Alarm, createAnomalies, createMemoryAnomalies } from './index.ts';

const QUIET: AnswerFeatures = { source: 'orders', continues: false, misses: 0, range: null };

function setUp(rule: Partial<AnomalyRule>) {
  const alarms: Alarm[] = [];
  const failures: unknown[] = [];
  const full: AnomalyRule = {
    kind: 'walk',
    count: 3,
    windowMs: 1000,
    action: 'block',
    holdMs: 500,
    limits: null,
    ...rule,
  };
  const anomalies = createAnomalies({ rules: [full], webhook: null }, createMemoryAnomalies(), {
    onAlarm: (alarm) => alarms.push(alarm),
    onFailure: (error) => failures.push(error),
  });
  async function note(features: Partial<AnswerFeatures>, now: number, who = 'p') {
    anomalies.note(who, { ...QUIET, ...features }, now);
    await Promise.resolve();
    await Promise.resolve();
  }
  return { anomalies, alarms, failures, note };
}

describe('anomalies', () => {
  it('block a walk at the count, for the time of the hold, and tell it once', async () => {
    const { anomalies, alarms, note } = setUp({});
    await note({ continues: true }, 0);
    await note({ continues: true }, 1);
    expect(anomalies.standing('p', 2)).toEqual({ kind: 'free' });
    await note({ continues: true }, 2);
    expect(() => anomalies.standing('p', 3)).toThrow(expect.objectContaining({ code: 'limited', retryAfter: 1 }));
    await note({ continues: true }, 3);
    expect(alarms).toEqual([
      { kind: 'walk', action: 'block', principal: 'p', source: 'orders', count: 3, windowMs: 1000, time: 2 },
    ]);
    expect(anomalies.standing('p', 504)).toEqual({ kind: 'free' });
  });

  it('count each principal and each source by itself', async () => {
    const { anomalies, note } = setUp({});
    for (let at = 0; at < 2; at++) {
      await note({ continues: true }, at);
      await note({ continues: true, source: 'profiles' }, at);
      await note({ continues: true }, at, 'q');
    }
    expect(anomalies.standing('p', 5)).toEqual({ kind: 'free' });
    expect(anomalies.standing('q', 5)).toEqual({ kind: 'free' });
  });

  it('forget what is older than the window', async () => {
    const { anomalies, note } = setUp({});
    await note({ continues: true }, 0);
    await note({ continues: true }, 10);
    await note({ continues: true }, 1005);
    expect(anomalies.standing('p', 1006)).toEqual({ kind: 'free' });
    await note({ continues: true }, 1006);
    expect(() => anomalies.standing('p', 1007)).toThrow();
  });

  it('count misses one by one, and ranges only where they differ', async () => {
    const misses = setUp({ kind: 'enumeration', action: 'step-up' });
    await misses.note({ misses: 2 }, 0);
    expect(misses.anomalies.standing('p', 1)).toEqual({ kind: 'free' });
    await misses.note({ misses: 50 }, 1);
    expect(misses.anomalies.standing('p', 2)).toEqual({ kind: 'step-up' });
    await misses.anomalies.release('p');
    expect(misses.anomalies.standing('p', 3)).toEqual({ kind: 'free' });

    const limits = { rate: { perSecond: 1, burst: 1 }, concurrent: null };
    const slices = setUp({ kind: 'slicing', action: 'throttle', limits });
    for (let at = 0; at < 10; at++) await slices.note({ range: 'same' }, at);
    expect(slices.anomalies.standing('p', 10)).toEqual({ kind: 'free' });
    for (let at = 0; at < 2; at++) await slices.note({ range: `other ${at}` }, 10 + at);
    expect(slices.anomalies.standing('p', 20)).toEqual({ kind: 'throttled', limits });
  });

  it('only tell where the action is an alarm', async () => {
    const { anomalies, alarms, note } = setUp({ action: 'alarm' });
    for (let at = 0; at < 7; at++) await note({ continues: true }, at);
    expect(anomalies.standing('p', 8)).toEqual({ kind: 'free' });
    expect(alarms.map(({ count }) => count)).toEqual([3, 6]);
  });
});

describe('holds of several rules', () => {
  const limits = { rate: { perSecond: 1, burst: 1 }, concurrent: null };
  const rules: readonly AnomalyRule[] = [
    { kind: 'walk', count: 1, windowMs: 1000, action: 'throttle', holdMs: 10_000, limits },
    { kind: 'enumeration', count: 1, windowMs: 1000, action: 'block', holdMs: 500, limits: null },
    { kind: 'slicing', count: 1, windowMs: 1000, action: 'step-up', holdMs: 5000, limits: null },
  ];

  it('hold beside one another: whoever is throttled for long can still be blocked, and an assertion ends no throttle', async () => {
    const store = createMemoryAnomalies();
    const anomalies = createAnomalies({ rules, webhook: null }, store, { onAlarm: () => {}, onFailure: () => {} });
    anomalies.note('p', { ...QUIET, continues: true }, 0);
    expect(anomalies.standing('p', 1)).toEqual({ kind: 'throttled', limits });
    anomalies.note('p', { ...QUIET, misses: 1, range: 'r' }, 2);
    expect(() => anomalies.standing('p', 3)).toThrow(expect.objectContaining({ code: 'limited' }));
    expect(anomalies.standing('p', 503)).toEqual({ kind: 'step-up' });
    await anomalies.release('p');
    expect(anomalies.standing('p', 504)).toEqual({ kind: 'throttled', limits });
    expect(anomalies.standing('p', 10_001)).toEqual({ kind: 'free' });
  });

  it('are remembered in no more than a fixed number of items, however many walk at once', () => {
    const store = createMemoryAnomalies(1000);
    const items = Array.from({ length: 300 }, (_, at) => `i${at}`);
    for (const who of ['a', 'b', 'c', 'd']) expect(store.add('0:orders', who, items, 60_000, 0)).toBe(300);
    // The one that was quiet longest was forgotten; the others were not.
    expect(store.add('0:orders', 'd', ['more'], 60_000, 0)).toBe(301);
    expect(store.add('0:orders', 'c', ['more'], 60_000, 0)).toBe(301);
    expect(store.add('0:orders', 'a', ['more'], 60_000, 0)).toBe(1);
  });
});
