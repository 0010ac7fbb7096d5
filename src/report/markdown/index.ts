import { accessOfLines } from '../access-view.ts';
import {
  categoryTitle,
  humanBytes,
  humanCount,
  plural,
  STATE_TITLES,
  sentenceList,
  serviceTitle,
  storeName,
} from '../human.ts';
import type { Described, InspectReport, ProbeLine, ReceiptBody } from '../input.ts';
import type { RenderOptions } from '../options.ts';
import { hostPort, orderedStories, probedTitle } from '../story-view.ts';
import { cleaned } from '../untrusted.ts';
import { accessLines } from './access.ts';
import { auditMarkdown } from './audit.ts';
import { checkMarkdown, findingTable, STATE_SIGNS } from './check.ts';
import { checkDiffMarkdown } from './check-diff.ts';
import { classifyMarkdown } from './classify.ts';
import { diffMarkdown } from './diff.ts';
import { fleetMarkdown } from './fleet.ts';
import { skipLines } from './parts.ts';
import { code, details, md, table } from './text.ts';

/** Markdown for a pull request. Everything written comes from a cleaned copy of the report. */
export function renderMarkdown(described: Described, options: RenderOptions): string {
  return `${linesOf(described, options).join('\n').trimEnd()}\n`;
}

function linesOf(described: Described, options: RenderOptions): string[] {
  switch (described.kind) {
    case 'check':
      return checkMarkdown(cleaned(described.report), options);
    case 'audit':
      return auditMarkdown(cleaned(described.report), options);
    case 'fleet':
      return fleetMarkdown(cleaned(described.report));
    case 'diff':
      return diffMarkdown(cleaned(described.report));
    case 'check-diff':
      return checkDiffMarkdown(cleaned(described.report));
    case 'classify':
      return classifyMarkdown(cleaned(described.report));
    case 'inspect':
      return inspectLines(cleaned(described.report), options);
    case 'probe':
      return probeLines(cleaned(described.report));
    case 'receipt':
      return receiptLines(cleaned(described.report), options);
  }
}

function inspectLines(report: InspectReport, options: RenderOptions): string[] {
  const own = report.endpoints.filter(({ origin }) => origin === 'app');
  const lines = [`## Postern inspect: ${md(`${report.app.id} ${report.app.version}`)}`, ''];
  lines.push(
    `${plural(own.length, 'own endpoint')}, ${plural(report.stores.length, 'managed store')}, ${plural(report.credentials.length, 'credential')}, ${plural(report.findings.length, 'finding')}.`,
    '',
  );
  if (report.findings.length > 0) lines.push(...findingTable(report.findings, options), '');
  const places = (evidence: readonly { entry: string; class?: string | undefined }[]): string =>
    [...new Set(evidence.map((place) => (place.class === undefined ? place.entry : `${place.entry} ${place.class}`)))]
      .slice(0, 3)
      .map((entry) => code(entry, true))
      .join(', ');
  if (own.length > 0) {
    const rows = own
      .slice(0, 100)
      .map((endpoint) => [code(endpoint.url, true), endpoint.complete ? 'yes' : 'no', places(endpoint.evidence)]);
    lines.push(...details(plural(own.length, 'own endpoint'), table(['URL', 'Complete', 'Where'], rows)));
  }
  if (report.stores.length > 0) {
    const rows = report.stores.map((store) => [
      md(serviceTitle(store.kind)),
      code(storeName(store), true),
      places(store.evidence),
    ]);
    lines.push(...details(plural(report.stores.length, 'managed store'), table(['Kind', 'Id', 'Where'], rows)));
  }
  // Never `value`, even when it was asked for: a comment is published.
  if (report.credentials.length > 0) {
    const rows = report.credentials.map((found) => [
      md(`${found.provider} ${found.kind}`),
      code(found.mask, true),
      found.sensitivity,
      md(found.grants ?? ''),
      places(found.evidence),
    ]);
    lines.push(
      ...details(
        plural(report.credentials.length, 'credential'),
        table(['What', 'Mask', 'Sensitivity', 'Grants', 'Where'], rows),
      ),
    );
  }
  if (report.libraries.length > 0) {
    const trackers = report.libraries.filter(({ tracker }) => tracker).length;
    const rows = report.libraries
      .slice(0, 200)
      .map(({ name, version, purposes, tracker }) => [
        code(name, true),
        md(version ?? '–'),
        md(purposes.join(', ')) || '–',
        tracker ? 'yes' : 'no',
      ]);
    const title = `${report.libraries.length === 1 ? '1 library' : `${humanCount(report.libraries.length)} libraries`}, ${plural(trackers, 'tracker')}`;
    lines.push(...details(title, table(['Library', 'Version', 'For', 'Tracker'], rows)));
  }
  if (report.signatures.length > 0) {
    const signers = [
      ...new Set(
        report.signatures.map(({ subject, certificate }) => subject ?? certificate ?? 'an unnamed certificate'),
      ),
    ];
    lines.push(
      `Signed by ${signers.map((name) => code(name, true)).join(', ')} (${[...new Set(report.signatures.map(({ scheme }) => scheme))].join(', ')}).`,
      '',
    );
  }
  lines.push(...skipLines(report.skips));
  return lines;
}

