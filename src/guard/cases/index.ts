export type { Difference } from './compare.ts';
export { type DecisionCase, loadCases, parseCases } from './load.ts';
export { type Paint, renderCases } from './render.ts';
export {
  type CaseDependencies,
  type CaseRequest,
  type CaseResult,
  type Decide,
  type Decided,
  runCases,
  type UpstreamText,
} from './run.ts';
export { casesJsonSchema } from './schema.ts';
