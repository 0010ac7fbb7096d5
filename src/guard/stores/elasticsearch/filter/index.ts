/** The document filter: what a principal's documents are. */
export { bindFilter } from './bind.ts';
export { holds } from './holds.ts';
export { filterQuery } from './print.ts';
export { fieldsOf, valuesAt } from './values.ts';
