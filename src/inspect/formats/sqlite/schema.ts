/**
 * The columns that a `CREATE TABLE` statement declares, in the order in which rows hold them. Not a parser of SQL: names
 * are wanted for evidence, so what is not understood gives none.
 */

const LONGEST_STATEMENT = 100_000;
/** What stands at the place of a column and is a constraint of the table. */
const CONSTRAINT = /^(?:CONSTRAINT|PRIMARY|UNIQUE|CHECK|FOREIGN)\b/i;
/** Computed when read, so that rows do not hold it. */
const VIRTUAL = /\bAS\s*\(/i;
const STORED = /\)\s*STORED\b/i;

/** @returns none for tables without row ids, whose rows begin with the primary key */
export function columnsOf(sql: string): string[] {
  const open = sql.indexOf('(');
  if (open < 0 || sql.length > LONGEST_STATEMENT || !/^CREATE\s/i.test(sql)) return [];
  const { parts, end } = splitTopLevel(sql, open + 1);
  if (/\bWITHOUT\s+ROWID\b/i.test(sql.slice(end))) return [];
  const columns: string[] = [];
  for (const part of parts) {
    const declaration = part.trim();
    if (declaration === '' || CONSTRAINT.test(declaration)) continue;
    if (VIRTUAL.test(declaration) && !STORED.test(declaration)) continue;
    columns.push(nameOf(declaration));
  }
  return columns;
}

/** Parts between commas, up to the bracket that closes; brackets, quotes and comments within are left whole. */
function splitTopLevel(sql: string, from: number): { parts: string[]; end: number } {
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  for (let at = from; at < sql.length; at++) {
    const char = sql[at] ?? '';
    const next = skipTo(sql, at);
    if (next > at) {
      if (char !== '-' && char !== '/') part += sql.slice(at, next + 1);
      at = next;
    } else if (char === '(') {
      depth++;
      part += char;
    } else if (char === ')' && depth-- === 0) {
      return { parts: [...parts, part], end: at + 1 };
    } else if (char === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else {
      part += char;
    }
  }
  return { parts: [...parts, part], end: sql.length };
}

const CLOSING: Readonly<Record<string, string>> = { "'": "'", '"': '"', '`': '`', '[': ']' };

/** Last position of the quoted name, literal or comment that begins here; the position itself when none does. */
function skipTo(sql: string, at: number): number {
  const char = sql[at] ?? '';
  const closing = CLOSING[char];
  let end = -1;
  if (closing !== undefined) end = sql.indexOf(closing, at + 1);
  else if (sql.startsWith('--', at)) end = sql.indexOf('\n', at);
  else if (sql.startsWith('/*', at)) end = sql.indexOf('*/', at + 2) + 1 || -1;
  else return at;
  return end < 0 ? sql.length - 1 : end;
}

function nameOf(declaration: string): string {
  const closing = CLOSING[declaration[0] ?? ''];
  if (closing === undefined) return /^[^\s(,]{1,200}/.exec(declaration)?.[0] ?? '';
  const end = declaration.indexOf(closing, 1);
  return declaration.slice(1, end < 0 ? 200 : end);
}
