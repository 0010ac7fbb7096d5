/** Rules for postgresql.conf. */

import { majorOf } from '../../formats/compose/image.ts';
import { reachOf } from '../../formats/pg-hba/address.ts';
import { effectiveRows } from '../../formats/pg-hba/covers.ts';
import { type PostgresqlDocument, type PostgresqlSetting, postgresqlBoolean } from '../../formats/postgresql/read.ts';
import { type AuditRule, defineRule, type Fix, type RuleContext } from '../../model.ts';
import { exposureOf } from '../compose/exposure.ts';
import { REFERENCES } from '../references.ts';

/** The setting, when it makes the server listen beyond loopback. */
function wide(document: PostgresqlDocument): PostgresqlSetting | undefined {
  const setting = document.last('listen_addresses');
  const addresses = setting?.value.split(',').map((address) => address.trim()) ?? [];
  const open = addresses.some((address) => address !== '' && !/^(?:localhost|127(?:\.\d+){3}|::1)$/i.test(address));
  return open ? setting : undefined;
}

/** Replaces a value, in quotes when it was or must be quoted. */
function replace(setting: PostgresqlSetting, value: string, rest: Omit<Fix, 'edits'>): Fix {
  const bare = !setting.quoted && /^[a-z_][\w.:/-]*$/i.test(value);
  return { ...rest, edits: [{ ...setting.span, text: bare ? value : `'${value}'` }] };
}

export const listensEverywhere = defineRule<'postgresql.conf'>({
  id: 'audit/postgresql-listens-everywhere',
  aliases: ['PG-NET-001'],
  format: 'postgresql.conf',
  title: 'PostgreSQL listens on every address',
  severity: 'medium',
  owner: 'it',
  description:
    "`listen_addresses = '*'` opens the port on every interface. Whether a stranger gets in is then up to `pg_hba.conf` and the firewall alone.",
  remediation: "Set `listen_addresses = 'localhost'`, or the private address that the application uses.",
  references: [REFERENCES.pgConnection],
  cwe: ['CWE-1327'],
  examples: {
    bad: ["listen_addresses = '*'\nmax_connections = 100\n", "listen_addresses='0.0.0.0'\n"],
    good: [
      "listen_addresses = 'localhost'\n",
      "listen_addresses = '10.0.4.7'\n",
      "#listen_addresses = '*'\n",
      "listen_addresses = '*'\nlisten_addresses = 'localhost'\n",
    ],
  },
  *check({ document }, context) {
    // In a container this is how other containers reach it; the published port is judged instead.
    if (context.runtimes.length > 0) return;
    const setting = document.last('listen_addresses');
    const addresses = setting?.value.split(',').map((address) => address.trim()) ?? [];
    if (!setting || !addresses.some((address) => ['*', '0.0.0.0', '::'].includes(address))) return;
    const trusted = trustsNetwork(context);
    yield {
      pointer: 'listen_addresses',
      span: setting.span,
      actual: setting.value,
      expected: 'localhost, or the address the application uses',
      message: `PostgreSQL listens on every address${trusted ? ', and pg_hba.conf lets the network in without a password' : ''}.`,
      severity: trusted ? 'critical' : 'medium',
      fix: replace(setting, 'localhost', {
        title: 'Let PostgreSQL listen on loopback only',
        blastRadius: 'Clients and replicas on other machines can no longer connect. Takes effect at a restart.',
        needsConfirmation: true,
      }),
    };
  },
});

function trustsNetwork(context: RuleContext): boolean {
  return context
    .beside('pg_hba.conf')
    .some(({ document }) =>
      effectiveRows(document.rows).some(
        ({ method, address }) => method === 'trust' && address !== null && reachOf(address.range) !== 'loopback',
      ),
    );
}

