/**
 * What the audit says of policies, asked of a real PostgreSQL with the roles, functions and default privileges that
 * Supabase has: what is called open is open for every row, what is called closed for none.
 */
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableAnswer } from '../../src/audit/formats/supabase-sql/access.ts';
import type { Role } from '../../src/audit/formats/supabase-sql/evaluate.ts';
import { type SqlProject, supabaseSqlFormat } from '../../src/audit/formats/supabase-sql/read.ts';
import type { Privilege } from '../../src/audit/formats/supabase-sql/state.ts';
import { auditText } from '../../src/audit/index.ts';
import { sourceOf } from '../../src/audit/source.ts';
import { POSTGRESQL_KINDS, type PostgresqlServer, postgresqlServer } from './harness/postgresql-server.ts';

const OWN = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';

/** https://github.com/supabase/postgres – roles, default privileges and `auth` functions as its migrations make them. */
const PLATFORM = `
create role anon nologin;
create role authenticated nologin;
create role service_role nologin bypassrls;
create schema auth;
create table auth.users (id uuid primary key, email text);
create function auth.jwt() returns jsonb language sql stable as
  $$ select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb $$;
create function auth.uid() returns uuid language sql stable as $$ select (auth.jwt() ->> 'sub')::uuid $$;
create function auth.role() returns text language sql stable as $$ select auth.jwt() ->> 'role' $$;
grant usage on schema auth, public to anon, authenticated, service_role;
grant execute on all functions in schema auth to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
insert into auth.users values ('${OWN}', 'own@example.com'), ('${OTHER}', 'other@example.com');
`;

const TABLE = `
create table public.docs (id int generated always as identity, user_id uuid not null, is_public boolean not null, team int not null);
create table public.members (user_id uuid not null, team int not null);
alter table public.members enable row level security;
`;
const ROWS = `
insert into public.docs (user_id, is_public, team) values ('${OTHER}', true, 1), ('${OTHER}', false, 2);
insert into public.members values ('${OTHER}', 1);
`;

function projectOf(sql: string): SqlProject {
  const source = sourceOf('supabase/migrations/1_test.sql', sql);
  const { document } = supabaseSqlFormat.read(source, { text: () => null });
  supabaseSqlFormat.assemble?.([{ format: 'supabase-sql', source, document }], { text: () => null });
  if (document.project === null) throw new Error('no project');
  return document.project;
}

const STATEMENTS: Readonly<Record<Privilege, readonly string[]>> = {
  select: ['select * from public.docs'],
  update: ['update public.docs set team = 3'],
  delete: ['delete from public.docs'],
  insert: [OWN, OTHER].flatMap((id) =>
    [true, false].map((open) => `insert into public.docs (user_id, is_public, team) values ('${id}', ${open}, 1)`),
  ),
};

async function asRole(client: pg.Client, role: Role, sql: string): Promise<number | 'refused'> {
  const claims = role === 'anon' ? { role } : { role, sub: OWN, user_metadata: { level: 'member' } };
  await client.query('savepoint asked');
  try {
    await client.query(`set local role ${role}`);
    await client.query("select set_config('request.jwt.claims', $1, true)", [JSON.stringify(claims)]);
    return (await client.query(sql)).rowCount ?? 0;
  } catch {
    return 'refused';
  } finally {
    await client.query('rollback to savepoint asked');
  }
}

/** Runs `body` on a database in which the statements ran, and takes everything back. */
async function within<T>(client: pg.Client, sql: string, body: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    await client.query(sql);
    return await body();
  } finally {
    await client.query('rollback');
  }
}

