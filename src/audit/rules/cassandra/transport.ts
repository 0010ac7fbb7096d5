/** Rules for cassandra.yaml on TLS. */
import { replaceValue } from '../../formats/settings/edit.ts';
import { defineRule } from '../../model.ts';
import { exposure, firstPlace, HEAD, isTrue, LOCKED, REFERENCES } from './shared.ts';

export const clientsWithoutTls = defineRule<'cassandra.yaml'>({
  id: 'audit/cassandra-clients-without-tls',
  aliases: ['CA-TLS-001'],
  format: 'cassandra.yaml',
  title: 'Connections of clients to Cassandra are not encrypted',
  severity: 'medium',
  owner: 'it',
  topic: 'encryption-in-transit',
  verified: {
    by: 'server',
    how: 'cassandra 5.0 without client_encryption_options answers in clear; with client_encryption_options enabled and optional false it answers TLS only (test/servers/probe-cassandra.test.ts)',
  },
  cis: ['CIS Cassandra 3.11 5.2'],
  description: 'Without `client_encryption_options.enabled: true` passwords and rows cross the network readable.',
  remediation:
    'Make a key store with the node’s certificate, set `enabled: true` and `optional: false` (`optional: true` while clients change over).',
  references: [REFERENCES.security],
  cwe: ['CWE-319'],
  examples: {
    bad: [`${LOCKED}client_encryption_options:\n  enabled: false\n`, LOCKED],
    good: [
      `${LOCKED}client_encryption_options:\n  enabled: true\n  optional: false\n  keystore: conf/node.p12\n`,
      `${HEAD}authenticator: PasswordAuthenticator\nauthorizer: CassandraAuthorizer\nrpc_address: localhost\n`,
    ],
  },
  *check({ document }, { runtimes }) {
    const setting = document.settings.get('client_encryption_options.enabled');
    if (setting?.variable || isTrue(setting) || (!setting && !document.complete)) return;
    const reach = exposure(document, runtimes);
    if (reach === 'loopback' || (runtimes.length > 0 && reach === 'none')) return;
    yield {
      pointer: 'client_encryption_options.enabled',
      span: setting?.span ?? firstPlace(document),
      actual: setting?.values[0] ?? 'not set; off',
      expected: 'true, with a key store',
      message: 'Connections of clients are not encrypted.',
      severity: reach === 'public' ? 'high' : 'medium',
    };
  },
});

export const tlsOptional = defineRule<'cassandra.yaml'>({
  id: 'audit/cassandra-tls-optional',
  aliases: ['CA-TLS-002'],
  format: 'cassandra.yaml',
  title: 'Cassandra also takes clients that do not encrypt',
  severity: 'medium',
  owner: 'it',
  topic: 'encryption-in-transit',
  verified: {
    by: 'source',
    how: 'https://cassandra.apache.org/doc/latest/cassandra/managing/operating/security.html – if enabled and optional are both true, both encrypted and unencrypted connections are accepted on the port',
  },
  description:
    '`optional: true` is meant for a change-over: a client that does not ask for TLS is served in clear, and whoever stands between can make it so.',
  remediation: 'Set `optional: false` when all clients use TLS.',
  references: [REFERENCES.security],
  cwe: ['CWE-319', 'CWE-757'],
  examples: {
    bad: [`${LOCKED}client_encryption_options:\n  enabled: true\n  optional: true\n  keystore: conf/node.p12\n`],
    good: [`${LOCKED}client_encryption_options:\n  enabled: true\n  optional: false\n  keystore: conf/node.p12\n`],
  },
  *check({ document: { settings } }) {
    const optional = settings.get('client_encryption_options.optional');
    if (!isTrue(settings.get('client_encryption_options.enabled')) || !optional || !isTrue(optional)) return;
    yield {
      pointer: optional.key,
      span: optional.span,
      actual: 'true',
      expected: 'false',
      message: 'Clients that do not encrypt are served as well.',
      fix: replaceValue(optional, 'false', {
        title: 'Require TLS of clients',
        blastRadius: 'Clients that do not use TLS are refused.',
        needsConfirmation: true,
      }),
    };
  },
});

