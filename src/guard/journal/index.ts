export type { Journal } from './contract.ts';
export type { DecisionEntry } from './entry.ts';
export { createJournal } from './journal.ts';
export { verifyJournal } from './verify.ts';
export { createFileWitness, createHttpWitness, readWitnessFile, type Witness } from './witness.ts';
