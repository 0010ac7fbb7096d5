/** Searches and counts, compiled. */
export { type CompiledSearch, compileSearch } from './compile.ts';
export { compileCount } from './count.ts';
export { SEARCH_PARAMETERS } from './parameters.ts';
export type { SearchRoom as SearchScope } from './scope.ts';