export const nodesWithoutTls = defineRule<'cassandra.yaml'>({
  id: 'audit/cassandra-nodes-without-tls',
  aliases: ['CA-TLS-003'],
  format: 'cassandra.yaml',
  title: 'The traffic between Cassandra nodes is not encrypted',
  severity: 'low',
  owner: 'it',
  topic: 'encryption-in-transit',
  verified: {
    by: 'source',
    how: 'https://cassandra.apache.org/doc/latest/cassandra/managing/operating/security.html – internode_encryption none encrypts no traffic; dc and rack leave the rest in clear; none is the default',
  },
  cis: ['CIS Cassandra 3.11 5.1'],
  description:
    'With `internode_encryption: none` rows cross the network between nodes readable, and without certificates any machine that reaches port 7000 can speak as a node.',
  remediation: 'Give every node a certificate, set `internode_encryption: all` and `require_client_auth: true`.',
  references: [REFERENCES.security],
  cwe: ['CWE-319'],
  examples: {
    bad: [`${LOCKED}listen_address: 10.0.0.5\nserver_encryption_options:\n  internode_encryption: none\n`],
    good: [
      `${LOCKED}listen_address: 10.0.0.5\nserver_encryption_options:\n  internode_encryption: all\n`,
      `${LOCKED}listen_address: localhost\nserver_encryption_options:\n  internode_encryption: none\n`,
    ],
  },
  *check({ document: { settings } }, { runtimes }) {
    const setting = settings.get('server_encryption_options.internode_encryption');
    if (setting?.values[0]?.toLowerCase() !== 'none') return;
    const address = settings.get('listen_address')?.values[0];
    // A node on loopback has no others.
    if (runtimes.length === 0 && (address === 'localhost' || address?.startsWith('127.'))) return;
    yield {
      pointer: setting.key,
      span: setting.span,
      actual: 'none',
      expected: 'all',
      message: 'The traffic between nodes is not encrypted.',
      severity: runtimes.length > 0 ? 'low' : 'medium',
    };
  },
});

export const sampleStorePassword = defineRule<'cassandra.yaml'>({
  id: 'audit/cassandra-sample-keystore-password',
  aliases: ['CA-TLS-004'],
  format: 'cassandra.yaml',
  title: 'The key store of Cassandra has the password of the sample file',
  severity: 'medium',
  owner: 'it',
  topic: 'secrets',
  verified: {
    by: 'source',
    how: 'https://github.com/apache/cassandra/blob/cassandra-5.0/conf/cassandra.yaml – keystore_password and truststore_password are cassandra in the sample',
  },
  description:
    'Whoever copies the key store – from a backup, an image, a shared folder – opens it with the published password `cassandra` and has the node’s private key.',
  remediation:
    'Change it (`keytool -storepasswd`), and keep the new one out of version control; since 5.0 `keystore_password_file` names a file.',
  references: [REFERENCES.yaml],
  cwe: ['CWE-1392'],
  examples: {
    bad: [
      `${LOCKED}client_encryption_options:\n  enabled: true\n  optional: false\n  keystore: conf/node.p12\n  keystore_password: cassandra\n`,
    ],
    good: [
      `${LOCKED}client_encryption_options:\n  enabled: false\n  keystore_password: cassandra\n`,
      `${LOCKED}client_encryption_options:\n  enabled: true\n  optional: false\n  keystore: conf/node.p12\n  keystore_password_file: /run/secrets/keystore\n`,
    ],
  },
  *check({ document: { settings } }) {
    const used: readonly (readonly [section: string, inUse: boolean])[] = [
      ['client_encryption_options', isTrue(settings.get('client_encryption_options.enabled'))],
      [
        'server_encryption_options',
        !/^(?:none)?$/i.test(settings.get('server_encryption_options.internode_encryption')?.values[0] ?? ''),
      ],
    ];
    for (const [section, inUse] of used) {
      const setting = settings.get(`${section}.keystore_password`);
      if (!inUse || setting?.values[0] !== 'cassandra') continue;
      yield {
        pointer: setting.key,
        span: setting.span,
        actual: 'the password of the sample file',
        expected: 'a password of your own',
        message: 'The key store has the published password of the sample file.',
      };
    }
  },
});
