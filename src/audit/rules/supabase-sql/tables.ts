/** Rules on row level security itself. */
import { mayBy } from '../../formats/supabase-sql/state.ts';
import { type AuditRule, defineRule } from '../../model.ts';
import { apiTables, fullName, hitAt, SUPABASE_REFERENCES, supabaseOf } from './shared.ts';

const OWNED =
  'create table public.notes (id bigint primary key, user_id uuid references auth.users);\nalter table public.notes enable row level security;\ncreate policy own on public.notes for all to authenticated using ((select auth.uid()) = user_id);\n';

const shared = {
  format: 'supabase-sql',
  owner: 'developer',
  topic: 'authorization',
  references: [SUPABASE_REFERENCES.rls, SUPABASE_REFERENCES.api],
} as const;

export const tableRules: readonly AuditRule<'supabase-sql'>[] = [
  defineRule<'supabase-sql'>({
    ...shared,
    id: 'audit/supabase-table-without-rls',
    aliases: ['SB-RLS-001', 'SB-RLS-002'],
    title: 'A table of the API has no row level security',
    severity: 'critical',
    description:
      'Supabase serves every table of the schema `public` to whoever has the key that stands in the app, and grants that key everything. Without row level security a stranger reads, changes and deletes all rows; policies that are written but not switched on do nothing.',
    remediation:
      'In a new migration (a deployed one is not edited): `alter table public.X enable row level security;`, and policies for those who need it. Without a policy nobody but the service role gets in.',
    verified: {
      by: 'server',
      how: 'PostgreSQL 15 and 18 with the roles and default privileges of Supabase (test/servers/audit-rls.test.ts): the role anon reads and writes the table without, and sees nothing with row level security',
    },
    cwe: ['CWE-862'],
    examples: {
      bad: [
        'create table public.notes (id bigint primary key, owner uuid default auth.uid());\n',
        'create table notes (id bigint primary key, user_id uuid);\ncreate policy own on notes using (auth.uid() = user_id);\n',
        '=== supabase/migrations/1_a.sql\ncreate table notes (id int);\n=== supabase/migrations/2_b.sql\ncreate table more (id int);\nalter table more enable row level security;\n',
      ],
      good: [
        OWNED,
        'create schema private;\ncreate table private.notes (id int, owner uuid default auth.uid());\n',
        'create table notes (id int, owner uuid default auth.uid());\nrevoke all on notes from anon, authenticated;\n',
        'create table notes (id int, owner uuid default auth.uid());\ndrop table notes;\n',
        'create table orders (id int, total numeric);\n',
        '=== supabase/migrations/1_a.sql\ncreate table notes (id int);\n=== supabase/migrations/2_b.sql\ndo $$ begin\n  alter table notes enable row level security;\nend $$;\n',
      ],
    },
    *check({ document }, { unknown }) {
      const project = supabaseOf(document);
      if (project === null) return;
      for (const table of apiTables(project)) {
        if (table.rls || table.place === null || table.switchedOff !== null) continue;
        const may = new Set([...mayBy(table, 'anon'), ...mayBy(table, 'authenticated')]);
        if (may.size === 0) continue;
        if (!project.complete) {
          unknown(`${table.schema}.${table.name}`, 'code that was not followed may switch its row level security on');
          continue;
        }
        const anon = mayBy(table, 'anon').size > 0;
        const policies = table.policies.size;
        yield hitAt(project, table.place, {
          pointer: `${table.schema}.${table.name}`,
          actual:
            policies > 0
              ? `row level security off, ${policies} ${policies === 1 ? 'policy' : 'policies'} without effect`
              : 'row level security off',
          expected: `alter table ${fullName(table)} enable row level security;`,
          message: `${anon ? 'Everybody with the key from the app' : 'Everybody who signs up'} may ${[...may].join(', ')} all rows of ${table.schema}.${table.name}: it has no row level security.`,
          severity: anon && may.size > 1 ? 'critical' : 'high',
        });
      }
    },
  }),
  defineRule<'supabase-sql'>({
    ...shared,
    id: 'audit/supabase-rls-switched-off',
    aliases: ['SB-DIS-001'],
    title: 'Row level security is switched off again',
    severity: 'critical',
    description:
      'A later statement switches row level security off, often to make an error go away. From then on the policies of the table do nothing.',
    remediation: 'In a new migration: `alter table public.X enable row level security;`, and a policy for what failed.',
    verified: {
      by: 'server',
      how: 'PostgreSQL 15 and 18 (test/servers/audit-rls.test.ts): after DISABLE ROW LEVEL SECURITY the role anon reads all rows, policies or not',
    },
    cwe: ['CWE-862'],
    examples: {
      bad: [`${OWNED}alter table public.notes disable row level security;\n`],
      good: [
        OWNED,
        `${OWNED}alter table public.notes disable row level security;\nalter table public.notes enable row level security;\n`,
      ],
    },
    *check({ document }) {
      const project = supabaseOf(document);
      if (project === null) return;
      for (const table of apiTables(project)) {
        const may = new Set([...mayBy(table, 'anon'), ...mayBy(table, 'authenticated')]);
        if (table.rls || table.switchedOff === null || may.size === 0) continue;
        yield hitAt(project, table.switchedOff, {
          pointer: `${table.schema}.${table.name}`,
          actual: 'disable row level security',
          expected: `alter table ${fullName(table)} enable row level security;`,
          message: `Row level security of ${table.schema}.${table.name} is switched off: everybody with the key from the app may ${[...may].join(', ')} all its rows.`,
        });
      }
    },
  }),
  defineRule<'supabase-sql'>({
    ...shared,
    id: 'audit/supabase-rls-without-policy',
    aliases: ['SB-RLS-007'],
    title: 'Row level security without a policy',
    severity: 'info',
    description:
      'Nobody but the service role gets at the rows. That is safe, and right for tables of the back end; where the app needs them, somebody will sooner or later switch row level security off instead of writing a policy.',
    remediation:
      'Write the policy that the app needs, or revoke the privileges of anon and authenticated, which says that none is meant.',
    verified: {
      by: 'server',
      how: 'PostgreSQL 15 and 18 (test/servers/audit-rls.test.ts): with row level security and no policy the roles of the API see no row',
    },
    cwe: ['CWE-863'],
    examples: {
      bad: [
        'create table public.jobs (id int, owner uuid default auth.uid());\nalter table public.jobs enable row level security;\n',
      ],
      good: [
        OWNED,
        'create table public.jobs (id int, owner uuid default auth.uid());\nalter table public.jobs enable row level security;\nrevoke all on public.jobs from anon, authenticated;\n',
      ],
    },
    *check({ document }) {
      const project = supabaseOf(document);
      if (project === null || !project.complete) return;
      for (const table of apiTables(project)) {
        if (!table.rls || table.policies.size > 0 || table.place === null) continue;
        if (mayBy(table, 'anon').size + mayBy(table, 'authenticated').size === 0) continue;
        yield hitAt(project, table.place, {
          pointer: `${table.schema}.${table.name}`,
          actual: 'row level security on, no policy',
          expected: 'a policy, or no privileges for the roles of the API',
          message: `No policy of ${table.schema}.${table.name} lets anybody in but the service role.`,
        });
      }
    },
  }),
];
