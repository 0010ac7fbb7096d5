/** A check report as one comment on a pull request: verdict, one row per story, the rest folded away. */
import type { Finding } from '../../core/finding.ts';
import { SEVERITIES } from '../../core/severity.ts';
import type { Story } from '../../core/story.ts';
import { accessOfCheck, accessSentence } from '../access-view.ts';
import { changesOf } from '../change.ts';
import { humanCount, humanSize, humanTime, OWNER_TITLES, plural, STATE_TITLES } from '../human.ts';
import type { CheckReport } from '../input.ts';
import type { RenderOptions } from '../options.ts';
import { reachRows } from '../reach.ts';
import {
  type AssetIndex,
  categoryList,
  chainOf,
  distinctRequests,
  fixCommand,
  headlineParts,
  hostPort,
  indexAssets,
  orderedStories,
  placeOf,
  serviceOf,
  strangerGets,
  tasksByOwner,
  tellEvidence,
  titleOf,
} from '../story-view.ts';
import { accessLines } from './access.ts';
import { skipLines } from './parts.ts';
import { block, code, details, md, table } from './text.ts';

/** A comment holds at most 65,536 characters on GitHub; folded detail stops before that. */
const MOST_CHARACTERS = 60_000;
const MOST_FINDINGS = 50;

export const STATE_SIGNS = { exposed: '🔴', closed: '🟢', unknown: '⚪' } as const;

export function checkMarkdown(report: CheckReport, options: RenderOptions): string[] {
  const assets = indexAssets(report.assets);
  const findings = new Map(report.findings.map((finding) => [finding.fingerprint, finding]));
  const stories = orderedStories(report.stories);
  const lines = [`## ${verdict(report)}`, ''];
  lines.push(
    ...table(
      ['State', 'Severity', 'Store', 'A stranger gets', 'Personal data'],
      stories.map((story) => [
        `${STATE_SIGNS[story.state]} ${STATE_TITLES[story.state]}`,
        story.severity,
        md(chainOf(story, assets).find((node) => node.kind === 'store')?.label ?? story.store),
        md(story.state === 'exposed' ? humanSize(story, serviceOf(story, assets)) || 'size unknown' : '–'),
        md(categoryList(story)) || '–',
      ]),
    ),
    '',
  );
  const tail = tailOf(report, options);
  let room = MOST_CHARACTERS - [...lines, ...tail].join('\n').length;
  let left = 0;
  for (const story of stories) {
    const body = storyLines(story, assets, findings, options);
    room -= body.join('\n').length;
    if (room < 0) left++;
    else lines.push(...body);
  }
  if (left > 0) lines.push(`_${plural(left, 'story', 'stories')} left out here for length; see the full report._`, '');
  lines.push(...tail);
  return lines;
}

function verdict(report: CheckReport): string {
  const { summary } = report;
  const parts: string[] = [];
  if (summary.exposed > 0)
    parts.push(`${plural(summary.exposed, 'back door')} ${summary.exposed === 1 ? 'stands' : 'stand'} open`);
  if (summary.unknown > 0) parts.push(`${humanCount(summary.unknown)} unknown`);
  if (summary.closed > 0) parts.push(`${humanCount(summary.closed)} closed and proven`);
  const given = accessSentence(report);
  if (given !== '') parts.push(given);
  if (parts.length === 0) parts.push('No open back door found');
  if (!summary.complete) parts.push('incomplete');
  return `Postern: ${parts.join(', ')}`;
}

