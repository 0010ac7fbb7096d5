/**
 * The audit as a hand-over: who does what, in which file and line, how in each runtime, whom it may cut off, and how to
 * see that it is done. Whoever gets it need not know this tool or have it.
 */
import type { Exposure } from '../../core/exposure.ts';
import { RUNTIMES, type Rule } from '../../core/rule.ts';
import { OWNERS, SEVERITIES } from '../../core/severity.ts';
import { controlsOf } from '../../core/topics.ts';
import { changeOf } from '../change.ts';
import { groupBy } from '../group.ts';
import { OWNER_TITLES, plural, serviceTitle } from '../human.ts';
import type { AuditReport } from '../input.ts';
import type { RenderOptions } from '../options.ts';
import { skipLines } from './parts.ts';
import { block, code, details, md, table } from './text.ts';

type AuditFinding = AuditReport['findings'][number];

/** More of one rule are listed by place; the text stands once. */
const MOST_PLACES = 40;
const MOST_EXPOSURES = 20;

const RUNTIME_TITLES = {
  package: 'Installed as a package',
  docker: 'In Docker or Compose',
  kubernetes: 'In Kubernetes',
  terraform: 'With Terraform',
  managed: 'At a provider',
} as const satisfies Record<(typeof RUNTIMES)[number], string>;

export function auditMarkdown(report: AuditReport, options: RenderOptions): string[] {
  const lines = [
    `# ${report.findings.length === 0 ? 'Configuration audit: no findings' : `Configuration audit: ${plural(report.findings.length, 'finding')}`}`,
    '',
    ...summary(report),
    ...waysIn(report.exposures),
  ];
  const rules = new Map<string, Rule>((options.rules ?? []).map((rule) => [rule.id, rule]));
  for (const owner of OWNERS) {
    const own = report.findings.filter((finding) => finding.owner === owner);
    if (own.length === 0) continue;
    lines.push(`## For ${OWNER_TITLES[owner]}`, '');
    for (const [rule, findings] of groupBy(bySeverity(own), (finding) => finding.rule)) {
      lines.push(...taskLines(rule, findings, rules.get(rule), options));
    }
  }
  lines.push(...skipLines(report.skips));
  lines.push(`<sub>${plural(report.files.length, 'file')} read. Files only: nothing was asked over the network.</sub>`);
  return lines;
}

function bySeverity(findings: readonly AuditFinding[]): AuditFinding[] {
  return findings.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

function summary({ findings }: AuditReport): string[] {
  if (findings.length === 0) return [];
  const rows = OWNERS.flatMap((owner) => {
    const own = findings.filter((finding) => finding.owner === owner);
    if (own.length === 0) return [];
    const counts = SEVERITIES.map((severity) => String(own.filter((one) => one.severity === severity).length));
    const patched = own.filter(({ patches }) => (patches?.length ?? 0) > 0).length;
    return [[OWNER_TITLES[owner], ...counts, String(patched)]];
  });
  return [...table(['Who', ...SEVERITIES, 'with a patch'], rows), ''];
}

const SIGNS = { open: '🔓', closed: '🔒', unknown: '❔' } as const;

function waysIn(exposures: readonly Exposure[]): string[] {
  const told = exposures.filter(({ severity }) => severity === 'critical' || severity === 'high');
  if (told.length === 0) return [];
  return [
    '## Ways in',
    '',
    ...told.slice(0, MOST_EXPOSURES).flatMap((exposure) => [
      `### ${exposure.severity}: ${md([serviceTitle(exposure.service ?? 'a store'), exposure.version].filter(Boolean).join(' '))} ${code(exposure.name)}`,
      '',
      ...exposure.links.map(({ text, state, evidence }, at) => {
        const [place] = evidence;
        const where =
          place?.kind === 'file' || place?.kind === 'setting'
            ? ` – ${code(`${place.path}${place.line === undefined ? '' : `:${place.line}`}`)}`
            : '';
        return `${at + 1}. ${SIGNS[state]} ${md(text)}${where}`;
      }),
      ...(exposure.datasets.length > 0
        ? [
            '',
            `It holds ${exposure.datasets
              .slice(0, 8)
              .map(({ name }) => code(name))
              .join(', ')}${exposure.datasets.length > 8 ? ` and ${exposure.datasets.length - 8} more` : ''}.`,
          ]
        : []),
      ...(exposure.unknowns.length > 0 ? ['', `Not known: ${exposure.unknowns.map(md).join('; ')}.`] : []),
      '',
    ]),
    ...(told.length > MOST_EXPOSURES ? [`and ${told.length - MOST_EXPOSURES} more`, ''] : []),
  ];
}

function taskLines(
  id: string,
  findings: readonly AuditFinding[],
  rule: Rule | undefined,
  options: RenderOptions,
): string[] {
  const [worst] = findings;
  const lines = [`### ${worst?.severity ?? ''}: ${md(rule?.title ?? id)}`, ''];
  if (rule !== undefined) lines.push(rule.description, '');
  lines.push('**Where**', '');
  for (const finding of findings.slice(0, MOST_PLACES)) lines.push(...placeLines(finding, options));
  if (findings.length > MOST_PLACES) lines.push(`- and ${findings.length - MOST_PLACES} more places`);
  lines.push('');
  if (rule !== undefined) {
    lines.push('**What to do**', '', rule.remediation, '');
    const fixes = rule.guidance?.fixes ?? {};
    const known = RUNTIMES.flatMap((runtime) => {
      const text = fixes[runtime];
      return text === undefined ? [] : [`- ${RUNTIME_TITLES[runtime]}: ${text}`];
    });
    if (known.length > 0) lines.push(...known, '');
    if (rule.guidance?.check) lines.push(`**How to see that it is done**: ${rule.guidance.check}`, '');
    lines.push(...details('Why, and where standards ask for it', sources(rule)));
  }
  return lines;
}

function placeLines(finding: AuditFinding, options: RenderOptions): string[] {
  const reach =
    finding.reach === 'reachable'
      ? ' (a stranger gets there)'
      : finding.reach === 'not-reachable'
        ? ' (not reachable from outside by these files)'
        : '';
  const lines = [`- ${code(`${finding.file}:${finding.line}`)} ${md(finding.message)}${reach}`];
  for (const patch of finding.patches ?? []) {
    const settings = finding.evidence.filter((one) => one.kind === 'setting');
    const change = changeOf(patch, settings, options.sources?.get(patch.path));
    lines.push(
      ...block(
        change.lines.map(({ sign, text }) => `${sign} ${text}`),
        'diff',
      ).map((line) => `  ${line}`),
      `  ${md(change.title.replace(/\.$/, ''))}. ${md(change.blastRadius)} Applied by ${code(`postern fix --only ${finding.fingerprint.slice(0, 12)}`)}.`,
    );
  }
  return lines;
}

function sources(rule: Rule): string[] {
  const mapped = [...rule.cwe, ...(rule.cis ?? []), ...(rule.topic === undefined ? [] : controlsOf(rule.topic))];
  return [
    `Rule ${code(rule.id)}${mapped.length > 0 ? `: ${mapped.map(md).join(', ')}` : ''}`,
    '',
    ...rule.references.map((url) => `- <${url}>`),
  ];
}