/** How what was evaluated and what the server does contradict each other; empty when they do not. */
async function contradictions(client: pg.Client, sql: string): Promise<{ found: string[]; decided: number }> {
  const project = projectOf(TABLE + sql);
  const table = project.state.tables.get('public.docs');
  if (table === undefined) throw new Error('no table');
  const found: string[] = [];
  let decided = 0;
  await within(client, TABLE + sql + ROWS, async () => {
    for (const role of ['anon', 'authenticated'] as const) {
      for (const command of ['select', 'insert', 'update', 'delete'] as const) {
        const { answer } = tableAnswer(table, role, command, project.judge);
        if (answer !== 'yes' && answer !== 'no') continue;
        decided += 1;
        for (const statement of STATEMENTS[command]) {
          const real = await asRole(client, role, statement);
          const all = command === 'insert' ? 1 : 2;
          const agrees = answer === 'yes' ? real === all : real === 'refused' || real === 0;
          if (!agrees) found.push(`${role} ${command}: evaluated ${answer}, the server: ${real} (${statement})`);
        }
      }
    }
  });
  return { found, decided };
}

const LEAVES = [
  'true',
  'false',
  'null::boolean',
  '1 = 1',
  '1 > 2',
  'auth.uid() is not null',
  'auth.uid() is null',
  'auth.uid() = user_id',
  '(select auth.uid()) = user_id',
  'user_id <> auth.uid()',
  'auth.uid() is distinct from user_id',
  'is_public',
  'is_public = true',
  "auth.role() = 'authenticated'",
  "(select auth.role()) in ('anon', 'authenticated')",
  "auth.jwt() ->> 'role' = 'anon'",
  "(auth.jwt() -> 'user_metadata' ->> 'level') = 'admin'",
  "(auth.jwt() -> 'app_metadata' ->> 'level') = 'admin'",
  "auth.jwt() ->> 'sub' is not null",
  "current_setting('request.jwt.claims', true)::jsonb ->> 'sub' = user_id::text",
  'exists (select 1 from public.members m where m.user_id = auth.uid())',
  'auth.uid() in (select m.user_id from public.members m)',
  'team in (select m.team from public.members m where m.user_id = auth.uid())',
  'user_id = any (array[auth.uid()])',
  "current_user = 'anon'",
  // Not `auth.uid() = auth.uid()`: the planner refuses it ("cannot cope with variable-free clause").
  'user_id = user_id',
  "team = 1 and auth.role() = 'anon'",
];

const expression: fc.Arbitrary<string> = fc.letrec<{ e: string }>((tie) => ({
  e: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(...LEAVES),
    tie('e').map((a) => `not (${a})`),
    tie('e').map((a) => `(${a}) is true`),
    tie('e').map((a) => `(${a}) is not true`),
    tie('e').map((a) => `coalesce(${a}, false)`),
    fc.tuple(tie('e'), tie('e')).map(([a, b]) => `(${a}) and (${b})`),
    fc.tuple(tie('e'), tie('e')).map(([a, b]) => `(${a}) or (${b})`),
    fc.tuple(tie('e'), tie('e'), tie('e')).map(([a, b, c]) => `case when ${a} then ${b} else ${c} end`),
  ),
})).e;

const policy = fc.record({
  command: fc.constantFrom('all', 'select', 'insert', 'update', 'delete'),
  roles: fc.constantFrom('', 'to anon', 'to authenticated', 'to public', 'to anon, authenticated', 'to service_role'),
  restrictive: fc.constantFrom('', '', '', 'as restrictive'),
  using: expression,
  check: fc.option(expression),
});

const migration = fc
  .tuple(fc.array(policy, { maxLength: 4 }), fc.constantFrom('enable', 'enable', 'enable', 'enable', 'disable'))
  .map(([policies, rls]) =>
    [
      `alter table public.docs ${rls} row level security;`,
      ...policies.map(({ command, roles, restrictive, using, check }, index) => {
        const clauses =
          command === 'insert'
            ? `with check (${using})`
            : `using (${using})${check !== null && command !== 'select' && command !== 'delete' ? ` with check (${check})` : ''}`;
        return `create policy p${index} on public.docs ${restrictive} for ${command} ${roles} ${clauses};`;
      }),
    ].join('\n'),
  );

