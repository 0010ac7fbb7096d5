/** Tells findings who gets to what they are about. */
import type { Exposure } from '../../core/exposure.ts';
import type { Finding } from '../../core/finding.ts';
import type { Severity } from '../../core/severity.ts';
import { topicOf } from '../rules/topics.ts';

/** What a stranger needs a way to the store for: behind a shut door it weighs less. */
const BY_NETWORK = new Set(['network-exposure', 'authentication', 'encryption-in-transit']);

const LESS: Readonly<Partial<Record<Severity, Severity>>> = { critical: 'high', high: 'medium', medium: 'low' };

/**
 * Where another file shuts the way – a filter, a group, a published port that is not there –, the finding weighs less and
 * that file is part of its evidence. What the finding's own file says, its rule has weighed already.
 */
export function withReach(findings: readonly Finding[], exposures: readonly Exposure[]): Finding[] {
  const stores = new Map<string, Exposure[]>();
  for (const exposure of exposures) {
    for (const print of exposure.findings) {
      const known = stores.get(print);
      if (known === undefined) stores.set(print, [exposure]);
      else known.push(exposure);
    }
  }
  return findings.map((finding) => {
    const about = stores.get(finding.fingerprint);
    if (about === undefined) return finding;
    if (about.some(({ reach }) => reach === 'reachable')) return { ...finding, reach: 'reachable' };
    if (about.some(({ reach }) => reach === 'unknown')) return { ...finding, reach: 'unknown' };
    const [first] = finding.evidence;
    const own = first.kind === 'setting' || first.kind === 'file' ? first.path : '';
    const shut = about.flatMap(({ links }) =>
      links.filter(({ state }) => state === 'closed').flatMap(({ evidence }) => evidence),
    );
    const elsewhere = shut.filter((one) => one.kind === 'file' && one.path !== own);
    const less = BY_NETWORK.has(topicOf(finding.rule) ?? '') ? LESS[finding.severity] : undefined;
    if (elsewhere.length === 0 || less === undefined) return { ...finding, reach: 'not-reachable' };
    const evidence: Finding['evidence'] = [...finding.evidence, ...elsewhere.slice(0, 2)];
    return { ...finding, reach: 'not-reachable', severity: less, evidence };
  });
}
