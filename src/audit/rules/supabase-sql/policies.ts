/** Rules on what policies say. */
import { maskLiterals } from '../../../core/redact-line.ts';
import { appliesTo, checkOf, isOpen, opens, usingOf } from '../../formats/supabase-sql/access.ts';
import type { Role } from '../../formats/supabase-sql/evaluate.ts';
import type { SqlProject } from '../../formats/supabase-sql/read.ts';
import {
  PRIVILEGES,
  type Privilege,
  type SqlPlace,
  type SqlPolicy,
  type SqlTable,
} from '../../formats/supabase-sql/state.ts';
import { constant, nodesOf } from '../../formats/supabase-sql/tree.ts';
import { type AuditRule, defineRule } from '../../model.ts';
import { apiTables, hitAt, personalColumns, SUPABASE_REFERENCES, supabaseOf } from './shared.ts';

const shared = {
  format: 'supabase-sql',
  owner: 'developer',
  topic: 'authorization',
  references: [SUPABASE_REFERENCES.rls, SUPABASE_REFERENCES.policy],
  verified: {
    by: 'server',
    how: 'PostgreSQL 15 and 18 with the roles, functions and default privileges of Supabase: what such policies let anon and authenticated do is asked of the server and compared (test/servers/audit-rls.test.ts)',
  },
} as const;

const REMEDIATION =
  'In a new migration: `drop policy …; create policy … to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);` – a policy for the owner, `to authenticated`.';

/** A policy that opens commands to a role. */
interface Opening {
  table: SqlTable;
  policy: SqlPolicy;
  commands: Privilege[];
}

export function* openings(project: SqlProject, tables: readonly SqlTable[], role: Role): Generator<Opening> {
  for (const table of tables) {
    if (!table.rls) continue;
    for (const policy of table.policies.values()) {
      const commands = PRIVILEGES.filter((command) =>
        isOpen(opens(policy, role, command, table, project.judge), command),
      );
      if (commands.length > 0) yield { table, policy, commands };
    }
  }
}

/** The expression that opens; the statement where it has none. */
export function placeOf(policy: SqlPolicy, commands: readonly Privilege[]): SqlPlace {
  const onlyInsert = commands.every((command) => command === 'insert');
  return (
    (onlyInsert ? (policy.checkPlace ?? policy.usingPlace) : (policy.usingPlace ?? policy.checkPlace)) ?? policy.place
  );
}

