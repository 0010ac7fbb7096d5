/** pg_hba.conf: how one proves who one is. */
import { has } from '../../formats/pg-hba/covers.ts';
import { defineRule } from '../../model.ts';
import { REFERENCES } from '../references.ts';
import { beyondLoopback, FROM, hit, rowsOf, SCRAM_BLAST, STARTED, setMethod } from './rows.ts';

export const trustFromNetwork = defineRule<'pg_hba.conf'>({
  id: 'audit/pg-hba-trust-from-network',
  aliases: ['PH-AUTH-001'],
  format: 'pg_hba.conf',
  topic: 'authentication',
  verified: { by: 'server', how: STARTED },
  cis: ['CIS PostgreSQL 17 5.4'],
  title: 'PostgreSQL trusts connections from the network',
  severity: 'critical',
  owner: 'it',
  description:
    '`trust` lets whoever reaches the port in, as any role that the record names, without a password. Beyond loopback that is a stranger.',
  remediation:
    'Replace `trust` by `scram-sha-256`, set passwords for the roles, and narrow ADDRESS to the application servers.',
  references: [REFERENCES.pgHba, 'https://www.postgresql.org/docs/current/auth-trust.html'],
  cwe: ['CWE-306'],
  examples: {
    bad: ['host all all 0.0.0.0/0 trust\n', 'local all all peer\nhost shop app 10.0.0.0 255.255.255.0 trust\n'],
    good: [
      'host all all 0.0.0.0/0 scram-sha-256\n',
      'host all all 127.0.0.1/32 trust\n',
      'hostssl shop app 10.0.0.0/24 trust clientcert=verify-full\n',
      'host all all all reject\nhost all all 0.0.0.0/0 trust\n',
    ],
  },
  *check(file) {
    for (const entry of rowsOf(file)) {
      if (entry.row.method !== 'trust' || !beyondLoopback(entry)) continue;
      // A client certificate whose name is the role’s is a login of its own (since 12).
      const certificate = entry.row.options.findLast(({ name }) => name === 'clientcert')?.value;
      if (certificate === 'verify-full') continue;
      yield hit(entry, entry.row.methodSpan, {
        expected: 'scram-sha-256',
        message: `PostgreSQL lets ${has(entry.row.users, 'all') ? 'everybody' : 'some roles'} in from ${FROM[entry.reach]} ${certificate ? 'with any certificate of the authority' : 'without a password'}.`,
        ...(certificate && { severity: 'medium' as const }),
        fix: setMethod(entry, 'scram-sha-256', SCRAM_BLAST),
      });
    }
  },
});

export const trustLocal = defineRule<'pg_hba.conf'>({
  id: 'audit/pg-hba-trust-local',
  aliases: ['PH-AUTH-002'],
  format: 'pg_hba.conf',
  topic: 'authentication',
  verified: { by: 'server', how: STARTED },
  cis: ['CIS PostgreSQL 17 5.3'],
  title: 'PostgreSQL trusts every local user',
  severity: 'medium',
  owner: 'it',
  description:
    'With `trust` on the socket or on loopback every program on the machine is superuser if it says so, a compromised web application too.',
  remediation: 'Use `peer` on the socket and `scram-sha-256` on loopback.',
  references: [REFERENCES.pgHba, 'https://www.postgresql.org/docs/current/auth-trust.html'],
  cwe: ['CWE-306'],
  examples: {
    bad: ['local all all trust\n', 'host all all 127.0.0.1/32 trust\n'],
    good: ['local all all peer\nhost all all ::1/128 scram-sha-256\n'],
  },
  *check(file) {
    for (const entry of rowsOf(file)) {
      if (entry.row.method !== 'trust' || beyondLoopback(entry)) continue;
      const local = entry.row.type === 'local';
      yield hit(entry, entry.row.methodSpan, {
        expected: local ? 'peer' : 'scram-sha-256',
        message: `PostgreSQL lets every program ${local ? 'that reaches the socket' : 'on the machine'} in without a password.`,
        fix: local
          ? setMethod(entry, 'peer', 'Programs whose system user is not named like their role are refused.')
          : setMethod(entry, 'scram-sha-256', SCRAM_BLAST),
      });
    }
  },
});

export const passwordInClear = defineRule<'pg_hba.conf'>({
  id: 'audit/pg-hba-password-in-clear',
  aliases: ['PH-AUTH-003'],
  format: 'pg_hba.conf',
  topic: 'encryption-in-transit',
  verified: {
    by: 'source',
    how: 'https://www.postgresql.org/docs/current/auth-password.html – the method password sends the password in clear text and is vulnerable to sniffing unless the connection is encrypted',
  },
  title: 'PostgreSQL takes passwords in clear text over the network',
  severity: 'high',
  owner: 'it',
  description: 'The method `password` sends the password itself. Without TLS everybody on the way reads it.',
  remediation: 'Use `scram-sha-256`, and `hostssl` instead of `host`.',
  references: ['https://www.postgresql.org/docs/current/auth-password.html', REFERENCES.pgHba],
  cwe: ['CWE-319', 'CWE-523'],
  examples: {
    bad: ['host all app 10.0.0.0/8 password\n'],
    good: ['host all app 10.0.0.0/8 scram-sha-256\n', 'host all app 127.0.0.1/32 password\n'],
  },
  *check(file) {
    for (const entry of rowsOf(file)) {
      if (entry.row.method !== 'password' || !beyondLoopback(entry)) continue;
      const encrypted = entry.row.type === 'hostssl' || entry.row.type === 'hostgssenc';
      yield hit(entry, entry.row.methodSpan, {
        expected: 'scram-sha-256',
        message: `Passwords cross the network as they are${encrypted ? ', inside an encrypted connection' : ', without encryption'}.`,
        severity: encrypted ? 'medium' : entry.reach === 'world' ? 'critical' : 'high',
        fix: setMethod(entry, 'scram-sha-256', SCRAM_BLAST),
      });
    }
  },
});

