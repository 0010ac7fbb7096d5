export { anyObserved, buildAccess, buildObservedAccess, isObserved } from './access.ts';
export { policyJsonSchema } from './json-schema.ts';
export { lint } from './lint/lint.ts';
export { readAliases, readMapping } from './lint/mapping.ts';
export { loadPolicy, parsePolicy } from './parse.ts';
export type { Catalogue, Policy } from './policy.ts';
export { limitsFor } from './role-limits.ts';
export { watchPolicy } from './watch.ts';
