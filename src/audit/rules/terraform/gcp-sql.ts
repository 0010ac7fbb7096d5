/** Cloud SQL: who reaches it, TLS and backups. */
import { reachOfCidr } from '../../cloud/cidr.ts';
import { boolOf, textOf } from '../../formats/terraform/values.ts';
import type { View } from '../../formats/terraform/view.ts';
import { replaced, type Subject, settingOf, settingRule, terraformRule } from './judge.ts';
import { documented, SOURCES } from './sources.ts';

/** The page of the resource. */
export const SQL = SOURCES.gcp('sql_database_instance');

const IP = 'settings.ip_configuration';

/** An instance, for examples. */
export function sql(inner: string, version = 'POSTGRES_16'): string {
  const indented = inner.replaceAll('\n', '\n    ');
  return `resource "google_sql_database_instance" "db" {\n  database_version = "${version}"\n  settings {\n    tier = "db-f1-micro"\n    ${indented}\n  }\n}\n`;
}

const PRIVATE =
  'ip_configuration {\n  ipv4_enabled    = false\n  private_network = "net"\n  ssl_mode        = "ENCRYPTED_ONLY"\n}';

/** A replica takes over what its primary has. */
export function isPrimary({ view }: Subject): boolean {
  return view.attribute('master_instance_name') === null && view.blocks('settings').complete;
}

/** The innermost block of a path, where it is one. */
export function blockAt(view: View, path: string): View | null {
  let at: View | undefined = view;
  for (const name of path.split('.')) at = at?.blocks(name).items[0];
  return at ?? null;
}

export const internet = terraformRule(
  {
    id: 'audit/terraform-cloud-sql-open-to-internet',
    aliases: ['TG-SQL-001'],
    topic: 'network-exposure',
    title: 'Cloud SQL admits every address',
    severity: 'critical',
    owner: 'it',
    description:
      'With 0.0.0.0/0 among the authorized networks the database answers the whole internet; only the password stands between a stranger and the data.',
    remediation: 'Remove the network; connect over a private address, the Cloud SQL proxy or its connectors.',
    references: [SQL],
    cwe: ['CWE-284', 'CWE-668'],
    cis: ['CIS GCP Foundations 4.0 6.5'],
    verified: documented(SQL, 'authorized_networks.value: a CIDR notation address range that may connect'),
    examples: {
      bad: [
        sql('ip_configuration {\n  authorized_networks {\n    name  = "all"\n    value = "0.0.0.0/0"\n  }\n}'),
        sql(
          'ip_configuration {\n  dynamic "authorized_networks" {\n    for_each = google_compute_instance.apps\n    iterator = app\n    content {\n      name  = app.value.name\n      value = "0.0.0.0/0"\n    }\n  }\n}',
        ),
      ],
      good: [
        sql('ip_configuration {\n  authorized_networks {\n    name  = "office"\n    value = "198.51.100.7/32"\n  }\n}'),
      ],
    },
  },
  function* ({ configuration }) {
    for (const subject of configuration.of('google_sql_database_instance')) {
      const networks = blockAt(subject.view, IP)?.blocks('authorized_networks');
      for (const network of [...(networks?.items ?? []), ...(networks?.possible ?? [])]) {
        const value = network.attribute('value');
        const text = textOf(value);
        if (value === null || text === null || reachOfCidr(text) !== 'internet') continue;
        yield {
          subject,
          setting: `${IP}.authorized_networks`,
          at: value.at,
          actual: text,
          expected: 'no network, or single addresses',
          message: `${subject.address} admits every address (${text}).`,
        };
      }
    }
  },
);

export const publicAddress = settingRule(
  {
    id: 'audit/terraform-cloud-sql-public-address',
    aliases: ['TG-SQL-002'],
    topic: 'network-exposure',
    title: 'Cloud SQL has a public address',
    severity: 'medium',
    owner: 'it',
    description:
      'The instance can be reached from outside as soon as somebody adds a network; the Cloud SQL proxy also works over it.',
    remediation: 'Set `ipv4_enabled = false` and a `private_network`.',
    references: [SQL],
    cwe: ['CWE-668'],
    cis: ['CIS GCP Foundations 4.0 6.6'],
    verified: documented(
      SQL,
      'ipv4_enabled: whether the instance gets a public IPv4 address; at least ipv4_enabled, a private_network or PSC must be configured',
    ),
    examples: {
      bad: [sql('ip_configuration {\n  ipv4_enabled = true\n}'), sql('activation_policy = "ALWAYS"')],
      good: [sql(PRIVATE)],
    },
  },
  [
    {
      types: ['google_sql_database_instance'],
      setting: `${IP}.ipv4_enabled`,
      safe: false,
      absent: 'bad',
      only: (subject) => isPrimary(subject) || settingOf(subject.view, `${IP}.ipv4_enabled`).state === 'known',
      says: 'has a public address',
      patch: {
        blastRadius: 'Clients outside the network can no longer connect; it needs `private_network`.',
        needsConfirmation: true,
      },
    },
  ],
);

