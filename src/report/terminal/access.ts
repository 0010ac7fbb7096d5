/** Who reads what, on a terminal. */
import { ACCESS_HEAD, type AccessRow, isBad, readWord } from '../access-view.ts';
import { columns, type Page } from './page.ts';

export function writeAccess(page: Page, rows: readonly AccessRow[]): void {
  if (rows.length === 0) return;
  const { ink } = page;
  const places = new Map<string, AccessRow[]>();
  for (const row of rows) places.set(row.where, [...(places.get(row.where) ?? []), row]);
  for (const [where, own] of places) {
    page.heading('Who reads what', where);
    columns(page, '  ', [
      ACCESS_HEAD.slice(1).map((title) => ink.dim(title)),
      ...own.map((row) => [
        row.what,
        ...row.reads.map((read, index) => {
          const word = readWord(read);
          if (isBad(row, index)) return ink.bold(ink.red(word));
          return read === 'no' ? ink.green(word) : read === 'unknown' ? ink.yellow(word) : word;
        }),
      ]),
    ]);
    if (page.quiet) continue;
    for (const { what, notes } of own) {
      for (const note of notes) page.write('    ', ink.dim(`${what}: ${note}`));
    }
  }
}
