/** The story of a store that configuration declares and that no probed host showed: how bad it would be is known. */
import type { Evidence } from '../../core/evidence.ts';
import type { Exposure } from '../../core/exposure.ts';
import type { Finding } from '../../core/finding.ts';
import { OWNERS, type Owner, type Severity, worst } from '../../core/severity.ts';
import type { Story, StoryLink, Task } from '../../core/story.ts';
import { serviceTitle } from '../../core/words.ts';
import type { ProbeResult } from '../../probe/service.ts';
import { linkClause } from '../correlate/index.ts';
import { type Classify, exposedDatasets, inOrder } from '../gather/probed.ts';
import { compare } from '../graph.ts';
import { fieldPhrase } from '../words.ts';
import { cause } from './clauses.ts';
import { outsider, reasonsOf, unfinished } from './unknown.ts';

export interface DeclaredAsking {
  /** What was asked at its port, and gave no answer that tells. */
  silent: readonly ProbeResult[];
  vantage: string;
}

/** @param findings about the store and the files that configure it */
export function exposureStory(
  exposure: Exposure,
  { silent, vantage }: DeclaredAsking,
  findings: readonly Finding[],
  classify: Classify,
): Story {
  const title = serviceTitle(exposure.service ?? exposure.name);
  const name = exposure.version === null ? title : `${title} ${exposure.version}`;
  const why =
    silent.length > 0
      ? `its port was asked from ${vantage}: ${reasonsOf(silent)}`
      : 'no host in scope was asked at that port';
  const datasets = exposedDatasets(
    exposure.datasets.map((dataset) => ({ name: dataset.name, fields: dataset.fields })),
    classify,
  );
  const categories = inOrder(datasets.flatMap((dataset) => dataset.categories));
  const reason = cause(findings);
  const clauses = exposure.links.map(linkClause);
  const links = exposure.links.map((link) => linkOf(exposure, link.text, link.evidence));
  const [evidence] = reason?.finding.evidence ?? [];
  const isNews = reason !== undefined && !clauses.some((clause) => clause.endsWith(`${placeOf(evidence)})`));
  if (reason && evidence && isNews)
    links.push({ ...linkOf(exposure, reason.text, [evidence]), from: reason.finding.asset });
  const fields = fieldPhrase(datasets.flatMap((dataset) => dataset.fields));
  const how = [name, ...clauses, ...(reason && isNews ? [reason.text] : []), ...(fields ? [`holds ${fields}`] : [])];
  return {
    ...unfinished(exposure.store, `${how.join(', ')} → what a stranger gets is not known: ${why}`, why),
    severity: severityOf(exposure, findings, categories.length > 0),
    confidence: exposure.reach === 'unknown' && reason === undefined ? 'tentative' : 'firm',
    links,
    outsider: silent.flatMap((result) => outsider(result, vantage, exposure.service ?? result.service)),
    datasets,
    categories,
    tasks: OWNERS.flatMap((owner) => taskOf(owner, name, exposure.file, findings)),
    unknowns: [`not tested: ${why}`, ...exposure.unknowns],
    findings: findings.map(({ fingerprint: print }) => print).sort(compare),
  };
}

/** Personal data behind an open door is critical, as it is where somebody asked. */
function severityOf(exposure: Exposure, findings: readonly Finding[], personal: boolean): Severity {
  const open = exposure.reach !== 'not-reachable' && (exposure.login === 'off' || exposure.login === 'weak');
  if (personal && open) return 'critical';
  return worst([exposure.severity, ...findings.map(({ severity }) => severity)]);
}

function linkOf(exposure: Exposure, text: string, evidence: Evidence[]): StoryLink {
  const [place] = evidence;
  const path = place?.kind === 'file' || place?.kind === 'setting' ? place.path : exposure.file;
  const from = path === exposure.file ? exposure.store : `config:${path}`;
  const own = { kind: 'file', path: exposure.file, line: exposure.line } as const;
  return { from, to: exposure.store, relation: 'configures', text, evidence: evidence.length > 0 ? evidence : [own] };
}

function placeOf(evidence: Evidence | undefined): string {
  if (evidence?.kind !== 'file' && evidence?.kind !== 'setting') return '\0';
  return evidence.line === undefined ? evidence.path : `${evidence.path}:${evidence.line}`;
}

function taskOf(owner: Owner, name: string, file: string, findings: readonly Finding[]): Task[] {
  const own = findings.filter((finding) => finding.owner === owner);
  if (own.length === 0 && owner !== 'it') return [];
  const patches = new Map(
    own.flatMap(({ patches = [] }) => patches.map((one) => [JSON.stringify(one.edits) + one.path, one])),
  );
  const title = {
    developer: `Look after ${name} in ${file}`,
    it: `Close ${name} to strangers`,
    security: `Judge ${name}`,
  };
  const ask = `Say in postern.yaml which host ${file} is deployed on, so that it can be asked.`;
  return [
    {
      owner,
      title: title[owner],
      detail: [...(owner === 'it' ? [ask] : []), ...new Set(own.map(({ message }) => message))].slice(0, 8).join(' '),
      findings: own.map(({ fingerprint: print }) => print),
      patches: [...patches.values()],
    },
  ];
}
