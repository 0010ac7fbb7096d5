/**
 * What a rule protects, and where widely used standards ask for it. One table, so that two rules of one kind never claim
 * different controls.
 *
 * OWASP API Security Top 10 (2023), OWASP MASVS v2, NIST SP 800-53 Rev. 5, PCI DSS v4.0.1, GDPR.
 */
export const TOPICS = {
  'network-exposure': {
    title: 'Reachability',
    api: ['API8:2023'],
    nist: ['SC-7', 'AC-4'],
    pci: ['1.3.1', '1.4.4'],
    gdpr: ['Art. 32(1)(b)'],
  },
  authentication: {
    title: 'Authentication',
    api: ['API2:2023', 'API8:2023'],
    nist: ['IA-2', 'AC-3', 'AC-14'],
    pci: ['2.2.2', '8.3.1'],
    gdpr: ['Art. 32(1)(b)'],
  },
  authorization: {
    title: 'Authorization',
    api: ['API1:2023', 'API5:2023'],
    nist: ['AC-3', 'AC-6'],
    pci: ['7.2.1', '7.2.5'],
    gdpr: ['Art. 25(2)', 'Art. 32(1)(b)'],
  },
  'encryption-in-transit': {
    title: 'Encryption on the way',
    api: ['API8:2023'],
    masvs: ['MASVS-NETWORK-1'],
    nist: ['SC-8', 'SC-23'],
    pci: ['2.2.7', '4.2.1'],
    gdpr: ['Art. 32(1)(a)'],
  },
  'encryption-at-rest': {
    title: 'Encryption at rest',
    nist: ['SC-28'],
    pci: ['3.5.1'],
    gdpr: ['Art. 32(1)(a)'],
  },
  secrets: {
    title: 'Secrets',
    api: ['API2:2023'],
    nist: ['IA-5'],
    pci: ['8.6.2', '8.3.2'],
    gdpr: ['Art. 32(1)(b)'],
  },
  logging: {
    title: 'Logging',
    nist: ['AU-2', 'AU-12'],
    pci: ['10.2.1'],
    gdpr: ['Art. 33', 'Art. 32(1)(d)'],
  },
  retention: {
    title: 'Backups, retention and deletion',
    nist: ['SI-12', 'CP-9'],
    pci: ['3.2.1'],
    gdpr: ['Art. 5(1)(e)', 'Art. 17', 'Art. 32(1)(c)'],
  },
  hardening: {
    title: 'Hardening',
    api: ['API8:2023'],
    nist: ['CM-6', 'CM-7'],
    pci: ['2.2.1', '2.2.4'],
    gdpr: ['Art. 32(1)(b)'],
  },
  denial: {
    title: 'Denial of service',
    api: ['API4:2023'],
    nist: ['SC-5'],
    gdpr: ['Art. 32(1)(b)'],
  },
} as const satisfies Record<string, Controls>;

export type Topic = keyof typeof TOPICS;

interface Controls {
  title: string;
  api?: readonly string[];
  masvs?: readonly string[];
  nist?: readonly string[];
  pci?: readonly string[];
  gdpr?: readonly string[];
}

/** The controls of a topic as people write them: `OWASP API8:2023`, `NIST SP 800-53 SC-7`. */
export function controlsOf(topic: Topic): string[] {
  const controls: Controls = TOPICS[topic];
  const named = (standard: string, ids: readonly string[] = []): string[] => ids.map((id) => `${standard} ${id}`);
  return [
    ...named('OWASP', controls.api),
    ...named('OWASP', controls.masvs),
    ...named('NIST SP 800-53', controls.nist),
    ...named('PCI DSS 4.0', controls.pci),
    ...named('GDPR', controls.gdpr),
  ];
}
