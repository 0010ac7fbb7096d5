/** From the audits of several folders to one tree of paths. */

import type { DeclaredService } from '../../audit/declared.ts';
import type { AuditResult } from '../../audit/index.ts';
import { assetId } from '../../core/asset.ts';
import type { Evidence } from '../../core/evidence.ts';
import type { Exposure } from '../../core/exposure.ts';
import type { Finding } from '../../core/finding.ts';
import { fingerprint } from '../../core/fingerprint.ts';
import type { Outcome } from '../../core/outcome.ts';

export interface Audited extends Outcome {
  services: DeclaredService[];
  files: { path: string; format: string }[];
  /** What the files tell about each store that they declare. */
  exposures: Exposure[];
}

/**
 * Paths of an audit are relative to its root; in a check they are relative to the project, so that two folders with a
 * `docker-compose.yml` each stay apart.
 *
 * @param prefix the audited root relative to the project, with forward slashes; empty for the project itself
 */
export function rebase(result: AuditResult, prefix: string): Audited {
  const at = (path: string) => joinPath(prefix, path);
  // A config asset's id holds its path.
  const ids = new Map<string, string>();
  const assets = result.outcome.assets.map((asset) => {
    if (asset.kind !== 'config' || prefix === '') return asset;
    const below = assetId('config', asset.path);
    const id = asset.id.startsWith(below) ? assetId('config', at(asset.path)) + asset.id.slice(below.length) : asset.id;
    ids.set(asset.id, id);
    return { ...asset, id, path: at(asset.path) };
  });
  const idOf = (id: string) => ids.get(id) ?? id;
  return {
    assets,
    edges: result.outcome.edges.map((edge) => ({
      ...edge,
      from: idOf(edge.from),
      to: idOf(edge.to),
      evidence: edge.evidence.map((one) => moved(one, at)),
    })),
    findings: result.outcome.findings.map((finding) => movedFinding(finding, at, idOf)),
    skips: result.outcome.skips.map((skip) => ({
      ...skip,
      subject: prefix === '' ? skip.subject : skip.subject === '.' ? prefix : `${prefix}/${skip.subject}`,
    })),
    services: result.services.map((service) => ({
      ...service,
      file: at(service.file),
      asset: idOf(service.asset),
      mounts: service.mounts.map((mount) => ({ ...mount, source: at(mount.source) })),
    })),
    files: result.report.files.map(({ path, format }) => ({ path: at(path), format })),
    exposures: result.report.exposures.map((exposure) => ({
      ...exposure,
      store: idOf(exposure.store),
      file: at(exposure.file),
      links: exposure.links.map((link) => ({ ...link, evidence: link.evidence.map((one) => moved(one, at)) })),
    })),
  };
}

/**
 * Joins audits. A fingerprint knows the path below its own root only, so that `audit` and `check` agree on it; where two
 * roots hold the same file with the same mistake, the later one's is made from both.
 */
export function joinAudits(audits: readonly Audited[]): Audited {
  const seen = new Set<string>();
  const joined: Audited = { assets: [], edges: [], findings: [], skips: [], services: [], files: [], exposures: [] };
  for (const audit of audits) {
    joined.assets.push(...audit.assets);
    joined.edges.push(...audit.edges);
    joined.skips.push(...audit.skips);
    joined.services.push(...audit.services);
    joined.files.push(...audit.files);
    joined.exposures.push(...audit.exposures);
    const own = audit.findings.map((finding) =>
      seen.has(finding.fingerprint)
        ? { ...finding, fingerprint: fingerprint(finding.rule, finding.asset, finding.fingerprint) }
        : finding,
    );
    for (const { fingerprint: print } of own) seen.add(print);
    joined.findings.push(...own);
  }
  return joined;
}

function movedFinding(finding: Finding, at: (path: string) => string, idOf: (id: string) => string): Finding {
  const [first, ...rest] = finding.evidence;
  return {
    ...finding,
    asset: idOf(finding.asset),
    evidence: [moved(first, at), ...rest.map((one) => moved(one, at))],
    ...(finding.patches && { patches: finding.patches.map((patch) => ({ ...patch, path: at(patch.path) })) }),
  };
}

function moved(evidence: Evidence, at: (path: string) => string): Evidence {
  return evidence.kind === 'file' || evidence.kind === 'setting' ? { ...evidence, path: at(evidence.path) } : evidence;
}

/** `deploy` + `../compose.yml` is `compose.yml`: a mount may point out of the audited folder. */
export function joinPath(prefix: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${prefix}/${path}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}
