/** HAProxy’s own doors: statistics, runtime API, passwords, TLS, the log. */
import { bindsOf, lastOf, linesNamed } from '../../formats/haproxy/effective.ts';
import type { HaproxyLine, HaproxySection } from '../../formats/haproxy/read.ts';
import { reachOf } from '../../formats/nginx/effective.ts';
import { type AuditRule, defineRule } from '../../model.ts';
import { hidden, isWellKnown } from '../passwords.ts';
import { DOCS, SERVER } from './stores.ts';

function sectionText({ type, name }: HaproxySection): string {
  return name === '' ? type : `${type}[${name}]`;
}

function stats(section: HaproxySection, what: string): HaproxyLine | undefined {
  const own = (one: HaproxySection): HaproxyLine | undefined =>
    one.lines.find(({ keyword, words }) => keyword === 'stats' && words[1]?.value === what);
  return own(section) ?? (section.defaults ? own(section.defaults) : undefined);
}

const statsOpen = defineRule<'haproxy'>({
  id: 'audit/haproxy-statistics-without-login',
  aliases: ['HA-AUTH-001'],
  format: 'haproxy',
  title: 'HAProxy’s statistics page asks for no login',
  severity: 'medium',
  topic: 'authentication',
  owner: 'it',
  description:
    'The page names every server behind HAProxy with its state; with `stats admin` anybody takes servers out of use.',
  remediation:
    'Bind it to loopback or a private address, or ask for a login: `stats auth USER:PASSWORD` with a password from the environment (`"${STATS_PASSWORD}"`).',
  references: [`${DOCS}#4.2-stats%20auth`],
  verified: { by: 'server', how: `${SERVER}: /stats answers 200; with stats auth 401` },
  cwe: ['CWE-306'],
  examples: {
    bad: ['listen stats\n  bind *:8404\n  mode http\n  log global\n  stats enable\n  stats uri /stats\n'],
    good: [
      'listen stats\n  bind *:8404\n  mode http\n  log global\n  stats enable\n  stats uri /stats\n  stats auth admin:"${STATS_PASSWORD}"\n',
      'listen stats\n  bind 127.0.0.1:8404\n  mode http\n  log global\n  stats enable\n',
      'listen stats\n  bind *:8404\n  mode http\n  log global\n  http-request deny unless { src 10.0.0.0/8 }\n  stats enable\n',
    ],
  },
  *check({ document }) {
    for (const section of document.sections) {
      if (!['frontend', 'listen'].includes(section.type)) continue;
      const page = section.lines.find(
        ({ keyword, words }) => keyword === 'stats' && ['enable', 'uri'].includes(words[1]?.value ?? ''),
      );
      if (!page || stats(section, 'auth')) continue;
      const asked = section.lines.some(
        ({ keyword, words }) =>
          (keyword === 'http-request' && ['auth', 'deny', 'reject'].includes(words[1]?.value ?? '')) ||
          (keyword === 'tcp-request' && words.some(({ value }) => value === 'reject')) ||
          (keyword === 'stats' && words[1]?.value === 'http-request'),
      );
      const binds = bindsOf(section);
      if (asked || binds.every(({ reach, certificate }) => reach === 'loopback' || reach === 'unix' || certificate))
        continue;
      const admin = stats(section, 'admin');
      yield {
        pointer: `${sectionText(section)}/stats`,
        span: page.span,
        actual: admin ? 'open, with stats admin' : 'open',
        expected: 'stats auth, or a private address',
        message: `${section.type} ${section.name} shows the statistics to everybody${admin ? ', and lets them switch servers off' : ''}.`,
        severity: admin ? 'high' : binds.some(({ reach }) => reach === 'everywhere') ? 'medium' : 'low',
        fix: null,
      };
    }
  },
});

