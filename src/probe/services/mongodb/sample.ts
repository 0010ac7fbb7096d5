/** With `--sample`: a few documents of each collection, straight to the classifier, on a connection of their own. */
import { PosternError } from '../../../core/errors.ts';
import { takeDocuments } from '../../nested.ts';
import type { ObservedDataset, ProbeContext, ValueSink } from '../../service.ts';
import { asker, batch, isOk } from './answers.ts';
import type { Doc, Value } from './bson.ts';

/** Collections that values are asked of. */
const MAX_SAMPLED = 20;

export interface Collection {
  database: string;
  collection: string;
  /** Its fields become those of its documents. */
  dataset: ObservedDataset;
}

export async function sampleCollections(context: ProbeContext, collections: readonly Collection[]): Promise<void> {
  const { values } = context;
  if (values === undefined) return;
  for (const one of collections.slice(0, MAX_SAMPLED)) {
    try {
      await sample(context, values, one);
    } catch (error) {
      // Documents that are too large, or hold what a probe does not read: the next collection has a fresh connection.
      if (!(error instanceof PosternError) || error.code !== 'E_PROBE_IO') throw error;
      context.record('find', 'not read to the end');
    }
  }
}

async function sample(
  context: ProbeContext,
  values: ValueSink,
  { database, collection, dataset }: Collection,
): Promise<void> {
  const connection = await context.connect();
  try {
    const ask = asker(connection, 'msg');
    const answer = await ask(database, { find: collection, limit: values.most, singleBatch: true, maxTimeMS: 2000 });
    const documents = isOk(answer) ? batch(answer).map(plain) : [];
    context.record('find', isOk(answer) ? `${documents.length} documents, to the classifier only` : 'refused');
    const fields = takeDocuments(values, dataset.name, documents);
    dataset.fields = [...new Set([...dataset.fields, ...fields])].slice(0, 256);
  } finally {
    connection.close();
  }
}

/** Without `_id`, which the store makes up. */
function plain(document: Doc): Record<string, unknown> {
  const object = simple(document) as Record<string, unknown>;
  delete object._id;
  return object;
}

function simple(value: Value): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, inner]) => [name, simple(inner)]));
  if (Array.isArray(value)) return value.map(simple);
  return typeof value === 'object' ? undefined : value;
}
