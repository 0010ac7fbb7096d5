/**
 * One row as a record (fileformat2.html §2): size of its header varint · a serial type varint for each column · values.
 * Serial type: 0 NULL · 1–6 integers of 1, 2, 3, 4, 6, 8 bytes · 7 float · 8, 9 the integers 0 and 1 · even from 12 on: a
 * blob of (n - 12) / 2 bytes · odd from 13 on: text of (n - 13) / 2 bytes.
 */
import { varint } from './varint.ts';

export type Kind = 'text' | 'blob' | 'other';

const FIXED = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0];
/** SQLite allows no more. */
const MAX_COLUMNS = 32_767;

/** Calls back for every text and blob, in order of the columns. `end` may lie behind a record that was cut off. */
export function readRecord(
  record: Uint8Array,
  value: (column: number, kind: Kind, start: number, end: number) => void,
): void {
  const header = varint(record, 0);
  const stop = Math.min(header.value, record.length);
  let start = header.value;
  for (let at = header.size, column = 0; at < stop && column < MAX_COLUMNS; column++) {
    const type = varint(record, at);
    at += type.size;
    const { value: serial } = type;
    const size = serial < 12 ? (FIXED[serial] ?? 0) : Math.floor((serial - 12) / 2);
    if (serial >= 12 && size > 0 && start < record.length) {
      value(column, serial % 2 === 1 ? 'text' : 'blob', start, start + size);
    }
    start += size;
  }
}

/** The integer in a column; undefined when the column holds none of up to 6 bytes. */
export function integerAt(record: Buffer, wanted: number): number | undefined {
  const header = varint(record, 0);
  const stop = Math.min(header.value, record.length);
  let start = header.value;
  for (let at = header.size, column = 0; at < stop; column++) {
    const type = varint(record, at);
    at += type.size;
    const serial = type.value;
    const size = serial < 12 ? (FIXED[serial] ?? 0) : Math.floor((serial - 12) / 2);
    if (column === wanted) {
      if (serial === 8 || serial === 9) return serial - 8;
      return serial >= 1 && serial <= 5 && start + size <= record.length ? record.readIntBE(start, size) : undefined;
    }
    start += size;
  }
  return undefined;
}
