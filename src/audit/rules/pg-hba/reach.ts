/** pg_hba.conf: who may try at all, on which way, and as whom. */
import ipaddr from 'ipaddr.js';
import { covers, has, names } from '../../formats/pg-hba/covers.ts';
import type { HbaRow } from '../../formats/pg-hba/parse.ts';
import { postgresqlBoolean } from '../../formats/postgresql/parse.ts';
import { defineRule, type RuleContext } from '../../model.ts';
import { REFERENCES } from '../references.ts';
import { FROM, hit, list, rowsOf, STARTED } from './rows.ts';

export const openToWorld = defineRule<'pg_hba.conf'>({
  id: 'audit/pg-hba-open-to-every-address',
  aliases: ['PH-NET-001'],
  format: 'pg_hba.conf',
  topic: 'network-exposure',
  verified: { by: 'server', how: STARTED },
  cis: ['CIS PostgreSQL 17 5.9'],
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
  topic: 'encryption-in-transit',
  verified: { by: 'server', how: STARTED },
  cis: ['CIS PostgreSQL 17 5.8'],
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
  topic: 'authorization',
  verified: { by: 'server', how: STARTED },
  cis: ['CIS PostgreSQL 17 5.11'],
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
  topic: 'authorization',
  verified: { by: 'server', how: STARTED },
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
  topic: 'authorization',
  verified: { by: 'server', how: STARTED },
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

export const wideNetwork = defineRule<'pg_hba.conf'>({
  id: 'audit/pg-hba-wide-network',
  aliases: ['PH-NET-002'],
  format: 'pg_hba.conf',
  topic: 'network-exposure',
  verified: {
    by: 'source',
    how: 'https://www.postgresql.org/docs/current/auth-pg-hba-conf.html – the mask length says how many high-order bits of the client’s address must match: /8 lets 16 million addresses ask for a login',
  },
  cis: ['CIS PostgreSQL 17 5.9'],
  title: 'PostgreSQL takes logins from a very wide network',
  severity: 'low',
  owner: 'it',
  description:
    'A range such as `10.0.0.0/8` holds every machine of an organisation or of a cloud account: each of them may try passwords.',
  remediation: 'Name the network of the application servers, e.g. `10.0.4.0/24`, or their addresses.',
  references: [REFERENCES.pgHba],
  cwe: ['CWE-668'],
  examples: {
    bad: ['hostssl shop app 10.0.0.0/8 scram-sha-256\n', 'hostssl shop app fd00::/8 scram-sha-256\n'],
    good: [
      'hostssl shop app 10.0.0.0/16 scram-sha-256\n',
      'host all all 10.0.0.0/8 reject\n',
      'hostssl shop app 127.0.0.0/8 scram-sha-256\n',
    ],
  },
  *check(file) {
    for (const entry of rowsOf(file)) {
      const { row, reach } = entry;
      const range = row.address?.range;
      if (!row.address || range?.kind !== 'cidr' || row.method === 'reject') continue;
      if (reach === 'loopback' || reach === 'world') continue;
      if (range.bits >= (range.address instanceof ipaddr.IPv4 ? 12 : 48)) continue;
      yield hit(entry, row.address.span, {
        expected: 'the network of the application servers',
        message: `A network of ${range.bits} bits may try to log in.`,
      });
    }
  },
});

export const everyRoleEverywhere = defineRule<'pg_hba.conf'>({
  id: 'audit/pg-hba-every-role-on-every-database',
  aliases: ['PH-PRIV-003'],
  format: 'pg_hba.conf',
  topic: 'authorization',
  verified: { by: 'server', how: STARTED },
  title: 'A record lets every role into every database from the network',
  severity: 'low',
  owner: 'developer',
  description:
    '`all all` gives each role of the server – administrators, old accounts, other applications’ – a way in from there.',
  remediation: 'Name the database and the role: `hostssl shop shop_app 10.0.4.0/24 scram-sha-256`.',
  references: [REFERENCES.pgHba],
  cwe: ['CWE-250'],
  examples: {
    bad: ['hostssl all all 10.0.4.0/24 scram-sha-256\n'],
    good: [
      'hostssl shop app 10.0.4.0/24 scram-sha-256\n',
      'host all all 127.0.0.1/32 scram-sha-256\n',
      'host all all 0.0.0.0/0 reject\n',
    ],
  },
  *check(file) {
    for (const entry of rowsOf(file)) {
      const { row, reach } = entry;
      if (reach === 'loopback' || row.method === 'reject' || !has(row.databases, 'all') || !has(row.users, 'all'))
        continue;
      yield hit(entry, row.databases.span, {
        expected: 'the database and the role of the application',
        message: `Every role may log in to every database from ${FROM[reach]}.`,
      });
    }
  },
});
