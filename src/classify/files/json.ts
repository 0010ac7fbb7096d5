/** JSON documents: lists of records, Elasticsearch mappings and answers, Firebase exports, anything nested. */
import { PosternError } from '../../core/errors.ts';
import type { DatasetToClassify } from '../dataset.ts';
import { collectFields, shownKey } from '../walk.ts';
import { elementReader } from './elements.ts';
import { documentOf } from './jsonl.ts';
import {
  type Bytes,
  LARGEST_DOCUMENT,
  type ReadFile,
  type ReadOptions,
  tooLong,
  tooManyFields,
  unreadable,
} from './source.ts';

/** @param bytes the first of them begin with `[` */
export async function readJsonList(bytes: Bytes, { path, name, own }: ReadOptions): Promise<ReadFile> {
  const collector = collectFields(own);
  const reader = elementReader(bytes);
  for await (const record of reader.elements()) collector.add(documentOf(record));
  return {
    format: 'json',
    datasets: [{ name, fields: collector.fields(), records: collector.records }],
    skips: [
      ...tooLong(path, reader.skipped),
      ...unreadable(path, reader.broken, 'JSON'),
      ...tooManyFields(path, collector.dropped),
    ],
  };
}

/** @throws PosternError `E_INPUT_LIMIT`, `E_INPUT_UNREADABLE` */
export async function readJsonMap(bytes: Bytes, options: ReadOptions): Promise<ReadFile> {
  const { path, name, own } = options;
  const document = await wholeDocument(bytes, path);
  if (!isMap(document)) throw new PosternError('E_INPUT_UNSUPPORTED', `${path} is no JSON document with fields`);
  const mappings = mappingsOf(document, name);
  if (mappings !== undefined) return { format: 'elasticsearch-mapping', datasets: mappings, skips: [] };
  const hits = isMap(document.hits) && Array.isArray(document.hits.hits) ? document.hits.hits : undefined;
  if (hits !== undefined) return fromRecords('json', [[name, hits.map((hit) => documentOf(hit))]], options);
  // `{ "users": { "-Nx…": { … } }, "orders": { … } }`: collections of records by key, as Firebase exports them.
  const collections = Object.entries(document);
  const keyed = collections.filter(([, value]) => isKeyed(value));
  if (keyed.length > 0 && keyed.length * 2 >= collections.length) {
    const sets = collections.map(([key, value]): [string, unknown[]] => [
      shownKey(key),
      isMap(value) && isKeyed(value) ? Object.values(value) : [value],
    ]);
    return fromRecords('firebase-export', sets, options);
  }
  const lists = collections.filter(([, value]) => Array.isArray(value) && value.length > 0 && value.every(isMap));
  if (lists.length > 0 && lists.length === collections.length) {
    return fromRecords(
      'json',
      lists.map(([key, value]): [string, unknown[]] => [shownKey(key), value as unknown[]]),
      options,
    );
  }
  const collector = collectFields(own);
  collector.add(document);
  return {
    format: 'json',
    datasets: [{ name, fields: collector.fields(), records: 1 }],
    skips: tooManyFields(path, collector.dropped),
  };
}

function fromRecords(
  format: ReadFile['format'],
  sets: readonly [string, unknown[]][],
  { path, own }: ReadOptions,
): ReadFile {
  let dropped = 0;
  const datasets = sets.slice(0, 500).map(([name, records]) => {
    const collector = collectFields(own);
    for (const record of records) collector.add(record);
    dropped += collector.dropped;
    return { name, fields: collector.fields(), records: records.length };
  });
  return { format, datasets, skips: tooManyFields(path, dropped) };
}

/** Two or more maps under keys that are ids, or three that look alike. */
function isKeyed(value: unknown): boolean {
  if (!isMap(value)) return false;
  const entries = Object.entries(value).slice(0, 50);
  if (entries.length === 0 || !entries.every(([, item]) => isMap(item))) return false;
  if (entries.filter(([key]) => shownKey(key) === '*').length * 2 >= entries.length) return true;
  const [first] = entries;
  const keys = Object.keys((first?.[1] ?? {}) as object);
  return (
    entries.length >= 3 &&
    keys.length > 0 &&
    entries.every(([, item]) => keys.filter((key) => Object.hasOwn(item as object, key)).length * 2 >= keys.length)
  );
}

/** `GET /_mapping`, `GET /index/_mapping`, or the `properties` of one: `{ index: { mappings: { properties } } }`. */
function mappingsOf(document: Record<string, unknown>, name: string): DatasetToClassify[] | undefined {
  const own = propertiesOf(document);
  if (own !== undefined) return [{ name, fields: fieldsOf(own) }];
  const entries = Object.entries(document);
  const found = entries.flatMap(([index, value]) => {
    const properties = isMap(value) ? propertiesOf(value) : undefined;
    return properties === undefined ? [] : [{ name: shownIndex(index), fields: fieldsOf(properties) }];
  });
  return found.length > 0 && found.length === entries.length ? found : undefined;
}

function propertiesOf(value: Record<string, unknown>): Record<string, unknown> | undefined {
  if (!isMap(value.mappings)) return undefined;
  const { mappings } = value;
  if (isMap(mappings.properties)) return mappings.properties;
  if (Object.keys(mappings).length === 0) return {};
  // Before 7.0 a type stands between.
  const typed = Object.values(mappings).find((type) => isMap(type) && isMap(type.properties));
  return isMap(typed) && isMap(typed.properties) ? typed.properties : undefined;
}

function fieldsOf(properties: Record<string, unknown>, prefix = '', depth = 0): { name: string; type?: string }[] {
  if (depth > 16) return [];
  return Object.entries(properties)
    .slice(0, 4_000)
    .flatMap(([key, value]) => {
      const name = `${prefix}${shownKey(key)}`;
      if (!isMap(value)) return [];
      if (isMap(value.properties)) return fieldsOf(value.properties, `${name}.`, depth + 1);
      return [{ name, ...(typeof value.type === 'string' ? { type: value.type.slice(0, 40) } : {}) }];
    });
}

function shownIndex(name: string): string {
  return /[@\s]/.test(name) ? '*' : name.slice(0, 128);
}

async function wholeDocument(bytes: Bytes, path: string): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of bytes) {
    length += part.length;
    if (length > LARGEST_DOCUMENT) {
      throw new PosternError(
        'E_INPUT_LIMIT',
        `${path} is one JSON document of more than ${LARGEST_DOCUMENT / 1024 / 1024} MiB`,
        {
          hint: 'Write it as JSON Lines, one record a line: those are read whatever their size.',
        },
      );
    }
    parts.push(part);
  }
  try {
    return JSON.parse(
      Buffer.concat(parts)
        .toString('utf8')
        .replace(/^\ufeff/, ''),
    );
  } catch {
    // The parser's message quotes the text, which may be a person's.
    throw new PosternError('E_INPUT_CORRUPT', `${path} is not JSON`, { hint: 'Check that the file is complete.' });
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
