import { atLeast, type Severity } from './severity.ts';

export interface ExitPolicy {
  failOn: Severity | 'never';
  exitZero: boolean;
}

/**
 * What a command ends with: 1 for something at or above the floor, else 3 when something was not checked, else 0.
 * `exitZero` turns both into 0. Failures (2) are thrown, never computed.
 */
export function exitCode(
  severities: readonly Severity[],
  complete: boolean,
  { failOn, exitZero }: ExitPolicy,
): 0 | 1 | 3 {
  if (exitZero) return 0;
  if (failOn !== 'never' && severities.some((severity) => atLeast(severity, failOn))) return 1;
  return complete ? 0 : 3;
}
