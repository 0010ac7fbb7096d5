/** What reading a file gives: data sets with fields, values tallied, and what was left out. */
import type { Skip } from '../../core/skip.ts';
import type { DatasetToClassify } from '../dataset.ts';
import type { OwnPattern } from '../values/tally.ts';

export const FILE_FORMATS = [
  'csv',
  'json',
  'jsonl',
  'elasticsearch-mapping',
  'sql',
  'firebase-export',
  'key-list',
  'object-list',
] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

export interface ReadFile {
  format: FileFormat;
  datasets: DatasetToClassify[];
  skips: Skip[];
}

export interface ReadOptions {
  /** For messages. */
  path: string;
  /** What the data set is called when the file does not say: its name without folder and extension. */
  name: string;
  own: readonly OwnPattern[];
}

/** Bytes of a file, in parts; the whole is never in memory unless the format cannot be cut. */
export type Bytes = AsyncIterable<Uint8Array>;

/** Longer records are skipped, and told. */
export const LONGEST_RECORD: number = 16 * 1024 * 1024;
/** A JSON document that is one map must fit in memory. */
export const LARGEST_DOCUMENT: number = 256 * 1024 * 1024;

export function tooLong(path: string, count: number): Skip[] {
  if (count === 0) return [];
  const reason = `${count} of its records ${count === 1 ? 'is' : 'are'} longer than ${LONGEST_RECORD / 1024 / 1024} MiB and ${count === 1 ? 'was' : 'were'} not looked at`;
  return [{ subject: path, code: 'CLASSIFY_RECORD_TOO_LONG', reason, severity: 'incomplete' }];
}

export function unreadable(path: string, count: number, what: string): Skip[] {
  if (count === 0) return [];
  return [
    {
      subject: path,
      code: 'CLASSIFY_RECORD_UNREADABLE',
      reason: `${count} of its records could not be read as ${what}`,
      severity: 'incomplete',
    },
  ];
}

export function tooManyFields(path: string, dropped: number): Skip[] {
  if (dropped === 0) return [];
  return [
    {
      subject: path,
      code: 'CLASSIFY_FIELD_LIMIT',
      reason: 'it has more fields than are looked at',
      severity: 'incomplete',
    },
  ];
}