export const tls = terraformRule(
  {
    id: 'audit/terraform-cloud-sql-tls-not-required',
    aliases: ['TG-SQL-003'],
    topic: 'encryption-in-transit',
    title: 'Cloud SQL takes connections in clear',
    severity: 'high',
    owner: 'it',
    description: 'A client that does not ask for TLS sends its password and the data in clear.',
    remediation:
      'Set `ssl_mode = "ENCRYPTED_ONLY"`, or `TRUSTED_CLIENT_CERTIFICATE_REQUIRED` (`require_ssl` before version 6 of the provider).',
    references: [SQL],
    cwe: ['CWE-319'],
    cis: ['CIS GCP Foundations 4.0 6.4'],
    verified: documented(
      SQL,
      'ssl_mode: how connections use SSL; ALLOW_UNENCRYPTED_AND_ENCRYPTED takes both, and is what the service does by default',
    ),
    examples: {
      bad: [
        sql('ip_configuration {\n  ssl_mode = "ALLOW_UNENCRYPTED_AND_ENCRYPTED"\n}'),
        sql('ip_configuration {\n  ipv4_enabled = true\n}'),
      ],
      good: [sql(PRIVATE), sql('ip_configuration {\n  require_ssl = true\n}')],
    },
  },
  function* ({ configuration, unknown }) {
    for (const subject of configuration.of('google_sql_database_instance')) {
      if (!isPrimary(subject)) continue;
      const [mode, old] = [settingOf(subject.view, `${IP}.ssl_mode`), settingOf(subject.view, `${IP}.require_ssl`)];
      if (mode.state === 'unknown' || (mode.state === 'absent' && old.state === 'unknown'))
        unknown(subject, `${IP}.ssl_mode`);
      const rest = {
        subject,
        setting: `${IP}.ssl_mode`,
        expected: 'ENCRYPTED_ONLY',
        message: `${subject.address} takes connections in clear.`,
      };
      if (mode.state === 'known' && textOf(mode.value) === 'ALLOW_UNENCRYPTED_AND_ENCRYPTED') {
        const fix = replaced(mode.value.at, '"ENCRYPTED_ONLY"', {
          title: 'Require TLS',
          blastRadius: 'Clients that connect without TLS are refused.',
          needsConfirmation: true,
        });
        yield { ...rest, at: mode.value.at, actual: 'ALLOW_UNENCRYPTED_AND_ENCRYPTED', fix };
      } else if (mode.state === 'absent' && old.state === 'known' && boolOf(old.value) === false) {
        yield { ...rest, at: old.value.at, actual: 'require_ssl = false' };
      } else if (mode.state === 'absent' && old.state === 'absent') {
        // Whether there is a way in without TLS depends on a public address; a private one is less bad.
        const open = settingOf(subject.view, `${IP}.ipv4_enabled`);
        const severity = open.state === 'known' && boolOf(open.value) === false ? 'medium' : 'high';
        yield { ...rest, at: (blockAt(subject.view, IP) ?? subject.view).at, actual: 'not set', severity };
      }
    }
  },
);

export const backups = settingRule(
  {
    id: 'audit/terraform-cloud-sql-without-backups',
    aliases: ['TG-SQL-004'],
    topic: 'retention',
    title: 'Cloud SQL makes no backups',
    severity: 'medium',
    owner: 'it',
    description: 'After a mistake or an attack there is nothing to go back to.',
    remediation:
      'Add `backup_configuration { enabled = true, point_in_time_recovery_enabled = true }` (`binary_log_enabled` for MySQL).',
    references: [SQL],
    cwe: ['CWE-693'],
    cis: ['CIS GCP Foundations 4.0 6.7'],
    verified: documented(
      SQL,
      'backup_configuration.enabled: true if backup configuration is enabled; off unless given',
    ),
    examples: {
      bad: [sql('activation_policy = "ALWAYS"'), sql('backup_configuration {\n  enabled = false\n}')],
      good: [sql('backup_configuration {\n  enabled = true\n}')],
    },
  },
  [
    {
      types: ['google_sql_database_instance'],
      setting: 'settings.backup_configuration.enabled',
      safe: true,
      absent: 'bad',
      only: isPrimary,
      says: 'makes no backups',
      patch: { blastRadius: 'None for clients; it costs storage.', needsConfirmation: false },
    },
  ],
);
