/** The store's answers, read by what was asked and rebuilt from what may be seen. */
export { projectCount } from './count.ts';
export { errorJson, errorOf, errorReply } from './error.ts';
export { applyFilterPath } from './filter-path.ts';
export { grantOf } from './hit.ts';
export { passSearch } from './pass.ts';
export { type Projection, projectionFrom, projectionState } from './projection.ts';
export { type ReplyExtras, reply } from './reply.ts';
export { type ProjectedSearch, projectSearch, projectSearchJson } from './search.ts';
