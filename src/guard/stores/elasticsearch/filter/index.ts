/** The document filter: what a principal's documents are. */
export { bindFilter, fieldsOf, holds, valuesAt } from '../../../document/index.ts';
export { filterQuery } from './print.ts';
