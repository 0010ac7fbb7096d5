/** Values of `--sample`: into tallies in memory, weighed with the names, and dropped. */
import { classifyDataset, createTally, type OwnDetector, patternsOf } from '../classify/index.ts';
import type { Category } from '../core/category.ts';
import type { ValueSink } from '../probe/service.ts';

type Summary = ReturnType<ReturnType<typeof createTally>['summary']>;

export interface Sampler {
  readonly values: ValueSink;
  /** Names weighed with what was taken since the last `clear`. */
  classify(names: readonly string[], dataset?: string): { name: string; category: Category }[];
  /** What was counted about the values of one field since the last `clear`. */
  summaryOf(dataset: string, field: string): Summary | undefined;
  clear(): void;
}

/** @param most values of each field, 1 to 5 */
export function createSampler(most: number, own: readonly OwnDetector[]): Sampler {
  const tallies = new Map<string, ReturnType<typeof createTally>>();
  const keyOf = (dataset: string, field: string) => JSON.stringify([dataset, field]);
  const summaryOf = (dataset: string, field: string) => tallies.get(keyOf(dataset, field))?.summary();
  return {
    values: {
      most,
      take(dataset, field, taken) {
        const key = keyOf(dataset, field);
        const tally = tallies.get(key) ?? createTally(patternsOf(own));
        tallies.set(key, tally);
        for (const value of taken.slice(0, most)) tally.add(value);
      },
    },
    classify(names, dataset = '') {
      const fields = names.map((name) => ({ name, values: summaryOf(dataset, name) }));
      return classifyDataset({ name: dataset, fields }, { own }).fields.map(({ name, category }) => ({
        name,
        category,
      }));
    },
    summaryOf,
    clear: () => tallies.clear(),
  };
}
