import {
  type MemcachedDocument,
  type MemcachedOption,
  memcachedListening,
  memcachedLogin,
} from '../../formats/memcached/read.ts';
import { defineRule, type RuleSet } from '../../model.ts';
import { wholeLines } from '../../source.ts';

const MANUAL = 'https://github.com/memcached/memcached/blob/master/doc/memcached.1';
const WIKI_TLS = 'https://docs.memcached.org/features/tls/';
const SASL = 'https://docs.memcached.org/features/sasl/';
const STARTED = 'memcached 1.6.18 started with and without it (test/servers/audit-settings-memcached.test.ts)';

/** What a hit about an absent option points at. */
function anywhere(document: MemcachedDocument): MemcachedOption | undefined {
  return document.last('-l') ?? document.last('-p') ?? document.options[0];
}

const listensEverywhere = defineRule<'memcached.conf'>({
  id: 'audit/memcached-listens-everywhere',
  aliases: ['MC-NET-001'],
  format: 'memcached.conf',
  topic: 'network-exposure',
  verified: { by: 'server', how: STARTED },
  title: 'memcached listens on every interface',
  severity: 'critical',
  owner: 'it',
  description:
    'Without `-l`, or with `-l 0.0.0.0`, memcached answers on every address of the machine. Unless it asks for a login, a stranger reads, changes and empties the cache – sessions and personal data in it too.',
  remediation: 'Set `-l 127.0.0.1`, or the one private address that the application uses.',
  references: [MANUAL, 'https://docs.memcached.org/serverguide/configuring/'],
  cwe: ['CWE-306', 'CWE-1327'],
  examples: {
    bad: ['-m 64\n-p 11211\n-l 0.0.0.0\n', '-m 64\n-p 11211\n-u memcache\n', 'PORT="11211"\nOPTIONS="-U 0"\n'],
    good: [
      '-m 64\n-p 11211\n-l 127.0.0.1\n',
      '-m 64\n-s /run/memcached.sock\n',
      'PORT="11211"\nOPTIONS="-l 127.0.0.1,::1"\n',
    ],
  },
  *check({ document }, context) {
    if (memcachedListening(document) !== 'everywhere' || context.runtimes.length > 0) return;
    const listen = document.options.find(
      ({ flag, value }) => flag === '-l' && /(?:^|,)(?:0\.0\.0\.0|\[?::\]?|\*|INADDR_ANY)(?::\d+)?(?:,|$)/.test(value),
    );
    if (!listen && !document.complete) {
      context.unknown('-l', 'a line that was not understood may set it');
      return;
    }
    const place = listen ?? anywhere(document);
    if (!place) return;
    const login = memcachedLogin(document) !== undefined;
    yield {
      pointer: '-l',
      span: place.span,
      actual: listen ? listen.value : 'not set; every address',
      expected: '127.0.0.1, or the address the application uses',
      message: `memcached listens on every interface${login ? '' : ' and asks nobody for a login'}.`,
      severity: login ? 'medium' : 'critical',
      fix: listen
        ? {
            edits: [{ ...listen.span, text: '127.0.0.1' }],
            title: 'Let memcached listen on loopback only',
            blastRadius: 'Clients on other machines can no longer connect; add the private address they use.',
            needsConfirmation: true,
          }
        : null,
    };
  },
});

const udp = defineRule<'memcached.conf'>({
  id: 'audit/memcached-udp',
  aliases: ['MC-NET-002'],
  format: 'memcached.conf',
  topic: 'denial',
  verified: { by: 'server', how: STARTED },
  title: 'memcached answers over UDP',
  severity: 'high',
  owner: 'it',
  description:
    'A forged request of a few bytes makes memcached send megabytes to somebody else: the strongest amplifier known (CVE-2018-1000115). UDP has no login either.',
  remediation: 'Set `-U 0` (the default since 1.5.6).',
  references: ['https://nvd.nist.gov/vuln/detail/CVE-2018-1000115', MANUAL],
  cwe: ['CWE-406'],
  examples: {
    bad: ['-m 64\n-p 11211\n-l 10.0.0.5\n-S\n-Z\n-U 11211\n'],
    good: ['-m 64\n-l 10.0.0.5\n-S\n-Z\n-U 0\n', '-m 64\n-l 127.0.0.1\n-U 11211\n'],
  },
  *check({ document }, context) {
    const where = memcachedListening(document);
    const option = document.last('-U');
    if (where === 'loopback') return;
    if (!option) {
      context.unknown('-U', 'not set; UDP is off since 1.5.6 and on before, and nothing here tells the version');
      return;
    }
    if (option.value === '0' || !/^\d+$/.test(option.value)) return;
    yield {
      pointer: '-U',
      span: option.span,
      actual: option.value,
      expected: '0',
      message: 'memcached answers over UDP, so others can be flooded through it.',
      fix: {
        edits: [{ ...option.span, text: '0' }],
        title: 'Switch UDP off',
        blastRadius: 'Clients that ask over UDP, which hardly any do, get no answer.',
        needsConfirmation: false,
      },
    };
  },
});

