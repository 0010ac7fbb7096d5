/** Rules on views, functions and files: what goes past the policies of tables. */
import { tableAnswer } from '../../formats/supabase-sql/access.ts';
import type { SqlProject } from '../../formats/supabase-sql/read.ts';
import { keyOf, mayBy, type SqlFunction, type SqlTable } from '../../formats/supabase-sql/state.ts';
import { type AuditRule, defineRule } from '../../model.ts';
import { apiTables, fullName, hitAt, SUPABASE_REFERENCES, supabaseOf } from './shared.ts';

const shared = { format: 'supabase-sql', owner: 'developer', topic: 'authorization' } as const;
const OWNED =
  'create table public.notes (id bigint primary key, user_id uuid);\nalter table public.notes enable row level security;\ncreate policy own on public.notes to authenticated using (auth.uid() = user_id);\n';

/** Roles of the API that read it. */
function readers(table: SqlTable): string[] {
  return ['anon', 'authenticated'].filter((role) => mayBy(table, role).has('select'));
}

function readsUsers(table: SqlTable): SqlTable['reads'][number] | undefined {
  return table.reads.find(({ schema, name }) => schema === 'auth' && name === 'users');
}

/** Tables behind a view whose policies do not let everybody read. */
function guarded(project: SqlProject, view: SqlTable): string[] {
  const behind = view.reads.flatMap(({ schema, name }) => {
    const table = project.state.tables.get(keyOf(schema, name));
    if (table === undefined || table.kind !== 'table' || !table.rls) return [];
    const open = tableAnswer(table, 'anon', 'select', project.judge).answer;
    return open === 'yes' || open === 'can' ? [] : [`${schema}.${name}`];
  });
  return [...new Set(behind)];
}

