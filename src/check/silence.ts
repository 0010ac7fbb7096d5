import type { Skip } from '../core/skip.ts';
import type { ProbeResult } from '../probe/service.ts';
import { hostName } from './gather/inspected.ts';
import type { RunningStore } from './gather/running.ts';
import { compare } from './graph.ts';

/**
 * What the probe could not tell, one skip per host, address and reason: silence never means clean.
 *
 * @param told stores whose story says so already
 */
export function inconclusiveSkips(results: readonly ProbeResult[], told: readonly RunningStore[]): Skip[] {
  const inStories = new Set<ProbeResult>(told.flatMap((store) => store.results));
  const groups = new Map<string, { first: ProbeResult; ports: Set<number> }>();
  for (const result of results) {
    if (result.verdict !== 'inconclusive' || inStories.has(result)) continue;
    const key = JSON.stringify([hostName(result.host), result.address, result.reason]);
    const group = groups.get(key) ?? { first: result, ports: new Set<number>() };
    if (result.port !== null) group.ports.add(result.port);
    groups.set(key, group);
  }
  return [...groups.values()]
    .map(({ first, ports }) =>
      skipOf(
        first,
        [...ports].sort((a, b) => a - b),
      ),
    )
    .sort((a, b) => compare(a.subject, b.subject) || compare(a.reason, b.reason));
}

function skipOf(result: ProbeResult, ports: readonly number[]): Skip {
  const at =
    result.address === null || result.address === result.host ? result.host : `${result.host} (${result.address})`;
  const [word, shown] = [ports.length === 1 ? 'port' : 'ports', ports.slice(0, 12).join(', ')];
  const more = ports.length > 12 ? ` and ${ports.length - 12} more` : '';
  return {
    subject: ports.length === 0 ? at : `${at}, ${word} ${shown}${more}`,
    code: ports.length === 0 ? 'PROBE_NOT_ASKED' : 'PROBE_INCONCLUSIVE',
    reason: result.reason,
    severity: 'incomplete',
  };
}
