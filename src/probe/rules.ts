/** One rule per service: a stranger gets in. Its texts come from the service itself. */
import type { Rule } from '../core/rule.ts';
import type { Owner } from '../core/severity.ts';
import type { ProbeService } from './service.ts';

export function openRuleId(service: string): Rule['id'] {
  return `probe/${service}-open`;
}

/** Access rules of these are part of the app's own project; everything else stands on a server. */
const DEVELOPERS_OWN = new Set([
  'algolia',
  'android-debug',
  'appwrite',
  'firebase-remote-config',
  'firebase-rtdb',
  'firebase-storage',
  'firestore',
  'supabase',
]);

export function ownerOf(service: string): Owner {
  return DEVELOPERS_OWN.has(service) ? 'developer' : 'it';
}

/**
 * The rule of a service. Its examples are `<service> <verdict>` pairs: what must and must not raise it.
 * @param faces all services with its id
 */
export function openRule(service: ProbeService, faces: readonly ProbeService[] = [service]): Rule {
  const { id, title, remediation } = service;
  const references = [...new Set(faces.flatMap((face) => face.references))];
  return {
    id: openRuleId(id),
    title: `${title} answers strangers`,
    severity: 'critical',
    owner: ownerOf(id),
    description: [
      `${title} answered a stranger’s read-only requests without asking who it is. Whoever reaches the port can do the same; when no access control exists at all, they can also change and delete.`,
      'The requests that were allowed, all others being refused below the probe:',
      [...new Set(faces.flatMap(({ allow }) => allow.describes))].map((line) => `- ${line}`).join('\n'),
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