/** A finding, and what the server answers to the one whom it is about. */
const CASES: readonly {
  name: string;
  sql: string;
  rule: string;
  raised: boolean;
  role: Role;
  ask: string;
  rows: number | 'refused';
}[] = [
  {
    name: 'a table without row level security',
    sql: '',
    rule: 'audit/supabase-table-without-rls',
    raised: true,
    role: 'anon',
    ask: 'select * from public.docs',
    rows: 2,
  },
  {
    name: 'policies that are not switched on',
    sql: 'create policy own on public.docs using (auth.uid() = user_id);',
    rule: 'audit/supabase-table-without-rls',
    raised: true,
    role: 'anon',
    ask: 'delete from public.docs',
    rows: 2,
  },
  {
    name: 'row level security without a policy',
    sql: 'alter table public.docs enable row level security;',
    rule: 'audit/supabase-table-without-rls',
    raised: false,
    role: 'anon',
    ask: 'select * from public.docs',
    rows: 0,
  },
  {
    name: 'row level security that nobody wrote a policy for',
    sql: 'alter table public.docs enable row level security;',
    rule: 'audit/supabase-rls-without-policy',
    raised: true,
    role: 'authenticated',
    ask: 'select * from public.docs',
    rows: 0,
  },
  {
    name: 'a policy that lets everybody read addresses',
    sql: 'alter table public.docs add column email text; alter table public.docs enable row level security; create policy r on public.docs for select using (true);',
    rule: 'audit/supabase-policy-everybody-reads-personal-data',
    raised: true,
    role: 'anon',
    ask: 'select email from public.docs',
    rows: 2,
  },
  {
    name: 'a policy that lets everybody read their own addresses',
    sql: 'alter table public.docs add column email text; alter table public.docs enable row level security; create policy r on public.docs for select using (auth.uid() = user_id);',
    rule: 'audit/supabase-policy-everybody-reads-personal-data',
    raised: false,
    role: 'anon',
    ask: 'select email from public.docs',
    rows: 0,
  },
  {
    name: 'privileges that are revoked',
    sql: 'revoke all on public.docs from anon, authenticated;',
    rule: 'audit/supabase-table-without-rls',
    raised: false,
    role: 'authenticated',
    ask: 'select * from public.docs',
    rows: 'refused',
  },
  {
    name: 'row level security that is switched off',
    sql: 'alter table public.docs enable row level security; alter table public.docs disable row level security;',
    rule: 'audit/supabase-rls-switched-off',
    raised: true,
    role: 'anon',
    ask: 'select * from public.docs',
    rows: 2,
  },
  {
    name: 'a policy without TO, meant for the service role',
    sql: 'alter table public.docs enable row level security; create policy "service" on public.docs for all using (true);',
    rule: 'audit/supabase-policy-everybody-writes',
    raised: true,
    role: 'anon',
    ask: 'update public.docs set team = 9',
    rows: 2,
  },
  {
    name: 'a policy for the service role',
    sql: 'alter table public.docs enable row level security; create policy s on public.docs for all to service_role using (true);',
    rule: 'audit/supabase-policy-everybody-writes',
    raised: false,
    role: 'anon',
    ask: 'update public.docs set team = 9',
    rows: 0,
  },
  {
    name: 'a policy for every account',
    sql: "alter table public.docs enable row level security; create policy a on public.docs for delete using (auth.role() = 'authenticated');",
    rule: 'audit/supabase-policy-any-account',
    raised: true,
    role: 'authenticated',
    ask: 'delete from public.docs',
    rows: 2,
  },
  {
    name: 'an UPDATE that moves a row to its asker although only USING names the owner',
    sql: 'alter table public.docs enable row level security; create policy a on public.docs for update to authenticated using (is_public or auth.uid() = user_id) with check (true); ',
    rule: 'audit/supabase-row-given-away',
    raised: true,
    role: 'authenticated',
    ask: `update public.docs set user_id = '${OWN}'`,
    rows: 1,
  },
  {
    name: 'a view over a table whose policies keep everybody out',
    sql: 'alter table public.docs enable row level security; create view public.v as select * from public.docs;',
    rule: 'audit/supabase-view-bypasses-rls',
    raised: true,
    role: 'anon',
    ask: 'select * from public.v',
    rows: 2,
  },
  {
    name: 'the same view as its caller',
    sql: 'alter table public.docs enable row level security; create view public.v with (security_invoker = on) as select * from public.docs;',
    rule: 'audit/supabase-view-bypasses-rls',
    raised: false,
    role: 'anon',
    ask: 'select * from public.v',
    rows: 0,
  },
  {
    name: 'a materialized view',
    sql: 'alter table public.docs enable row level security; create materialized view public.m as select 1 as one, count(*) from public.docs;',
    rule: 'audit/supabase-materialized-view-in-api',
    raised: true,
    role: 'anon',
    ask: 'select * from public.m',
    rows: 1,
  },
  {
    name: 'a view of the accounts',
    sql: 'create view public.u as select id, email from auth.users;',
    rule: 'audit/supabase-view-shows-accounts',
    raised: true,
    role: 'anon',
    ask: 'select * from public.u',
    rows: 2,
  },
  {
    name: 'a view of the accounts as its caller',
    sql: 'create view public.u with (security_invoker = true) as select id, email from auth.users;',
    rule: 'audit/supabase-view-shows-accounts',
    raised: false,
    role: 'anon',
    ask: 'select * from public.u',
    rows: 'refused',
  },
  {
    name: 'a function as its owner, revoked from PUBLIC only',
    sql: "alter table public.docs enable row level security; create function public.f() returns setof public.docs language sql security definer set search_path = '' as 'select * from public.docs'; revoke execute on function public.f() from public;",
    rule: 'audit/supabase-definer-function-callable',
    raised: true,
    role: 'anon',
    ask: 'select * from public.f()',
    rows: 2,
  },
  {
    name: 'a function as its owner, revoked from all three',
    sql: "alter table public.docs enable row level security; create function public.f() returns setof public.docs language sql security definer set search_path = '' as 'select * from public.docs'; revoke execute on function public.f() from public, anon, authenticated;",
    rule: 'audit/supabase-definer-function-callable',
    raised: false,
    role: 'anon',
    ask: 'select * from public.f()',
    rows: 'refused',
  },
];