const runtimeApi = defineRule<'haproxy'>({
  id: 'audit/haproxy-runtime-api-on-network',
  aliases: ['HA-AUTH-002'],
  format: 'haproxy',
  title: 'HAProxy’s runtime API listens on the network',
  severity: 'critical',
  topic: 'authentication',
  owner: 'it',
  description:
    'The API has no login. Whoever reaches it changes where requests go, switches servers off and, with level admin, reads certificates and tables.',
  remediation: 'Use a socket in the file system: `stats socket /run/haproxy/admin.sock mode 660 level admin`.',
  references: [`${DOCS}#3.1-stats%20socket`, 'https://docs.haproxy.org/2.6/management.html#9.3'],
  verified: { by: 'server', how: `${SERVER}: \`show info\` is answered over TCP without a login` },
  cwe: ['CWE-306'],
  examples: {
    bad: [
      'global\n  log /dev/log local0\n  stats socket ipv4@*:9999 level admin\ndefaults\n  mode http\n  log global\n',
      'global\n  log /dev/log local0\n  stats socket :9999\ndefaults\n  mode http\n  log global\n',
    ],
    good: [
      'global\n  log /dev/log local0\n  stats socket /run/haproxy/admin.sock mode 660 level admin\ndefaults\n  mode http\n  log global\n',
      'global\n  log /dev/log local0\n  stats socket ipv4@127.0.0.1:9999 level admin\ndefaults\n  mode http\n  log global\n',
    ],
  },
  *check({ document }) {
    for (const section of document.sections) {
      if (section.type !== 'global') continue;
      for (const line of section.lines) {
        const [, what, address] = line.words;
        if (line.keyword !== 'stats' || what?.value !== 'socket' || !address) continue;
        if (/^(?:unix@|abns@|fd@|\/|[\w./-]+$)/.test(address.value)) continue;
        const bare = address.value.replace(/^ipv[46]@/, '');
        const host = bare.slice(0, Math.max(bare.lastIndexOf(':'), 0));
        const reach = host === '' ? 'everywhere' : reachOf(host);
        if (reach === 'loopback' || reach === 'unix') continue;
        const at = line.words.findIndex(({ value }) => value === 'level');
        const level = at < 0 ? 'operator' : (line.words[at + 1]?.value ?? 'operator');
        yield {
          pointer: `global/stats socket ${address.value}`,
          span: line.span,
          actual: `${address.value}, level ${level}`,
          expected: '/run/haproxy/admin.sock mode 660',
          message: `Everybody who reaches ${address.value} commands HAProxy (level ${level}).`,
          severity: level === 'admin' && reach === 'everywhere' ? 'critical' : 'high',
          fix: {
            title: 'Listen on a socket in the file system',
            edits: [{ ...address.span, text: '/run/haproxy/admin.sock mode 660' }],
            blastRadius: 'Tools that use the API from other machines are cut off; the folder /run/haproxy must exist.',
            needsConfirmation: true,
          },
        };
      }
    }
  },
});

const OLD = /^(?:SSLv3|TLSv1\.0|TLSv1\.1)$/i;

const oldTls = defineRule<'haproxy'>({
  id: 'audit/haproxy-old-tls',
  aliases: ['HA-TLS-001'],
  format: 'haproxy',
  title: 'HAProxy speaks old TLS',
  severity: 'medium',
  topic: 'encryption-in-transit',
  owner: 'it',
  description:
    'TLS 1.0 and 1.1 are deprecated (RFC 8996) and SSL 3.0 is broken: somebody on the way can weaken what they protect.',
  remediation: 'Set `ssl-default-bind-options ssl-min-ver TLSv1.2` in `global`, and no older version on a `bind` line.',
  references: [`${DOCS}#3.1-ssl-default-bind-options`, 'https://www.rfc-editor.org/rfc/rfc8996'],
  verified: {
    by: 'source',
    how: `${DOCS} – ssl-min-ver: “TLSv1.2 is the default since 2.2”; an older one is enforced as written`,
  },
  cwe: ['CWE-326', 'CWE-327'],
  examples: {
    bad: [
      'global\n  log /dev/log local0\n  ssl-default-bind-options ssl-min-ver TLSv1.0 no-tls-tickets\ndefaults\n  mode http\n  log global\n',
      'frontend web\n  mode http\n  log global\n  bind *:443 ssl crt /etc/haproxy/site.pem ssl-min-ver TLSv1.1\n',
      'global\n  log /dev/log local0\n  ssl-default-bind-options force-tlsv10\ndefaults\n  mode http\n  log global\n',
    ],
    good: [
      'global\n  log /dev/log local0\n  ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets\ndefaults\n  mode http\n  log global\n',
      'frontend web\n  mode http\n  log global\n  bind *:443 ssl crt /etc/haproxy/site.pem\n',
    ],
  },
  *check({ document }) {
    for (const section of document.sections) {
      for (const [index, line] of section.lines.entries()) {
        if (line.keyword !== 'bind' && line.keyword !== 'ssl-default-bind-options') continue;
        for (const [at, word] of line.words.entries()) {
          const before = line.words[at - 1]?.value;
          const minimum = before === 'ssl-min-ver' && OLD.test(word.value);
          const forced = /^force-(?:sslv3|tlsv10|tlsv11)$/.test(word.value);
          if (!minimum && !forced) continue;
          yield {
            pointer: `${sectionText(section)}/${line.keyword}[${index}]/${minimum ? 'ssl-min-ver' : word.value}`,
            span: word.span,
            actual: word.value,
            expected: 'TLSv1.2',
            message: `HAProxy ${minimum ? 'accepts' : 'insists on'} ${word.value}.`,
            fix: {
              title: 'Accept TLS 1.2 and newer only',
              edits: [{ ...word.span, text: minimum ? 'TLSv1.2' : 'ssl-min-ver TLSv1.2' }],
              blastRadius: 'Android before 5, Java 7 and other clients from before 2014 cannot connect any more.',
              needsConfirmation: true,
            },
          };
        }
      }
    }
  },
});

