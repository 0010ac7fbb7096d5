/** Rules for pg_hba.conf. Only records that can decide a connection are judged: the first that matches wins. */

import { type Reach, reachOf } from '../../formats/pg-hba/address.ts';
import { covers, effectiveRows, has, names } from '../../formats/pg-hba/covers.ts';
import type { HbaField, HbaRow } from '../../formats/pg-hba/read.ts';
import { postgresqlBoolean } from '../../formats/postgresql/read.ts';
import { type AuditRule, defineRule, type Fix, type Hit, type ReadFile, type RuleContext } from '../../model.ts';
import type { Span } from '../../source.ts';
import { REFERENCES } from '../references.ts';

type Hba = ReadFile<'pg_hba.conf'>;

interface RemoteRow {
  row: HbaRow;
  /** DATABASE USER ADDRESS: stays the same when type or method are edited. */
  pointer: string;
  reach: Reach;
}

/** Records that decide, with a pointer each; equal ones are numbered in order. */
function* rowsOf({ document }: Hba): Generator<RemoteRow> {
  const effective = new Set(effectiveRows(document.rows));
  const seen = new Map<string, number>();
  for (const row of document.rows) {
    const words = [list(row.databases), list(row.users), row.address?.text ?? 'local'];
    const key = words.join(' ');
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    if (!effective.has(row)) continue;
    const reach = row.address ? reachOf(row.address.range) : 'loopback';
    yield { row, pointer: count > 1 ? `${key} #${count}` : key, reach };
  }
}

function list(field: HbaField): string {
  return field.tokens.map(({ text, quoted }) => (quoted ? `"${text}"` : text)).join(',');
}

function beyondLoopback({ reach }: RemoteRow): boolean {
  return reach !== 'loopback';
}

const FROM: Readonly<Record<Reach, string>> = {
  loopback: 'the machine itself',
  private: 'a private network',
  network: 'other networks',
  world: 'every address',
};

function hit({ row, pointer }: RemoteRow, span: Span, rest: Omit<Hit, 'pointer' | 'span' | 'actual'>): Hit {
  const where = row.address ? ` ${row.address.text}` : '';
  return {
    pointer,
    span,
    actual: `${row.type} ${list(row.databases)} ${list(row.users)}${where} ${row.method}`,
    ...rest,
  };
}

function setMethod({ row }: RemoteRow, method: string, blastRadius: string): Fix {
  return {
    edits: [{ ...row.methodSpan, text: method }],
    title: `Ask for a password with ${method}`,
    blastRadius,
    needsConfirmation: true,
  };
}

const SCRAM_BLAST =
  'Clients without a password, or with one stored as MD5, are refused until the password is set again; drivers older than PostgreSQL 10 do not know SCRAM.';

export const trustFromNetwork = defineRule<'pg_hba.conf'>({
  id: 'audit/pg-hba-trust-from-network',
  aliases: ['PH-AUTH-001'],
  format: 'pg_hba.conf',
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
      'host all all all reject\nhost all all 0.0.0.0/0 trust\n',
    ],
  },
  *check(file) {
    for (const entry of rowsOf(file)) {
      if (entry.row.method !== 'trust' || !beyondLoopback(entry)) continue;
      yield hit(entry, entry.row.methodSpan, {
        expected: 'scram-sha-256',
        message: `PostgreSQL lets ${has(entry.row.users, 'all') ? 'everybody' : 'some roles'} in from ${FROM[entry.reach]} without a password.`,
        fix: setMethod(entry, 'scram-sha-256', SCRAM_BLAST),
      });
    }
  },
});

