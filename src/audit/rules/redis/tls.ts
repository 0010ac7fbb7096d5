/** redis.conf: encryption on the way. */
import { portsOf } from '../../formats/redis/listening.ts';
import { defineRule } from '../../model.ts';
import { REFERENCES } from '../references.ts';
import { at, inEachView, reachable, replaceArguments, wordOf } from './view.ts';

const TLS = 'https://redis.io/docs/latest/operate/oss_and_stack/management/security/encryption/';
const STARTED = 'redis-server 7.0.15 started with and without it (test/servers/audit-settings-redis.test.ts)';

export const withoutTls = defineRule<'redis.conf'>({
  id: 'audit/redis-without-tls',
  aliases: ['RD-TLS-001'],
  format: 'redis.conf',
  topic: 'encryption-in-transit',
  verified: { by: 'server', how: STARTED },
  title: 'Redis talks without encryption over the network',
  severity: 'medium',
  owner: 'it',
  description:
    'Without `tls-port`, or with a clear `port` beside it, passwords, keys and values cross the network readable.',
  remediation:
    'Set `port 0`, `tls-port 6379`, `tls-cert-file`, `tls-key-file` and `tls-ca-cert-file` (Redis 6 and later), and `rediss://` in the clients.',
  references: [TLS, REFERENCES.redisConf],
  cwe: ['CWE-319'],
  examples: {
    bad: [
      'bind 10.0.0.5\nappendonly yes\nrequirepass ${PASSWORD}\n',
      'bind 10.0.0.5\nport 6379\ntls-port 6380\nrequirepass ${PASSWORD}\n',
    ],
    good: [
      'bind 10.0.0.5\nport 0\ntls-port 6379\nrequirepass ${PASSWORD}\n',
      'bind 127.0.0.1 -::1\nprotected-mode yes\nappendonly yes\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const reach = reachable(view);
      // Containers of one host talk over a bridge that nobody else is on.
      if (!reach.open || reach.near) return;
      const { port, tlsPort } = portsOf(view);
      if (port === 0 && tlsPort !== 0) return;
      if (!view.complete) {
        context.unknown('tls-port', 'an included file may set it');
        return;
      }
      const place = view.last('port') ?? view.last('bind') ?? view.directives[0];
      if (!place) return;
      yield {
        pointer: 'tls-port',
        ...at(place),
        actual: tlsPort === 0 ? 'not set; no TLS' : `clear port ${port} beside TLS`,
        expected: 'port 0 and tls-port 6379',
        message: `Redis ${reach.where.replace(/^is /, 'is ')} and ${tlsPort === 0 ? 'has no TLS' : 'also answers without TLS'}.`,
      };
    });
  },
});

export const clientCertificates = defineRule<'redis.conf'>({
  id: 'audit/redis-tls-without-client-certificates',
  aliases: ['RD-TLS-002'],
  format: 'redis.conf',
  topic: 'authentication',
  verified: { by: 'server', how: STARTED },
  title: 'Redis asks its clients for no certificate',
  severity: 'low',
  owner: 'it',
  description:
    'By default a TLS client needs a certificate of the server’s authority. `tls-auth-clients no` gives that up, so that a password is all that stands between a stranger and the data.',
  remediation: 'Remove the line, or set `tls-auth-clients yes`, and give each client a certificate.',
  references: [TLS],
  cwe: ['CWE-295'],
  examples: {
    bad: ['bind 127.0.0.1\nport 0\ntls-port 6379\ntls-auth-clients no\n'],
    good: [
      'bind 127.0.0.1\nport 0\ntls-port 6379\ntls-auth-clients yes\n',
      'bind 127.0.0.1\nport 0\ntls-port 6379\ntls-auth-clients optional\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const directive = view.last('tls-auth-clients');
      if (!directive || wordOf(view, 'tls-auth-clients') !== 'no' || portsOf(view).tlsPort === 0) return;
      yield {
        pointer: 'tls-auth-clients',
        ...at(directive),
        actual: 'no',
        expected: 'yes',
        message: 'TLS clients need no certificate.',
        fix: replaceArguments(view, directive, 'yes', {
          title: 'Ask TLS clients for a certificate',
          blastRadius: 'Clients without a certificate of the authority in tls-ca-cert-file are refused.',
          needsConfirmation: true,
        }),
      };
    });
  },
});

