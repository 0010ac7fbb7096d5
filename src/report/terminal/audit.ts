/** `postern audit` on a terminal: by file and line, the way an editor lists problems. */
import { SEVERITIES, type Severity } from '../../core/severity.ts';
import { changeOf } from '../change.ts';
import { groupBy } from '../group.ts';
import { humanCount, OWNER_TITLES, plural } from '../human.ts';
import type { AuditReport } from '../input.ts';
import type { RenderOptions } from '../options.ts';
import { createPage, severityBadge } from './page.ts';
import { writeSkips } from './skips.ts';

export function renderAudit(report: AuditReport, options: RenderOptions): string {
  const page = createPage(options);
  const { ink } = page;
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
