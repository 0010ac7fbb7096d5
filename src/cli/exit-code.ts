import { exitCode } from '../core/exit-code.ts';
import type { Finding } from '../core/finding.ts';
import type { Severity } from '../core/severity.ts';
import type { Skip } from '../core/skip.ts';

/** Of a verb that has findings and skips, and no stories. */
export function exitCodeOf(
  findings: readonly Pick<Finding, 'severity'>[],
  skips: readonly Pick<Skip, 'severity'>[],
  failOn: Severity | 'never',
  exitZero: boolean,
): 0 | 1 | 3 {
  const complete = skips.every(({ severity }) => severity !== 'incomplete');
  return exitCode(
    findings.map(({ severity }) => severity),
    complete,
    { failOn, exitZero },
  );
}
