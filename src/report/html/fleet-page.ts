/** A folder of packages as a page: which apps share what, and where that is not known. */
import type { FleetSharer } from '../../core/contract/fleet.ts';
import { breakable, html, type Markup } from '../../core/markup.ts';
import { SEVERITIES } from '../../core/severity.ts';
import { humanCount, plural, serviceTitle } from '../human.ts';
import type { FleetReport } from '../input.ts';
import { cleaned } from '../untrusted.ts';
import { finder, findTable } from './find-table.ts';
import { type FleetGraph, fleetGraph, isShared, versionsOf } from './fleet-graph.ts';
import { mapSection } from './map.ts';
import { pageOf } from './page.ts';
import { allPanels, factList, placePanel } from './panels.ts';
import { capital, figure, numberWord } from './sections.ts';
import { severityBadge } from './story.ts';

/** A page of more rows is slow to open; the JSON report has them all. */
const MOST = 2_000;
const MOST_NAMES = 12;
const MOST_SHARERS = 300;

export function fleetPage(dirty: FleetReport): string {
  const report = cleaned(dirty);
  const fleet = fleetGraph(report);
  const drawn = fleet.graph.nodes.length > 0;
  const parts: (readonly [id: string, title: string, part: Markup | null])[] = [
    ['backends', 'Back ends', backends(report)],
    ['credentials', 'Credentials', credentials(report)],
    ['apps', 'Apps with findings', apps(report)],
    ['libraries', 'Libraries', libraries(report)],
    ['failures', 'Not read', failures(report)],
  ];
  return pageOf({
    title: headline(report),
    nav: [
      ...(drawn ? [['ways-title', 'Picture'] as const] : []),
      ...parts.flatMap(([id, title, part]) => (part === null ? [] : [[id, title] as const])),
    ],
    main: html`${hero(report)}
${finder('an app, a back end, a credential or a library')}
${drawn ? mapSection(fleet.graph, 'Apps and the back ends they share', { below: fleet.left > 0 && html`<p class="muted hint">and ${plural(fleet.left, 'back end')} that fewer apps share: <a href="#backends">see the list</a></p>` }) : ''}
${parts.map(([, , part]) => part)}
${drawn ? panels(fleet) : ''}`,
    footer: 'Made by Postern. Credentials are masked, and nothing in this file is sent anywhere.',
  });
}

function headline({ backends: all }: FleetReport): string {
  const shared = all.filter(isShared).length;
  if (shared === 0) return 'No back end is shared by several apps.';
  return `${capital(numberWord(shared))} back ${shared === 1 ? 'end is' : 'ends are'} shared by several apps.`;
}

function hero(report: FleetReport): Markup {
  const { summary } = report;
  const secrets = report.credentials.filter(({ sensitivity }) => sensitivity === 'secret').length;
  const silent = summary.packages - summary.read - summary.failed;
  const gaps = [
    summary.failed > 0 && html`<a href="#failures">${plural(summary.failed, 'package')}</a> could not be read. `,
    summary.partial > 0 && html`${plural(summary.partial, 'package was', 'packages were')} read in part. `,
    silent > 0 && html`${plural(silent, 'package was', 'packages were')} not looked at. `,
  ].filter((gap) => gap !== false);
  return html`<section class="hero" aria-labelledby="verdict">
<h1 id="verdict">${headline(report)}</h1>
<p class="lede">${plural(summary.packages, 'package')} of ${plural(summary.apps, 'app')} below <code>${report.root}</code>.</p>
<dl class="figures">
${figure('Apps', summary.apps, '')}${figure('Back ends and stores', report.backends.length, '')}${figure('Secrets', secrets, 'exposed')}${figure('Packages not read', summary.failed + silent, 'unknown')}
</dl>
${gaps.length === 0 ? '' : html`<p class="notice"><strong>This is not everything.</strong> ${gaps}Silence about them does not mean that they are clean.</p>`}
</section>`;
}

function panels({ graph, backends: of }: FleetGraph): Markup {
  const nodes = new Map(graph.nodes.map((node) => [node.key, node]));
  return allPanels('All places of the picture', graph, (node) => {
    const backend = of.get(node.key);
    if (backend === undefined) return placePanel(node, nodes, graph, { about: '', more: '' });
    const { kind, schemes, apps: sharers } = backend;
    return placePanel(node, nodes, graph, {
      about: factList([
        ['What', kind === 'host' ? 'host' : serviceTitle(kind)],
        ...(schemes.length === 0 ? [] : [['Called by', schemes.join(', ')] as const]),
        ['Shared by', plural(sharers.length, 'app')],
      ]),
      more: html`<h4>Apps</h4><ul class="plain">${sharers.slice(0, MOST_SHARERS).map((sharer) => html`<li>${breakable(sharer.id)} <span class="muted">${versionsOf(sharer)}</span></li>`)}</ul>${sharers.length > MOST_SHARERS ? html`<p class="muted">and ${humanCount(sharers.length - MOST_SHARERS)} more; the JSON report has them all.</p>` : ''}`,
    });
  });
}

