/** From what a probe saw to findings, and to skips where it could not see. */
import { assetId } from '../core/asset.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Finding } from '../core/finding.ts';
import { fingerprint } from '../core/fingerprint.ts';
import type { Skip } from '../core/skip.ts';
import { isExposed } from '../core/verdict.ts';
import { openRuleId, ownerOf } from './rules.ts';
import type { ProbeResult } from './service.ts';

/**
 * The asset id of the store that a result is about: service, host as the owner names it, and port; the project, too, on a
 * host that a provider shares among its customers.
 */
export function storeIdOf({
  service,
  host,
  port,
  project,
}: Pick<ProbeResult, 'service' | 'host' | 'port' | 'project'>): string {
  return assetId('store', service, host.toLowerCase(), port ?? 0, ...(project === undefined ? [] : [project]));
}

/**
 * The findings of one result: one when a stranger gets something, else none. Two addresses of one host give the same
 * asset and different fingerprints.
 */
export function findingsOf(result: ProbeResult): Finding[] {
  if (!isExposed(result.verdict) || result.address === null || result.port === null) return [];
  const asset = storeIdOf(result);
  const rule = openRuleId(result.service);
  return [
    {
      fingerprint: fingerprint(rule, asset, result.address),
      rule,
      asset,
      severity: result.verdict === 'metadata-only' ? 'medium' : 'critical',
      confidence: 'confirmed',
      owner: ownerOf(result.service),
      verdict: result.verdict,
      message: `${place(result)}: ${result.reason}.`,
      evidence: evidenceOf(result),
    },
  ];
}

/** Why a result says nothing, so that silence never looks clean; undefined when it says something. */
export function skipOf(result: ProbeResult): Skip | undefined {
  if (result.verdict !== 'inconclusive') return undefined;
  return {
    subject: place(result),
    code: result.port === null ? 'PROBE_NOT_ASKED' : 'PROBE_INCONCLUSIVE',
    reason: result.reason,
    severity: 'incomplete',
  };
}

function evidenceOf(result: ProbeResult): [Evidence, ...Evidence[]] {
  const { documents } = result;
  const counted: Evidence[] = documents === undefined ? [] : [{ kind: 'count', what: 'documents', count: documents }];
  const [first, ...rest] = result.exchanges;
  if (first !== undefined) return [first, ...rest, ...counted];
  return [
    {
      kind: 'exchange',
      service: result.service,
      address: result.address ?? result.host,
      port: result.port ?? 0,
      request: 'connect',
      answer: result.verdict,
      at: new Date().toISOString(),
    },
    ...counted,
  ];
}

function place(result: ProbeResult): string {
  const at = result.port === null ? result.host : `${bracketed(result.host)}:${result.port}`;
  const address = result.address !== null && result.address !== result.host ? ` (${result.address})` : '';
  const whose = result.project === undefined ? '' : ` of ${result.project}`;
  return `${result.service === 'unknown' ? '' : `${result.service}${whose} at `}${at}${address}`;
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
