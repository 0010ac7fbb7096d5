/**
 * Newline-delimited JSON as `_msearch` and `_bulk` take it, in the one framing that every reader agrees on: each line one
 * JSON value, each ended by a single line feed, the last one too; no empty line, no carriage return.
 */
import { Refusal } from '../contract/refusal.ts';
import { CLIENT_RULES, clientBudget, type ScanBudget, scanJson } from './scanner.ts';
import { type JsonText, readText } from './text.ts';
import type { Json } from './value.ts';

/** @throws Refusal `malformed_json`, `too_large` */
export function parseNdjson(bytes: Uint8Array): Json[] {
  const { text, units } = readText(bytes);
  if (text.length === 0 || text.charCodeAt(text.length - 1) !== 0x0a) {
    throw new Refusal('malformed_json', 'the last line is not ended');
  }
  if (text.includes('\r')) throw new Refusal('malformed_json', 'a carriage return');
  const values: Json[] = [];
  const budget = clientBudget();
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    if (end === start) throw new Refusal('malformed_json', `line ${values.length + 1} is empty`);
    values.push(
      scanLine({ text: text.slice(start, end), units: units.subarray(start, end) }, values.length + 1, budget),
    );
    start = end + 1;
  }
  return values;
}

function scanLine(line: JsonText, number: number, budget: ScanBudget): Json {
  try {
    return scanJson(line, CLIENT_RULES, budget);
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal(error.code, `line ${number}, ${error.detail}`);
    throw error;
  }
}
