import type { CheckReport } from '../core/contract/check.ts';
import { atLeast, type Severity } from '../core/severity.ts';

export interface ExitPolicy {
  failOn: Severity | 'never';
  exitZero: boolean;
}

/**
 * 1 for an exposed story or a finding at or above the floor that no baseline knows; else 3 when something was not
 * checked or is not known; else 0. `exitZero` turns both into 0. Failures (2) are thrown, never computed.
 */
export function exitCode(
  report: Pick<CheckReport, 'stories' | 'findings' | 'known' | 'summary'>,
  { failOn, exitZero }: ExitPolicy,
): 0 | 1 | 3 {
  if (exitZero) return 0;
  const known = new Set(report.known);
  const bad = [
    ...report.stories.filter(({ id, state }) => state === 'exposed' && !known.has(id)),
    ...report.findings.filter(({ fingerprint }) => !known.has(fingerprint)),
  ];
  if (failOn !== 'never' && bad.some(({ severity }) => atLeast(severity, failOn))) return 1;
  return report.summary.complete ? 0 : 3;
}