const backendUnverified = defineRule<'haproxy'>({
  id: 'audit/haproxy-backend-certificate-not-verified',
  aliases: ['HA-TLS-002'],
  format: 'haproxy',
  title: 'HAProxy does not check the certificate of what it passes on to',
  severity: 'medium',
  topic: 'encryption-in-transit',
  owner: 'it',
  description:
    '`verify none` encrypts and talks to whoever answers: somebody between HAProxy and the store reads and changes everything.',
  remediation:
    'Use `verify required ca-file /etc/haproxy/ca.pem` on the `server` line, and `verifyhost` where the name differs.',
  references: [`${DOCS}#5.2-verify`],
  verified: {
    by: 'server',
    how: `${SERVER}: 200 from a server with a self-signed certificate; with verify required 503`,
  },
  cwe: ['CWE-295'],
  examples: {
    bad: [
      'backend app\n  mode http\n  server app1 app.internal:8443 ssl verify none\n',
      'global\n  log /dev/log local0\n  ssl-server-verify none\ndefaults\n  mode http\n  log global\n',
    ],
    good: [
      'backend app\n  mode http\n  server app1 app.internal:8443 ssl verify required ca-file /etc/haproxy/ca.pem\n',
      'backend app\n  mode http\n  server app1 127.0.0.1:8443 ssl verify none\n',
      'backend app\n  mode http\n  server app1 app.internal:8080\n',
    ],
  },
  *check({ document }) {
    for (const section of document.sections) {
      for (const [index, line] of section.lines.entries()) {
        const words = line.words.map(({ value }) => value);
        const global = line.keyword === 'ssl-server-verify' && words[1] === 'none';
        const at = words.indexOf('verify');
        const server = ['server', 'default-server', 'server-template'].includes(line.keyword);
        const none = server && at > 0 && words[at + 1] === 'none' && words.includes('ssl');
        if (!global && !none) continue;
        const host = (words[2] ?? '').replace(/:\d*$/, '');
        if (
          none &&
          line.keyword === 'server' &&
          (reachOf(host) === 'loopback' || host.startsWith('/') || host.startsWith('unix@'))
        )
          continue;
        const word = global ? line.words[1] : line.words[at + 1];
        const start = global ? word : line.words[at];
        if (!word || !start) continue;
        yield {
          pointer: `${sectionText(section)}/${line.keyword}[${global ? '' : (words[1] ?? index)}]/verify`,
          span: { start: start.span.start, end: word.span.end },
          actual: 'none',
          expected: 'required',
          message: `HAProxy does not check who answers${server ? ` as ${words[1] ?? 'a server'}` : ''}.`,
          fix: null,
        };
      }
    }
  },
});

