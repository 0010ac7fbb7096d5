/** The one way to turn a report into text: `await render(format, report, options)`. Pure: reads no file, no clock, no environment. */
import { PosternError } from '../core/errors.ts';
import {
  type AuditReport,
  type CheckDiff,
  type CheckReport,
  type ClassifyReport,
  describe,
  type FleetReport,
  type InspectDiff,
  type InspectReport,
  type ProbeLine,
  type ReceiptBody,
  type ReportInput,
} from './input.ts';
import { FORMATS, type Format, type RenderOptions } from './options.ts';

export { FORMATS, type Format, type RenderOptions, type ReportInput };

/** Which formats each kind of report has. */
export const FORMATS_OF = {
  check: ['terminal', 'json', 'jsonl', 'sarif', 'html', 'markdown'],
  classify: ['terminal', 'json', 'markdown'],
  inspect: ['terminal', 'json', 'jsonl', 'sarif', 'markdown', 'cyclonedx'],
  fleet: ['terminal', 'json', 'html', 'markdown'],
  diff: ['terminal', 'json', 'html', 'markdown'],
  'check-diff': ['terminal', 'json', 'html', 'markdown'],
  audit: ['terminal', 'json', 'jsonl', 'sarif', 'markdown'],
  probe: ['terminal', 'json', 'jsonl', 'markdown'],
  receipt: ['terminal', 'json', 'jsonl', 'markdown'],
} as const satisfies Record<ReturnType<typeof describe>['kind'], readonly Format[]>;

/**
 * A report as text, ending with a line break (empty when there is nothing to say).
 *
 * Each renderer is loaded when it is asked for: a hook that wants JSON does not pay for the terminal's tables.
 *
 * @throws PosternError `E_USAGE` when this kind of report has no such format
 */
export function render(
  format: (typeof FORMATS_OF.check)[number],
  report: CheckReport,
  options?: RenderOptions,
): Promise<string>;
export function render(
  format: (typeof FORMATS_OF.classify)[number],
  report: ClassifyReport,
  options?: RenderOptions,
): Promise<string>;
export function render(
  format: (typeof FORMATS_OF.inspect)[number],
  report: InspectReport,
  options?: RenderOptions,
): Promise<string>;
export function render(
  format: (typeof FORMATS_OF.fleet)[number],
  report: FleetReport | InspectDiff | CheckDiff,
  options?: RenderOptions,
): Promise<string>;
export function render(
  format: (typeof FORMATS_OF.audit)[number],
  report: AuditReport,
  options?: RenderOptions,
): Promise<string>;
export function render(
  format: (typeof FORMATS_OF.receipt)[number],
  body: ReceiptBody,
  options?: RenderOptions,
): Promise<string>;
export function render(
  format: (typeof FORMATS_OF.probe)[number],
  lines: readonly ProbeLine[],
  options?: RenderOptions,
): Promise<string>;
/** For a format that came from the command line. */
export function render(format: Format, report: ReportInput, options?: RenderOptions): Promise<string>;
export async function render(format: Format, report: ReportInput, options: RenderOptions = {}): Promise<string> {
  const described = describe(report);
  const formats: readonly Format[] = FORMATS_OF[described.kind];
  if (!formats.includes(format)) {
    throw new PosternError('E_USAGE', `The format ${format} is not available for this report.`, {
      hint: `Choose one of ${formats.join(', ')}.`,
    });
  }
  switch (format) {
    case 'terminal':
      return (await import('./terminal/index.ts')).renderTerminal(described, options);
    case 'json':
      return (await import('./json.ts')).renderJson(described);
    case 'jsonl':
      return (await import('./json.ts')).renderJsonl(described);
    case 'markdown':
      return (await import('./markdown/index.ts')).renderMarkdown(described, options);
    case 'sarif':
      if (described.kind === 'check' || described.kind === 'inspect' || described.kind === 'audit') {
        return (await import('./sarif/index.ts')).renderSarif(described, options);
      }
      break;
    case 'cyclonedx':
      if (described.kind === 'inspect') {
        return (await import('./cyclonedx/index.ts')).renderCycloneDx(described.report, options);
      }
      break;
    case 'html':
      if (
        described.kind === 'check' ||
        described.kind === 'fleet' ||
        described.kind === 'diff' ||
        described.kind === 'check-diff'
      ) {
        return (await import('./html/index.ts')).renderHtml(described, options);
      }
      break;
  }
  throw new PosternError('E_INTERNAL', `No renderer for ${format} of ${described.kind}.`);
}

/** @throws PosternError `E_USAGE` when `name` is no format */
export function parseFormat(name: string): Format {
  const format = FORMATS.find((known) => known === name);
  if (format === undefined) {
    throw new PosternError('E_USAGE', `There is no format ${JSON.stringify(name)}.`, {
      hint: `Choose one of ${FORMATS.join(', ')}.`,
    });
  }
  return format;
}
