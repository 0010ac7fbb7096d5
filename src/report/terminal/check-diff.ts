/** `postern diff REPORT REPORT` on a terminal: what opened, closed and changed, the worst first. */
import type { CheckChange, CheckDiff } from '../../core/contract/check-diff.ts';
import { CHECK_CHANGES } from '../../core/drift.ts';
import { humanCount, humanTime } from '../human.ts';
import type { RenderOptions } from '../options.ts';
import { createPage, type Ink, type Page, severityBadge } from './page.ts';

export const DRIFT_TITLES = {
  opened: 'Opened',
  changed: 'Still open, and different',
  lost: 'Cannot be told any more',
  closed: 'Closed',
  new: 'New',
  gone: 'Gone',
} as const satisfies Record<CheckChange['change'], string>;

const MOST = 50;

export function renderCheckDiff(diff: CheckDiff, options: RenderOptions): string {
  const page = createPage(options);
  page.write(
    '',
    page.ink.dim(`--- ${diff.before.path}  ${humanTime(diff.before.finishedAt)}, from ${diff.before.vantage}`),
  );
  page.write(
    '',
    page.ink.dim(`+++ ${diff.after.path}  ${humanTime(diff.after.finishedAt)}, from ${diff.after.vantage}`),
  );
  for (const warning of driftWarnings(diff)) page.write('', page.ink.yellow(warning));
  for (const kind of CHECK_CHANGES) {
    const changes = diff.changes.filter(({ change }) => change === kind);
    if (changes.length === 0) continue;
    page.heading(DRIFT_TITLES[kind], humanCount(changes.length));
    for (const change of page.all ? changes : changes.slice(0, MOST)) writeChange(page, change);
    if (!page.all && changes.length > MOST) {
      page.write('  ', page.ink.dim(`Show ${humanCount(changes.length - MOST)} more: --all`));
    }
  }
  page.gap();
  page.write('', page.ink.bold(driftSentence(diff)));
  return page.toString();
}

/** One sentence that tells it all. */
export function driftSentence({ changes, summary }: CheckDiff): string {
  if (changes.length === 0) return 'Nothing changed.';
  const parts = [
    [summary.opened, 'opened'],
    [summary.closed, 'closed'],
    [summary.changed, 'changed'],
    [summary.lost, 'cannot be told any more'],
    [summary.new, 'new'],
    [summary.gone, 'gone'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${humanCount(count)} ${what}`);
  return `${told.join(', ')}.`;
}

/** What a reader must know before trusting the difference. */
export function driftWarnings({ before, after }: CheckDiff): string[] {
  const lines = [before, after]
    .filter(({ complete }) => !complete)
    .map(({ path }) => `${path} is not complete: what seems gone may only be unseen.`);
  if (before.vantage !== after.vantage) lines.push('The two were asked from different places.');
  if (before.scopeHash !== after.scopeHash) lines.push('The scope changed between the two.');
  return lines;
}

function writeChange(page: Page, { change, title, before, after, severity }: CheckChange): void {
  const badge = severity === undefined ? '' : `${severityBadge(severity, page.ink)} `;
  page.write(`  ${SIGNS[change](page.ink)} `, `${badge}${title}`);
  const told = [before, after].filter((text) => text !== undefined);
  if (told.length > 0) page.write('      ', page.ink.dim(told.join(' → ')));
}

const SIGNS = {
  opened: (ink: Ink) => ink.red('+'),
  changed: (ink: Ink) => ink.yellow('~'),
  lost: (ink: Ink) => ink.yellow('?'),
  closed: (ink: Ink) => ink.green('-'),
  new: (ink: Ink) => ink.red('+'),
  gone: (ink: Ink) => ink.green('-'),
} as const;
