/** Rules as reporting descriptors, with CWE as a taxonomy and the properties that GitHub code scanning reads. */
import type { ReportingDescriptor } from 'sarif';
import type { Finding } from '../../core/finding.ts';
import type { Rule } from '../../core/rule.ts';
import type { Severity } from '../../core/severity.ts';
import { controlsOf } from '../../core/topics.ts';

export const CWE_TAXONOMY = 'CWE';

/** GitHub shows over 9.0 as critical, 7.0 high, 4.0 medium, 0.1 low. */
const SECURITY_SEVERITY = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.5',
  info: '0.0',
} as const satisfies Record<Severity, string>;

export const LEVELS = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
} as const satisfies Record<Severity, string>;

/** Every rule handed in, then bare descriptors for findings of rules that were not; sorted by id. */
export function describeRules(findings: readonly Finding[], rules: readonly Rule[]): ReportingDescriptor[] {
  const descriptors = new Map<string, ReportingDescriptor>();
  for (const rule of rules) descriptors.set(rule.id, describeRule(rule));
  for (const finding of findings) if (!descriptors.has(finding.rule)) descriptors.set(finding.rule, bareRule(finding));
  return [...descriptors.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function describeRule(rule: Rule): ReportingDescriptor {
  const weaknesses = rule.cwe.map((cwe) => cwe.replace(/^CWE-/i, ''));
  const check = rule.guidance?.check ? [`How to see that it is fixed: ${rule.guidance.check}`] : [];
  const help = [rule.remediation, ...check, ...rule.references.map((url) => `- <${url}>`)];
  return {
    id: rule.id,
    name: pascal(rule.id),
    ...(rule.aliases === undefined || rule.aliases.length === 0 ? {} : { deprecatedIds: [...rule.aliases] }),
    shortDescription: { text: rule.title },
    fullDescription: { text: unmarked(rule.description), markdown: rule.description },
    help: { text: unmarked([rule.remediation, ...rule.references].join('\n')), markdown: help.join('\n') },
    helpUri: `https://postern.dev/rules/${rule.id}`,
    defaultConfiguration: { level: LEVELS[rule.severity] },
    ...(weaknesses.length > 0
      ? {
          relationships: weaknesses.map((id) => ({
            target: { id, toolComponent: { name: CWE_TAXONOMY } },
            kinds: ['superset'],
          })),
        }
      : {}),
    properties: {
      tags: [
        'security',
        `owner/${rule.owner}`,
        ...weaknesses.map((id) => `external/cwe/cwe-${id}`),
        ...(rule.masvs ?? []),
        ...(rule.cis ?? []),
        ...(rule.topic === undefined ? [] : controlsOf(rule.topic)),
      ],
      'security-severity': SECURITY_SEVERITY[rule.severity],
      owner: rule.owner,
    },
  };
}

function bareRule(finding: Finding): ReportingDescriptor {
  return {
    id: finding.rule,
    name: pascal(finding.rule),
    defaultConfiguration: { level: LEVELS[finding.severity] },
    properties: {
      tags: ['security', `owner/${finding.owner}`],
      'security-severity': SECURITY_SEVERITY[finding.severity],
    },
  };
}

/** One taxon for each CWE that a rule names. */
export function taxaOf(rules: readonly ReportingDescriptor[]): ReportingDescriptor[] {
  const ids = new Set(rules.flatMap((rule) => (rule.relationships ?? []).map(({ target }) => target.id ?? '')));
  return [...ids]
    .filter((id) => id !== '')
    .sort((a, b) => Number(a) - Number(b))
    .map((id) => ({ id, helpUri: `https://cwe.mitre.org/data/definitions/${id}.html` }));
}

/** `audit/pg-hba-trust` -> `AuditPgHbaTrust`. */
function pascal(id: string): string {
  return id
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
}

/** Our own rule texts use only code spans and emphasis. */
function unmarked(markdown: string): string {
  return markdown.replace(/`([^`]+)`/g, '$1').replace(/\*\*([^*]+)\*\*/g, '$1');
}
