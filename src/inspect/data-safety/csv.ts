/** Comma-separated values (RFC 4180): fields in quotes may hold commas, line breaks and doubled quotes. */

/** Most rows read: the form has some eight hundred. */
const MOST_ROWS = 20_000;

export function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length && rows.length < MOST_ROWS) {
    const field = text[at] === '"' ? quoted(text, at) : plain(text, at);
    row.push(field.value);
    at = field.end;
    if (text[at] === ',') {
      at++;
      if (at < text.length) continue;
      row.push('');
    }
    while (text[at] === '\r' || text[at] === '\n') at++;
    rows.push(row);
    row = [];
  }
  return rows;
}

function plain(text: string, start: number): { value: string; end: number } {
  let end = start;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end++;
  return { value: text.slice(start, end), end };
}

/** Up to the closing quote; text after it, which no writer makes, belongs to the field. */
function quoted(text: string, start: number): { value: string; end: number } {
  const pieces: string[] = [];
  let at = start + 1;
  for (;;) {
    const close = text.indexOf('"', at);
    if (close < 0) return { value: pieces.join('') + text.slice(at), end: text.length };
    pieces.push(text.slice(at, close));
    if (text[close + 1] !== '"') {
      const rest = plain(text, close + 1);
      return { value: pieces.join('') + rest.value, end: rest.end };
    }
    pieces.push('"');
    at = close + 2;
  }
}
