/** A document, whatever store it is in: which ones a principal's are, and what is shown in the place of a masked value. */
export { bindFilter } from './bind.ts';
export { printDate, readDate } from './date.ts';
export { holds } from './holds.ts';
export { type MaskContext, maskRule, maskValue } from './mask.ts';
export { fieldsOf, valuesAt } from './values.ts';
