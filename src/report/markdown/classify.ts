/** What data sets hold, for a record of processing or a pull request. */
import { categoryTitle, plural } from '../human.ts';
import type { ClassifyReport } from '../input.ts';
import { peopleText } from '../terminal/classify.ts';
import { skipLines } from './parts.ts';
import { code, md, table } from './text.ts';

export function classifyMarkdown(report: ClassifyReport): string[] {
  const { summary } = report;
  const lines = [
    `## Postern classify: ${summary.personal} of ${plural(summary.fields, 'field')} personal${peopleText(summary.people)}`,
    '',
  ];
  for (const dataset of report.datasets) {
    const notes = [
      dataset.format,
      dataset.records === null ? '' : plural(dataset.records, 'record'),
      dataset.people === undefined ? '' : `about ${plural(dataset.people.count, 'person', 'people')}`,
    ].filter(Boolean);
    lines.push(`### ${md(dataset.name)}`, '', `${md(dataset.source)}: ${md(notes.join(', '))}.`, '');
    const rows = dataset.fields.map((field) => [
      code(field.name, true),
      md(categoryTitle(field.category)),
      code(field.detector, true),
      field.confidence,
      md(field.reasons.join(' ')),
    ]);
    lines.push(...table(['Field', 'Holds', 'Detector', 'Confidence', 'Why'], rows), '');
    const passwords = dataset.passwords.map(({ field, storage, reason }) => [code(field, true), storage, md(reason)]);
    if (passwords.length > 0) lines.push(...table(['Passwords in', 'Stored as', 'Why'], passwords), '');
  }
  lines.push(...skipLines(report.skips));
  return lines;
}
