/**
 * Slow theft: each request is allowed, and all of them together empty a store. Three ways of it are known by the features
 * of the answers (`AnswerFeatures`), which hold no value:
 *
 *   walk         page after page of one source, each beginning where the last ended
 *   enumeration  ids tried one by one that are not there, or not the caller's
 *   slicing      one query over and over, with other bounds each time
 *
 * They are counted for each principal and source over a rolling window; above the policy's count its action holds.
 */
import { Refusal } from '../contract/refusal.ts';
import type { AnswerFeatures } from '../contract/store.ts';
import type { AnomaliesConfig, AnomalyRule } from '../policy/devices-config.ts';
import type { CallLimits } from '../policy/limits-config.ts';
import type { AnomalyStore, Hold } from './store.ts';

/** For the operator: who (keyed hash), what, where. Nothing of any document. */
export interface Alarm {
  readonly kind: AnomalyRule['kind'];
  readonly action: AnomalyRule['action'];
  /** Keyed hash, as in the journal. */
  readonly principal: string;
  readonly source: string;
  readonly count: number;
  readonly windowMs: number;
  /** ms since the epoch. */
  readonly time: number;
}

/** What a request meets before it is asked. */
export type Standing =
  | { readonly kind: 'free' }
  | { readonly kind: 'throttled'; readonly limits: CallLimits }
  /** Only with a fresh assertion of the device; then `release`. */
  | { readonly kind: 'step-up' };

export interface Anomalies {
  /** @throws Refusal `forbidden` while blocked, `unavailable` */
  standing(who: string, now: number): Standing | Promise<Standing>;
  /** Takes an answer's features into account. Never throws and never delays: a store that fails is told to `onFailure`. */
  note(who: string, features: AnswerFeatures, now: number): void;
  release(who: string): void | Promise<void>;
}

export interface AnomaliesOptions {
  readonly onAlarm: (alarm: Alarm) => void;
  readonly onFailure: (error: unknown) => void;
}

const FREE: Standing = Object.freeze({ kind: 'free' });
const STEP_UP: Standing = Object.freeze({ kind: 'step-up' });

export function createAnomalies(config: AnomaliesConfig, store: AnomalyStore, options: AnomaliesOptions): Anomalies {
  let events = 0;
  const prefix = `${process.pid.toString(36)}.${Math.random().toString(36).slice(2, 10)}.`;

  function standingOf(hold: Hold | null): Standing {
    if (hold === null) return FREE;
    if (hold.action === 'block') {
      throw new Refusal('limited', 'anomaly: blocked', { retryAfter: Math.ceil(hold.leftMs / 1000) });
    }
    if (hold.action === 'step-up') return STEP_UP;
    const limits = config.rules[hold.rule]?.limits;
    return limits ? { kind: 'throttled', limits } : FREE;
  }

  /** Items that a rule counts in one answer. Events that are alike count one by one, bounds only when they differ. */
  function itemsOf(rule: AnomalyRule, features: AnswerFeatures): readonly string[] {
    if (rule.kind === 'slicing') return features.range === null ? [] : [features.range];
    const count = rule.kind === 'walk' ? Number(features.continues) : features.misses;
    return Array.from({ length: Math.min(count, rule.count + 1) }, () => `${prefix}${(events++).toString(36)}`);
  }

  async function count(
    rule: AnomalyRule,
    at: number,
    who: string,
    features: AnswerFeatures,
    now: number,
  ): Promise<void> {
    const items = itemsOf(rule, features);
    if (items.length === 0) return;
    const added = store.add(`${at}:${features.source}`, who, items, rule.windowMs, now);
    const total = added instanceof Promise ? await added : added;
    if (total < rule.count) return;
    const { kind, action, windowMs } = rule;
    if (action !== 'alarm') await store.hold(who, { action, rule: at, leftMs: rule.holdMs }, now);
    // Told when the line is crossed, and again at each doubling, not at every answer after it.
    const crossed = total - items.length < rule.count || Number.isInteger(Math.log2(total / rule.count));
    if (crossed) {
      options.onAlarm({ kind, action, principal: who, source: features.source, count: total, windowMs, time: now });
    }
  }

  return {
    standing(who, now) {
      const held = store.held(who, now);
      return held instanceof Promise ? held.then(standingOf) : standingOf(held);
    },
    note(who, features, now) {
      if (!features.continues && features.misses === 0 && features.range === null) return;
      for (const [at, rule] of config.rules.entries()) {
        count(rule, at, who, features, now).catch(options.onFailure);
      }
    },
    release: (who) => store.release(who),
  };
}