export const md5FromNetwork = defineRule<'pg_hba.conf'>({
  id: 'audit/pg-hba-md5',
  aliases: ['PH-AUTH-004'],
  format: 'pg_hba.conf',
  topic: 'authentication',
  verified: { by: 'server', how: STARTED },
  cis: ['CIS PostgreSQL 17 5.12'],
  title: 'PostgreSQL uses MD5 passwords over the network',
  severity: 'medium',
  owner: 'it',
  description:
    'What `md5` stores on the server is enough to log in with, and what it sends is cheap to guess. PostgreSQL 18 deprecates it. (With a SCRAM secret stored, `md5` already uses SCRAM.)',
  remediation: 'Set `password_encryption = scram-sha-256`, set the passwords again, then use `scram-sha-256` here.',
  references: ['https://www.postgresql.org/docs/current/auth-password.html'],
  cwe: ['CWE-327'],
  examples: {
    bad: ['host all all 10.0.0.0/8 md5\n'],
    good: ['host all all 10.0.0.0/8 scram-sha-256\n', 'host all all 127.0.0.1/32 md5\n'],
  },
  *check(file) {
    for (const entry of rowsOf(file)) {
      if (entry.row.method !== 'md5' || !beyondLoopback(entry)) continue;
      yield hit(entry, entry.row.methodSpan, {
        expected: 'scram-sha-256',
        message: `Logins from ${FROM[entry.reach]} may use MD5.`,
        fix: setMethod(entry, 'scram-sha-256', SCRAM_BLAST),
      });
    }
  },
});

export const identFromNetwork = defineRule<'pg_hba.conf'>({
  id: 'audit/pg-hba-ident-over-network',
  aliases: ['PH-AUTH-005'],
  format: 'pg_hba.conf',
  topic: 'authentication',
  verified: {
    by: 'source',
    how: 'https://www.postgresql.org/docs/current/auth-ident.html – the server asks the client’s ident service for the user’s name; on a machine that is not under the same control the answer may be anything',
  },
  title: 'PostgreSQL believes who the client machine says the user is',
  severity: 'high',
  owner: 'it',
  description:
    '`ident` asks the client’s own machine for the user name. Whoever controls that machine answers what they like.',
  remediation: 'Use `scram-sha-256`.',
  references: ['https://www.postgresql.org/docs/current/auth-ident.html'],
  cwe: ['CWE-290'],
  examples: {
    bad: ['host all all 10.0.0.0/8 ident\n'],
    good: ['local all all ident\n', 'host all all ::1/128 ident\n'],
  },
  *check(file) {
    for (const entry of rowsOf(file)) {
      if (entry.row.method !== 'ident' || !beyondLoopback(entry)) continue;
      yield hit(entry, entry.row.methodSpan, {
        expected: 'scram-sha-256',
        message: `Logins from ${FROM[entry.reach]} rest on what the client machine says.`,
        fix: setMethod(entry, 'scram-sha-256', SCRAM_BLAST),
      });
    }
  },
});

export const ldapWithoutTls = defineRule<'pg_hba.conf'>({
  id: 'audit/pg-hba-ldap-without-tls',
  aliases: ['PH-AUTH-006'],
  format: 'pg_hba.conf',
  topic: 'encryption-in-transit',
  verified: {
    by: 'source',
    how: 'https://www.postgresql.org/docs/current/auth-ldap.html – ldaptls=1 makes the connection to the LDAP server use TLS; without it, or ldaps, the password goes there in clear',
  },
  title: 'PostgreSQL sends passwords to LDAP in clear',
  severity: 'high',
  owner: 'it',
  description: 'Without `ldaptls=1` or `ldaps` the server forwards each password to the directory unencrypted.',
  remediation: 'Add `ldaptls=1`, or use `ldapscheme=ldaps` or an `ldaps://` URL.',
  references: ['https://www.postgresql.org/docs/current/auth-ldap.html'],
  cwe: ['CWE-319'],
  examples: {
    bad: ['hostssl all all 10.0.0.0/8 ldap ldapserver=ldap.example.org ldapprefix="cn="\n'],
    good: [
      'hostssl all all 10.0.0.0/8 ldap ldapserver=ldap.example.org ldaptls=1\n',
      'hostssl all all 10.0.0.0/8 ldap ldapurl="ldaps://ldap.example.org/"\n',
    ],
  },
  *check(file) {
    for (const entry of rowsOf(file)) {
      const { row } = entry;
      if (row.method !== 'ldap') continue;
      const option = (name: string): string => row.options.findLast((other) => other.name === name)?.value ?? '';
      if (option('ldaptls') === '1' || option('ldapscheme') === 'ldaps' || /^"?ldaps:/i.test(option('ldapurl')))
        continue;
      yield {
        ...hit(entry, row.methodSpan, {
          expected: 'ldaptls=1 or ldaps',
          message: 'Passwords go to the directory unencrypted.',
        }),
        fix: {
          edits: [{ start: row.methodSpan.end, end: row.methodSpan.end, text: ' ldaptls=1' }],
          title: 'Use TLS towards the directory',
          blastRadius:
            'Logins fail when the directory does not offer StartTLS with a certificate that the server trusts.',
          needsConfirmation: true,
        },
      };
    }
  },
});
