/** The query grammar: what clients may ask, compiled. */
export { checkQuery, compileQuery } from './compile.ts';
export type { QueryContext } from './context.ts';
