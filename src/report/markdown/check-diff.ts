/** Drift between two checks, for a pull request or a message. */
import type { CheckDiff } from '../../core/contract/check-diff.ts';
import { CHECK_CHANGES } from '../../core/drift.ts';
import { DRIFT_TITLES, driftSentence, driftWarnings } from '../terminal/check-diff.ts';
import { md, table } from './text.ts';

const MOST = 100;

export function checkDiffMarkdown(diff: CheckDiff): string[] {
  const lines = [
    `## Postern drift: ${md(driftSentence(diff))}`,
    '',
    ...driftWarnings(diff).flatMap((warning) => [`> ⚠️ ${md(warning)}`, '']),
  ];
  for (const kind of CHECK_CHANGES) {
    const rows = diff.changes.filter(({ change }) => change === kind);
    if (rows.length === 0) continue;
    const cells = rows
      .slice(0, MOST)
      .map(({ title, before, after, severity }) => [severity ?? '', md(title), md(before ?? ''), md(after ?? '')]);
    lines.push(`**${DRIFT_TITLES[kind]}**`, '', ...table(['', 'What', 'Before', 'After'], cells));
    if (rows.length > MOST) lines.push('', `… and ${rows.length - MOST} more.`);
    lines.push('');
  }
  return lines;
}
