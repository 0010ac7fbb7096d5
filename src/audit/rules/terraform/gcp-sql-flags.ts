/** Cloud SQL: flags of the engines. */
import { textOf } from '../../formats/terraform/values.ts';
import type { AuditRule } from '../../model.ts';
import { blockAt, isPrimary, SQL, sql } from './gcp-sql.ts';
import { replaced, terraformRule } from './judge.ts';
import { documented } from './sources.ts';

interface Flag {
  name: string;
  engine: RegExp;
  bad: readonly string[];
  safe: string;
  absent: boolean;
}

function flagRule(details: Parameters<typeof terraformRule>[0], flags: readonly Flag[]): AuditRule<'terraform'> {
  return terraformRule(details, function* ({ configuration }) {
    for (const subject of configuration.of('google_sql_database_instance')) {
      const version = textOf(subject.view.attribute('database_version')) ?? '';
      const settings = blockAt(subject.view, 'settings');
      if (settings === null || !isPrimary(subject)) continue;
      const { items, complete } = settings.blocks('database_flags');
      for (const { name, engine, bad, safe, absent } of flags) {
        if (!engine.test(version)) continue;
        const rest = { subject, setting: `settings.database_flags.${name}`, expected: safe };
        const found = items.filter((item) => textOf(item.attribute('name')) === name);
        const value = found[0]?.attribute('value') ?? null;
        if (
          found.length === 0 &&
          absent &&
          complete &&
          items.every((item) => textOf(item.attribute('name')) !== null)
        ) {
          yield { ...rest, at: settings.at, actual: 'not set', message: `${subject.address} has ${name} off.` };
        } else if (value !== null && bad.includes(textOf(value)?.toLowerCase() ?? '')) {
          yield {
            ...rest,
            at: value.at,
            actual: textOf(value) ?? '',
            message: `${subject.address} has ${name} ${textOf(value)}.`,
            fix: replaced(value.at, JSON.stringify(safe), {
              title: `Set ${name} to ${safe}`,
              blastRadius: 'The instance may restart.',
              needsConfirmation: true,
            }),
          };
        }
      }
    }
  });
}

export const logFlags = flagRule(
  {
    id: 'audit/terraform-cloud-sql-logins-not-logged',
    aliases: ['TG-SQL-005'],
    topic: 'logging',
    title: 'Cloud SQL for PostgreSQL does not log who connects',
    severity: 'low',
    owner: 'security',
    description: 'After an incident nobody can say who was connected and from where.',
    remediation: 'Add the flags `log_connections = on` and `log_disconnections = on`.',
    references: [SQL, 'https://cloud.google.com/sql/docs/postgres/flags'],
    cwe: ['CWE-778'],
    cis: ['CIS GCP Foundations 4.0 6.2.2', 'CIS GCP Foundations 4.0 6.2.3'],
    verified: documented(
      'https://www.postgresql.org/docs/current/runtime-config-logging.html',
      'log_connections and log_disconnections are off by default',
    ),
    examples: {
      bad: [sql('database_flags {\n  name  = "log_connections"\n  value = "off"\n}')],
      good: [
        sql(
          'database_flags {\n  name  = "log_connections"\n  value = "on"\n}\ndatabase_flags {\n  name  = "log_disconnections"\n  value = "on"\n}',
        ),
      ],
    },
  },
  ['log_connections', 'log_disconnections'].map((name) => ({
    name,
    engine: /^POSTGRES/,
    bad: ['off'],
    safe: 'on',
    absent: true,
  })),
);

export const infile = flagRule(
  {
    id: 'audit/terraform-cloud-sql-local-infile',
    aliases: ['TG-SQL-006'],
    topic: 'hardening',
    title: 'Cloud SQL for MySQL lets clients load local files',
    severity: 'medium',
    owner: 'it',
    description:
      'With `local_infile` on, whoever injects SQL through the app makes its server send files of its own to the database.',
    remediation: 'Set the flag `local_infile = off`.',
    references: [SQL, 'https://cloud.google.com/sql/docs/mysql/flags'],
    cwe: ['CWE-749'],
    cis: ['CIS GCP Foundations 4.0 6.1.3'],
    verified: documented('https://cloud.google.com/sql/docs/mysql/flags', 'local_infile: on or off'),
    examples: {
      bad: [sql('database_flags {\n  name  = "local_infile"\n  value = "on"\n}', 'MYSQL_8_0')],
      good: [sql('database_flags {\n  name  = "local_infile"\n  value = "off"\n}', 'MYSQL_8_0')],
    },
  },
  [{ name: 'local_infile', engine: /^MYSQL/, bad: ['on'], safe: 'off', absent: false }],
);
