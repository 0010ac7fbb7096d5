import type { Finding } from '../core/finding.ts';
import { atLeast, type Severity } from '../core/severity.ts';
import type { Skip } from '../core/skip.ts';

/** 1 for findings at or above the floor, else 3 when something was not checked, else 0. Failures (2) are thrown. */
export function exitCodeOf(
  findings: readonly Pick<Finding, 'severity'>[],
  skips: readonly Pick<Skip, 'severity'>[],
  failOn: Severity | 'never',
  exitZero: boolean,
): 0 | 1 | 3 {
  if (exitZero) return 0;
  if (failOn !== 'never' && findings.some(({ severity }) => atLeast(severity, failOn))) return 1;
  return skips.some(({ severity }) => severity === 'incomplete') ? 3 : 0;
}
