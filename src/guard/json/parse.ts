import { Refusal } from '../contract/refusal.ts';
import { CLIENT_RULES, clientBudget, scanJson } from './scanner.ts';
import { readText } from './text.ts';
import type { Json } from './value.ts';

export interface JsonLimits {
  /** Open arrays and objects at once; 32 unless told. */
  readonly maxDepth?: number;
  /** Bytes; the listener bounds bodies before, so there is none unless told. */
  readonly maxBytes?: number;
}

/**
 * Reads a client's body: strictly, and without losing a digit.
 *
 * @throws Refusal `malformed_json`, `too_large`
 */
export function parseJson(bytes: Uint8Array, limits?: JsonLimits): Json {
  if (limits?.maxBytes !== undefined && bytes.length > limits.maxBytes) throw new Refusal('too_large', 'body');
  const rules = limits?.maxDepth === undefined ? CLIENT_RULES : { ...CLIENT_RULES, maxDepth: limits.maxDepth };
  return scanJson(readText(bytes), rules, clientBudget());
}
