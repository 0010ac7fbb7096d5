/** JSON Lines, also as Elasticsearch's bulk bodies and `elasticdump` write them: the document is what stands in `_source`. */
import { collectFields } from '../walk.ts';
import { lineReader } from './lines.ts';
import { type Bytes, type ReadFile, type ReadOptions, tooLong, tooManyFields, unreadable } from './source.ts';

export async function readJsonLines(bytes: Bytes, { path, name, own }: ReadOptions): Promise<ReadFile> {
  const collector = collectFields(own);
  const reader = lineReader(bytes);
  let broken = 0;
  for await (const line of reader.lines()) {
    if (line.trim() === '') continue;
    let record: unknown;
    try {
      record = JSON.parse(line.charCodeAt(0) === 0xfeff ? line.slice(1) : line);
    } catch {
      broken++;
      continue;
    }
    if (!isBulkAction(record)) collector.add(documentOf(record));
  }
  return {
    format: 'jsonl',
    datasets: [{ name, fields: collector.fields(), records: collector.records }],
    skips: [
      ...tooLong(path, reader.skipped),
      ...unreadable(path, broken, 'JSON'),
      ...tooManyFields(path, collector.dropped),
    ],
  };
}

/** `{"index":{"_id":"1"}}` stands before a document and is none. */
function isBulkAction(record: unknown): boolean {
  if (typeof record !== 'object' || record === null) return false;
  const [key, ...rest] = Object.keys(record);
  return rest.length === 0 && /^(?:index|create|update|delete)$/.test(key ?? '');
}

export function documentOf(record: unknown): unknown {
  if (typeof record !== 'object' || record === null || !('_source' in record)) return record;
  const source: unknown = record._source;
  return typeof source === 'object' && source !== null ? source : record;
}
