/** How the verbs of the vault print. */
import pc from 'picocolors';
import { type Io, wantsColor } from '../io.ts';

export function stdoutColors(io: Io): ReturnType<typeof pc.createColors> {
  return pc.createColors(wantsColor(io, io.stdout));
}

/** `2027-01-04 10:00 UTC`; `never` for what did not happen. */
export function date(at: number | null): string {
  return at === null ? '–' : `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** `1 person`, `3 people`. */
export function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

export function people(number: number): string {
  return count(number, 'person', 'people');
}

/** Columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_cell, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