const withoutLogin = defineRule<'memcached.conf'>({
  id: 'audit/memcached-without-login',
  aliases: ['MC-AUTH-001'],
  format: 'memcached.conf',
  topic: 'authentication',
  verified: { by: 'server', how: STARTED },
  title: 'memcached on the network asks for no login',
  severity: 'high',
  owner: 'it',
  description:
    'Without `-S` (SASL) or `-Y` (a file of accounts) everybody who reaches the port reads and changes every entry.',
  remediation:
    'Let it listen on loopback, or add `-S` (binary protocol) or `-Y /etc/memcached.auth` (text protocol) and change the clients; keep the port behind a firewall.',
  references: [SASL, MANUAL],
  cwe: ['CWE-306'],
  examples: {
    bad: ['-m 64\n-p 11211\n-l 10.0.0.5\n'],
    good: [
      '-m 64\n-l 10.0.0.5\n-S\n',
      '-m 64\n-l 10.0.0.5\n-Y /etc/memcached.auth\n',
      '-m 64\n-p 11211\n-l 127.0.0.1\n',
    ],
  },
  *check({ document }, context) {
    const place = anywhere(document);
    if (memcachedListening(document) === 'loopback' || memcachedLogin(document) || !place) return;
    if (!document.complete) {
      context.unknown('-S', 'a line that was not understood may set it');
      return;
    }
    yield {
      pointer: '-S',
      span: place.span,
      actual: 'not set',
      expected: '-S, or -Y with a file of accounts',
      message: 'memcached listens beyond loopback and asks nobody for a login.',
    };
  },
});

const asRoot = defineRule<'memcached.conf'>({
  id: 'audit/memcached-runs-as-root',
  aliases: ['MC-PRIV-001'],
  format: 'memcached.conf',
  topic: 'hardening',
  verified: { by: 'server', how: STARTED },
  title: 'memcached runs as root',
  severity: 'medium',
  owner: 'it',
  description: 'A flaw in memcached is then a flaw in the whole machine.',
  remediation: 'Set `-u memcache` (Debian) or `USER="memcached"` (Red Hat).',
  references: [MANUAL],
  cwe: ['CWE-250'],
  examples: {
    bad: ['-m 64\n-l 127.0.0.1\n-u root\n', 'USER="root"\nOPTIONS="-l 127.0.0.1"\n'],
    good: ['-m 64\n-l 127.0.0.1\n-u memcache\n'],
  },
  *check({ document, source }) {
    const option = document.last('-u');
    if (option?.value !== 'root') return;
    // Red Hat's package makes the account memcached, Debian's memcache.
    const account = wholeLines(source.text, option.span);
    const isSysconfig = /^\s*[A-Z]+=/.test(source.text.slice(account.start, account.end));
    yield {
      pointer: '-u',
      span: option.span,
      actual: 'root',
      expected: 'an account of its own',
      message: 'memcached keeps the rights of root.',
      fix: {
        edits: [{ ...option.span, text: isSysconfig ? 'memcached' : 'memcache' }],
        title: 'Run memcached as an account of its own',
        blastRadius: 'memcached does not start when the account does not exist or its socket’s folder is not writable.',
        needsConfirmation: true,
      },
    };
  },
});

const withoutTls = defineRule<'memcached.conf'>({
  id: 'audit/memcached-without-tls',
  aliases: ['MC-TLS-001'],
  format: 'memcached.conf',
  topic: 'encryption-in-transit',
  verified: { by: 'server', how: STARTED },
  title: 'memcached talks without encryption over the network',
  severity: 'medium',
  owner: 'it',
  description: 'Keys, values and logins cross the network readable.',
  remediation:
    'Let it listen on loopback, or set `-Z -o ssl_chain_cert=…,ssl_key=…` (1.5.13 and later, built with TLS) and TLS in the clients.',
  references: [WIKI_TLS],
  cwe: ['CWE-319'],
  examples: {
    bad: ['-m 64\n-l 10.0.0.5\n-S\n'],
    good: ['-m 64\n-l 10.0.0.5\n-S\n-Z\n-o ssl_chain_cert=/c,ssl_key=/k\n', '-m 64\n-p 11211\n-l 127.0.0.1\n'],
  },
  *check({ document }, context) {
    const place = anywhere(document);
    if (memcachedListening(document) === 'loopback' || document.last('-Z') || !place) return;
    if (!document.complete) {
      context.unknown('-Z', 'a line that was not understood may set it');
      return;
    }
    yield {
      pointer: '-Z',
      span: place.span,
      actual: 'not set',
      expected: '-Z with a certificate',
      message: 'memcached listens beyond loopback without TLS.',
    };
  },
});

export const memcachedRules: RuleSet<'memcached.conf'> = {
  rules: [listensEverywhere, udp, withoutLogin, asRoot, withoutTls],
  guidance: {
    fixes: {
      package:
        'Edit `/etc/memcached.conf` (Debian, one option per line) or `OPTIONS=` in `/etc/sysconfig/memcached` (Red Hat), then `systemctl restart memcached`.',
      docker:
        'The image reads no file: put the options into `command: memcached -m 64 -U 0 …`, and publish no port; other containers reach it over their network.',
      kubernetes:
        'Put the options into `args` of the container, keep the Service of type ClusterIP, and add a NetworkPolicy that lets the application’s pods in.',
      managed:
        'ElastiCache for Memcached: in-transit encryption at creation, and a security group for the application.',
    },
    check:
      '`printf "stats\\r\\nquit\\r\\n" | nc -w 2 HOST 11211` from another machine answers nothing, and `ss -lntu | grep 11211` shows loopback addresses only.',
  },
};
