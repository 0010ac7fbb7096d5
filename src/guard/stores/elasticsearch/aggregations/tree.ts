/** The aggregations that were asked for, as the answer is to be read. */
export type AggregationTree = ReadonlyMap<string, AggregationNode>;

export interface AggregationNode {
  /** What `typed_keys` puts before the name: `sterms#`. */
  readonly prefix: string;
  readonly answer: AnswerShape;
  /** Empty for metrics. */
  readonly children: AggregationTree;
}

export type AnswerShape =
  /** `{value, value_as_string}`, or the numbers of `stats` and `extended_stats`. */
  | 'metric'
  /** `{values: {"50.0": 1, …}}`, or `[{key, value}]`. */
  | 'percentiles'
  /** `{doc_count, …children}`. */
  | 'bucket'
  /** `{buckets: [{key, doc_count, …children}]}`, or by key. */
  | 'buckets';
