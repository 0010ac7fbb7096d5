/** CSV and TSV (RFC 4180 and what is called so), streamed. A first row that is data, not names, is told and kept secret. */
import Papa from 'papaparse';
import { isEmail, isPhoneShaped } from '../values/checks.ts';
import { isGivenName } from '../values/person-names.ts';
import { collectFields } from '../walk.ts';
import { type Bytes, LONGEST_RECORD, type ReadFile, type ReadOptions, tooLong, tooManyFields } from './source.ts';

const MOST_COLUMNS = 4_000;

export async function readTable(bytes: Bytes, { path, name, own }: ReadOptions): Promise<ReadFile> {
  const collector = collectFields(own);
  const decoder = new TextDecoder('utf-8');
  let held = '';
  let delimiter: string | undefined;
  let columns: string[] | undefined;
  let records = 0;
  let skipped = 0;

  const take = (row: readonly string[]): void => {
    if (row.length === 1 && row[0] === '') return;
    if (columns === undefined) {
      columns = columnNames(row);
      if (isHeader(row)) return;
    }
    records++;
    for (let at = 0; at < row.length && at < columns.length; at++) collector.addValue(columns[at] ?? '*', row[at]);
  };
  const parse = (last: boolean): void => {
    delimiter ??= delimiterOf(held);
    const { data, meta } = new Papa.Parser({ delimiter, quoteChar: '"' }).parse(held, 0, !last) as {
      data: string[][];
      meta: { cursor: number };
    };
    for (const row of data) take(row);
    held = last ? '' : held.slice(meta.cursor);
    // A quote that nobody closes: on from the next line.
    if (held.length > LONGEST_RECORD) {
      skipped++;
      const next = held.indexOf('\n', held.length - 65_536);
      held = next < 0 ? '' : held.slice(next + 1);
    }
  };

  for await (const part of bytes) {
    held += decoder.decode(part, { stream: true });
    if (delimiter === undefined) held = held.replace(/^\ufeff/, '');
    if (held.length >= 65_536) parse(false);
  }
  held += decoder.decode();
  if (held !== '') parse(true);
  return {
    format: 'csv',
    datasets: [{ name, fields: collector.fields(), records }],
    skips: [...tooLong(path, skipped), ...tooManyFields(path, collector.dropped)],
  };
}

/** Of the usual ones the one that the first line has most of. */
function delimiterOf(text: string): string {
  const line = text.slice(0, 16_384).split(/\r?\n/, 1)[0] ?? '';
  let best = ',';
  for (const mark of ['\t', ';', '|']) if (line.split(mark).length > line.split(best).length) best = mark;
  return best;
}

/** Names are short, not repeated, and no values: else the file has no header, and its first row is a person's. */
function isHeader(row: readonly string[]): boolean {
  const cells = row.map((cell) => cell.trim());
  if (
    cells.some((cell) => cell.length > 64 || isEmail(cell) || /^[-+]?[\d.,:/ -]{3,}$/.test(cell) || isPhoneShaped(cell))
  )
    return false;
  if (cells.some((cell) => /^[\w-]{32,}$/.test(cell) && /\d/.test(cell))) return false;
  return !cells.some((cell) => cell.split(/\s+/).some((word) => isGivenName(word)));
}

function columnNames(row: readonly string[]): string[] {
  const named = isHeader(row);
  const seen = new Map<string, number>();
  return row.slice(0, MOST_COLUMNS).map((cell, at) => {
    const name = named && cell.trim() !== '' ? cell.trim() : `column ${at + 1}`;
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return before === 0 ? name : `${name} (${before + 1})`;
  });
}
