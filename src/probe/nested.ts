/** Documents of stores as columns: nested objects and lists become dotted fields, as mappings name them. */
import { isRecord } from './json.ts';
import { fieldName } from './names.ts';
import type { ValueSink } from './service.ts';

const DEEPEST = 12;
const MOST_FIELDS = 500;

/**
 * Hands the leaves of some documents to the classifier, field by field, at most `sink.most` per field. Nothing is kept.
 * @returns the fields' names, as they may be shown
 */
export function takeDocuments(sink: ValueSink, dataset: string, documents: readonly unknown[]): string[] {
  const columns = columnsOf(documents, sink.most);
  for (const [field, values] of columns) if (values.length > 0) sink.take(dataset, field, values);
  return [...columns.keys()];
}

function columnsOf(documents: readonly unknown[], most: number): Map<string, unknown[]> {
  const columns = new Map<string, unknown[]>();
  for (const document of documents.slice(0, most)) collect(document, '', 0, most, columns);
  return columns;
}

function collect(value: unknown, path: string, depth: number, most: number, columns: Map<string, unknown[]>): void {
  if (depth > DEEPEST) return;
  if (Array.isArray(value)) {
    for (const item of value.slice(0, most)) collect(item, path, depth + 1, most, columns);
    return;
  }
  if (isRecord(value)) {
    for (const [name, inner] of Object.entries(value).slice(0, MOST_FIELDS)) {
      collect(inner, path === '' ? name : `${path}.${name}`, depth + 1, most, columns);
    }
    return;
  }
  if (path === '') return;
  const field = fieldName(path);
  // A field that is empty everywhere has its name all the same.
  const held = value === null || value === undefined ? [] : [value];
  const column = columns.get(field);
  if (column !== undefined) {
    if (column.length < most) column.push(...held);
  } else if (columns.size < MOST_FIELDS) columns.set(field, held);
}
