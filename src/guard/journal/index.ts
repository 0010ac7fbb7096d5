export type { JournalKey } from './checkpoint.ts';
export type { Journal, JournalEvent, JournalOptions, JournalState } from './contract.ts';
export type { DecisionEntry } from './entry.ts';
export { createJournal } from './journal.ts';
export type { Checkpoint } from './line.ts';
export { type Problem, type ProblemKind, type VerifyOptions, type VerifyResult, verifyJournal } from './verify.ts';
export { createFileWitness, createHttpWitness, readWitnessFile, type Witness } from './witness.ts';
