/** Erases people's data from declared resources. */

export { type Erasure, type ErasureParts, type ErasurePlan, erase, planErasure } from './erase.ts';
