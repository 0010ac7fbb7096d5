import type { LoadedConfig } from '../../config/index.ts';
import type { ProbeLine } from '../../core/contract/probe.ts';
import type { Skip } from '../../core/skip.ts';
import type { Scope } from '../../net/index.ts';
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
  const asked: readonly TargetLine[] =
    lines.length > 0 ? lines : [...scope.targets, ...scope.refused].map(({ host }) => ({ label: host, host }));
  const targets: ProbeTarget[] = [];
  const skips: Skip[] = [];
  const unasked: ProbeLine[] = [];
  for (const { label, host, port, service } of asked) {
    const target = scope.find(host);
    if (target) {
      targets.push({
        label,
        target,
        ...(port === undefined ? {} : { port }),
        ...(service === undefined ? {} : { service }),
      });
      continue;
    }
    const error = scope.refused.find((refused) => refused.host.toLowerCase() === host.toLowerCase())?.error;
    const reason = error ? `${error.message} ${error.hint}` : 'not in scope';
    skips.push({ subject: label, code: error?.code ?? 'E_SCOPE', reason, severity: 'incomplete' });
    unasked.push(lineNotAsked(label, port, service, reason));
  }
  return { scope, targets, skips, unasked };
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
