/** postgresql.conf: passwords, and who may see which rows. */
import { postgresqlBoolean } from '../../formats/postgresql/parse.ts';
import { defineRule } from '../../model.ts';
import { wholeLines } from '../../source.ts';
import { isCommittedSecret } from '../committed.ts';
import { hidden } from '../passwords.ts';
import { at, DOCS, inEachView, replace, STARTED } from './view.ts';

export const md5Storage = defineRule<'postgresql.conf'>({
  id: 'audit/postgresql-md5-passwords',
  aliases: ['PG-AUTH-001'],
  format: 'postgresql.conf',
  topic: 'authentication',
  verified: { by: 'server', how: STARTED },
  cis: ['CIS PostgreSQL 17 5.12'],
  title: 'PostgreSQL stores passwords as MD5',
  severity: 'medium',
  owner: 'it',
  description:
    'An MD5 secret from a stolen backup is enough to log in, and cheap to turn into the password. Before 14 it is what is stored without the setting; PostgreSQL 18 deprecates it.',
  remediation:
    'Set `password_encryption = scram-sha-256`, set every password again, then use `scram-sha-256` in `pg_hba.conf`.',
  references: [
    'https://www.postgresql.org/docs/current/auth-password.html',
    `${DOCS}connection.html#GUC-PASSWORD-ENCRYPTION`,
  ],
  cwe: ['CWE-327', 'CWE-916'],
  examples: {
    bad: [
      "listen_addresses = 'localhost'\npassword_encryption = md5\n",
      "listen_addresses = 'localhost'\npassword_encryption = 'md5' # old drivers\n",
      "listen_addresses = 'localhost'\ndata_directory = '/var/lib/postgresql/13/main'\n",
    ],
    good: [
      "listen_addresses = 'localhost'\npassword_encryption = scram-sha-256\n",
      "listen_addresses = 'localhost'\ndata_directory = '/var/lib/postgresql/15/main'\n",
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const setting = view.last('password_encryption');
      if (!setting) {
        if (view.version === null)
          context.unknown(
            'password_encryption',
            'not set; MD5 before 14, SCRAM since, and nothing here tells the version',
          );
        const place = view.last('listen_addresses') ?? file.document.settings[0];
        if (view.version === null || view.version >= 14 || view.version < 9 || !place || !view.complete) return;
        yield {
          pointer: 'password_encryption',
          ...at(place),
          actual: `not set; md5 in ${view.version}`,
          expected: 'scram-sha-256',
          message: 'New passwords are stored as MD5.',
        };
        return;
      }
      // Before 14 `on` meant md5; since then it is refused.
      const value = setting.value.toLowerCase();
      if (value !== 'md5' && postgresqlBoolean(value) !== true) return;
      yield {
        pointer: 'password_encryption',
        ...at(setting),
        actual: setting.value,
        expected: 'scram-sha-256',
        message: 'New passwords are stored as MD5.',
        fix:
          (view.version ?? 10) < 10
            ? null
            : replace(view, setting, 'scram-sha-256', {
                title: 'Store new passwords with SCRAM',
                blastRadius:
                  'Passwords that exist keep working; those set from now on need drivers that know SCRAM (libpq 10 and later).',
                needsConfirmation: false,
              }),
      };
    });
  },
});

