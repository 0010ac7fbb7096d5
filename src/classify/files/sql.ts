/**
 * SQL dumps: columns of `CREATE TABLE` (MySQL, PostgreSQL, SQLite, SQL Server), values of `INSERT … VALUES` and of
 * PostgreSQL's `COPY … FROM stdin`. Statements are cut at `;` outside quotes; nothing is executed.
 */
import { collectFields, type FieldCollector } from '../walk.ts';
import { lineReader } from './lines.ts';
import { type Bytes, LONGEST_RECORD, type ReadFile, type ReadOptions, tooLong, tooManyFields } from './source.ts';

interface TableOfDump {
  columns: { name: string; type?: string }[];
  collector: FieldCollector;
  records: number;
}

const NAME = String.raw`(?:[\w$]+|"[^"]{1,128}"|${'`'}[^${'`'}]{1,128}${'`'}|\[[^\]]{1,128}\])`;
const CREATE = new RegExp(
  String.raw`^\s*CREATE\s+(?:(?:GLOBAL|LOCAL|TEMPORARY|TEMP|UNLOGGED|FOREIGN)\s+){0,3}TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(${NAME}(?:\.${NAME}){0,2})\s*\(`,
  'i',
);
const INSERT = new RegExp(
  String.raw`^\s*(?:INSERT|REPLACE)\s+(?:IGNORE\s+)?INTO\s+(${NAME}(?:\.${NAME}){0,2})\s*(?:\(([^)]{0,20000})\))?\s*VALUES\s*`,
  'i',
);
const COPY = new RegExp(String.raw`^COPY\s+(${NAME}(?:\.${NAME}){0,2})\s*\(([^)]{0,20000})\)\s+FROM\s+stdin`, 'i');
const NO_COLUMN = /^(?:PRIMARY|FOREIGN|UNIQUE|KEY|INDEX|CONSTRAINT|CHECK|FULLTEXT|SPATIAL|EXCLUDE|LIKE|PERIOD)\b/i;

export async function readSql(bytes: Bytes, { path, own }: ReadOptions): Promise<ReadFile> {
  const tables = new Map<string, TableOfDump>();
  const tableOf = (name: string): TableOfDump => {
    const known = tables.get(name);
    if (known) return known;
    const made: TableOfDump = { columns: [], collector: collectFields(own), records: 0 };
    tables.set(name, made);
    return made;
  };
  const reader = lineReader(bytes);
  let statement = '';
  let copying: { table: TableOfDump; columns: string[] } | undefined;
  let long = 0;
  for await (const raw of reader.lines()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (copying) {
      if (line === '\\.') copying = undefined;
      else copyRow(copying.table, copying.columns, line);
      continue;
    }
    if (statement === '' && /^\s*(?:--|#|\/\*|$)/.test(line)) continue;
    const copy = statement === '' ? COPY.exec(line) : null;
    if (copy) {
      copying = { table: tableOf(unquoted(copy[1] ?? '')), columns: namesOf(copy[2] ?? '') };
      continue;
    }
    statement += `${line}\n`;
    if (statement.length > LONGEST_RECORD) {
      long++;
      statement = '';
    } else if (/;\s*$/.test(line) && !endsInText(statement)) {
      take(statement, tableOf);
      statement = '';
    }
  }
  if (statement !== '') take(statement, tableOf);
  let dropped = 0;
  const datasets = [...tables].map(([name, { columns, collector, records }]) => {
    dropped += collector.dropped;
    const values = new Map(collector.fields().map((field) => [field.name, field.values]));
    const fields = columns.map((column) => ({ ...column, values: values.get(column.name) }));
    for (const [column, summary] of values) {
      if (!columns.some((known) => known.name === column)) fields.push({ name: column, values: summary });
    }
    return { name, fields, ...(records > 0 ? { records } : {}) };
  });
  return { format: 'sql', datasets, skips: [...tooLong(path, reader.skipped + long), ...tooManyFields(path, dropped)] };
}

function take(statement: string, tableOf: (name: string) => TableOfDump): void {
  const create = CREATE.exec(statement);
  if (create) {
    const table = tableOf(unquoted(create[1] ?? ''));
    for (const part of parts(statement, create[0].length)) {
      const match = new RegExp(String.raw`^\s*(${NAME})\s*([A-Za-z][\w ]{0,30})?`).exec(part);
      if (match && !NO_COLUMN.test(part.trim())) {
        const type = match[2]?.trim().split(/\s/)[0]?.toLowerCase();
        table.columns.push({ name: unquoted(match[1] ?? ''), ...(type === undefined ? {} : { type }) });
      }
    }
    return;
  }
  const insert = INSERT.exec(statement);
  if (!insert) return;
  const table = tableOf(unquoted(insert[1] ?? ''));
  const columns = insert[2] === undefined ? table.columns.map(({ name }) => name) : namesOf(insert[2]);
  for (let at = insert[0].length; at < statement.length; ) {
    const open = statement.indexOf('(', at);
    if (open < 0) return;
    const values = parts(statement, open + 1);
    table.records++;
    for (const [index, value] of values.entries())
      table.collector.addValue(columns[index] ?? `column ${index + 1}`, literal(value));
    at = values.end;
  }
}

/** Parts between commas, up to the bracket that closes; quotes and inner brackets are passed over. */
function parts(text: string, from: number): string[] & { end: number } {
  const found = Object.assign([] as string[], { end: text.length });
  let depth = 0;
  let start = from;
  for (let at = from; at < text.length; at++) {
    const letter = text[at];
    if (letter === "'" || letter === '"' || letter === '`') {
      at = endOfQuote(text, at);
      continue;
    }
    if (letter === '(') depth++;
    else if (letter === ')' && depth > 0) depth--;
    else if (letter === ')' || (letter === ',' && depth === 0)) {
      found.push(text.slice(start, at));
      start = at + 1;
      if (letter === ')') {
        found.end = at + 1;
        return found;
      }
    }
  }
  return found;
}

/** A quote ends at its like, unless that is doubled or stands behind a backslash. */
function endOfQuote(text: string, from: number): number {
  const mark = text[from];
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === mark) {
      if (text[at + 1] !== mark) return at;
      at++;
    }
  }
  return text.length;
}

function endsInText(statement: string): boolean {
  if (!/^\s*(?:INSERT|REPLACE)/i.test(statement)) return false;
  for (let at = 0; at < statement.length; at++) {
    if (statement[at] !== "'") continue;
    at = endOfQuote(statement, at);
    if (at >= statement.length) return true;
  }
  return false;
}

function literal(text: string): unknown {
  const value = text.trim();
  if (/^null$/i.test(value)) return null;
  const quoted = /^[NEeXx]?'([\s\S]*)'$/.exec(value);
  if (quoted) return (quoted[1] ?? '').replace(/''|\\'/g, "'");
  return /^(?:true|false)$/i.test(value) ? value.toLowerCase() === 'true' : value;
}

function copyRow(table: TableOfDump, columns: readonly string[], line: string): void {
  table.records++;
  for (const [index, value] of line.split('\t').entries()) {
    table.collector.addValue(columns[index] ?? `column ${index + 1}`, value === '\\N' ? null : value);
  }
}

function namesOf(list: string): string[] {
  return list.split(',').map((name) => unquoted(name.trim()));
}

function unquoted(name: string): string {
  return name.replace(/["`[\]]/g, '');
}
