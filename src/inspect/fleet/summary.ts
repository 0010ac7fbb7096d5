/** What of one package's report the report of the folder needs; a folder of ten thousand keeps only this of each. */
import type { FleetApp } from '../../core/contract/fleet.ts';
import type { InspectReport } from '../../core/contract/inspect.ts';

export interface PackageSummary {
  app: FleetApp;
  hosts: { id: string; schemes: string[] }[];
  stores: { kind: string; id: string }[];
  credentials: Pick<InspectReport['credentials'][number], 'provider' | 'kind' | 'mask' | 'hash' | 'sensitivity'>[];
  libraries: { name: string; version: string; tracker: boolean }[];
}

export function summaryOf(path: string, report: InspectReport): PackageSummary {
  const findings: FleetApp['findings'] = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const { severity } of report.findings) findings[severity]++;
  const { id, version, platform, sha256 } = report.app;
  const complete = report.skips.every(({ severity }) => severity !== 'incomplete');
  return {
    app: { id, version, platform, path, sha256, findings, complete },
    hosts: hostsOf(report),
    stores: report.stores.filter(isOwn).map((store) => ({ kind: store.kind, id: store.id })),
    credentials: report.credentials
      .filter(isOwn)
      .map(({ provider, kind, mask, hash, sensitivity }) => ({ provider, kind, mask, hash, sensitivity })),
    libraries: report.libraries.map(({ name, version: of = '', tracker }) => ({ name, version: of, tracker })),
  };
}

function isOwn({ origin }: { origin: string }): boolean {
  return origin === 'app';
}

/** Own hosts, each once, with the schemes by which it is called. */
function hostsOf({ endpoints }: InspectReport): { id: string; schemes: string[] }[] {
  const schemes = new Map<string, Set<string>>();
  for (const { origin, host, port, scheme } of endpoints) {
    if (origin !== 'app' || host === undefined) continue;
    const id = port === undefined ? host : `${host}:${port}`;
    const known = schemes.get(id) ?? new Set();
    if (scheme !== undefined) known.add(scheme);
    schemes.set(id, known);
  }
  return [...schemes].map(([id, of]) => ({ id, schemes: [...of].sort() }));
}