export const committedPassword = defineRule<'postgresql.conf'>({
  id: 'audit/postgresql-password-in-file',
  format: 'postgresql.conf',
  topic: 'secrets',
  verified: {
    by: 'source',
    how: `${DOCS}replication.html#GUC-PRIMARY-CONNINFO – a password can stand in the connection string, or in a file ~/.pgpass on the standby`,
  },
  title: 'The replication password stands in a file of the project',
  severity: 'high',
  owner: 'developer',
  description:
    'Whoever reads the repository or an image of it logs in as the replication role, which copies every database.',
  remediation: 'Set a new password and keep it in `~/.pgpass` (mode 600) of the standby’s account.',
  references: [
    `${DOCS}replication.html#GUC-PRIMARY-CONNINFO`,
    'https://www.postgresql.org/docs/current/libpq-pgpass.html',
  ],
  cwe: ['CWE-798', 'CWE-256'],
  examples: {
    bad: [
      "listen_addresses = 'localhost'\nprimary_conninfo = 'host=10.0.0.4 user=replica password=a-long-example-value'\n",
    ],
    good: [
      "listen_addresses = 'localhost'\nprimary_conninfo = 'host=10.0.0.4 user=replica passfile=/var/lib/postgresql/.pgpass'\n",
      "listen_addresses = 'localhost'\nprimary_conninfo = 'host=10.0.0.4 user=replica password=${REPLICA_PASSWORD}'\n",
    ],
  },
  *check({ document, source }) {
    const setting = document.last('primary_conninfo');
    const conninfo = setting?.value.slice(0, 4096) ?? '';
    const password = /(?:^|\s)password\s*=\s*(?:'([^']*)'|(\S+))/i.exec(conninfo);
    const value = password?.[1] ?? password?.[2] ?? '';
    if (!setting || value === '' || !isCommittedSecret((setting.source ?? source).path, value)) return;
    yield {
      pointer: 'primary_conninfo',
      ...at(setting),
      actual: hidden(value),
      expected: 'passfile=…, without a password',
      message: 'The password of the replication role stands in this file.',
    };
  },
});

export const rowSecurityOff = defineRule<'postgresql.conf'>({
  id: 'audit/postgresql-row-security-off',
  aliases: ['PG-RLS-001'],
  format: 'postgresql.conf',
  topic: 'authorization',
  verified: { by: 'server', how: STARTED },
  title: 'PostgreSQL refuses queries that row security would filter',
  severity: 'low',
  owner: 'developer',
  description:
    'With `row_security = off` a query on a table with policies fails instead of returning the allowed rows. It does not open the rows; but who meets the errors is tempted to give the app `BYPASSRLS`, which does.',
  remediation: 'Remove the line; `pg_dump` sets it for its own session.',
  references: [`${DOCS}client.html#GUC-ROW-SECURITY`],
  cwe: ['CWE-863'],
  examples: {
    bad: ["listen_addresses = 'localhost'\nrow_security = off\n"],
    good: ["listen_addresses = 'localhost'\nrow_security = on\n"],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const setting = view.last('row_security');
      if (!setting || postgresqlBoolean(setting.value) !== false) return;
      yield {
        pointer: 'row_security',
        ...at(setting),
        actual: setting.value,
        expected: 'on',
        message: 'Queries on tables with policies fail instead of being filtered.',
        fix: replace(view, setting, 'on', {
          title: 'Let policies filter rows',
          blastRadius: 'Queries that failed now return the rows that the policies allow.',
          needsConfirmation: false,
        }),
      };
    });
  },
});

export const userNamespace = defineRule<'postgresql.conf'>({
  id: 'audit/postgresql-user-namespace',
  aliases: ['PG-AUTH-002'],
  format: 'postgresql.conf',
  topic: 'authentication',
  verified: { by: 'server', how: STARTED },
  title: 'PostgreSQL makes up role names from the database',
  severity: 'low',
  owner: 'it',
  description:
    'With `db_user_namespace` a client’s name is not the role’s name, MD5 and SCRAM no longer work as meant, and the documentation calls it a stop-gap. PostgreSQL 17 removed it and does not start with it.',
  remediation: 'Remove the line and make plain roles.',
  references: ['https://www.postgresql.org/docs/16/runtime-config-connection.html#GUC-DB-USER-NAMESPACE'],
  cwe: ['CWE-287'],
  examples: {
    bad: ["listen_addresses = 'localhost'\ndb_user_namespace = on\n"],
    good: ["listen_addresses = 'localhost'\ndb_user_namespace = off\n"],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const setting = view.last('db_user_namespace');
      if (!setting || postgresqlBoolean(setting.value) !== true) return;
      const text = (setting.source ?? file.source).text;
      yield {
        pointer: 'db_user_namespace',
        ...at(setting),
        actual: setting.value,
        expected: 'not set',
        message: 'Names of roles depend on the database that is connected to.',
        fix: view.isFlag(setting)
          ? null
          : {
              edits: [{ ...wholeLines(text, setting.span), text: '' }],
              title: 'Remove db_user_namespace',
              blastRadius: 'Roles named user@database are logged in to with their whole name.',
              needsConfirmation: true,
            },
      };
    });
  },
});
