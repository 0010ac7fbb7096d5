import { Refusal } from '../contract/refusal.ts';
import { type ScanRules, scanJson } from './scanner.ts';
import { readText } from './text.ts';
import type { Json } from './value.ts';

/** The store's own documents may nest deeper than a request, may hold any key, and any number that a store can keep. */
const ANSWER_RULES: ScanRules = { maxDepth: 128, maxNumber: 1100, refuseOddities: false };

/**
 * Reads an answer of the store without losing a digit: what the client gets is what the document holds.
 *
 * @throws Refusal `upstream_answer`
 */
export function parseAnswer(bytes: Uint8Array): Json {
  try {
    return scanJson(readText(bytes), ANSWER_RULES);
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal('upstream_answer', error.detail);
    throw error;
  }
}
