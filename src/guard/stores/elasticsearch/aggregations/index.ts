/** Aggregations: which exist, how a request for them is compiled, how their answer is read. */
export { compileAggregations } from './compile.ts';
export { projectAggregations } from './project.ts';
export type { AggregationTree } from './tree.ts';
