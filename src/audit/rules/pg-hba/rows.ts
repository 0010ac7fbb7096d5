/** The records of pg_hba.conf that decide, as its rules see them: the first that matches wins. */
import { type Reach, reachOf } from '../../formats/pg-hba/address.ts';
import { effectiveRows } from '../../formats/pg-hba/covers.ts';
import type { HbaField, HbaRow } from '../../formats/pg-hba/parse.ts';
import type { Fix, Hit, ReadFile } from '../../model.ts';
import type { Span } from '../../source.ts';

export const STARTED = 'postgres 15 started with such records (test/servers/audit-settings-postgresql.test.ts)';

type Hba = ReadFile<'pg_hba.conf'>;

export interface RemoteRow {
  row: HbaRow;
  /** DATABASE USER ADDRESS: stays the same when type or method are edited. */
  pointer: string;
  reach: Reach;
}

/** Records that decide, with a pointer each; equal ones are numbered in order. */
export function* rowsOf({ document }: Hba): Generator<RemoteRow> {
  const effective = new Set(effectiveRows(document.rows));
  const seen = new Map<string, number>();
  for (const row of document.rows) {
    const words = [list(row.databases), list(row.users), row.address?.text ?? 'local'];
    const key = words.join(' ');
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    if (!effective.has(row)) continue;
    const reach = row.address ? reachOf(row.address.range) : 'loopback';
    yield { row, pointer: count > 1 ? `${key} #${count}` : key, reach };
  }
}

export function list(field: HbaField): string {
  return field.tokens.map(({ text, quoted }) => (quoted ? `"${text}"` : text)).join(',');
}

export function beyondLoopback({ reach }: RemoteRow): boolean {
  return reach !== 'loopback';
}

export const FROM: Readonly<Record<Reach, string>> = {
  loopback: 'the machine itself',
  private: 'a private network',
  network: 'other networks',
  world: 'every address',
};

export function hit({ row, pointer }: RemoteRow, span: Span, rest: Omit<Hit, 'pointer' | 'span' | 'actual'>): Hit {
  const where = row.address ? ` ${row.address.text}` : '';
  return {
    pointer,
    span,
    ...(row.source && { source: row.source }),
    actual: `${row.type} ${list(row.databases)} ${list(row.users)}${where} ${row.method}`,
    ...rest,
  };
}

export function setMethod({ row }: RemoteRow, method: string, blastRadius: string): Fix {
  return {
    edits: [{ ...row.methodSpan, text: method }],
    title: `Ask for a password with ${method}`,
    blastRadius,
    needsConfirmation: true,
  };
}

export const SCRAM_BLAST =
  'Clients without a password, or with one stored as MD5, are refused until the password is set again; drivers older than PostgreSQL 10 do not know SCRAM.';
