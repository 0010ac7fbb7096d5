import type { CheckReport } from '../core/contract/check.ts';
import { type ExitPolicy, exitCode } from '../core/exit-code.ts';

/** Exposed stories and findings count unless a baseline knows them; what is not known makes the run incomplete. */
export function checkExitCode(
  report: Pick<CheckReport, 'stories' | 'findings' | 'known' | 'summary'>,
  policy: ExitPolicy,
): 0 | 1 | 3 {
  const known = new Set(report.known);
  const bad = [
    ...report.stories.filter(({ id, state }) => state === 'exposed' && !known.has(id)),
    ...report.findings.filter(({ fingerprint }) => !known.has(fingerprint)),
  ];
  return exitCode(
    bad.map(({ severity }) => severity),
    report.summary.complete,
    policy,
  );
}
