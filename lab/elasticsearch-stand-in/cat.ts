/** `_cat/*`: aligned text by default, objects with `format=json`; columns by `h`, header by `v`. */
import { illegalArgument } from './errors.ts';
import type { StoredIndex } from './index-set.ts';
import type { Json } from './json.ts';

export type CatRow = Readonly<Record<string, string>>;

const ALIASES: Readonly<Record<string, string>> = {
  i: 'index',
  idx: 'index',
  dc: 'docs.count',
  docsCount: 'docs.count',
  ss: 'store.size',
  storeSize: 'store.size',
  s: 'status',
  h: 'health',
};

export function indexRows(indices: readonly StoredIndex[], bytes: string | null): CatRow[] {
  return indices.map((index) => ({
    health: 'green',
    status: 'open',
    index: index.name,
    uuid: index.uuid,
    pri: '1',
    rep: '0',
    'docs.count': String(index.documents.length),
    'docs.deleted': '0',
    'store.size': sizeText(index.bytes, bytes),
    'pri.store.size': sizeText(index.bytes, bytes),
  }));
}

function sizeText(size: number, unit: string | null): string {
  if (unit === 'b') return String(size);
  if (unit === 'kb' || unit === 'k') return String(Math.floor(size / 1024));
  if (unit === 'mb' || unit === 'm') return String(Math.floor(size / 1024 ** 2));
  if (size >= 1024 ** 2) return `${(size / 1024 ** 2).toFixed(1)}mb`;
  return size >= 1024 ? `${(size / 1024).toFixed(1)}kb` : `${size}b`;
}

/** Rows as the client asked for them: a JSON value, or text. */
export function catAnswer(rows: readonly CatRow[], parameters: URLSearchParams): { json: Json } | { text: string } {
  const all = Object.keys(rows[0] ?? {});
  const asked = parameters.get('h');
  const columns = asked === null ? all : asked.split(',').map((name) => ALIASES[name] ?? name);
  const known = columns.filter((column) => rows.length === 0 || all.includes(column));
  const sorted = sortRows(rows, parameters.get('s'));
  const picked = sorted.map((row) => Object.fromEntries(known.map((column) => [column, row[column] ?? ''])));
  const format = parameters.get('format') ?? 'text';
  if (format === 'json') return { json: picked };
  if (format !== 'text') throw illegalArgument(`The stand-in answers format json and text, not [${format}]`);
  const lines = picked.map((row) => known.map((column) => row[column] ?? ''));
  const header = parameters.get('v');
  if (header !== null && header !== 'false') lines.unshift(known);
  const widths = known.map((_, position) => Math.max(...lines.map((line) => line[position]?.length ?? 0)));
  const text = lines.map((line) =>
    line
      .map((cell, position) => cell.padEnd(widths[position] ?? 0))
      .join(' ')
      .trimEnd(),
  );
  return { text: text.map((line) => `${line}\n`).join('') };
}

function sortRows(rows: readonly CatRow[], sort: string | null): readonly CatRow[] {
  if (sort === null) return rows;
  const [name, order] = sort.split(':');
  const column = ALIASES[name ?? ''] ?? name ?? '';
  const direction = order === 'desc' ? -1 : 1;
  return [...rows].sort(
    (a, b) => direction * (a[column] ?? '').localeCompare(b[column] ?? '', 'en', { numeric: true }),
  );
}
