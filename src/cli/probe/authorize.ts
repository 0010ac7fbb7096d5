import type { LoadedConfig } from '../../config/index.ts';
import type { ProbeLine } from '../../core/contract/probe.ts';
import type { Skip } from '../../core/skip.ts';
import type { NetworkTarget, Scope } from '../../net/index.ts';
import type { ProbeTarget, TargetLine } from '../../probe/index.ts';
import { openScope } from '../scope-of.ts';

export interface Authorized {
  scope: Scope;
  targets: ProbeTarget[];
  skips: Skip[];
  /** Lines for what is not contacted. */
  unasked: ProbeLine[];
}

/**
 * Lines of the command line and file, or every target of the configuration. What is not authorized is not contacted: it
 * becomes a skip, and a line that says so.
 */
export async function authorize(config: LoadedConfig | undefined, lines: readonly TargetLine[]): Promise<Authorized> {
  const scope = await openScope(
    config,
    lines.map(({ host }) => host),
  );
  const targets: ProbeTarget[] = [];
  const skips: Skip[] = [];
  const unasked: ProbeLine[] = [];
  for (const { label, host, port, service } of lines.length > 0 ? lines : hostsOf(scope)) {
    const found = scope.findAll(host);
    for (const target of found) {
      targets.push({
        label: found.length > 1 ? `${label} (${nameAmong(target, found)})` : label,
        target,
        ...(port === undefined ? {} : { port }),
        ...(service === undefined ? {} : { service }),
      });
    }
    // Of several targets on one host some may be authorized and others not.
    const refused = scope.refused.filter((one) => one.host.toLowerCase() === host.toLowerCase());
    const reasons = refused.map(({ error }) => ({ code: error.code, reason: `${error.message} ${error.hint}` }));
    if (reasons.length === 0 && found.length === 0) reasons.push({ code: 'E_SCOPE', reason: 'not in scope' });
    for (const { code, reason } of reasons) {
      skips.push({ subject: label, code, reason, severity: 'incomplete' });
      unasked.push(lineNotAsked(label, port, service, reason));
    }
  }
  return { scope, targets, skips, unasked };
}

/** Each host of the configuration once, whatever number of targets has it. */
function hostsOf({ targets, refused }: Scope): TargetLine[] {
  const hosts = new Map([...targets, ...refused].map(({ host }) => [host.toLowerCase(), host]));
  return [...hosts.values()].map((host) => ({ label: host, host }));
}

/** What tells a target from the others on its host: the project, else its place in the configuration. */
function nameAmong(target: NetworkTarget, others: readonly NetworkTarget[]): string {
  const { project } = target;
  const alone = project !== undefined && others.filter((one) => one.project === project).length === 1;
  return alone ? project : `target ${others.indexOf(target) + 1}`;
}

function lineNotAsked(
  target: string,
  port: number | undefined,
  service: string | undefined,
  reason: string,
): ProbeLine {
  return {
    target,
    address: null,
    port: port ?? null,
    service: service ?? 'unknown',
    version: null,
    verdict: 'inconclusive',
    documents: null,
    bytes: null,
    datasets: [],
    elapsedMs: 0,
    notTested: ['everything: nothing was sent'],
    reason,
  };
}
