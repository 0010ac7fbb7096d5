/** The clauses that a headline and the links of a story are made of. */

import type { Finding } from '../../core/finding.ts';
import { atLeast, SEVERITIES } from '../../core/severity.ts';
import type { ExposedDataset } from '../../core/story.ts';
import type { Verdict } from '../../core/verdict.ts';
import { counted, nounsOf, serviceTitle } from '../../core/words.ts';
import type { Deployment } from '../correlate/declared.ts';
import type { RunningStore } from '../gather/running.ts';
import { compare } from '../graph.ts';
import { fieldPhrase } from '../words.ts';

/** `Elasticsearch 7.17.9`; `Cloud Firestore of bluemarket` on a host that a provider shares among its customers. */
export function storeName(store: Pick<RunningStore, 'service' | 'product' | 'version' | 'project'>): string {
  const name = [serviceTitle(store.product ?? store.service), store.version].filter((part) => part !== undefined);
  return [...name, ...(store.project === undefined ? [] : [`of ${store.project}`])].join(' ');
}

/** `published by deploy/docker-compose.yml:14 on all interfaces`. */
export function publicationClause({ service, port }: Deployment): string {
  if (port === null) return `put on the host's own network by ${service.file}:${service.line}`;
  const where = port.allInterfaces || port.hostIp === null ? 'all interfaces' : port.hostIp;
  return `published by ${service.file}:${port.line} on ${where}`;
}

/** What an audit rule found, said of the store: the more a rule explains, the earlier it stands. */
const CLAUSES: readonly [RegExp, string][] = [
  [/security-(?:disabled|off)|elasticsearch-without-login/, 'security switched off in'],
  [/trust/, 'every connection trusted by'],
  [/anonymous/, 'strangers let in by'],
  [
    /without-(?:login|password|admin|auth)|no-(?:login|password|auth)|empty-(?:root-)?password|requirepass/,
    'no password asked for by',
  ],
  [/protected-mode/, 'protected mode switched off in'],
];

/** Where a store listens and what it encrypts is no reason why strangers are let in. */
const ASIDE = /published|bind|listen|interface|tls|ssl|clear/;

/** The setting that lets strangers in, as a clause with its place; undefined when no finding tells of one. */
export function cause(findings: readonly Finding[]): { text: string; finding: Finding } | undefined {
  const [finding] = findings
    .filter(({ rule, severity }) => rule.startsWith('audit/') && !ASIDE.test(rule) && atLeast(severity, 'high'))
    .sort((a, b) => rank(a) - rank(b) || bySeverity(a, b) || compare(a.fingerprint, b.fingerprint));
  const [evidence] = finding?.evidence ?? [];
  if (!finding || !evidence || (evidence.kind !== 'setting' && evidence.kind !== 'file')) return undefined;
  const place = evidence.line === undefined ? evidence.path : `${evidence.path}:${evidence.line}`;
  const words = CLAUSES[rank(finding)]?.[1];
  if (words !== undefined) return { text: `${words} ${place}`, finding };
  const setting = evidence.kind === 'setting' ? `${evidence.pointer} = ${evidence.actual}` : finding.message;
  return { text: `${setting} in ${place}`, finding };
}

function rank({ rule }: Finding): number {
  const at = CLAUSES.findIndex(([pattern]) => pattern.test(rule));
  return at < 0 ? CLAUSES.length : at;
}

function bySeverity(a: Finding, b: Finding): number {
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
}

const GETS: Readonly<Partial<Record<Verdict, string>>> = {
  'anonymous-write': 'a stranger reads and could change',
  'anonymous-read': 'a stranger reads',
  'metadata-only': 'a stranger sees the names and sizes of',
};

/** `a stranger reads 4 indices, 12,400 documents, with e-mail and phone fields`. */
export function lossClause(store: RunningStore, datasets: readonly ExposedDataset[]): string {
  const gets = GETS[store.verdict];
  if (gets === undefined) return 'what a stranger gets is not known';
  const { documents } = store.telling;
  const nouns = nounsOf(store.product ?? store.service);
  const sizes = [
    ...(datasets.length > 0 ? [counted(datasets.length, nouns.set)] : []),
    ...(documents !== undefined ? [counted(documents, nouns.record)] : []),
  ];
  const fields = fieldPhrase(datasets.flatMap((dataset) => dataset.fields));
  if (sizes.length === 0 && store.service === 'mqtt') return 'a stranger may subscribe to its topics';
  return `${gets} ${sizes.length > 0 ? sizes.join(', ') : 'what is in it'}${fields ? `, with ${fields}` : ''}`;
}