export const trustLocal = defineRule<'pg_hba.conf'>({
  id: 'audit/pg-hba-trust-local',
  aliases: ['PH-AUTH-002'],
  format: 'pg_hba.conf',
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

export const openToWorld = defineRule<'pg_hba.conf'>({
  id: 'audit/pg-hba-open-to-every-address',
  aliases: ['PH-NET-001'],
  format: 'pg_hba.conf',
  title: 'PostgreSQL takes logins from every address',
  severity: 'high',
  owner: 'it',
  description:
    'A record for `0.0.0.0/0`, `::/0` or `all` lets the whole internet try passwords, should the port be reachable.',
  remediation: 'Name the addresses of the application servers, e.g. `10.0.4.0/24`.',
  references: [REFERENCES.pgHba],
  cwe: ['CWE-668'],
  examples: {
    bad: ['hostssl shop app 0.0.0.0/0 scram-sha-256\n', 'hostssl shop app all scram-sha-256\n'],
    good: ['hostssl shop app 10.0.4.0/24 scram-sha-256\n', 'host all all 0.0.0.0/0 reject\n'],
  },
  *check(file) {
    for (const entry of rowsOf(file)) {
      const { row, reach } = entry;
      if (reach !== 'world' || row.method === 'reject' || !row.address) continue;
      yield hit(entry, row.address.span, {
        expected: 'the addresses of the application servers',
        message: 'Every address may try to log in.',
      });
    }
  },
});

export const remoteWithoutTls = defineRule<'pg_hba.conf'>({
  id: 'audit/pg-hba-network-without-tls',
  aliases: ['PH-TLS-001'],
  format: 'pg_hba.conf',
  title: 'PostgreSQL takes unencrypted connections from the network',
  severity: 'high',
  owner: 'it',
  description:
    '`host` also matches connections without TLS, `hostnossl` only those: queries and rows cross the network in clear.',
  remediation: 'Switch TLS on (`ssl = on` with a certificate) and use `hostssl`.',
  references: ['https://www.postgresql.org/docs/current/ssl-tcp.html', REFERENCES.pgHba],
  cwe: ['CWE-319'],
  examples: {
    bad: ['host shop app 198.51.100.0/24 scram-sha-256\n'],
    good: ['hostssl shop app 198.51.100.0/24 scram-sha-256\n', 'host shop app 127.0.0.1/32 scram-sha-256\n'],
  },
  *check(file, context) {
    for (const entry of rowsOf(file)) {
      const { row, reach } = entry;
      if (!['host', 'hostnossl', 'hostnogssenc'].includes(row.type) || reach === 'loopback' || row.method === 'reject')
        continue;
      yield hit(entry, row.typeSpan, {
        expected: 'hostssl',
        message: `Connections from ${FROM[reach]} may be unencrypted.`,
        severity: reach === 'private' ? 'medium' : 'high',
        // Where TLS is off, hostssl would match nobody and lock everybody out.
        fix: serverHasTls(context)
          ? {
              edits: [{ ...row.typeSpan, text: 'hostssl' }],
              title: 'Take encrypted connections only',
              blastRadius: 'Clients that do not use TLS (sslmode=disable) are refused.',
              needsConfirmation: true,
            }
          : null,
      });
    }
  },
});

function serverHasTls(context: RuleContext): boolean {
  return context
    .beside('postgresql.conf')
    .some(({ document }) => postgresqlBoolean(document.last('ssl')?.value ?? '') === true);
}

export const superuserFromNetwork = defineRule<'pg_hba.conf'>({
  id: 'audit/pg-hba-superuser-from-network',
  aliases: ['PH-PRIV-001'],
  format: 'pg_hba.conf',
  title: 'The PostgreSQL superuser may log in from the network',
  severity: 'high',
  owner: 'it',
  description:
    'A record that names `postgres`, or `all` roles, lets the superuser log in remotely: one guessed password then means every database and, through `COPY … PROGRAM`, commands on the server.',
  remediation: 'Name the application’s own role, and put `host all postgres all reject` above the other records.',
  references: [REFERENCES.pgHba, 'https://www.postgresql.org/docs/current/role-attributes.html'],
  cwe: ['CWE-250'],
  examples: {
    bad: ['hostssl all postgres 198.51.100.0/24 scram-sha-256\n'],
    good: [
      'hostssl shop app 198.51.100.0/24 scram-sha-256\n',
      'host all postgres all reject\nhostssl all all 198.51.100.0/24 scram-sha-256\n',
    ],
  },
  *check(file) {
    const { rows } = file.document;
    for (const entry of rowsOf(file)) {
      const { row, reach } = entry;
      if (reach === 'loopback' || row.method === 'reject') continue;
      const named = names(row.users, 'postgres');
      if (!named && !has(row.users, 'all')) continue;
      if (!row.databases.tokens.some(({ text, quoted }) => quoted || text !== 'replication')) continue;
      const superuser: HbaRow = { ...row, users: { ...row.users, tokens: [{ text: 'postgres', quoted: false }] } };
      const earlier = rows.slice(0, Math.min(rows.indexOf(row), 500));
      if (earlier.some((other) => other.method === 'reject' && covers(other, superuser))) continue;
      yield hit(entry, row.users.span, {
        expected: 'the role of the application; reject postgres before',
        message: `The superuser may log in from ${FROM[reach]}.`,
        severity: named && reach !== 'private' ? 'high' : 'medium',
      });
    }
  },
});

export const replicationFromWorld = defineRule<'pg_hba.conf'>({
  id: 'audit/pg-hba-replication-from-every-address',
  aliases: ['PH-PRIV-002'],
  format: 'pg_hba.conf',
  title: 'PostgreSQL lets every address ask for a copy of the cluster',
  severity: 'critical',
  owner: 'it',
  description:
    'A record for the keyword `replication` allows physical replication: whoever logs in streams a copy of every database.',
  remediation: 'Name the addresses of the replicas, with `hostssl` and a role of its own.',
  references: [REFERENCES.pgHba],
  cwe: ['CWE-668'],
  examples: {
    bad: ['hostssl replication replicator 0.0.0.0/0 scram-sha-256\n'],
    good: [
      'hostssl replication replicator 10.0.0.12/32 scram-sha-256\n',
      'hostssl "replication" app 0.0.0.0/0 scram-sha-256\n',
    ],
  },
  *check(file) {
    for (const entry of rowsOf(file)) {
      const { row, reach } = entry;
      if (reach !== 'world' || row.method === 'reject' || !has(row.databases, 'replication')) continue;
      yield hit(entry, row.databases.span, {
        expected: 'the addresses of the replicas',
        message: 'Every address may ask for a copy of the whole cluster.',
        severity: row.method === 'trust' ? 'critical' : 'high',
      });
    }
  },
});

export const rejectShadowed = defineRule<'pg_hba.conf'>({
  id: 'audit/pg-hba-reject-never-reached',
  aliases: ['PH-ORD-001'],
  format: 'pg_hba.conf',
  title: 'A reject record never takes effect',
  severity: 'high',
  owner: 'it',
  description:
    'The first record that matches decides. An earlier, wider record lets in what this record was meant to refuse.',
  remediation: 'Move the `reject` record above the wider one.',
  references: [REFERENCES.pgHba],
  cwe: ['CWE-696'],
  examples: {
    bad: [
      'hostssl all all 10.0.0.0/8 scram-sha-256\nhost all all 10.9.0.0/16 scram-sha-256\nhostssl all all 10.1.0.0/16 reject\n',
    ],
    good: ['hostssl all all 10.1.0.0/16 reject\nhostssl all all 10.0.0.0/8 scram-sha-256\n'],
  },
  *check(file) {
    const { rows } = file.document;
    for (const [index, row] of rows.entries()) {
      if (row.method !== 'reject') continue;
      const earlier = rows.slice(0, Math.min(index, 500)).find((other) => covers(other, row));
      if (!earlier || earlier.method === 'reject') continue;
      const pointer = [list(row.databases), list(row.users), row.address?.text ?? 'local', 'reject'].join(' ');
      yield hit({ row, pointer, reach: 'world' }, row.span, {
        expected: 'above the record that allows',
        message: `This record never takes effect: an earlier one (${earlier.method}) already lets these connections in.`,
      });
    }
  },
});

export const ldapWithoutTls = defineRule<'pg_hba.conf'>({
  id: 'audit/pg-hba-ldap-without-tls',
  aliases: ['PH-AUTH-006'],
  format: 'pg_hba.conf',
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

export const pgHbaRules: readonly AuditRule<'pg_hba.conf'>[] = [
  trustFromNetwork,
  trustLocal,
  passwordInClear,
  md5FromNetwork,
  identFromNetwork,
  openToWorld,
  remoteWithoutTls,
  superuserFromNetwork,
  replicationFromWorld,
  rejectShadowed,
  ldapWithoutTls,
];
