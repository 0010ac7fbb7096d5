/** postgresql.conf: who reaches the server, and who reads what it sends. */
import { reachOf } from '../../formats/pg-hba/address.ts';
import { effectiveRows } from '../../formats/pg-hba/covers.ts';
import { addressesOf } from '../../formats/postgresql/effective.ts';
import { postgresqlBoolean } from '../../formats/postgresql/parse.ts';
import { defineRule, type RuleContext } from '../../model.ts';
import { REFERENCES } from '../references.ts';
import { at, DOCS, inEachView, near, replace, STARTED, wide } from './view.ts';

export const listensEverywhere = defineRule<'postgresql.conf'>({
  id: 'audit/postgresql-listens-everywhere',
  aliases: ['PG-NET-001'],
  format: 'postgresql.conf',
  topic: 'network-exposure',
  verified: { by: 'server', how: STARTED },
  title: 'PostgreSQL listens on every address',
  severity: 'medium',
  owner: 'it',
  description:
    "`listen_addresses = '*'` opens the port on every interface. Whether a stranger gets in is then up to `pg_hba.conf` and the firewall alone.",
  remediation: "Set `listen_addresses = 'localhost'`, or the private address that the application uses.",
  references: [REFERENCES.pgConnection],
  cwe: ['CWE-1327'],
  examples: {
    bad: [
      "listen_addresses = '*'\nmax_connections = 100\n",
      "listen_addresses='0.0.0.0'\n",
      "=== db/postgresql.conf\nshared_buffers = 1GB\nmax_connections = 100\n=== db/postgresql.auto.conf\nlisten_addresses = '*'\n",
    ],
    good: [
      "listen_addresses = 'localhost'\n",
      "listen_addresses = '10.0.4.7'\n",
      "#listen_addresses = '*'\n",
      "listen_addresses = '*'\nlisten_addresses = 'localhost'\n",
      "=== db/postgresql.conf\nlisten_addresses = '*'\ninclude 'net.conf'\n=== db/net.conf\nlisten_addresses = 'localhost'\nmax_connections = 100\n",
    ],
  },
  *check(file, context) {
    // In a container this is how other containers reach it; the published port is judged instead.
    if (context.runtimes.length > 0) return;
    yield* inEachView(file, context, function* (view) {
      const setting = view.last('listen_addresses');
      const everywhere = addressesOf(view)?.some((address) => ['*', '0.0.0.0', '::'].includes(address));
      if (!setting || !everywhere) return;
      const trusted = trustsNetwork(context);
      yield {
        pointer: 'listen_addresses',
        ...at(setting),
        actual: setting.value,
        expected: 'localhost, or the address the application uses',
        message: `PostgreSQL listens on every address${trusted ? ', and pg_hba.conf lets the network in without a password' : ''}.`,
        severity: trusted ? 'critical' : 'medium',
        fix: replace(view, setting, 'localhost', {
          title: 'Let PostgreSQL listen on loopback only',
          blastRadius: 'Clients and replicas on other machines can no longer connect. Takes effect at a restart.',
          needsConfirmation: true,
        }),
      };
    });
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
  topic: 'encryption-in-transit',
  verified: { by: 'server', how: STARTED },
  cis: ['CIS PostgreSQL 17 6.8'],
  title: 'PostgreSQL does not offer TLS',
  severity: 'high',
  owner: 'it',
  description: 'Without TLS, queries and rows – and with old methods passwords – cross the network in clear.',
  remediation: 'Set `ssl = on` with `ssl_cert_file` and `ssl_key_file`, and use `hostssl` in `pg_hba.conf`.',
  references: [
    'https://www.postgresql.org/docs/current/ssl-tcp.html',
    `${DOCS}connection.html#RUNTIME-CONFIG-CONNECTION-SSL`,
  ],
  cwe: ['CWE-319'],
  examples: {
    bad: ["listen_addresses = '10.0.4.7'\nssl = off\n"],
    good: [
      "listen_addresses = '10.0.4.7'\nssl = on\n",
      "listen_addresses = 'localhost'\nssl = off\n",
      '=== compose.yml\nservices:\n  db:\n    image: postgres:16\n    command: ["postgres", "-c", "config_file=/p.conf", "-c", "ssl=on"]\n    volumes: ["./postgresql.conf:/etc/postgresql.conf"]\n    environment: { POSTGRES_PASSWORD: "${P:?}" }\n=== postgresql.conf\nlisten_addresses = \'*\'\nssl = off\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const setting = view.last('ssl');
      const listening = wide(view);
      if (!listening || (setting && postgresqlBoolean(setting.value) !== false)) return;
      if (!setting && (!view.complete || view.runtime === null)) {
        context.unknown(
          'ssl',
          'not set; packages differ: the server’s own default is off, Debian’s configuration switches it on',
        );
        return;
      }
      // The server does not start with ssl = on and no certificate.
      const certificate = view.last('ssl_cert_file') && view.last('ssl_key_file');
      yield {
        pointer: 'ssl',
        ...at(setting ?? listening),
        actual: setting ? setting.value : 'not set; off',
        expected: 'on, with a certificate',
        message: 'PostgreSQL listens beyond loopback and does not offer TLS.',
        severity: near(view) ? 'medium' : 'high',
        fix:
          setting && certificate
            ? replace(view, setting, 'on', {
                title: 'Switch TLS on',
                blastRadius:
                  'Clients keep working; the server does not start when the certificate or key cannot be read.',
                needsConfirmation: true,
              })
            : null,
      };
    });
  },
});