const noLog = defineRule<'haproxy'>({
  id: 'audit/haproxy-no-log',
  aliases: ['HA-LOG-001'],
  format: 'haproxy',
  title: 'HAProxy writes no log',
  severity: 'low',
  topic: 'logging',
  owner: 'security',
  description: 'Neither the proxy nor its defaults name a log: who read or took data through it cannot be told later.',
  remediation: 'Set `log global` in `defaults` (and `log /dev/log local0` in `global`), with `option httplog`.',
  references: [`${DOCS}#4.2-log`],
  verified: {
    by: 'source',
    how: `${DOCS} – log: logging of a proxy is enabled by a log line in it or in its defaults`,
  },
  cwe: ['CWE-778'],
  examples: {
    bad: [
      'global\n  log /dev/log local0\ndefaults\n  mode http\nfrontend web\n  bind :443 ssl crt /etc/haproxy/site.pem\n  default_backend app\nbackend app\n  server app1 10.0.0.5:3000\n',
    ],
    good: [
      'global\n  log /dev/log local0\ndefaults\n  mode http\n  log global\nfrontend web\n  bind :443 ssl crt /etc/haproxy/site.pem\n  default_backend app\nbackend app\n  server app1 10.0.0.5:3000\n',
    ],
  },
  *check({ document, source }) {
    if (!document.complete) return;
    const logs = document.sections.some(
      ({ type, lines }) => type === 'global' && lines.some(({ keyword }) => keyword === 'log'),
    );
    for (const section of document.sections) {
      if (section.type !== 'frontend' && section.type !== 'listen') continue;
      if (
        lastOf(section, 'log') ||
        linesNamed(section, 'bind').length === 0 ||
        !section.lines.some(({ keyword }) => ['default_backend', 'use_backend', 'server'].includes(keyword))
      )
        continue;
      if (bindsOf(section).every(({ reach }) => reach === 'loopback' || reach === 'unix')) continue;
      const own = section.lines.find(({ keyword }) => keyword === 'bind') ?? section.head;
      const line = source.text.lastIndexOf('\n', own.span.start - 1) + 1;
      const indent = source.text.slice(line, own.span.start);
      yield {
        pointer: `${sectionText(section)}/log`,
        span: section.head.span,
        actual: 'not set',
        expected: 'log global',
        message: `${section.type} ${section.name} writes no log.`,
        fix:
          logs && own !== section.head && indent.trim() === ''
            ? {
                title: 'Write the log that global names',
                edits: [{ start: own.span.start, end: own.span.start, text: `log global${source.eol}${indent}` }],
                blastRadius:
                  'Nobody is cut off. The log grows with each connection and holds addresses of people: rotate and delete it.',
                needsConfirmation: false,
              }
            : null,
      };
    }
  },
});

const plainPassword = defineRule<'haproxy'>({
  id: 'audit/haproxy-password-in-file',
  format: 'haproxy',
  title: 'A password stands readable in HAProxy’s configuration',
  severity: 'medium',
  topic: 'secrets',
  owner: 'it',
  description:
    '`insecure-password` in a user list, and the password of `stats auth`, stand in the file as they are: whoever reads the repository or a backup logs in.',
  remediation:
    'In a user list use `password` with a hash (`mkpasswd -m sha-512`); for `stats auth` fill the password in from the environment: `stats auth admin:"${STATS_PASSWORD}"`.',
  references: [`${DOCS}#12.1-user`],
  verified: {
    by: 'source',
    how: `${DOCS} – 12.1: insecure-password is compared as written, password takes a hash of crypt(3)`,
  },
  cwe: ['CWE-256', 'CWE-798'],
  examples: {
    bad: [
      'userlist team\n  user app insecure-password changeit-example-value\ndefaults\n  mode http\n  log global\n',
      'listen stats\n  bind *:8404\n  mode http\n  log global\n  stats enable\n  stats auth admin:changeit-example-value\n',
    ],
    good: [
      'userlist team\n  user app password $5$example$hash\ndefaults\n  mode http\n  log global\n',
      'listen stats\n  bind *:8404\n  mode http\n  log global\n  stats enable\n  stats auth admin:"${STATS_PASSWORD}"\n',
    ],
  },
  *check({ document }) {
    for (const section of document.sections) {
      for (const line of section.lines) {
        const at = line.words.findIndex(({ value }) => value === 'insecure-password');
        const login = line.keyword === 'stats' && line.words[1]?.value === 'auth' ? line.words[2] : undefined;
        const word = line.keyword === 'user' && at > 0 ? line.words[at + 1] : login;
        if (!word) continue;
        const secret = login ? word.value.slice(word.value.indexOf(':') + 1) : word.value;
        if (secret === '' || /[$<{%]|change.?me|^x+$|^your/i.test(secret)) continue;
        yield {
          pointer: `${sectionText(section)}/${login ? 'stats auth' : `user ${line.words[1]?.value ?? ''}`}`,
          span: word.span,
          actual: hidden(secret),
          expected: login ? 'from the environment' : 'a hash',
          message: `The ${login ? 'statistics page’s' : 'user list’s'} password stands in the file (${hidden(secret)}${isWellKnown(secret) ? ', one that everybody knows' : ''}).`,
          severity: isWellKnown(secret) ? 'high' : 'medium',
          fix: null,
        };
      }
    }
  },
});

export const hardeningRules: readonly AuditRule<'haproxy'>[] = [
  statsOpen,
  runtimeApi,
  oldTls,
  backendUnverified,
  noLog,
  plainPassword,
];
