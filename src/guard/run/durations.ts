/** A histogram of durations by operation that costs a few additions to observe; read as prom-client reads its own. */

/** Upper bounds, seconds. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30] as const;

interface Series {
  /** Of each bucket by itself; the last is above all bounds. */
  readonly counts: Float64Array;
  sum: number;
}

interface Value {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly metricName: string;
}

export class Durations {
  readonly name: string;
  readonly help: string;
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly #series = new Map<string, Series>();

  constructor(name: string, help: string) {
    this.name = name;
    this.help = help;
  }

  observe(operation: string, seconds: number): void {
    let series = this.#series.get(operation);
    if (series === undefined) {
      series = { counts: new Float64Array(BUCKETS.length + 1), sum: 0 };
      this.#series.set(operation, series);
    }
    let at = 0;
    while (at < BUCKETS.length && seconds > BUCKETS[at]!) at++;
    series.counts[at]!++;
    series.sum += seconds;
  }

  async get() {
    const { name, help, type, aggregator } = this;
    const values: Value[] = [];
    for (const [operation, { counts, sum }] of this.#series) {
      let total = 0;
      for (const [at, count] of counts.entries()) {
        total += count;
        values.push({ labels: { le: BUCKETS[at] ?? '+Inf', operation }, value: total, metricName: `${name}_bucket` });
      }
      values.push({ labels: { operation }, value: sum, metricName: `${name}_sum` });
      values.push({ labels: { operation }, value: total, metricName: `${name}_count` });
    }
    return { name, help, type, aggregator, values };
  }

  reset(): void {
    this.#series.clear();
  }
}