function backends({ backends: all }: FleetReport): Markup | null {
  const hint = all.some(({ common }) => common)
    ? 'Last: hosts that most apps of many makers call, probably of a library.'
    : undefined;
  const table = {
    id: 'backends',
    title: 'Back ends and stores',
    heads: ['Back end or store', 'What', 'Apps', 'Which'],
    most: MOST,
  };
  return findTable(hint === undefined ? table : { ...table, hint }, all, ({ kind, id, schemes, common, apps: by }) => [
    html`<code>${breakable(id)}</code>${common === true ? html` <span class="muted">probably of a library</span>` : ''}`,
    kind === 'host' ? schemes.join(', ') : serviceTitle(kind),
    humanCount(by.length),
    names(by),
  ]);
}

function credentials({ credentials: all }: FleetReport): Markup | null {
  const hint = 'Masked: the same credential has the same mask and hash in every report of one project.';
  const table = {
    id: 'credentials',
    title: 'Credentials',
    hint,
    heads: ['Credential', 'Mask', 'What it is', 'Apps', 'Which'],
  };
  return findTable({ ...table, most: MOST }, all, ({ provider, kind, mask, sensitivity, apps: by }) => [
    `${provider} ${kind}`,
    html`<code>${mask}</code>`,
    sensitivity === 'secret' ? html`<span class="way exposed">secret</span>` : SENSITIVITY[sensitivity],
    humanCount(by.length),
    names(by),
  ]);
}

const SENSITIVITY = { public: 'public by design', unknown: 'not known' } as const;

function libraries({ libraries: all }: FleetReport): Markup | null {
  const ordered = all.toSorted((a, b) => Number(b.tracker) - Number(a.tracker));
  const table = {
    id: 'libraries',
    title: 'Libraries, trackers first',
    heads: ['Library', 'What it is', 'Versions', 'Apps', 'Which'],
  };
  return findTable({ ...table, most: MOST }, ordered, ({ name, versions, tracker, apps: by }) => [
    html`<code>${breakable(name)}</code>`,
    tracker ? html`<span class="way unknown">tracker</span>` : 'library',
    versions.slice(0, MOST_NAMES).join(', ') + (versions.length > MOST_NAMES ? ' …' : '') || '–',
    humanCount(by.length),
    names(by),
  ]);
}

function apps({ apps: all }: FleetReport): Markup | null {
  const marked = all
    .map((app) => ({ app, worst: SEVERITIES.findIndex((severity) => app.findings[severity] > 0) }))
    .filter(({ worst }) => worst >= 0)
    .sort((a, b) => a.worst - b.worst || countOf(b.app, b.worst) - countOf(a.app, a.worst));
  const table = { id: 'apps', title: 'Apps with findings', heads: ['App', 'Version', 'Findings', 'Package'] };
  return findTable({ ...table, most: MOST }, marked, ({ app }) => [
    breakable(app.id || app.path),
    app.version || '–',
    SEVERITIES.filter((one) => app.findings[one] > 0).map((one) => html`${severityBadge(one)} ${app.findings[one]} `),
    html`<code>${breakable(app.path)}</code>`,
  ]);
}

function countOf({ findings }: FleetReport['apps'][number], worst: number): number {
  const severity = SEVERITIES[worst];
  return severity === undefined ? 0 : findings[severity];
}

function failures({ failures: all }: FleetReport): Markup | null {
  const table = { id: 'failures', title: 'Not read', heads: ['Package', 'Why', 'Code'] };
  return findTable({ ...table, most: MOST }, all, ({ path, message, code }) => [
    html`<code>${breakable(path)}</code>`,
    message,
    html`<code>${code}</code>`,
  ]);
}

function names(by: readonly FleetSharer[]): Markup {
  const shown = by.slice(0, MOST_NAMES).map((sharer) => `${sharer.id} ${versionsOf(sharer)}`.trim());
  return html`<span class="shares">${shown.join('; ')}${by.length > MOST_NAMES ? ` and ${humanCount(by.length - MOST_NAMES)} more` : ''}</span>`;
}
