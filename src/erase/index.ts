/** Erases people's data from declared resources. */
export { deleteDocuments, type EraseParts, findDocuments, type Person, type ResourceFindings } from './documents.ts';
export { type Erasure, type ErasureParts, type ErasurePlan, erase, type KeyPlan, planErasure } from './erase.ts';
export { sampleCiphertexts } from './samples.ts';
