/** What the handlers of statements share: places, names and columns. */
import type { Source } from '../../source.ts';
import { fromBytes, type SplitStatement } from './split.ts';
import type { SqlColumn, SqlPlace, SqlState } from './state.ts';
import { body, isTree, listOf, location, names, text } from './tree.ts';

export interface Applied {
  state: SqlState;
  source: Source;
  statement: SplitStatement;
  /** Schema of names without one. */
  schema: string;
  /** Whether a password is one that everybody knows. */
  wellKnown(password: string): boolean;
}

export function placeAt(applied: Applied, offset: unknown, length?: number): SqlPlace {
  const { source, statement } = applied;
  const whole = source.text.slice(statement.start, statement.end);
  const start = statement.start + fromBytes(whole, location(offset));
  return {
    source,
    span: {
      start,
      end: length === undefined ? nameEnd(source.text, start, statement.end) : Math.min(start + length, statement.end),
    },
  };
}

export function whole({ source, statement }: Applied): SqlPlace {
  // A statement over many lines is shown by its first.
  const newline = source.text.indexOf('\n', statement.start);
  const end = newline < 0 || newline > statement.end ? statement.end : newline;
  return { source, span: { start: statement.start, end: source.text[end - 1] === '\r' ? end - 1 : end } };
}

/** End of a name that may be quoted and have a schema: `public."User"`. */
export function nameEnd(sql: string, start: number, limit: number): number {
  let at = start;
  while (at < limit) {
    if (sql[at] === '"') {
      const end = sql.indexOf('"', at + 1);
      at = end < 0 ? limit : end + 1;
    } else if (/[\w$.\u0080-\uffff]/.test(sql[at] ?? '')) at += 1;
    else break;
  }
  return Math.max(at, start + 1);
}

interface Named {
  schema: string;
  name: string;
}

export function nameOf(relation: unknown, applied: Applied): Named {
  const found = isTree(relation) ? relation : {};
  return { schema: text(found.schemaname) || applied.schema, name: text(found.relname) };
}

export function typeOf(node: unknown): string | null {
  const name = isTree(node) ? names(node.names).at(-1) : undefined;
  return name === undefined || name === '' ? null : name;
}

export function columnsOf(list: unknown): SqlColumn[] {
  return listOf(list).flatMap((one) => {
    const column = body(one, 'ColumnDef');
    return column === null ? [] : [{ name: text(column.colname), type: typeOf(column.typeName) }];
  });
}
