/** `postern audit` on a terminal: by file and line, the way an editor lists problems. */
import type { Exposure } from '../../core/exposure.ts';
import { SEVERITIES, type Severity } from '../../core/severity.ts';
import { changeOf } from '../change.ts';
import { groupBy } from '../group.ts';
import { humanCount, OWNER_TITLES, plural, sentenceList, serviceTitle } from '../human.ts';
import type { AuditReport } from '../input.ts';
import type { RenderOptions } from '../options.ts';
import { createPage, type Page, severityBadge } from './page.ts';
import { writeSkips } from './skips.ts';

export function renderAudit(report: AuditReport, options: RenderOptions): string {
  const page = createPage(options);
  const { ink } = page;
  writeExposures(page, report.exposures);
  const byFile = groupBy(report.findings, ({ file }) => file);
  for (const [file, findings] of [...byFile].sort(([a], [b]) => (a < b ? -1 : 1))) {
    page.gap();
    page.write('', ink.bold(ink.underline(file)));
    for (const finding of findings.toSorted((a, b) => a.line - b.line || a.column - b.column)) {
      const place = `${finding.line}:${finding.column}`.padEnd(8);
      page.write(`  ${ink.dim(place)}`, `${severityBadge(finding.severity, ink)} ${finding.message}`);
      const setting = finding.evidence.find((evidence) => evidence.kind === 'setting');
      const patches = finding.patches ?? [];
      const parts = [OWNER_TITLES[finding.owner], finding.rule];
      if (page.quiet) {
        if (patches.length > 0) parts.push('patch available');
        page.write('          ', ink.dim(parts.join(' · ')));
        continue;
      }
      page.write('          ', ink.dim(parts.join(' · ')));
      for (const patch of patches) {
        const change = changeOf(patch, setting === undefined ? [] : [setting], options.sources?.get(patch.path));
        page.write('          ', `${change.title}${change.needsConfirmation ? ink.yellow(' (needs a decision)') : ''}`);
        for (const line of change.lines) {
          page.write('            ', line.sign === '-' ? ink.red(`- ${line.text}`) : ink.green(`+ ${line.text}`));
        }
        page.write('          fix: ', ink.green(`postern fix --only ${finding.fingerprint.slice(0, 12)}`));
      }
    }
  }
  page.gap();
  page.write('', ink.bold(summaryOf(report)));
  if ((options.suppressed ?? []).length > 0) {
    page.write('', ink.dim(`${plural(options.suppressed?.length ?? 0, 'suppressed finding')} not shown.`));
  }
  writeSkips(page, report.skips);
  return page.toString();
}

const SIGNS = { open: '○', closed: '●', unknown: '?' } as const;

/** The ways in that matter, each as a chain from outside to the data; `--all` shows what is shut, too. */
function writeExposures(page: Page, exposures: readonly Exposure[]): void {
  const { ink } = page;
  const told = exposures.filter(({ severity }) => page.all || severity === 'critical' || severity === 'high');
  if (told.length === 0) return;
  page.heading('Ways in', plural(told.length, 'store'));
  for (const exposure of told) {
    const title = [serviceTitle(exposure.service ?? 'store'), exposure.version].filter((part) => part !== null);
    page.write('  ', `${severityBadge(exposure.severity, ink)} ${ink.bold(`${title.join(' ')} (${exposure.name})`)}`);
    for (const { text, state, evidence } of exposure.links) {
      const [place] = evidence;
      const where = place?.kind === 'file' || place?.kind === 'setting' ? `${place.path}:${place.line ?? 1}` : '';
      const sign =
        state === 'open'
          ? ink.red(SIGNS.open)
          : state === 'closed'
            ? ink.green(SIGNS.closed)
            : ink.yellow(SIGNS.unknown);
      page.aside(`    ${sign} `, text, where);
    }
    if (exposure.datasets.length > 0) {
      page.write(
        '      ',
        ink.dim(
          `holds ${sentenceList(
            exposure.datasets.map(({ name }) => name),
            6,
          )}`,
        ),
      );
    }
    for (const unknown of exposure.unknowns.slice(0, 3)) page.write('      ', ink.dim(`not known: ${unknown}`));
  }
}

function summaryOf({ findings, files }: AuditReport): string {
  const read = `${plural(files.length, 'file')} read`;
  if (findings.length === 0) return `No findings. ${read}.`;
  const counts = SEVERITIES.map((severity): [Severity, number] => [
    severity,
    findings.filter((finding) => finding.severity === severity).length,
  ]).filter(([, count]) => count > 0);
  const patched = findings.filter(({ patches }) => (patches?.length ?? 0) > 0).length;
  const list = counts.map(([severity, count]) => `${humanCount(count)} ${severity}`).join(', ');
  return `${plural(findings.length, 'finding')} (${list}), ${humanCount(patched)} with a patch. ${read}.`;
}
