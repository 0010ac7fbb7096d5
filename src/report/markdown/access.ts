/** Who reads what, as Markdown. */
import { ACCESS_HEAD, type AccessRow, isBad, readWord } from '../access-view.ts';
import { code, details, md, table } from './text.ts';

const MOST = 50;

export function accessLines(rows: readonly AccessRow[]): string[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, MOST);
  const notes = shown.flatMap(({ what, notes: told }) => told.map((note) => `- ${code(what)}: ${md(note)}`));
  return [
    '### Who reads what',
    '',
    ...table(
      ACCESS_HEAD,
      shown.map((row) => [
        code(row.where, true),
        code(row.what, true),
        ...row.reads.map((read, index) => (isBad(row, index) ? `🔴 **${readWord(read)}**` : readWord(read))),
      ]),
    ),
    ...(rows.length > shown.length ? ['', `and ${rows.length - shown.length} more`] : []),
    '',
    ...(notes.length === 0 ? [] : details('Why', notes)),
  ];
}
