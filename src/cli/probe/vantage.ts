/** What one place saw, written for another place to merge. */
import type { VantageReport } from '../../core/contract/vantage.ts';
import { VANTAGE_SCHEMA } from '../../core/contract/vantage.ts';
import { PosternError } from '../../core/errors.ts';
import type { Skip } from '../../core/skip.ts';
import { VERSION } from '../../core/version.ts';
import type { Scope } from '../../net/index.ts';
import type { AddressReach } from '../../probe/index.ts';
import type { ProbeResult } from '../../probe/service.ts';
import { readJson } from '../read-bounded.ts';

export function vantageReport(
  run: { vantage: string; startedAt: Date; finishedAt: Date; scopeHash: string },
  reach: readonly AddressReach[],
  results: readonly ProbeResult[],
): VantageReport {
  return {
    schema: VANTAGE_SCHEMA,
    tool: { name: 'postern', version: VERSION },
    vantage: run.vantage,
    startedAt: run.startedAt.toISOString(),
    finishedAt: run.finishedAt.toISOString(),
    scopeHash: run.scopeHash,
    reach: [...reach],
    results: results.map(({ vantage: _own, ...result }) => result),
  };
}

export interface Merged {
  results: ProbeResult[];
  reach: (AddressReach & { vantage: string })[];
  skips: Skip[];
}

/** Older than this, what another place saw is told with its age. Milliseconds. */
const STALE = 24 * 60 * 60 * 1000;

/**
 * Reads what other places saw. Results about hosts that are not in this scope are left out: a file from elsewhere does not
 * widen it.
 *
 * @throws PosternError `E_REPORT_INVALID`
 */
export async function readVantages(paths: readonly string[], scope: Scope, now: Date): Promise<Merged> {
  const { vantageReportSchema } = await import('../../core/contract/vantage.ts');
  const merged: Merged = { results: [], reach: [], skips: [] };
  for (const path of paths) {
    const hint = 'Write one with `postern probe --from LABEL --output vantage=FILE`.';
    const { value } = await readJson(path, 'E_REPORT_INVALID', hint);
    const parsed = vantageReportSchema.safeParse(value);
    if (!parsed.success) {
      throw new PosternError('E_REPORT_INVALID', `${path} does not hold what another place saw`, { hint });
    }
    const { vantage, results, reach, finishedAt } = parsed.data;
    const foreign = new Set<string>();
    for (const result of results) {
      if (scope.find(result.host, result.project) === undefined) foreign.add(result.host);
      else merged.results.push({ ...(result as ProbeResult), vantage });
    }
    for (const one of reach) if (scope.find(one.host) !== undefined) merged.reach.push({ ...one, vantage });
    if (foreign.size > 0) {
      const reason = `${foreign.size} hosts that ${path} tells of are not in this scope`;
      merged.skips.push({ subject: vantage, code: 'E_SCOPE', reason, severity: 'note' });
    }
    const age = now.getTime() - Date.parse(finishedAt);
    if (!(age < STALE)) {
      const reason = `what was seen from ${vantage} is of ${finishedAt.slice(0, 10)}`;
      merged.skips.push({ subject: vantage, code: 'VANTAGE_OLD', reason, severity: 'note' });
    }
  }
  return merged;
}