export const tlsOff = defineRule<'postgresql.conf'>({
  id: 'audit/postgresql-tls-off',
  aliases: ['PG-TLS-001'],
  format: 'postgresql.conf',
  title: 'PostgreSQL does not offer TLS',
  severity: 'high',
  owner: 'it',
  description: 'Without TLS, queries and rows – and with old methods passwords – cross the network in clear.',
  remediation: 'Set `ssl = on` with `ssl_cert_file` and `ssl_key_file`, and use `hostssl` in `pg_hba.conf`.',
  references: [
    'https://www.postgresql.org/docs/current/ssl-tcp.html',
    'https://www.postgresql.org/docs/current/runtime-config-connection.html#RUNTIME-CONFIG-CONNECTION-SSL',
  ],
  cwe: ['CWE-319'],
  examples: {
    bad: ["listen_addresses = '10.0.4.7'\nssl = off\n"],
    good: ["listen_addresses = '10.0.4.7'\nssl = on\n", "listen_addresses = 'localhost'\nssl = off\n"],
  },
  *check({ document }, { runtimes, unknown }) {
    const setting = document.last('ssl');
    const listening = wide(document);
    if (!listening || (setting && postgresqlBoolean(setting.value) !== false)) return;
    if (!setting && (!document.complete || runtimes.length === 0)) {
      unknown(
        'ssl',
        'not set; packages differ: the server’s own default is off, Debian’s configuration switches it on',
      );
      return;
    }
    const commands = runtimes.flatMap(({ service }) => service.command?.words ?? []);
    if (commands.some((word) => /^ssl=(?:on|true|yes|1)$/i.test(word))) return;
    const levels = runtimes.map(({ declared }) => exposureOf(declared));
    const near = runtimes.length > 0 && levels.every((level) => level === 'none' || level === 'loopback');
    // The server does not start with ssl = on and no certificate.
    const certificate = document.last('ssl_cert_file') && document.last('ssl_key_file');
    yield {
      pointer: 'ssl',
      span: (setting ?? listening).span,
      actual: setting ? setting.value : 'not set; off',
      expected: 'on, with a certificate',
      message: 'PostgreSQL listens beyond loopback and does not offer TLS.',
      severity: near ? 'medium' : 'high',
      fix:
        setting && certificate
          ? replace(setting, 'on', {
              title: 'Switch TLS on',
              blastRadius:
                'Clients keep working; the server does not start when the certificate or key cannot be read.',
              needsConfirmation: true,
            })
          : null,
    };
  },
});

export const md5Storage = defineRule<'postgresql.conf'>({
  id: 'audit/postgresql-md5-passwords',
  aliases: ['PG-AUTH-001'],
  format: 'postgresql.conf',
  title: 'PostgreSQL stores passwords as MD5',
  severity: 'medium',
  owner: 'it',
  description:
    'An MD5 secret from a stolen backup is enough to log in, and cheap to turn into the password. PostgreSQL 18 deprecates it.',
  remediation:
    'Set `password_encryption = scram-sha-256`, set every password again, then use `scram-sha-256` in `pg_hba.conf`.',
  references: [
    'https://www.postgresql.org/docs/current/auth-password.html',
    'https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-PASSWORD-ENCRYPTION',
  ],
  cwe: ['CWE-327', 'CWE-916'],
  examples: {
    bad: [
      "listen_addresses = 'localhost'\npassword_encryption = md5\n",
      "listen_addresses = 'localhost'\npassword_encryption = 'md5' # old drivers\n",
    ],
    good: ["listen_addresses = 'localhost'\npassword_encryption = scram-sha-256\n"],
  },
  *check({ document }, { runtimes }) {
    const setting = document.last('password_encryption');
    if (!setting) return;
    // Before 14 `on` meant md5; since then it is refused.
    const value = setting.value.toLowerCase();
    if (value !== 'md5' && postgresqlBoolean(value) !== true) return;
    const tooOld = runtimes.some(({ declared }) => (majorOf(declared.version) ?? 10) < 10);
    yield {
      pointer: 'password_encryption',
      span: setting.span,
      actual: setting.value,
      expected: 'scram-sha-256',
      message: 'New passwords are stored as MD5.',
      fix: tooOld
        ? null
        : replace(setting, 'scram-sha-256', {
            title: 'Store new passwords with SCRAM',
            blastRadius:
              'Passwords that exist keep working; those set from now on need drivers that know SCRAM (libpq 10 and later).',
            needsConfirmation: false,
          }),
    };
  },
});

export const oldTls = defineRule<'postgresql.conf'>({
  id: 'audit/postgresql-old-tls',
  aliases: ['PG-TLS-002'],
  format: 'postgresql.conf',
  title: 'PostgreSQL accepts TLS versions that are broken',
  severity: 'medium',
  owner: 'it',
  description: 'TLS 1.0 and 1.1 are deprecated (RFC 8996).',
  remediation: "Set `ssl_min_protocol_version = 'TLSv1.2'`.",
  references: [
    'https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-SSL-MIN-PROTOCOL-VERSION',
    'https://www.rfc-editor.org/rfc/rfc8996',
  ],
  cwe: ['CWE-326'],
  examples: {
    bad: ["listen_addresses = 'localhost'\nssl_min_protocol_version = 'TLSv1'\n"],
    good: ["listen_addresses = 'localhost'\nssl_min_protocol_version = 'TLSv1.2'\n"],
  },
  *check({ document }) {
    const setting = document.last('ssl_min_protocol_version');
    if (!setting || !/^(?:TLSv1|TLSv1\.1|)$/i.test(setting.value)) return;
    yield {
      pointer: setting.name,
      span: setting.span,
      actual: setting.value === '' ? 'any' : setting.value,
      expected: 'TLSv1.2',
      message: 'Deprecated versions of TLS are accepted.',
      fix: replace(setting, 'TLSv1.2', {
        title: 'Accept TLS 1.2 and later only',
        blastRadius: 'Clients from before 2014 may no longer connect.',
        needsConfirmation: false,
      }),
    };
  },
});

export const postgresqlRules: readonly AuditRule<'postgresql.conf'>[] = [listensEverywhere, tlsOff, md5Storage, oldTls];
