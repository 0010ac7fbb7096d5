/** The range's stand-in for Elasticsearch. It is not Elasticsearch; README.md says what it answers. */
export { ElasticError } from './errors.ts';
export type { StoredIndex } from './index-set.ts';
export type { FieldType, Mapping } from './mapping.ts';
export type { StandInCluster } from './request.ts';
export { answer } from './routes.ts';
export { createStandIn } from './server.ts';
