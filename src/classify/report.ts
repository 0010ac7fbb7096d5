/** From data sets to the report of the contract. */
import type { Category } from '../core/category.ts';
import type { ClassifyReport } from '../core/contract/classify.ts';
import type { Skip } from '../core/skip.ts';
import { VERSION } from '../core/version.ts';
import { classifyDataset, type DatasetToClassify } from './dataset.ts';
import type { OwnDetector } from './own-categories.ts';
import { peopleOf } from './subject.ts';

export interface SourcedDataset extends DatasetToClassify {
  name: string;
  /** The file or the store it is in. */
  source: string;
  format: string;
  /** The store's own figure, which comes before an estimate. */
  people?: { count: number; how: 'distinct' | 'records' | 'cardinality' | 'statistics'; field?: string } | undefined;
}

export function classifyReport(
  datasets: readonly SourcedDataset[],
  skips: readonly Skip[],
  own: readonly OwnDetector[] = [],
): ClassifyReport {
  const judged = datasets.map((dataset) => {
    const verdict = classifyDataset(dataset, { own });
    const people = dataset.people ?? verdict.people;
    return {
      name: dataset.name,
      source: dataset.source,
      format: dataset.format,
      records: dataset.records ?? null,
      looked: dataset.fields.length,
      ...(verdict.country === undefined ? {} : { country: verdict.country }),
      ...(people === undefined ? {} : { people }),
      fields: verdict.fields,
      passwords: verdict.passwords,
    };
  });
  const categories = new Map<Category, number>();
  for (const { fields } of judged) {
    for (const { category } of fields) categories.set(category, (categories.get(category) ?? 0) + 1);
  }
  const people = peopleOf(judged);
  return {
    // The contract itself brings a schema library, which names alone do not need; the compiler checks the literal.
    schema: 'https://postern.dev/schema/classify-1.json',
    tool: { name: 'postern', version: VERSION },
    datasets: judged,
    summary: {
      datasets: judged.length,
      fields: judged.reduce((sum, { looked }) => sum + looked, 0),
      personal: judged.reduce((sum, { fields }) => sum + fields.length, 0),
      categories: [...categories]
        .map(([category, count]) => ({ category, count }))
        .sort((a, b) => b.count - a.count || (a.category < b.category ? -1 : 1)),
      ...(people === undefined ? {} : { people }),
    },
    skips: [...skips],
  };
}
