/** Two builds of an app compared, for a pull request. */
import type { BuildChange } from '../../core/contract/inspect-diff.ts';
import type { InspectDiff } from '../input.ts';
import { CHANGE_TITLES, warnings } from '../terminal/diff.ts';
import { code, md, table } from './text.ts';

const MOST = 100;
const SIGNS = { new: '➕', gone: '➖', changed: '✏️' } as const;

export function diffMarkdown(diff: InspectDiff): string[] {
  const { before, after, changes, summary } = diff;
  const title = (build: InspectDiff['before']) => md(`${build.id} ${build.version}`.trim() || build.path);
  const lines = [
    `## Postern diff: ${title(before)} → ${title(after)}`,
    '',
    changes.length === 0 ? 'No difference.' : `${summary.new} new, ${summary.changed} changed, ${summary.gone} gone.`,
    '',
    ...warnings(diff).flatMap((warning) => [`> ⚠️ ${md(warning)}`, '']),
  ];
  for (const kind of Object.keys(CHANGE_TITLES) as BuildChange['kind'][]) {
    const rows = changes.filter((change) => change.kind === kind);
    if (rows.length === 0) continue;
    lines.push(
      `**${CHANGE_TITLES[kind]}**`,
      '',
      ...table(
        ['', 'What', 'Before', 'After'],
        rows
          .slice(0, MOST)
          .map(({ change, id, before: was, after: is, severity }) => [
            SIGNS[change],
            code(severity === undefined ? id : `${severity}: ${id}`, true),
            md(was ?? ''),
            md(is ?? ''),
          ]),
      ),
      ...(rows.length > MOST ? ['', `… and ${rows.length - MOST} more.`] : []),
      '',
    );
  }
  return lines;
}
