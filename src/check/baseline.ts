import type { CheckReport } from '../core/contract/check.ts';

/**
 * Fingerprints of findings and stories that an earlier report held already, in order. A story that was closed or unknown
 * and stands open now is new.
 */
export function knownSince(
  baseline: Pick<CheckReport, 'findings' | 'stories' | 'suppressed'> | undefined,
  now: Pick<CheckReport, 'findings' | 'stories'>,
): string[] {
  if (!baseline) return [];
  const before = new Set([
    ...baseline.findings.map(({ fingerprint }) => fingerprint),
    ...baseline.suppressed.map(({ finding }) => finding.fingerprint),
    ...baseline.stories.map(({ id, state }) => `${state} ${id}`),
  ]);
  return [
    ...now.findings.map(({ fingerprint }) => fingerprint).filter((print) => before.has(print)),
    ...now.stories.filter(({ id, state }) => before.has(`${state} ${id}`)).map(({ id }) => id),
  ].sort();
}