function storyLines(
  story: Story,
  assets: AssetIndex,
  findings: ReadonlyMap<string, Finding>,
  options: RenderOptions,
): string[] {
  const lines = [
    `### ${STATE_SIGNS[story.state]} ${md(titleOf(story, assets))}`,
    '',
    ...(headlineParts(story).length > 1 ? [headlineParts(story).map(md).join(' → '), ''] : []),
    `**${md(strangerGets(story, assets))}**`,
    '',
  ];
  for (const { owner, tasks } of tasksByOwner(story)) {
    lines.push(`**${OWNER_TITLES[owner]}**`, '');
    for (const { task } of tasks) {
      const command = fixCommand(task, findings);
      lines.push(
        `- [${story.state === 'closed' ? 'x' : ' '}] ${md(task.title)}${command === null ? '' : ` – ${code(command)}`}`,
      );
      for (const change of changesOf(task, findings, options.sources)) {
        if (change.lines.length === 0) continue;
        const place = change.line === null ? change.path : `${change.path}:${change.line}`;
        const diff = block([`# ${place}`, ...change.lines.map(({ sign, text }) => `${sign} ${text}`)], 'diff');
        lines.push('', ...diff.map((line) => `  ${line}`), '');
      }
    }
    if (lines.at(-1) !== '') lines.push('');
  }
  const evidence: string[] = [];
  for (const node of chainOf(story, assets)) {
    evidence.push(
      `- **${md(node.label)}**${node.kind === 'data' || node.detail === '' || node.detail === node.label ? '' : ` ${code(node.detail)}`}`,
    );
    for (const link of node.links) {
      const places = [...new Set(link.evidence.map(placeOf))].filter((place) => place !== '');
      evidence.push(
        `  - ${md(link.text)}${
          places.length === 0
            ? ''
            : ` (${places
                .slice(0, 5)
                .map((place) => code(place))
                .join(', ')})`
        }`,
      );
    }
  }
  for (const request of distinctRequests(story)) {
    for (const exchange of request.exchanges.slice(-1)) {
      evidence.push(
        `- Asked ${code(hostPort(request.address, request.port))} from ${md(request.vantage)}: ${code(tellEvidence(exchange))}, ${request.verdict}`,
      );
    }
  }
  lines.push(...details(`Evidence (${plural(story.findings.length, 'finding')})`, evidence));
  if (story.unknowns.length > 0) {
    lines.push('**Remains unknown**', '', ...story.unknowns.map((unknown) => `- ${md(unknown)}`), '');
  }
  return lines;
}

function tailOf(report: CheckReport, options: RenderOptions): string[] {
  const lines: string[] = accessLines(accessOfCheck(report));
  const told = new Set(report.stories.flatMap((story) => story.findings));
  const known = new Set(report.known);
  const others = report.findings
    .filter(({ fingerprint }) => !told.has(fingerprint) && !known.has(fingerprint))
    .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  if (others.length > 0) {
    lines.push(...details(plural(others.length, 'other finding'), findingTable(others, options)));
  }
  const reach = reachRows(report.reach ?? []);
  if (reach.length > 0) {
    const rows = reach
      .slice(0, MOST_FINDINGS)
      .map(({ where, vantage, ports, meaning }) => [md(where), md(vantage), ports, md(meaning)]);
    lines.push(
      ...details('How the hosts are reached', table(['Address', 'From', 'Ports asked', 'What that means'], rows)),
    );
  }
  if (report.proposals.length > 0) {
    lines.push(
      ...details(`${plural(report.proposals.length, 'back end')} found in the app, not in scope, not contacted`, [
        ...table(
          ['Host', 'Why'],
          report.proposals
            .slice(0, MOST_FINDINGS)
            .map(({ host, port, reason }) => [code(hostPort(host, port), true), md(reason)]),
        ),
      ]),
    );
  }
  lines.push(...skipLines(report.skips));
  if (report.suppressed.length > 0) {
    lines.push(
      ...details(plural(report.suppressed.length, 'suppressed finding'), [
        ...table(
          ['Finding', 'Statement', 'Expires'],
          report.suppressed
            .slice(0, MOST_FINDINGS)
            .map(({ finding, statement, expires }) => [md(finding.message), md(statement), md(expires)]),
        ),
      ]),
    );
  }
  lines.push(
    `<sub>Postern ${md(report.tool.version)}, asked from ${md(report.vantage)}, ${md(humanTime(report.finishedAt))}. Names, shapes and counts only; no value was kept.</sub>`,
  );
  return lines;
}

export function findingTable(findings: readonly Finding[], _options: RenderOptions): string[] {
  const rows = findings
    .slice(0, MOST_FINDINGS)
    .map((finding) => [
      finding.severity,
      md(finding.message),
      code(placeOf(finding.evidence[0]), true),
      OWNER_TITLES[finding.owner],
      (finding.patches?.length ?? 0) > 0 ? code(`postern fix --only ${finding.fingerprint.slice(0, 12)}`, true) : '–',
    ]);
  const rest = findings.length - rows.length;
  return [
    ...table(['Severity', 'Finding', 'Where', 'Owner', 'Patch'], rows),
    ...(rest > 0 ? ['', `and ${humanCount(rest)} more`] : []),
  ];
}
