import { beforeAll, describe, expect, it } from 'vitest';
import { auditText } from '../../index.ts';
import { sourceOf } from '../../source.ts';
import { recognise } from '../index.ts';
import { supabaseSqlFormat } from './read.ts';
import { clauseSpan, fromBytes, split } from './split.ts';

beforeAll(() => supabaseSqlFormat.prepare?.());

function rules(text: string): string[] {
  return auditText(text).report.findings.map(({ rule }) => rule.replace('audit/', ''));
}

const MARK =
  'create policy x on public.other using (auth.uid() = id);\nalter table public.other enable row level security;\n';

describe('SQL of PostgreSQL', () => {
  it('is told from SQL of other databases', () => {
    expect(recognise('schema.sql', 'create table a (id int);\n')).toBe('supabase-sql');
    expect(recognise('schema.sql', 'CREATE TABLE `a` (id int) ENGINE=InnoDB;\n')).toBeNull();
    expect(recognise('schema.sql', 'CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT);\n')).toBeNull();
    expect(recognise('query.sql', 'select 1')).toBeNull();
    expect(recognise('notes.txt', 'create table a (id int);\n')).not.toBe('supabase-sql');
  });

  it('is split as PostgreSQL does', () => {
    const sql =
      "select ';' ; select $a$ ; $$ ; $a$; -- ;\n/* ; /* ; */ ; */ select e'\\';' || \"a;\"\"b\";\n\\connect x;\ncopy t from stdin;\n1;2\n\\.\nselect 4";
    const texts = split(sql).map(({ start, end }) => sql.slice(start, end).trim());
    expect(texts).toEqual([
      "select ';'",
      'select $a$ ; $$ ; $a$',
      'select e\'\\\';\' || "a;""b"',
      'copy t from stdin',
      'select 4',
    ]);
  });

  it('finds the brackets of a clause, not those in texts', () => {
    const sql = 'create policy "using (x)" on t using (a = \')\' and (b)) with check ( c )';
    const at = (word: 'using' | 'check'): string => {
      const span = clauseSpan(sql, { start: 0, end: sql.length }, word);
      return span === null ? '' : sql.slice(span.start, span.end);
    };
    expect([at('using'), at('check')]).toEqual(["a = ')' and (b)", ' c ']);
  });

  it('counts bytes as the parser does', () => {
    expect(fromBytes('aä€😀b', 1 + 2 + 3 + 4)).toBe(5);
    expect(fromBytes('ab', 9)).toBe(2);
  });

  it('executes migrations in the order of their names', () => {
    const off = '=== supabase/migrations/2_b.sql\nalter table a disable row level security;\n';
    const on = '=== supabase/migrations/1_a.sql\ncreate table a (id int);\nalter table a enable row level security;\n';
    expect(rules(off + on)).toContain('supabase-rls-switched-off');
    expect(rules(off.replace('2_b', '0_b') + on)).not.toContain('supabase-rls-switched-off');
  });

  it('takes an empty list of schemas for the default one', () => {
    const project = (schemas: string) =>
      `=== supabase/config.toml\n[api]\nschemas = [${schemas}]\n=== supabase/migrations/1_a.sql\ncreate table a (id int);\n`;
    expect(rules(project(''))).toContain('supabase-table-without-rls');
    expect(rules(project('"public"'))).toContain('supabase-table-without-rls');
    expect(rules(project('"api"'))).not.toContain('supabase-table-without-rls');
  });

  it('names the file of a finding, and each place once', () => {
    const { report } = auditText(
      `=== supabase/migrations/1_a.sql\n${MARK}=== supabase/migrations/2_b.sql\n\ncreate table "Ä" (id int);\n`,
    );
    const found = report.findings.filter(({ rule }) => rule === 'audit/supabase-table-without-rls');
    expect(found.map(({ file, line, column }) => `${file}:${line}:${column}`)).toEqual([
      'supabase/migrations/2_b.sql:2:14',
    ]);
  });

  it('leaves what is not about Supabase alone', () => {
    expect(
      rules('=== db/schema.sql\ncreate table users (id int, email text);\ncreate view v as select email from users;\n'),
    ).toEqual([]);
  });

  it('knows which schemas the API serves', () => {
    const sql = `=== supabase/migrations/1_a.sql\n${MARK}create schema shop;\ncreate table shop.orders (id int);\ngrant all on shop.orders to anon;\n`;
    expect(rules(sql)).toEqual([]);
    const config = '=== supabase/config.toml\nproject_id = "a"\n[api]\nport = 1\nschemas = ["public", "shop"]\n';
    expect(rules(sql + config)).toEqual(['supabase-table-without-rls']);
  });

  it('does not call a table open that code may have closed, and says so', () => {
    const sql = `=== supabase/migrations/1_a.sql\n${MARK}create table a (id int);\ndo $$ declare t text; begin for t in select tablename from pg_tables loop execute format('alter table %I enable row level security', t); end loop; end $$;\n`;
    const { report } = auditText(sql);
    expect(report.findings).toEqual([]);
    expect(report.skips.map(({ code }) => code)).toEqual(['AUDIT_UNKNOWN']);
  });

  it('follows functions in SQL', () => {
    const table = 'create table a (id int, email text, user_id uuid);\nalter table a enable row level security;\n';
    const policy = 'create policy p on a for delete to authenticated using (mine(user_id));\n';
    const fn = (body: string): string =>
      `create function mine(owner uuid) returns boolean language sql as $$ ${body} $$;\n`;
    const all = (body: string): string[] => rules(`=== supabase/migrations/1_a.sql\n${table}${fn(body)}${policy}`);
    expect(all('select auth.uid() = owner')).toEqual([]);
    expect(all('select auth.uid() is not null')).toEqual(['supabase-policy-any-account']);
  });

  it('leaves the half of a migration that takes it back', () => {
    const sql = `=== supabase/migrations/1_a.sql\n-- migrate:up\ncreate table a (id int, u uuid default auth.uid());\nalter table a enable row level security;\ncreate policy p on a using (u = auth.uid());\n-- migrate:down\nalter table a disable row level security;\n`;
    expect(rules(sql)).toEqual([]);
  });

  it('gives the columns of every table', () => {
    const source = sourceOf(
      'db/1.sql',
      'create table shop.people (id int, "eMail" varchar(9));\nalter table shop.people add column phone text;\n',
    );
    const { document } = supabaseSqlFormat.read(source, { text: () => null });
    const file = { format: 'supabase-sql', source, document } as const;
    supabaseSqlFormat.assemble?.([file], { text: () => null });
    const context = {
      runtimes: [],
      mounted: () => ({ files: [], missing: false }),
      beside: () => [],
      all: () => [],
      unknown: () => {},
    };
    expect(supabaseSqlFormat.facts?.(file, context).datasets).toMatchObject([
      {
        name: 'shop.people',
        store: 'postgresql',
        open: null,
        fields: [
          { name: 'id', type: 'int4' },
          { name: 'eMail', type: 'varchar' },
          { name: 'phone', type: 'text' },
        ],
      },
    ]);
  });

  it('costs only itself when a statement does not parse', () => {
    const { report } = auditText(
      `=== supabase/migrations/1_a.sql\n${MARK}create tabel b;\ncreate table c (;\ncreate table d (id int);\n`,
    );
    expect(report.files[0]?.status).toBe('partial');
    expect(report.skips.map(({ code }) => code)).toContain('SQL_SYNTAX');
  });

  it('takes nesting, long chains and many statements within seconds', () => {
    const started = process.cpuUsage();
    for (const sql of [
      `create policy a on b using (${'('.repeat(50_000)}`,
      `create policy a on b using (1 ${'+ 1 '.repeat(60_000)} > 1);`,
      `create policy a on b using (${'not '.repeat(20_000)} true);`,
      'create policy a on b using (auth.uid() = c);'.repeat(5_000),
      `${'$a'.repeat(500_000)};`,
    ]) {
      auditText(sql, { format: 'supabase-sql' });
    }
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1e6).toBeLessThan(25);
  });
});
