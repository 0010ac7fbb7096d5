/** `postern check` on a terminal: stories first, then one line that sums up, then what was left alone and why. */
import type { Finding, Suppressed } from '../../core/finding.ts';
import { atLeast, SEVERITIES } from '../../core/severity.ts';
import { accessOfCheck, accessSentence } from '../access-view.ts';
import { humanCount, OWNER_TITLES, plural } from '../human.ts';
import type { CheckReport } from '../input.ts';
import type { RenderOptions } from '../options.ts';
import { reachRows } from '../reach.ts';
import { hostPort, indexAssets, orderedStories, peopleSentence, placeOf } from '../story-view.ts';
import { writeAccess } from './access.ts';
import { columns, createPage, type Page, severityBadge } from './page.ts';
import { writeSkips } from './skips.ts';
import { writeStory } from './story.ts';

const MOST_FINDINGS = 12;

export function renderCheck(report: CheckReport, options: RenderOptions): string {
  const page = createPage(options);
  const context = {
    assets: indexAssets(report.assets),
    findings: new Map(report.findings.map((finding) => [finding.fingerprint, finding])),
    options,
  };
  for (const story of orderedStories(report.stories)) writeStory(page, story, context);
  // A story that is not known to be open has no severity of its own: what decides the exit code is listed beside it.
  // A story that weighs less than one of its findings would hide what decides the exit code.
  const weights = new Map(report.findings.map(({ fingerprint, severity }) => [fingerprint, severity]));
  const told = new Set(
    report.stories.flatMap((story) =>
      story.findings.filter(
        (print) => story.state !== 'unknown' || atLeast(story.severity, weights.get(print) ?? 'info'),
      ),
    ),
  );
  const known = new Set(report.known);
  const others = report.findings.filter(({ fingerprint }) => !told.has(fingerprint));
  writeAccess(page, accessOfCheck(report));
  writeOtherFindings(page, others, known);
  page.gap();
  page.write('', summaryLine(page, report));
  if (!page.quiet) writeReach(page, report.reach ?? []);
  if (!page.quiet) writeProposals(page, report.proposals);
  if (!page.quiet) writeSuppressed(page, report.suppressed);
  writeSkips(page, report.skips);
  return page.toString();
}

/** `3 exposed, 1 unknown, 0 closed. A stranger gets 78,912 documents. Incomplete: 2 not checked.` */
function summaryLine({ ink }: Page, report: CheckReport): string {
  const { summary } = report;
  const incomplete = report.skips.filter(({ severity }) => severity === 'incomplete').length;
  const parts = [
    summary.exposed > 0 ? ink.bold(ink.red(`${humanCount(summary.exposed)} exposed`)) : '0 exposed',
    summary.unknown > 0 ? ink.bold(ink.yellow(`${humanCount(summary.unknown)} unknown`)) : '0 unknown',
    summary.closed > 0 ? ink.bold(ink.green(`${humanCount(summary.closed)} closed`)) : '0 closed',
  ];
  const sentences = [`${parts.join(', ')}.`];
  if (summary.documents > 0) sentences.push(`A stranger gets ${plural(summary.documents, 'document')} in all.`);
  const people = peopleSentence(summary.people).trim();
  if (people !== '') sentences.push(people);
  const given = accessSentence(report);
  if (given !== '') sentences.push(ink.bold(ink.red(`${given}.`)));
  else if (report.stories.length === 0 && summary.complete)
    sentences.push('No open back door was found in what was checked.');
  if (!summary.complete) {
    sentences.push(ink.yellow(incomplete > 0 ? `Incomplete: ${humanCount(incomplete)} not checked.` : 'Incomplete.'));
  }
  sentences.push(ink.dim(`Asked from ${report.vantage}.`));
  return sentences.join(' ');
}

function writeOtherFindings(page: Page, findings: readonly Finding[], known: ReadonlySet<string>): void {
  if (findings.length === 0) return;
  const fresh = findings
    .filter(({ fingerprint }) => page.all || !known.has(fingerprint))
    .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  const hidden = findings.length - fresh.length;
  page.heading('Other findings', hidden > 0 ? `${plural(hidden, 'finding')} of the baseline not shown: --all` : '');
  const shown = page.all || page.quiet ? fresh : fresh.slice(0, MOST_FINDINGS);
  for (const finding of shown) writeFinding(page, finding, known.has(finding.fingerprint));
  if (fresh.length > shown.length)
    page.write('  ', page.ink.dim(`Show ${humanCount(fresh.length - shown.length)} more: --all`));
}

export function writeFinding(page: Page, finding: Finding, known = false): void {
  const { ink } = page;
  const place = placeOf(finding.evidence[0]);
  page.write('  ', `${severityBadge(finding.severity, ink)} ${finding.message}${known ? ink.dim(' (known)') : ''}`);
  const patch = finding.patches?.length ? `fix: postern fix --only ${finding.fingerprint.slice(0, 12)}` : '';
  const note = [place, OWNER_TITLES[finding.owner], finding.rule, patch].filter((part) => part !== '');
  page.write('      ', ink.dim(note.join(' · ')));
}

/** Places that say something: where everything is refused, there is nothing to add. */
function writeReach(page: Page, reach: NonNullable<CheckReport['reach']>): void {
  const told = reach.filter(({ ports, unused }) => page.all || ports.accept > 0 || unused !== 'filtered');
  if (told.length === 0) return;
  page.heading('Reached', 'one place cannot prove that there is no firewall');
  for (const { where, vantage, ports, meaning } of reachRows(told)) {
    page.write('  ', `${where} from ${vantage}: ${ports}; ${page.ink.dim(meaning)}`);
  }
}

function writeProposals(page: Page, proposals: CheckReport['proposals']): void {
  if (proposals.length === 0) return;
  page.heading('Found in the app, not in scope, not contacted', 'add to `targets` in postern.yaml with an authority');
  const shown = page.all ? proposals : proposals.slice(0, 10);
  columns(
    page,
    '  ',
    shown.map(({ host, port, reason }) => [hostPort(host, port), page.ink.dim(reason)]),
  );
  if (proposals.length > shown.length)
    page.write('  ', page.ink.dim(`Show ${proposals.length - shown.length} more: --all`));
}

function writeSuppressed(page: Page, suppressed: readonly Suppressed[]): void {
  if (suppressed.length === 0) return;
  if (!page.all) {
    page.gap();
    page.write('', page.ink.dim(`Show ${humanCount(suppressed.length)} suppressed: --all`));
    return;
  }
  page.heading('Suppressed');
  for (const { finding, statement, expires } of suppressed) {
    writeFinding(page, finding);
    page.write('      ', page.ink.dim(`until ${expires}: ${statement}`));
  }
}
