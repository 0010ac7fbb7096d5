/**
 * JSON for machines: keys in the order of the contracts, whatever order a report was built in, so that two runs compare
 * line by line. Characters that act on a terminal (C1 controls, DEL, bidi) are written as \u escapes: the same value to
 * a parser, harmless to `cat`.
 */

import type { Described } from './input.ts';
import { KEY_ORDER } from './key-order.ts';

const RANK: ReadonlyMap<string, number> = new Map(KEY_ORDER.map((key, index) => [key, index]));
const UNSAFE = /[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e0fff}]/gu;

export function renderJson({ report }: Described): string {
  return `${stringify(report, 2)}\n`;
}

/** One value in stable key order. @param indent spaces; 0 for one line */
export function stringify(value: unknown, indent = 0): string {
  return harmless(JSON.stringify(ordered(value), null, indent));
}

/** JSON text with what acts on a terminal written as escapes; such characters occur within strings only. */
export function harmless(json: string): string {
  return json.replace(UNSAFE, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => ordered(item));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, ordered(item)]));
}

function rank(key: string): number {
  return RANK.get(key) ?? KEY_ORDER.length;
}

/** One line per thing, each with its `type`. A probe's lines are the contract's own and carry no `type`. */
export function renderJsonl(described: Described): string {
  return [...linesOf(described)].map((line) => `${stringify(line)}\n`).join('');
}

function* linesOf({ kind, report }: Described): Generator<object> {
  switch (kind) {
    case 'probe':
      yield* report;
      return;
    case 'check': {
      const { schema, tool, startedAt, finishedAt, vantage, scopeHash, summary } = report;
      const known = new Set(report.known);
      yield { type: 'report', schema, tool, startedAt, finishedAt, vantage, scopeHash };
      yield* typed('story', report.stories);
      for (const finding of report.findings) {
        yield { type: 'finding', ...finding, ...(known.size > 0 ? { known: known.has(finding.fingerprint) } : {}) };
      }
      yield* typed('suppressed', report.suppressed);
      yield* typed('proposal', report.proposals);
      yield* typed('skip', report.skips);
      yield { type: 'summary', ...summary };
      return;
    }
    case 'inspect':
      yield { type: 'report', schema: report.schema, app: report.app };
      yield* typed('endpoint', report.endpoints);
      yield* typed('store', report.stores);
      yield* typed('credential', report.credentials);
      yield* typed('setting', report.settings);
      yield* typed('finding', report.findings);
      yield* typed('coverage', report.coverage);
      yield* typed('skip', report.skips);
      return;
    case 'classify':
    case 'fleet':
    case 'diff':
      return; // a folder's lines are written package by package; a diff is one thing
    case 'audit':
      yield { type: 'report', schema: report.schema, root: report.root };
      yield* typed('finding', report.findings);
      yield* typed('file', report.files);
      yield* typed('skip', report.skips);
      return;
    case 'receipt': {
      const { stories, ...head } = report;
      yield { type: 'report', ...head };
      yield* typed('story', stories);
    }
  }
}

function* typed(type: string, items: readonly object[]): Generator<object> {
  for (const item of items) yield { type, ...item };
}
