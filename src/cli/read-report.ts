import type { CheckReport } from '../core/contract/check.ts';
import { PosternError } from '../core/errors.ts';
import { readJson } from './read-bounded.ts';

const HINT = 'Write a report with `postern check --output json=report.json`.';

/**
 * A report that `check --format json` wrote.
 *
 * @throws PosternError `E_INPUT_NOT_FOUND`, `E_INPUT_LIMIT`, or `E_REPORT_INVALID` with the first thing that is wrong
 */
export async function readCheckReport(path: string): Promise<CheckReport> {
  return (await readCheckReportBytes(path)).report;
}

/** The same with the bytes of the file, whose hash a receipt names. */
export async function readCheckReportBytes(path: string): Promise<{ report: CheckReport; bytes: Buffer }> {
  const { value, bytes } = await readJson(path, 'E_REPORT_INVALID', HINT);
  const { checkReportSchema } = await import('../core/contract/check.ts');
  const parsed = checkReportSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new PosternError(
      'E_REPORT_INVALID',
      `${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a report'}`,
      { hint: HINT },
    );
  }
  return { report: parsed.data, bytes };
}