export const oldTls = defineRule<'postgresql.conf'>({
  id: 'audit/postgresql-old-tls',
  aliases: ['PG-TLS-002'],
  format: 'postgresql.conf',
  topic: 'encryption-in-transit',
  verified: {
    by: 'source',
    how: 'https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-SSL-MIN-PROTOCOL-VERSION – TLSv1 and TLSv1.1 may be set, and are then offered as far as the OpenSSL in use still does; TLSv1.2 is the default',
  },
  cis: ['CIS PostgreSQL 17 6.9'],
  title: 'PostgreSQL accepts TLS versions that are broken',
  severity: 'medium',
  owner: 'it',
  description: 'TLS 1.0 and 1.1 are deprecated (RFC 8996). Without the setting, 12 accepts them; 13 and later do not.',
  remediation: "Set `ssl_min_protocol_version = 'TLSv1.2'`.",
  references: [`${DOCS}connection.html#GUC-SSL-MIN-PROTOCOL-VERSION`, 'https://www.rfc-editor.org/rfc/rfc8996'],
  cwe: ['CWE-326'],
  examples: {
    bad: ["listen_addresses = 'localhost'\nssl_min_protocol_version = 'TLSv1'\n"],
    good: ["listen_addresses = 'localhost'\nssl_min_protocol_version = 'TLSv1.2'\n"],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const setting = view.last('ssl_min_protocol_version');
      if (!setting || !/^(?:TLSv1|TLSv1\.1|)$/i.test(setting.value)) return;
      yield {
        pointer: setting.name,
        ...at(setting),
        actual: setting.value === '' ? 'any' : setting.value,
        expected: 'TLSv1.2',
        message: 'Deprecated versions of TLS are accepted.',
        fix: replace(view, setting, 'TLSv1.2', {
          title: 'Accept TLS 1.2 and later only',
          blastRadius: 'Clients from before 2014 may no longer connect.',
          needsConfirmation: false,
        }),
      };
    });
  },
});

export const weakCiphers = defineRule<'postgresql.conf'>({
  id: 'audit/postgresql-weak-ciphers',
  aliases: ['PG-TLS-003'],
  format: 'postgresql.conf',
  topic: 'encryption-in-transit',
  verified: {
    by: 'source',
    how: `${DOCS}connection.html#GUC-SSL-CIPHERS – a list of OpenSSL suites for TLS 1.2 and below; the default is HIGH:MEDIUM:+3DES:!aNULL, and the page names 3DES as weaker`,
  },
  cis: ['CIS PostgreSQL 17 6.10'],
  title: 'PostgreSQL allows weak ciphers',
  severity: 'low',
  owner: 'it',
  description:
    'A list that names `LOW`, `EXPORT`, `NULL`, `aNULL`, `RC4`, `DES` or `ALL` lets a connection be agreed on that can be read or that nobody vouches for.',
  remediation: "Set `ssl_ciphers = 'HIGH:!aNULL:!MD5:!3DES'`, or remove the line.",
  references: [`${DOCS}connection.html#GUC-SSL-CIPHERS`],
  cwe: ['CWE-327'],
  examples: {
    bad: ["listen_addresses = 'localhost'\nssl_ciphers = 'ALL:RC4'\n"],
    good: [
      "listen_addresses = 'localhost'\nssl_ciphers = 'HIGH:MEDIUM:+3DES:!aNULL'\n",
      "listen_addresses = 'localhost'\nssl_ciphers = 'DEFAULT:!LOW:!EXP:!MD5:@STRENGTH'\n",
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const setting = view.last('ssl_ciphers');
      const words = setting?.value.split(/[:, ]/).slice(0, 500) ?? [];
      const weak = words.filter((word) =>
        /^(?:ALL|COMPLEMENTOFALL|LOW|EXP(?:ORT)?|e?NULL|aNULL|ADH|RC4|DES|MD5)$/.test(word),
      );
      // What is taken away for good comes first or last, it is all the same.
      const left = weak.filter((word) => !words.includes(`!${word}`));
      const all = left.includes('ALL') && words.includes('!aNULL') && words.includes('!LOW');
      if (!setting || left.length === 0 || (all && left.length === 1)) return;
      yield {
        pointer: setting.name,
        ...at(setting),
        actual: left.join(', '),
        expected: 'HIGH:!aNULL:!MD5:!3DES',
        message: 'Weak ciphers are allowed.',
        fix: replace(view, setting, 'HIGH:!aNULL:!MD5:!3DES', {
          title: 'Allow strong ciphers only',
          blastRadius: 'Clients that know only old ciphers can no longer connect with TLS.',
          needsConfirmation: false,
        }),
      };
    });
  },
});
