import { datasetName, fieldName } from '../../names.ts';
import type { ObservedDataset, ProbeContext } from '../../service.ts';
import { type Ask, batch, count, isOk } from './answers.ts';

/** Counts, sizes and names of indexed fields of one collection; people where a unique index is on what tells them apart. */
export async function measure(
  context: ProbeContext,
  ask: Ask,
  database: string,
  collection: string,
): Promise<ObservedDataset> {
  const stats = await ask(database, { collStats: collection, maxTimeMS: 2000 });
  const counted = isOk(stats)
    ? stats.get('count')
    : (await ask(database, { count: collection, maxTimeMS: 2000 })).get('n');
  const indexes = await ask(database, { listIndexes: collection });
  const fields = new Set<string>();
  const unique = new Set<string>();
  for (const index of batch(indexes)) {
    const key = index.get('key');
    const [only, ...others] = key instanceof Map ? [...key.keys()] : [];
    if (
      only !== undefined &&
      others.length === 0 &&
      index.get('unique') === true &&
      !index.has('partialFilterExpression') &&
      index.get('sparse') !== true
    ) {
      unique.add(fieldName(only));
    }
    for (const name of key instanceof Map ? key.keys() : []) {
      if (name !== '_id' && !name.startsWith('$') && !name.startsWith('_fts') && fields.size < 64)
        fields.add(fieldName(name));
    }
    const weights = index.get('weights');
    for (const name of weights instanceof Map ? weights.keys() : []) {
      if (!name.startsWith('$') && fields.size < 64) fields.add(fieldName(name));
    }
  }
  const dataset: ObservedDataset = {
    name: datasetName(`${database}.${collection}`),
    documents: count(counted),
    bytes: isOk(stats) ? count(stats.get('size')) : undefined,
    fields: [...fields],
  };
  const subject = context.subjectFields?.(dataset.name, dataset.fields).find((field) => unique.has(field));
  if (subject !== undefined && dataset.documents !== undefined) {
    dataset.people = { count: dataset.documents, how: 'records', field: subject };
  }
  return dataset;
}
