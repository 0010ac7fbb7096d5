/** Rules on roles and privileges of any PostgreSQL. */
import { type AuditRule, defineRule } from '../../model.ts';

const shared = { format: 'supabase-sql', owner: 'developer' } as const;

export const plainRules: readonly AuditRule<'supabase-sql'>[] = [
  defineRule<'supabase-sql'>({
    ...shared,
    id: 'audit/postgresql-granted-to-everybody',
    title: 'Privileges are granted to PUBLIC',
    severity: 'medium',
    topic: 'authorization',
    description:
      '`PUBLIC` is every role of the server, those of other applications and of people included, and every role that is made later.',
    remediation: 'Grant to the one role that needs it: `revoke all on … from public; grant select on … to app;`.',
    references: [
      'https://www.postgresql.org/docs/current/ddl-priv.html',
      'https://www.postgresql.org/docs/current/sql-grant.html',
    ],
    verified: {
      by: 'source',
      how: 'https://www.postgresql.org/docs/current/sql-grant.html – PUBLIC stands for all roles, including those created later',
    },
    cwe: ['CWE-732'],
    examples: {
      bad: [
        'create table accounts (id int);\ngrant all on accounts to public;\n',
        'grant all privileges on all tables in schema public to public;\n',
      ],
      good: [
        'create table accounts (id int);\ngrant select on accounts to app;\n',
        'grant usage on schema public to public;\n',
        'grant select on codes to public;\n',
      ],
    },
    *check({ document }) {
      for (const { place, what, all } of document.project?.state.toPublic ?? []) {
        if (!all) continue;
        yield {
          pointer: `grant on ${what} to public`,
          span: place.span,
          source: place.source,
          actual: 'all, to public',
          expected: 'named privileges, to a named role',
          message: `Every role of the server gets all privileges on this ${what}.`,
        };
      }
    },
  }),
  defineRule<'supabase-sql'>({
    ...shared,
    id: 'audit/postgresql-password-in-sql',
    title: 'The password of a role stands in a file',
    severity: 'high',
    topic: 'secrets',
    description:
      'Whoever reads the repository, its history or a backup of it has the password; the server may log the statement too.',
    remediation:
      'Create the role without a password and set it from outside: `psql` with `\\password app`, or a variable of the deployment. Change the one that stood here.',
    references: [
      'https://www.postgresql.org/docs/current/sql-createrole.html',
      'https://www.postgresql.org/docs/current/app-psql.html',
    ],
    verified: {
      by: 'source',
      how: 'https://www.postgresql.org/docs/current/sql-createrole.html – a password in the command is sent in clear text and may be logged',
    },
    cwe: ['CWE-798'],
    examples: {
      bad: [
        "create role app login password 'changeit-example';\n",
        "create user app with password 'changeme';\n",
        "alter role app with password 'changeit-example';\n",
      ],
      good: [
        'create role app login;\n',
        "create role app login password 'SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy';\n",
        "create role app login password '${APP_PASSWORD}';\n",
      ],
    },
    *check({ document }) {
      for (const { name, password } of document.project?.state.roles.values() ?? []) {
        if (password === null) continue;
        const text = password.place.source.text.slice(password.place.span.start + 1, password.place.span.end - 1);
        // A hash is no password, a place holder none yet.
        if (/^(?:SCRAM-SHA-256\$|md5[0-9a-f]{32}$)/.test(text) || /^[:$<{%][\w{$:<-]|\}\}$/.test(text)) continue;
        const sample = /(?:^|\/)(?:docs?|examples?|tests?|fixtures?|seeds?)\/|\.(?:example|sample)\b/i.test(
          password.place.source.path,
        );
        yield {
          pointer: `role ${name}`,
          span: password.place.span,
          source: password.place.source,
          actual: `a literal of ${password.length} characters${password.wellKnown ? ', one that everybody tries' : ''}`,
          expected: 'no password in the file',
          message: `The password of the role ${name} stands in this file.`,
          severity: sample ? 'low' : password.wellKnown ? 'high' : 'medium',
        };
      }
    },
  }),
  defineRule<'supabase-sql'>({
    ...shared,
    id: 'audit/postgresql-superuser-role',
    title: 'A role of the application is a superuser',
    severity: 'high',
    topic: 'authorization',
    description:
      'A superuser passes every privilege and policy, reads files of the server and runs programs there (`COPY … FROM PROGRAM`). An injection into the application then has the whole machine.',
    remediation: 'Create it without: `create role app login nosuperuser;`, and grant what it needs on its own schema.',
    references: [
      'https://www.postgresql.org/docs/current/role-attributes.html',
      'https://www.postgresql.org/docs/current/sql-copy.html',
    ],
    verified: {
      by: 'source',
      how: 'https://www.postgresql.org/docs/current/role-attributes.html – a superuser bypasses all permission checks except the right to log in',
    },
    cwe: ['CWE-250'],
    examples: {
      bad: ['create role app login superuser;\n', 'alter user app with superuser;\n'],
      good: [
        'create role app login nosuperuser;\n',
        'create role app superuser;\nalter role app nosuperuser;\n',
        'create role postgres superuser;\n',
      ],
    },
    *check({ document }) {
      for (const { name, superuser } of document.project?.state.roles.values() ?? []) {
        if (superuser === null || /^(?:postgres|rdsadmin|supabase_admin|pgsodium\w*|.*admin)$/i.test(name)) continue;
        yield {
          pointer: `role ${name} superuser`,
          span: superuser.span,
          source: superuser.source,
          actual: 'superuser',
          expected: 'nosuperuser',
          message: `The role ${name} is a superuser.`,
        };
      }
    },
  }),
];
