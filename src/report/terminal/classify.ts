/** `postern classify` on a terminal: per data set, what its fields hold and how sure that is. */
import type { Confidence } from '../../core/severity.ts';
import { categoryTitle, humanCount, plural } from '../human.ts';
import type { ClassifyReport } from '../input.ts';
import type { RenderOptions } from '../options.ts';
import { columns, createPage, type Ink, type Page } from './page.ts';

type Dataset = ClassifyReport['datasets'][number];

export function renderClassify(report: ClassifyReport, options: RenderOptions): string {
  const page = createPage(options);
  for (const dataset of report.datasets) writeDataset(page, dataset);
  if (page.quiet) return page.toString();
  for (const { subject, reason } of report.skips) page.write('  ! ', page.ink.yellow(`${subject}: ${reason}`));
  const { summary } = report;
  page.gap();
  page.write(
    '',
    page.ink.bold(
      `${plural(summary.datasets, 'data set')}, ${plural(summary.fields, 'field')}: ${humanCount(summary.personal)} personal${peopleText(summary.people)}.`,
    ),
  );
  for (const { category, count } of summary.categories)
    page.write('  ', `${categoryTitle(category)}: ${plural(count, 'field')}`);
  return page.toString();
}

function writeDataset(page: Page, dataset: Dataset): void {
  const { ink } = page;
  const notes = [
    dataset.format,
    dataset.records === null ? '' : plural(dataset.records, 'record'),
    dataset.people === undefined ? '' : `about ${plural(dataset.people.count, 'person', 'people')}`,
    dataset.country ?? '',
  ];
  const where = dataset.source === dataset.name ? dataset.name : `${dataset.source}: ${dataset.name}`;
  if (page.quiet) {
    for (const field of dataset.fields) {
      page.raw([where, field.name, field.category, field.detector, field.confidence].join('\t'));
    }
    return;
  }
  page.heading(where, notes.filter(Boolean).join(', '));
  if (dataset.fields.length === 0)
    page.write('  ', ink.dim(`none of ${plural(dataset.looked, 'field')} looks personal`));
  columns(
    page,
    '  ',
    dataset.fields.map((field) => [
      field.name,
      sure(field.confidence, ink),
      `${categoryTitle(field.category)}  ${ink.dim(`${field.detector}: ${field.reasons.join(' ')}`)}`,
    ]),
  );
  for (const { field, storage, reason } of dataset.passwords) {
    const word = storage === 'plaintext-like' || storage === 'fast-hash' ? ink.red(storage) : storage;
    page.write('  passwords: ', `${field} ${ink.bold(word)}. ${reason}`);
  }
}

function sure(confidence: Confidence, ink: Ink): string {
  return confidence === 'confirmed' ? ink.bold(confidence) : confidence === 'firm' ? confidence : ink.dim(confidence);
}

export function peopleText(people: { atLeast: number; atMost: number } | undefined): string {
  if (people === undefined) return '';
  if (people.atLeast === people.atMost) return `, about ${plural(people.atLeast, 'person', 'people')}`;
  return `, about ${humanCount(people.atLeast)} to ${humanCount(people.atMost)} people`;
}