export const replicationInClear = defineRule<'redis.conf'>({
  id: 'audit/redis-replication-without-tls',
  aliases: ['RD-TLS-003'],
  format: 'redis.conf',
  topic: 'encryption-in-transit',
  verified: { by: 'server', how: STARTED },
  title: 'A Redis replica copies its master without encryption',
  severity: 'medium',
  owner: 'it',
  description:
    'A replica connects to its master in clear unless `tls-replication yes` is set, even where it serves clients with TLS: the whole data set and the master’s password cross the network.',
  remediation: 'Set `tls-replication yes` on every node, and `tls-port` on the master.',
  references: [TLS, 'https://redis.io/docs/latest/operate/oss_and_stack/management/replication/'],
  cwe: ['CWE-319'],
  examples: {
    bad: ['bind 127.0.0.1\nreplicaof 10.0.0.4 6379\nmasterauth ${PASSWORD}\n'],
    good: [
      'bind 127.0.0.1\nreplicaof 10.0.0.4 6379\nmasterauth ${PASSWORD}\ntls-replication yes\n',
      'bind 127.0.0.1\nappendonly yes\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const directive = view.last('replicaof') ?? view.last('slaveof');
      const [host, port] = directive?.arguments.map(({ value }) => value.toLowerCase()) ?? [];
      if (!directive || !host || !port || host === 'no' || /^(?:127\.|localhost$|::1$)/.test(host)) return;
      if (wordOf(view, 'tls-replication') === 'yes') return;
      if (!view.complete) {
        context.unknown('tls-replication', 'an included file may set it');
        return;
      }
      const own = view.last('tls-replication');
      yield {
        pointer: 'tls-replication',
        ...at(own ?? directive),
        actual: own ? 'no' : 'not set; no',
        expected: 'yes',
        message: 'The data set and the password of the master cross the network in clear.',
      };
    });
  },
});

export const oldTls = defineRule<'redis.conf'>({
  id: 'audit/redis-old-tls',
  aliases: ['RD-TLS-004'],
  format: 'redis.conf',
  topic: 'encryption-in-transit',
  verified: {
    by: 'source',
    how: 'https://github.com/redis/redis/blob/7.2/redis.conf – tls-protocols lists the versions that are accepted; TLSv1.2 and TLSv1.3 without it',
  },
  title: 'Redis accepts TLS versions that are broken',
  severity: 'medium',
  owner: 'it',
  description: 'TLS 1.0 and 1.1 are deprecated (RFC 8996).',
  remediation: 'Set `tls-protocols "TLSv1.2 TLSv1.3"`, or remove the line.',
  references: [TLS, 'https://www.rfc-editor.org/rfc/rfc8996'],
  cwe: ['CWE-326'],
  examples: {
    bad: ['bind 127.0.0.1\nport 0\ntls-port 6379\ntls-protocols "TLSv1.1 TLSv1.2"\n'],
    good: ['bind 127.0.0.1\nport 0\ntls-port 6379\ntls-protocols "TLSv1.2 TLSv1.3"\n'],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const directive = view.last('tls-protocols');
      const words = directive?.arguments.flatMap(({ value }) => value.split(' ')) ?? [];
      if (!directive || !words.some((word) => /^(?:TLSv1|TLSv1\.1|SSLv3)$/i.test(word))) return;
      yield {
        pointer: 'tls-protocols',
        ...at(directive),
        actual: words.join(' '),
        expected: 'TLSv1.2 TLSv1.3',
        message: 'Deprecated versions of TLS are accepted.',
        fix: replaceArguments(view, directive, '"TLSv1.2 TLSv1.3"', {
          title: 'Accept TLS 1.2 and later only',
          blastRadius: 'Clients from before 2014 may no longer connect.',
          needsConfirmation: false,
        }),
      };
    });
  },
});
