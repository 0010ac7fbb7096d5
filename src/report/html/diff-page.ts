/** Two builds of an app compared, as a page. */

import type { BuildChange } from '../../core/contract/inspect-diff.ts';
import { breakable, html } from '../../core/markup.ts';
import { plural } from '../human.ts';
import type { InspectDiff } from '../input.ts';
import { CHANGE_TITLES, warnings } from '../terminal/diff.ts';
import { cleaned } from '../untrusted.ts';
import { finder, findTable } from './find-table.ts';
import { pageOf } from './page.ts';
import { figure } from './sections.ts';
import { severityBadge } from './story.ts';

const MOST = 2_000;
const KINDS = Object.keys(CHANGE_TITLES) as BuildChange['kind'][];

export function diffPage(dirty: InspectDiff): string {
  const diff = cleaned(dirty);
  const { before, after, changes, summary } = diff;
  const title =
    changes.length === 0 ? 'Nothing changed between the builds.' : `${plural(changes.length, 'thing')} changed.`;
  const parts = KINDS.map((kind) => {
    const rows = changes.filter((change) => change.kind === kind);
    const table = {
      id: `changes-${kind}`,
      title: CHANGE_TITLES[kind],
      heads: ['What', 'Change', 'Before', 'After'],
      most: MOST,
    };
    return { id: table.id, title: table.title, part: findTable(table, rows, rowOf) };
  }).filter(({ part }) => part !== null);
  const name = (build: InspectDiff['before']) =>
    html`<code>${build.path}</code> ${`${build.id} ${build.version}`.trim()}`;
  return pageOf({
    title,
    nav: parts.map((part) => [part.id, part.title]),
    main: html`<section class="hero" aria-labelledby="verdict">
<h1 id="verdict">${title}</h1>
<p class="lede">From ${name(before)} to ${name(after)}.</p>
<dl class="figures">
${figure('New', summary.new, '')}${figure('Changed', summary.changed, '')}${figure('Gone', summary.gone, '')}
</dl>
${warnings(diff).map((warning) => html`<p class="notice">${warning}</p>`)}
</section>
${changes.length === 0 ? '' : finder('what changed')}
${parts.map(({ part }) => part)}`,
    footer: 'Made by Postern. Credentials are masked, and nothing in this file is sent anywhere.',
  });
}

function rowOf({ id, change, before, after, severity, origin }: BuildChange) {
  return [
    html`${severity === undefined ? '' : html`${severityBadge(severity)} `}<code>${breakable(id)}</code>${origin === undefined || origin === 'app' ? '' : html` <span class="muted">${origin}</span>`}`,
    change,
    before ?? '–',
    after ?? '–',
  ] as const;
}
