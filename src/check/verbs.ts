import type { AuditOptions, AuditResult } from '../audit/index.ts';
import { classifyDataset, type OwnDetector, ownDetectors, subjectFields } from '../classify/index.ts';
import type { Category } from '../core/category.ts';
import type { InspectReport } from '../core/contract/inspect.ts';
import type { Finding } from '../core/finding.ts';
import type { Dialer, NetworkTarget } from '../net/index.ts';
import type { AddressReach, ProbeTarget } from '../probe/index.ts';
import type { ControlCredentials, ProbeResult, ProbeService } from '../probe/service.ts';

/** What `check` needs of the verbs; tests hand in their own. */
export interface Verbs {
  inspectPackage(
    path: string,
    options: {
      redactionKey: Uint8Array;
      signal?: AbortSignal;
      onProgress?: (event: { entry: string; done: number; total: number }) => void;
    },
  ): Promise<InspectReport>;
  auditPaths(root: string, options?: AuditOptions): Promise<AuditResult>;
  probe(
    targets: readonly ProbeTarget[],
    options: {
      emptyPassword?: boolean;
      signal?: AbortSignal;
      dialer?: Dialer;
      subjectFields?: (dataset: string, fields: readonly string[]) => readonly string[];
      onReach?: (reach: AddressReach) => void;
    },
  ): AsyncIterable<ProbeResult>;
  runControl(
    target: NetworkTarget,
    service: string,
    port: number,
    credentials: ControlCredentials,
    options?: { signal?: AbortSignal },
  ): Promise<{ ok: boolean; detail: string; at: string }>;
  findingsOf(result: ProbeResult): Finding[];
  services: readonly ProbeService[];
  /** Of a data set's fields those that tell people apart, the best first. */
  subjectFields?(dataset: string, fields: readonly string[]): readonly string[];
  classifyFields(names: readonly string[], dataset?: string): readonly { name: string; category: Category }[];
}

/** The real ones, loaded when a check runs and not before. */
export async function loadVerbs(ownCategories: Parameters<typeof ownDetectors>[0] = []): Promise<Verbs> {
  const [inspect, audit, probe] = await Promise.all([
    import('../inspect/index.ts'),
    import('../audit/index.ts'),
    import('../probe/index.ts'),
  ]);
  return {
    inspectPackage: inspect.inspectPackage,
    auditPaths: audit.auditPaths,
    probe: probe.probe,
    runControl: probe.runControl,
    findingsOf: probe.findingsOf,
    services: probe.services,
    classifyFields: classifierOf(ownDetectors(ownCategories)),
    subjectFields,
  };
}

/** By names alone: values are looked at only where `--sample` asks for it. */
export function classifierOf(own: readonly OwnDetector[]): Verbs['classifyFields'] {
  return (names, dataset) =>
    classifyDataset(
      { fields: names.map((name) => ({ name })), ...(dataset === undefined ? {} : { name: dataset }) },
      { own },
    ).fields.map(({ name, category }) => ({ name, category }));
}
