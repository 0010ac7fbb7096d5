import type { Policy } from '../policy.ts';
import { createReport, type LintFinding } from './finding.ts';
import { lintDetection, lintDevices, lintVault } from './lint-devices.ts';
import { lintExposure } from './lint-exposure.ts';
import { lintMapping } from './lint-mapping.ts';
import { lintOperation } from './lint-operation.ts';
import { lintReach } from './lint-reach.ts';
import { lintResourceMapping } from './lint-resource-mapping.ts';
import { lintResources } from './lint-resources.ts';
import type { Aliases, Mapping } from './mapping.ts';

export interface LintInput {
  readonly mapping?: Mapping;
  readonly aliases?: Aliases;
  /** ms since the epoch; default: now. */
  readonly now?: number;
}

/** What is valid in a policy and yet not meant, or not safe; in the order of the file. */
export function lint(policy: Policy, { mapping, aliases, now = Date.now() }: LintInput = {}): readonly LintFinding[] {
  const report = createReport(policy);
  lintReach(policy, report);
  lintExposure(policy, now, report);
  lintOperation(policy, report);
  lintResources(policy, now, report);
  lintVault(policy, report);
  lintDevices(policy, now, report);
  lintDetection(policy, report);
  if (mapping || aliases) {
    lintMapping(policy, mapping ?? new Map(), aliases ?? new Map(), report);
    lintResourceMapping(policy, mapping ?? new Map(), aliases ?? new Map(), report);
  }
  return [...report.findings].sort(
    (a, b) => a.position.line - b.position.line || a.position.column - b.position.column,
  );
}
