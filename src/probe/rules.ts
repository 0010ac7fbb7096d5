/** One rule per service: a stranger gets in. Its texts come from the service itself. */
import type { Rule } from '../core/rule.ts';
import type { Owner } from '../core/severity.ts';
import type { ProbeService } from './service.ts';

export function openRuleId(service: string): Rule['id'] {
  return `probe/${service}-open`;
}

/** Access rules of these are part of the app's own project; everything else stands on a server. */
const DEVELOPERS_OWN = new Set(['firebase-rtdb']);

export function ownerOf(service: string): Owner {
  return DEVELOPERS_OWN.has(service) ? 'developer' : 'it';
}

/**
 * The rule of a service. Its examples are `<service> <verdict>` pairs: what must and must not raise it.
 */
export function openRule(service: ProbeService): Rule {
  const { id, title, remediation, references, allow } = service;
  return {
    id: openRuleId(id),
    title: `${title} answers strangers`,
    severity: 'critical',
    owner: ownerOf(id),
    description: [
      `${title} answered a stranger’s read-only requests without asking who it is. Whoever reaches the port can do the same; when no access control exists at all, they can also change and delete.`,
      'The requests that were allowed, all others being refused below the probe:',
      allow.describes.map((line) => `- ${line}`).join('\n'),
    ].join('\n\n'),
    remediation: [
      `**Developer:** ${remediation.developer}`,
      `**IT:** ${remediation.it}`,
      `**Security:** ${remediation.security}`,
    ].join('\n\n'),
    references,
    cwe: ['CWE-306', 'CWE-284'],
    masvs: ['MASVS-AUTH-1'],
    examples: {
      bad: [`${id} anonymous-read`, `${id} anonymous-write`, `${id} metadata-only`],
      good: [`${id} secured`, `${id} refused`, `${id} filtered`, `${id} unidentified`, `${id} inconclusive`],
    },
  };
}