function probeLines(lines: readonly ProbeLine[]): string[] {
  const rows = lines.map((line) => {
    const categories = [...new Set(line.datasets.flatMap((set) => set.categories))];
    return [
      code(hostPort(line.address ?? line.target, line.port), true),
      md(`${probedTitle(line)} ${line.version ?? ''}`.trim()),
      line.verdict,
      line.documents === null ? '–' : humanCount(line.documents),
      line.bytes === null ? '–' : humanBytes(line.bytes),
      md(sentenceList(categories.map(categoryTitle))) || '–',
    ];
  });
  const access = accessLines(accessOfLines(lines));
  return [
    '## Postern probe',
    '',
    ...table(['Address', 'Service', 'Verdict', 'Documents', 'Size', 'Personal data'], rows),
    ...(access.length > 0 ? ['', ...access] : []),
  ];
}

function receiptLines(body: ReceiptBody, options: RenderOptions): string[] {
  const stories = orderedStories(body.stories.map((story) => ({ ...story, severity: 'info' as const })));
  const count = (state: keyof typeof STATE_TITLES): number => stories.filter((story) => story.state === state).length;
  const lines = [
    `## Postern verify: ${count('closed')} closed and proven, ${count('exposed')} still exposed, ${count('unknown')} unknown`,
    '',
  ];
  const rows = stories.map((story) => [
    `${STATE_SIGNS[story.state]} ${STATE_TITLES[story.state]}`,
    md(story.headline),
    md(story.reason),
  ]);
  lines.push(...table(['State', 'Story', 'Why'], rows), '');
  const guarded = stories.flatMap(({ headline, through }) => (through ? [{ headline, through }] : []));
  if (guarded.length > 0) {
    const through = guarded.map(({ headline, through: { gateway, stranger, control, attempts, observed } }) => [
      md(headline.split(' → ').slice(0, 2).join(' → ')),
      code(gateway),
      stranger.status === null ? 'no answer' : String(stranger.status),
      control.ok ? 'answered' : 'not answered',
      `${attempts.refused} of ${attempts.tried} refused, ${attempts.narrowed} with nothing more`,
      observed === null ? 'not known' : observed.length === 0 ? 'none' : md(observed.join(', ')),
    ]);
    const head = ['Story', 'Gateway', 'Stranger', 'Signed-in control', 'Ways around', 'Roles only watched'];
    lines.push('### Through the gateway', '', ...table(head, through), '');
  }
  if (options.receiptPath !== undefined) lines.push(`Receipt: ${code(options.receiptPath)}`, '');
  return lines;
}
