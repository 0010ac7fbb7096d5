/** What can be rendered, and how one report is told from another without loading the schemas (and zod) for it. */
import type { AuditReport } from '../core/contract/audit.ts';
import type { CheckReport } from '../core/contract/check.ts';
import type { CheckDiff } from '../core/contract/check-diff.ts';
import type { ClassifyReport } from '../core/contract/classify.ts';
import type { FleetReport } from '../core/contract/fleet.ts';
import type { InspectReport } from '../core/contract/inspect.ts';
import type { InspectDiff } from '../core/contract/inspect-diff.ts';
import type { ProbeLine } from '../core/contract/probe.ts';
import type { ReceiptBody } from '../core/contract/receipt.ts';

export type {
  AuditReport,
  CheckDiff,
  CheckReport,
  ClassifyReport,
  FleetReport,
  InspectDiff,
  InspectReport,
  ProbeLine,
  ReceiptBody,
};

export type ReportInput =
  | CheckReport
  | ClassifyReport
  | InspectReport
  | InspectDiff
  | CheckDiff
  | FleetReport
  | AuditReport
  | ReceiptBody
  | readonly ProbeLine[];

/** The literals are checked against the contracts by the compiler. */
export const SCHEMAS = {
  check: 'https://postern.dev/schema/check-1.json' satisfies CheckReport['schema'],
  classify: 'https://postern.dev/schema/classify-1.json' satisfies ClassifyReport['schema'],
  inspect: 'https://postern.dev/schema/inspect-1.json' satisfies InspectReport['schema'],
  fleet: 'https://postern.dev/schema/fleet-1.json' satisfies FleetReport['schema'],
  diff: 'https://postern.dev/schema/inspect-diff-1.json' satisfies InspectDiff['schema'],
  checkDiff: 'https://postern.dev/schema/check-diff-1.json' satisfies CheckDiff['schema'],
  audit: 'https://postern.dev/schema/audit-1.json' satisfies AuditReport['schema'],
  receipt: 'https://postern.dev/schema/receipt-2.json' satisfies ReceiptBody['schema'],
  /** Of before there was `through`. */
  receipt1: 'https://postern.dev/schema/receipt-1.json' satisfies ReceiptBody['schema'],
} as const;

export type Described =
  | { kind: 'check'; report: CheckReport }
  | { kind: 'classify'; report: ClassifyReport }
  | { kind: 'inspect'; report: InspectReport }
  | { kind: 'fleet'; report: FleetReport }
  | { kind: 'diff'; report: InspectDiff }
  | { kind: 'check-diff'; report: CheckDiff }
  | { kind: 'audit'; report: AuditReport }
  | { kind: 'receipt'; report: ReceiptBody }
  | { kind: 'probe'; report: readonly ProbeLine[] };

export function describe(input: ReportInput): Described {
  if (isLines(input)) return { kind: 'probe', report: input };
  switch (input.schema) {
    case SCHEMAS.check:
      return { kind: 'check', report: input };
    case SCHEMAS.classify:
      return { kind: 'classify', report: input };
    case SCHEMAS.inspect:
      return { kind: 'inspect', report: input };
    case SCHEMAS.fleet:
      return { kind: 'fleet', report: input };
    case SCHEMAS.diff:
      return { kind: 'diff', report: input };
    case SCHEMAS.checkDiff:
      return { kind: 'check-diff', report: input };
    case SCHEMAS.audit:
      return { kind: 'audit', report: input };
    case SCHEMAS.receipt:
    case SCHEMAS.receipt1:
      return { kind: 'receipt', report: input };
  }
}

/** `Array.isArray` does not narrow read-only arrays. */
function isLines(input: ReportInput): input is readonly ProbeLine[] {
  return Array.isArray(input);
}