for (const kind of POSTGRESQL_KINDS) {
  const server: PostgresqlServer | undefined = await postgresqlServer(kind);
  describe.skipIf(server === undefined)(`policies as the audit reads them, on PostgreSQL (${kind})`, () => {
    let client: pg.Client;
    beforeAll(async () => {
      await supabaseSqlFormat.prepare?.();
      client = new pg.Client({ host: '127.0.0.1', port: server?.port ?? 0, user: 'postgres', database: 'postgres' });
      await client.connect();
      await client.query(PLATFORM);
    });
    afterAll(async () => {
      await client?.end();
      await server?.stop();
    });

    for (const { name, sql, rule, raised, role, ask, rows } of CASES) {
      it(`${name}: the finding says what the server does`, async () => {
        const { report } = auditText(`=== supabase/migrations/1_test.sql\n${TABLE}${sql}\n`);
        const about = report.findings
          .filter(({ message }) => !message.includes('members'))
          .map((finding) => finding.rule);
        expect(about.includes(rule)).toBe(raised);
        // A materialized view is filled when it is made: the rows come first.
        expect(await within(client, TABLE + ROWS + sql, () => asRole(client, role, ask))).toBe(rows);
      });
    }

    for (const leaf of LEAVES) {
      it(`a policy of \`${leaf}\` and its negation are evaluated as the server does`, async () => {
        for (const text of [leaf, `not (${leaf})`, `(${leaf}) is not true`]) {
          const sql = `alter table public.docs enable row level security; create policy p on public.docs using (${text});`;
          expect((await contradictions(client, sql)).found, sql).toEqual([]);
        }
      });
    }

    it('never calls open what the server keeps closed, nor closed what it opens', async () => {
      let decided = 0;
      await fc.assert(
        fc.asyncProperty(migration, async (sql) => {
          const result = await contradictions(client, sql);
          decided += result.decided;
          expect(result.found, sql).toEqual([]);
        }),
        { numRuns: 250 },
      );
      expect(decided).toBeGreaterThan(500);
    }, 120_000);
  });
}