export const objectRules: readonly AuditRule<'supabase-sql'>[] = [
  defineRule<'supabase-sql'>({
    ...shared,
    id: 'audit/supabase-view-bypasses-rls',
    aliases: ['SB-VIEW-001'],
    title: 'A view goes past row level security',
    severity: 'high',
    description:
      'A view reads with the rights of its owner, for whom the policies of the tables do not hold. In a schema of the API everybody with the key from the app reads through it what the policies keep.',
    remediation:
      'In a new migration: `alter view public.X set (security_invoker = on);` (PostgreSQL 15 and later), or move the view to a schema that the API does not serve.',
    references: [SUPABASE_REFERENCES.rls, SUPABASE_REFERENCES.view],
    verified: {
      by: 'server',
      how: 'PostgreSQL 15 and 18 (test/servers/audit-rls.test.ts): anon reads through the view what the policy of its table keeps, and nothing with security_invoker',
    },
    cwe: ['CWE-863'],
    examples: {
      bad: [`${OWNED}create view public.all_notes as select id from public.notes;\n`],
      good: [
        `${OWNED}create view public.all_notes with (security_invoker = on) as select id from public.notes;\n`,
        `${OWNED}create view public.all_notes as select id from public.notes;\nalter view public.all_notes set (security_invoker = true);\n`,
        `${OWNED}create view public.all_notes as select id from public.notes;\nrevoke all on public.all_notes from anon, authenticated;\n`,
        `${OWNED}create schema private;\ncreate view private.all_notes as select id from public.notes;\n`,
        'create table public.posts (id int, author uuid default auth.uid());\nalter table public.posts enable row level security;\ncreate policy a on public.posts for select using (true);\ncreate view public.p as select id from public.posts;\n',
      ],
    },
    *check({ document }) {
      const project = supabaseOf(document);
      if (project === null) return;
      for (const view of apiTables(project, 'view')) {
        if (view.invoker || view.place === null || readsUsers(view) !== undefined) continue;
        const roles = readers(view);
        const tables = guarded(project, view);
        if (roles.length === 0 || tables.length === 0) continue;
        yield hitAt(project, view.place, {
          pointer: `${view.schema}.${view.name}`,
          actual: 'reads with the rights of its owner',
          expected: `alter view ${fullName(view)} set (security_invoker = on);`,
          message: `Through the view ${view.name} ${roles.includes('anon') ? 'everybody with the key from the app' : 'everybody who signs up'} reads ${tables.slice(0, 3).join(', ')}, whatever the policies say.`,
        });
      }
    },
  }),
  defineRule<'supabase-sql'>({
    ...shared,
    id: 'audit/supabase-view-shows-accounts',
    aliases: ['SB-VIEW-002'],
    title: 'A view shows the accounts',
    severity: 'critical',
    description:
      'The view reads `auth.users`, where addresses, phone numbers and metadata of all accounts stand, and the API serves it.',
    remediation:
      'Drop the view, or move it to a schema that the API does not serve; keep what is public about users in a table of its own with policies.',
    references: [
      'https://supabase.com/docs/guides/database/database-advisors?lint=0002_auth_users_exposed',
      SUPABASE_REFERENCES.api,
    ],
    verified: {
      by: 'source',
      how: 'https://github.com/supabase/splinter – lint 0002_auth_users_exposed: views and materialized views of the API that read auth.users',
    },
    cwe: ['CWE-359'],
    examples: {
      bad: [
        'create view public.members as select id, email from auth.users;\n',
        'create materialized view public.members as select u.id from auth.users u;\n',
      ],
      good: [
        'create view public.members as select id, email from auth.users;\nrevoke all on public.members from anon, authenticated;\n',
        'create view public.members with (security_invoker = on) as select id, email from auth.users;\n',
        'create schema private;\ncreate view private.members as select id, email from auth.users;\n',
      ],
    },
    *check({ document }) {
      const project = supabaseOf(document);
      if (project === null) return;
      for (const view of [...apiTables(project, 'view'), ...apiTables(project, 'materialized view')]) {
        const reads = readsUsers(view);
        // As its caller it reads nothing: the roles of the API have no right to auth.users.
        if (reads === undefined || view.invoker || readers(view).length === 0) continue;
        yield hitAt(project, reads.place, {
          pointer: `${view.schema}.${view.name}`,
          actual: 'reads auth.users',
          expected: 'a schema that the API does not serve',
          message: `${readers(view).includes('anon') ? 'Everybody with the key from the app' : 'Everybody who signs up'} reads accounts through ${view.schema}.${view.name}.`,
        });
      }
    },
  }),
  defineRule<'supabase-sql'>({
    ...shared,
    id: 'audit/supabase-materialized-view-in-api',
    aliases: ['SB-VIEW-003'],
    title: 'A materialized view is served by the API',
    severity: 'medium',
    description:
      'Materialized views know no row level security: whoever may read one reads all of it, and the default privileges of `public` let the key from the app do so.',
    remediation:
      'In a new migration: `revoke all on public.X from anon, authenticated;`, and serve what is public through a function or a view.',
    references: [
      'https://supabase.com/docs/guides/database/database-advisors?lint=0016_materialized_view_in_api',
      SUPABASE_REFERENCES.api,
    ],
    verified: {
      by: 'server',
      how: 'PostgreSQL 15 and 18 (test/servers/audit-rls.test.ts): anon reads all of a materialized view over a table whose policies keep it out',
    },
    cwe: ['CWE-862'],
    examples: {
      bad: [
        `${OWNED}create materialized view public.counted as select user_id, count(*) from public.notes group by 1;\n`,
      ],
      good: [
        `${OWNED}create materialized view public.counted as select user_id, count(*) from public.notes group by 1;\nrevoke all on public.counted from anon, authenticated;\n`,
      ],
    },
    *check({ document }) {
      const project = supabaseOf(document);
      if (project === null) return;
      for (const view of apiTables(project, 'materialized view')) {
        const tables = guarded(project, view);
        if (view.place === null || readsUsers(view) !== undefined || readers(view).length === 0 || tables.length === 0)
          continue;
        yield hitAt(project, view.place, {
          pointer: `${view.schema}.${view.name}`,
          actual: `readable by ${readers(view).join(' and ')}`,
          expected: `revoke all on ${fullName(view)} from anon, authenticated;`,
          message: `The materialized view ${view.name} holds what the policies of ${tables.slice(0, 3).join(', ')} keep, and the API serves it.`,
        });
      }
    },
  }),
  defineRule<'supabase-sql'>({
    ...shared,
    id: 'audit/supabase-definer-function-callable',
    aliases: ['SB-FN-001'],
    title: 'Everybody calls a function that runs as its owner',
    severity: 'medium',
    description:
      'A SECURITY DEFINER function goes past row level security, and the API serves every function of `public` at `/rest/v1/rpc/`. Without a look at who calls, everybody with the key from the app does what it does.',
    remediation:
      'In a new migration: `revoke execute on function public.f from public, anon, authenticated;` (Supabase grants it to each of the three), or ask `auth.uid()` inside, or use SECURITY INVOKER.',
    references: [SUPABASE_REFERENCES.functions, SUPABASE_REFERENCES.api],
    verified: {
      by: 'server',
      how: 'PostgreSQL 15 and 18 (test/servers/audit-rls.test.ts): anon calls it and gets rows that the policies keep; REVOKE from PUBLIC alone changes nothing where anon has a grant of its own',
    },
    cwe: ['CWE-269'],
    examples: {
      bad: [
        `${OWNED}create function public.wipe() returns void language plpgsql security definer set search_path = '' as $$ begin delete from public.notes; end $$;\n`,
        `${OWNED}create function public.all_notes() returns setof notes language sql security definer set search_path = '' as $$ select * from public.notes $$;\nrevoke execute on function public.all_notes() from public;\n`,
      ],
      good: [
        `${OWNED}create function public.wipe() returns void language plpgsql security definer set search_path = '' as $$ begin delete from public.notes where user_id = auth.uid(); end $$;\n`,
        `${OWNED}create function public.wipe() returns void language plpgsql security definer set search_path = '' as $$ begin delete from public.notes; end $$;\nrevoke execute on function public.wipe() from public, anon, authenticated;\n`,
        `${OWNED}create function public.is_boss() returns boolean language sql as $$ select auth.uid() is not null $$;\ncreate function public.wipe() returns void language plpgsql security definer set search_path = '' as $$ begin if not public.is_boss() then raise exception 'no'; end if; delete from public.notes; end $$;\n`,
        `${OWNED}create function public.touch() returns trigger language plpgsql security definer set search_path = '' as $$ begin return new; end $$;\n`,
        `${OWNED}create function public.wipe() returns void language plpgsql as $$ begin delete from public.notes; end $$;\n`,
      ],
    },
    *check({ document }) {
      const project = supabaseOf(document);
      if (project === null) return;
      const asking = askingFunctions(project);
      for (const one of project.state.functions.values()) {
        if (!one.definer || !project.exposed.has(one.schema) || /trigger$/.test(one.returns) || asking.has(one))
          continue;
        const anon = one.callers.has('public') || one.callers.has('anon');
        if (!anon && !one.callers.has('authenticated')) continue;
        // What only answers yes or no tells little; what has no body here is not known.
        if (one.body === '' || one.returns === 'bool') continue;
        const writes = /\b(?:insert\s+into|update\s+\S+\s+set|delete\s+from|truncate)\b/i.test(one.body);
        if (!writes && !/\bselect\b|\bquery\b/i.test(one.body)) continue;
        yield hitAt(project, one.place, {
          pointer: `${one.schema}.${one.name}()`,
          actual: `security definer, callable by ${anon ? 'anon' : 'authenticated'}`,
          expected: `revoke execute on function ${one.schema}.${one.name} from public, anon, authenticated;`,
          message: `${anon ? 'Everybody with the key from the app' : 'Everybody who signs up'} calls ${one.name}(), which ${writes ? 'writes' : 'reads'} past all policies and does not ask who calls.`,
          severity: writes && anon ? 'high' : 'medium',
        });
      }
    },
  }),
  defineRule<'supabase-sql'>({
    ...shared,
    id: 'audit/supabase-definer-search-path',
    aliases: ['SB-FN-002'],
    title: 'A function that runs as its owner has no search path of its own',
    severity: 'low',
    topic: 'hardening',
    description:
      'Names without a schema in a SECURITY DEFINER function are looked up in the path of the caller. Whoever may create objects in a schema on it puts their own table or function in place of the one that is meant.',
    remediation:
      "In a new migration: `alter function public.f set search_path = '';`, with names written in full inside.",
    references: [
      'https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY',
      'https://supabase.com/docs/guides/database/database-advisors?lint=0011_function_search_path_mutable',
    ],
    verified: {
      by: 'source',
      how: 'https://www.postgresql.org/docs/current/sql-createfunction.html – "Writing SECURITY DEFINER Functions Safely"; splinter lint 0011',
    },
    cwe: ['CWE-426'],
    examples: {
      bad: [
        'create function public.f() returns trigger language plpgsql security definer as $$ begin insert into log values (auth.uid()); return new; end $$;\n',
      ],
      good: [
        "create function public.f() returns trigger language plpgsql security definer set search_path = '' as $$ begin insert into public.log values (auth.uid()); return new; end $$;\n",
        'create function public.f() returns trigger language plpgsql as $$ begin perform auth.uid(); return new; end $$;\n',
        "create function public.f() returns trigger language plpgsql security definer as $$ begin perform auth.uid(); return new; end $$;\nalter function public.f() set search_path = '';\n",
      ],
    },
    *check({ document }) {
      const project = supabaseOf(document);
      if (project === null) return;
      for (const one of project.state.functions.values()) {
        if (!one.definer || one.searchPath) continue;
        yield hitAt(project, one.place, {
          pointer: `${one.schema}.${one.name}()`,
          actual: 'no search_path',
          expected: `alter function ${one.schema}.${one.name} set search_path = '';`,
          message: `${one.name}() runs as its owner with the search path of whoever calls it.`,
        });
      }
    },
  }),
];

/** Functions whose body looks at the caller, itself or through another function. */
function askingFunctions({ state }: SqlProject): ReadonlySet<SqlFunction> {
  const all = [...state.functions.values()];
  const found = new Set(
    all.filter(({ body }) =>
      /\bauth\s*\.\s*(?:uid|jwt|role|email)\b|request\.jwt|current_user|session_user/i.test(body),
    ),
  );
  const names = new Set([...found].map(({ name }) => name.toLowerCase()));
  for (const one of all) {
    const words = one.body.toLowerCase().match(/\w+(?=\s{0,3}\()/g) ?? [];
    if (words.some((word) => names.has(word))) found.add(one);
  }
  return found;
}
