/** Drift between two checks, as a page. */
import type { CheckChange, CheckDiff } from '../../core/contract/check-diff.ts';
import { CHECK_CHANGES } from '../../core/drift.ts';
import { html } from '../../core/markup.ts';
import { humanTime } from '../human.ts';
import { DRIFT_TITLES, driftSentence, driftWarnings } from '../terminal/check-diff.ts';
import { cleaned } from '../untrusted.ts';
import { finder, findTable } from './find-table.ts';
import { pageOf } from './page.ts';
import { figure } from './sections.ts';
import { severityBadge } from './story.ts';

const MOST = 2_000;

export function checkDiffPage(dirty: CheckDiff): string {
  const diff = cleaned(dirty);
  const { before, after, changes, summary } = diff;
  const parts = CHECK_CHANGES.map((kind) => {
    const rows = changes.filter(({ change }) => change === kind);
    const heads = ['What', 'Before', 'After'];
    const table = { id: `drift-${kind}`, title: DRIFT_TITLES[kind], heads, most: MOST };
    return { id: table.id, title: table.title, part: findTable(table, rows, rowOf) };
  }).filter(({ part }) => part !== null);
  const side = ({ path, finishedAt, vantage }: CheckDiff['before']) =>
    html`<code>${path}</code> (${humanTime(finishedAt)}, asked from ${vantage})`;
  const title = driftSentence(diff);
  return pageOf({
    title,
    nav: parts.map((part) => [part.id, part.title]),
    main: html`<section class="hero" aria-labelledby="verdict">
<h1 id="verdict">${title}</h1>
<p class="lede">From ${side(before)} to ${side(after)}.</p>
<dl class="figures">
${figure('Opened', summary.opened, '')}${figure('Changed', summary.changed, '')}${figure('Cannot be told', summary.lost, '')}${figure('Closed', summary.closed, '')}
</dl>
${driftWarnings(diff).map((warning) => html`<p class="notice">${warning}</p>`)}
</section>
${changes.length === 0 ? '' : finder('what changed')}
${parts.map(({ part }) => part)}`,
    footer: 'Made by Postern. It holds names and counts, no values, and nothing in it is sent anywhere.',
  });
}

function rowOf({ title, before, after, severity }: CheckChange) {
  return [
    html`${severity === undefined ? '' : html`${severityBadge(severity)} `}${title}`,
    before ?? '–',
    after ?? '–',
  ] as const;
}
