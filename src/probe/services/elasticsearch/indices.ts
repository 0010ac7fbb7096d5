/** Indices, their sizes and their field names, from `_cat/indices` and `_mapping`. */
import type { HttpAnswer } from '../../../net/connection.ts';
import { at, count, isRecord, parseJson, text } from '../../json.ts';
import { fieldName } from '../../names.ts';

export interface IndexRow {
  index: string;
  documents: number | undefined;
  bytes: number | undefined;
}

/**
 * `[{"index":"orders","docs.count":"12400","store.size":"1048576","status":"open"}, …]`; in 1.x plain columns, in
 * the order that `h=` named. `undefined` when the answer is no such list.
 */
export function readIndices(answer: HttpAnswer): IndexRow[] | undefined {
  if (answer.status !== 200) return undefined;
  const list = answer.truncated ? parseJson(closedArray(answer.body)) : parseJson(answer.body);
  if (Array.isArray(list)) {
    const rows = list.flatMap((row) => {
      const index = text(at(row, 'index'));
      if (index === undefined) return [];
      return [{ index, documents: count(at(row, 'docs.count')), bytes: count(at(row, 'store.size')) }];
    });
    return rows.length === 0 && list.length > 0 ? undefined : rows;
  }
  return list === undefined ? readColumns(answer) : undefined;
}

/** A list that was cut at the cap, up to its last whole row. */
function closedArray(body: Buffer): Buffer {
  const end = body.lastIndexOf('}');
  return Buffer.concat([body.subarray(0, end + 1), Buffer.from(']')]);
}

function readColumns(answer: HttpAnswer): IndexRow[] | undefined {
  if (!(answer.headers['content-type'] ?? '').startsWith('text/plain')) return undefined;
  const lines = answer.body
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const rows = lines.map((line) => /^(\S+) +(\d+) +(\d+)(?: +open)? *$/.exec(line));
  if (rows.length === 0 || rows.includes(null)) return undefined;
  return rows.flatMap((row) =>
    row?.[1] === undefined ? [] : [{ index: row[1], documents: count(row[2]), bytes: count(row[3]) }],
  );
}

/** Indices that the product keeps for itself. */
export function isSystemIndex(index: string): boolean {
  return index.startsWith('.');
}

/** Names that Elasticsearch itself allows; others could mean several indices and are not asked for. */
export function isPlainIndexName(index: string): boolean {
  if (index === '' || Buffer.byteLength(index) > 255 || /\p{Surrogate}/u.test(index)) return false;
  return !/^[-_+.]|[\\/*?"<>| ,#:\x00-\x1f]/.test(index);
}

const MOST_FIELDS = 2_000;
const DEEPEST = 20;

export interface MappedField {
  /** As it may be shown. */
  name: string;
  /** As the store knows it. */
  path: string;
  /** In the store's words; undefined where it tells none. */
  type: string | undefined;
  /** What distinct values are counted over: the field itself, or its sub-field of whole values. */
  countable: string | undefined;
}

/** All fields: `{index: {mappings: {properties: {…}}}}`, before 7.0 with a type in between. */
export function readFields(answer: HttpAnswer): MappedField[] {
  if (answer.status !== 200 || answer.truncated) return [];
  const body = parseJson(answer.body);
  const fields = new Map<string, MappedField>();
  if (!isRecord(body)) return [];
  for (const index of Object.values(body)) {
    const mappings = at(index, 'mappings');
    if (!isRecord(mappings)) continue;
    if (isRecord(mappings.properties)) collect(mappings.properties, '', 0, fields);
    else for (const type of Object.values(mappings)) collect(at(type, 'properties'), '', 0, fields);
  }
  return [...fields.values()];
}

function collect(properties: unknown, prefix: string, depth: number, fields: Map<string, MappedField>): void {
  if (!isRecord(properties) || depth > DEEPEST) return;
  for (const [own, field] of Object.entries(properties)) {
    if (fields.size >= MOST_FIELDS) return;
    const path = prefix === '' ? own : `${prefix}.${own}`;
    const inner = at(field, 'properties');
    if (isRecord(inner)) {
      collect(inner, path, depth + 1, fields);
      continue;
    }
    const name = fieldName(path);
    if (!fields.has(name)) fields.set(name, { name, path, type: typeOf(field), countable: countableOf(field, path) });
  }
}

function typeOf(field: unknown): string | undefined {
  const type = text(at(field, 'type'));
  return type !== undefined && /^[a-z][a-z_]{0,29}\d?$/.test(type) ? type : undefined;
}

/** Whole values only: words of a text would be counted one by one. Before 5.0 they were strings that are not analysed. */
function countableOf(field: unknown, path: string): string | undefined {
  if (isWhole(field)) return path;
  const inner = at(field, 'fields');
  if (!isRecord(inner)) return undefined;
  const [name] = Object.entries(inner).find(([, one]) => isWhole(one)) ?? [];
  return name === undefined ? undefined : `${path}.${name}`;
}

function isWhole(field: unknown): boolean {
  const type = at(field, 'type');
  return type === 'keyword' || (type === 'string' && at(field, 'index') === 'not_analyzed');
}