export function written(place: SqlPlace): string {
  const whole = place.source.text.slice(place.span.start, place.span.end);
  // What a comment says is nobody's business.
  const text = maskLiterals(whole.replace(/--[^\n]*|\/\*[^*]*\*\//g, ' ').replace(/\s+/g, ' '));
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

export function pointerOf({ table, policy }: Pick<Opening, 'table' | 'policy'>): string {
  return `${table.schema}.${table.name} policy ${policy.name}`;
}

function changes(commands: readonly Privilege[]): boolean {
  return commands.includes('update') || commands.includes('delete');
}

const TABLE =
  'create table public.people (id uuid primary key, email text, user_id uuid references auth.users);\nalter table public.people enable row level security;\n';

export const policyRules: readonly AuditRule<'supabase-sql'>[] = [
  defineRule<'supabase-sql'>({
    ...shared,
    id: 'audit/supabase-policy-everybody-writes',
    aliases: ['SB-RLS-003'],
    title: 'A policy lets everybody write',
    severity: 'critical',
    description:
      'The policy holds for the role `anon` and asks nothing of the row: whoever has the key from the app changes, deletes or adds rows without an account. A policy without `TO` holds for everybody.',
    remediation: `${REMEDIATION} What only the back end writes needs no policy: the service role passes without.`,
    cwe: ['CWE-863'],
    examples: {
      bad: [
        `${TABLE}create policy a on public.people for update using (true);\n`,
        `${TABLE}create policy a on public.people for all to anon, authenticated using (1 = 1) with check (true);\n`,
        `${TABLE}create policy a on public.people for insert with check (true);\n`,
        `${TABLE}create policy "Service role manages" on public.people for all using (true);\n`,
      ],
      good: [
        `${TABLE}create policy a on public.people for all to service_role using (true) with check (true);\n`,
        `${TABLE}create policy a on public.people for update using ((select auth.uid()) = user_id);\n`,
        `${TABLE}create policy a on public.people for update using (true);\ncreate policy b on public.people as restrictive for all using (auth.uid() = user_id);\n`,
        `${TABLE}create policy a on public.people for update using (true);\ndrop policy a on public.people;\n`,
        `${TABLE}create policy a on public.people using (auth.role() = 'service_role');\n`,
      ],
    },
    *check({ document }) {
      const project = supabaseOf(document);
      if (project === null) return;
      for (const { table, policy, commands: all } of openings(project, apiTables(project), 'anon')) {
        const commands = all.filter((command) => command !== 'select');
        if (commands.length === 0) continue;
        const place = placeOf(policy, commands);
        const checked = commands.every(
          (command) => opens(policy, 'anon', command, table, project.judge).answer === 'can',
        );
        if (checked && !changes(commands)) continue;
        yield hitAt(project, place, {
          pointer: pointerOf({ table, policy }),
          actual: written(place),
          expected: 'a condition on whose row it is',
          message: `Everybody with the key from the app may ${commands.join(', ')} any row of ${table.schema}.${table.name}, without an account.`,
          severity: changes(commands) ? 'critical' : 'medium',
        });
      }
    },
  }),
  defineRule<'supabase-sql'>({
    ...shared,
    id: 'audit/supabase-policy-everybody-reads-personal-data',
    aliases: ['SB-RLS-004'],
    title: 'A policy shows personal data to everybody',
    severity: 'high',
    description:
      'The policy lets `anon` read every row of a table whose columns are about people: whoever has the key from the app downloads it.',
    remediation: `${REMEDIATION} Where a part is meant to be public (a name, a picture), move it to a table of its own.`,
    cwe: ['CWE-359'],
    examples: {
      bad: [
        `${TABLE}create policy a on public.people for select using (true);\n`,
        `${TABLE}create policy a on public.people for select using (auth.uid() = user_id or true);\n`,
      ],
      good: [
        `${TABLE}create policy a on public.people for select to authenticated using ((select auth.uid()) = user_id);\n`,
        'create table public.posts (id int, title text, author uuid default auth.uid());\nalter table public.posts enable row level security;\ncreate policy a on public.posts for select using (true);\n',
        `${TABLE}create policy a on public.people for select to service_role using (true);\n`,
      ],
    },
    *check({ document }) {
      const project = supabaseOf(document);
      if (project === null) return;
      for (const { table, policy, commands } of openings(project, apiTables(project), 'anon')) {
        const columns = personalColumns(table);
        // That everybody changes it is said elsewhere, and worse.
        if (!commands.includes('select') || changes(commands) || columns.length === 0) continue;
        const place = placeOf(policy, ['select']);
        yield hitAt(project, place, {
          pointer: pointerOf({ table, policy }),
          actual: written(place),
          expected: 'a condition on whose row it is',
          message: `Everybody with the key from the app reads all rows of ${table.schema}.${table.name}, with ${columns.slice(0, 3).join(', ')}.`,
        });
      }
    },
  }),
  defineRule<'supabase-sql'>({
    ...shared,
    id: 'audit/supabase-policy-any-account',
    aliases: ['SB-RLS-005'],
    title: 'A policy lets every account at all rows',
    severity: 'high',
    description:
      "`auth.role() = 'authenticated'`, `auth.uid() is not null` and `to authenticated using (true)` ask for an account, and everybody can make one. They say nothing about whose row it is.",
    remediation: REMEDIATION,
    cwe: ['CWE-639'],
    examples: {
      bad: [
        `${TABLE}create policy a on public.people for select using (auth.role() = 'authenticated');\n`,
        `${TABLE}create policy a on public.people for delete to authenticated using (true);\n`,
        `${TABLE}create policy a on public.people for update using ((select auth.uid()) is not null);\n`,
      ],
      good: [
        `${TABLE}create policy a on public.people to authenticated using ((select auth.uid()) = user_id);\n`,
        `${TABLE}create policy a on public.people for select to authenticated using (user_id in (select member from teams where owner = auth.uid()));\n`,
        `${TABLE}create policy a on public.people for insert to authenticated with check (auth.uid() = user_id);\n`,
        `create function is_admin() returns boolean language sql as 'select (auth.jwt() -> ''app_metadata'' ->> ''role'') = ''admin''';\n${TABLE}create policy a on public.people for select using (is_admin());\n`,
      ],
    },
    *check({ document }) {
      const project = supabaseOf(document);
      if (project === null) return;
      for (const { table, policy, commands: all } of openings(project, apiTables(project), 'authenticated')) {
        const anon = PRIVILEGES.filter((command) =>
          isOpen(opens(policy, 'anon', command, table, project.judge), command),
        );
        const columns = personalColumns(table);
        if (trustsMetadata(policy)) continue;
        // Reading what is not about people, and adding rows, is what accounts are for.
        const commands = all.filter(
          (command) => !anon.includes(command) && command !== 'insert' && (command !== 'select' || columns.length > 0),
        );
        if (commands.length === 0) continue;
        const place = placeOf(policy, commands);
        yield hitAt(project, place, {
          pointer: pointerOf({ table, policy }),
          actual: written(place),
          expected: 'a condition on whose row it is',
          message: `Everybody who signs up may ${commands.join(', ')} any row of ${table.schema}.${table.name}${commands.includes('select') && columns.length > 0 ? `, with ${columns.slice(0, 3).join(', ')}` : ''}.`,
          severity: changes(commands) ? 'high' : 'medium',
        });
      }
    },
  }),
  defineRule<'supabase-sql'>({
    ...shared,
    id: 'audit/supabase-policy-trusts-user-metadata',
    aliases: ['SB-RLS-006'],
    title: 'A policy trusts what its user may change',
    severity: 'critical',
    description:
      'Everybody changes their own `user_metadata` with one call (`auth.updateUser`). A policy that reads a role there gives it to whoever asks for it.',
    remediation:
      "Read it from `app_metadata`, which only the service role writes: `(auth.jwt() -> 'app_metadata' ->> 'role') = 'admin'`.",
    references: [
      'https://supabase.com/docs/guides/database/database-advisors?lint=0015_rls_references_user_metadata',
      SUPABASE_REFERENCES.rls,
    ],
    verified: {
      by: 'source',
      how: 'https://supabase.com/docs/guides/database/postgres/row-level-security – raw_user_meta_data can be updated by the authenticated user and is no good place for authorization data; splinter lint 0015',
    },
    cwe: ['CWE-639'],
    examples: {
      bad: [`${TABLE}create policy a on public.people using ((auth.jwt() -> 'user_metadata' ->> 'role') = 'admin');\n`],
      good: [`${TABLE}create policy a on public.people using ((auth.jwt() -> 'app_metadata' ->> 'role') = 'admin');\n`],
    },
    *check({ document }) {
      const project = supabaseOf(document);
      if (project === null) return;
      for (const table of project.state.tables.values()) {
        for (const policy of table.policies.values()) {
          if (!trustsMetadata(policy)) continue;
          const place = placeOf(policy, ['select']);
          yield hitAt(project, place, {
            pointer: pointerOf({ table, policy }),
            actual: 'user_metadata of the token',
            expected: 'app_metadata, or a table that its user cannot write',
            message: `Whoever signs up gives themselves what the policy ${policy.name} of ${table.schema}.${table.name} asks for.`,
          });
        }
      }
    },
  }),
  defineRule<'supabase-sql'>({
    ...shared,
    id: 'audit/supabase-row-given-away',
    aliases: ['SB-RLS-008'],
    title: 'A changed row is not checked again',
    severity: 'low',
    description:
      'USING asks whose row it is before the change, `WITH CHECK (true)` asks nothing of what it becomes: its owner moves it into the account of another user. Without WITH CHECK PostgreSQL asks USING of both, which is right.',
    remediation:
      'In a new migration repeat the condition, or leave WITH CHECK out: `alter policy … with check ((select auth.uid()) = user_id);`.',
    cwe: ['CWE-863'],
    examples: {
      bad: [
        `${TABLE}create policy a on public.people for update to authenticated using (auth.uid() = user_id) with check (true);\n`,
      ],
      good: [
        `${TABLE}create policy a on public.people for update to authenticated using (auth.uid() = user_id);\n`,
        `${TABLE}create policy a on public.people for update to authenticated using (auth.uid() = user_id) with check (auth.uid() = user_id);\n`,
      ],
    },
    *check({ document }) {
      const project = supabaseOf(document);
      if (project === null) return;
      for (const table of apiTables(project)) {
        for (const policy of table.policies.values()) {
          if (policy.check === undefined || policy.using === undefined || !policy.permissive) continue;
          const role = (['authenticated', 'anon'] as const).find((one) => appliesTo(policy, one, 'update'));
          if (role === undefined) continue;
          const before = usingOf(policy, role, table, project.judge);
          const after = checkOf(policy, role, table, project.judge);
          if (!before.because.has('owner') || after.answer !== 'yes' || policy.checkPlace === null) continue;
          yield hitAt(project, policy.checkPlace, {
            pointer: pointerOf({ table, policy }),
            actual: written(policy.checkPlace),
            expected: 'the condition of USING',
            message: `Rows of ${table.schema}.${table.name} may be moved into the account of another user.`,
          });
        }
      }
    },
  }),
];

function trustsMetadata(policy: SqlPolicy): boolean {
  for (const expression of [policy.using, policy.check]) {
    for (const node of nodesOf(expression)) {
      const value = constant(node);
      if (value === 'user_metadata' || value === 'raw_user_meta_data') return true;
    }
  }
  return false;
}
