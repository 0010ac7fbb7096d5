/** Frontends that lead to a store. */
import { askedOn, type Bind, bindsOf, type HaproxyWay, waysOf } from '../../formats/haproxy/effective.ts';
import { type AuditRule, defineRule, type Hit, type ReadFile, type RuleContext } from '../../model.ts';

export const DOCS = 'https://docs.haproxy.org/2.6/configuration.html';
export const SERVER = 'HAProxy 2.6.12 (Debian 12) before a stand-in, test/servers/audit-proxy.test.ts';

function outside(way: HaproxyWay): Bind | undefined {
  const binds = bindsOf(way.front).filter(({ reach }) => reach === 'everywhere' || reach === 'private');
  return binds.find(({ reach }) => reach === 'everywhere') ?? binds[0];
}

function* open(file: ReadFile<'haproxy'>, context: RuleContext, http: boolean): Generator<[HaproxyWay, Bind]> {
  const seen = new Set<string>();
  for (const way of waysOf(file.document)) {
    const bind = outside(way);
    const speaks = way.store.http && way.mode === 'http';
    const key = `${way.front.name}\0${way.back.name}`;
    if (!bind || speaks !== http || seen.has(key)) continue;
    seen.add(key);
    const asked = askedOn(way);
    if (asked.state === 'unknown' || (asked.state === 'open' && !file.document.complete)) {
      context.unknown(`${way.front.type}[${way.front.name}]`, `leads to ${way.store.title}: ${asked.text}`);
    } else if (asked.state === 'open') yield [way, bind];
  }
}

function hitOf(way: HaproxyWay, bind: Bind, rest: Pick<Hit, 'expected' | 'message'>): Hit {
  return {
    pointer: `${way.front.type}[${way.front.name}]/bind -> ${way.back.name}`,
    span: bind.line.span,
    actual: `bind ${bind.line.words[1]?.value ?? ''}, nobody is asked`,
    fix: null,
    ...rest,
  };
}

const portOpen = defineRule<'haproxy'>({
  id: 'audit/haproxy-store-port-open',
  aliases: ['HA-NET-001'],
  format: 'haproxy',
  title: 'HAProxy passes a database’s port on to everybody',
  severity: 'high',
  topic: 'network-exposure',
  owner: 'it',
  description:
    'A frontend hands raw connections to a database and refuses nobody. Whoever reaches HAProxy reaches the database’s own port, to guess passwords, or to read at once where it asks for none.',
  remediation:
    'Name who needs it in the frontend: `acl app src 10.0.0.0/24` and `tcp-request connection reject if !app`, or bind to a private address.',
  references: [`${DOCS}#4-tcp-request%20connection`],
  verified: {
    by: 'server',
    how: `${SERVER}: the connection is passed on; with tcp-request connection reject it is closed at once`,
  },
  cwe: ['CWE-668'],
  examples: {
    bad: [
      'defaults\n  mode tcp\n  log global\n  option tcplog\nfrontend db\n  bind *:5432\n  default_backend pg\nbackend pg\n  server pg1 10.0.0.5:5432 check\n',
      'listen redis\n  bind :6379\n  mode tcp\n  log global\n  server redis1 10.0.0.6:6379\n',
    ],
    good: [
      'listen redis\n  bind :6379\n  mode tcp\n  log global\n  acl app src 10.0.0.0/24\n  tcp-request connection reject if !app\n  server redis1 10.0.0.6:6379\n',
      'listen redis\n  bind 127.0.0.1:6379\n  mode tcp\n  log global\n  server redis1 10.0.0.6:6379\n',
      'listen pg\n  bind :5432 ssl crt /etc/haproxy/pg.pem verify required ca-file /etc/haproxy/ca.pem\n  mode tcp\n  log global\n  server pg1 10.0.0.6:5432\n',
      'listen web\n  bind :443\n  mode tcp\n  log global\n  server web1 10.0.0.6:443\n',
    ],
  },
  *check(file, context) {
    for (const [way, bind] of open(file, context, false)) {
      yield {
        ...hitOf(way, bind, {
          expected: 'tcp-request connection reject unless the source is listed',
          message: `${way.front.type} ${way.front.name} passes everybody on to ${way.store.title} at ${way.host}.`,
        }),
        severity: bind.reach === 'private' ? 'medium' : 'high',
      };
    }
  },
});

const withoutLogin = defineRule<'haproxy'>({
  id: 'audit/haproxy-store-without-login',
  format: 'haproxy',
  title: 'HAProxy passes anybody on to a store that speaks HTTP',
  severity: 'critical',
  topic: 'authentication',
  owner: 'it',
  description:
    'A frontend hands requests to Elasticsearch, CouchDB or Kibana and asks nobody who they are. Whoever knows the address reads, and usually writes and deletes, everything the store lets HAProxy do.',
  remediation:
    'Ask for a login: a `userlist` with hashed passwords and `http-request auth unless { http_auth(USERS) }`, or refuse who is not listed: `http-request deny unless { src 10.0.0.0/24 }`.',
  references: [`${DOCS}#4.2-http-request%20auth`],
  verified: { by: 'server', how: `${SERVER}: 200 without it; 401 with http-request auth` },
  cwe: ['CWE-306'],
  examples: {
    bad: [
      'defaults\n  mode http\n  log global\nfrontend search\n  bind *:443 ssl crt /etc/haproxy/site.pem\n  default_backend es\nbackend es\n  server es1 10.0.0.5:9200\n',
    ],
    good: [
      'userlist team\n  user app password $5$example$hash\ndefaults\n  mode http\n  log global\nfrontend search\n  bind *:443 ssl crt /etc/haproxy/site.pem\n  http-request auth unless { http_auth(team) }\n  default_backend es\nbackend es\n  server es1 10.0.0.5:9200\n',
      'defaults\n  mode http\n  log global\nfrontend search\n  bind *:443 ssl crt /etc/haproxy/site.pem\n  http-request deny unless { src 10.0.0.0/24 }\n  default_backend es\nbackend es\n  server es1 10.0.0.5:9200\n',
      'defaults\n  mode http\n  log global\nfrontend web\n  bind *:443 ssl crt /etc/haproxy/site.pem\n  default_backend app\nbackend app\n  server app1 10.0.0.5:3000\n',
    ],
  },
  *check(file, context) {
    for (const [way, bind] of open(file, context, true)) {
      const console = ['Kibana', 'MinIO', 'Neo4j'].includes(way.store.title);
      yield {
        ...hitOf(way, bind, {
          expected: 'http-request auth, or deny unless the source is listed',
          message: `${way.front.type} ${way.front.name} passes everybody on to ${way.store.title} at ${way.host}.`,
        }),
        severity: console || bind.reach === 'private' ? 'high' : 'critical',
      };
    }
  },
});

const plainHttp = defineRule<'haproxy'>({
  id: 'audit/haproxy-store-over-plain-http',
  format: 'haproxy',
  title: 'A store is reached through HAProxy without encryption',
  severity: 'high',
  topic: 'encryption-in-transit',
  owner: 'it',
  description:
    'The frontend has no TLS: what the store answers, and the password that is asked for, can be read on the way.',
  remediation: 'Use `bind :443 ssl crt …`, and `http-request redirect scheme https unless { ssl_fc }` on port 80.',
  references: [`${DOCS}#5.1-ssl`],
  verified: { by: 'server', how: `${SERVER}: the stand-in’s answer comes over plain HTTP` },
  cwe: ['CWE-319'],
  examples: {
    bad: [
      'userlist team\n  user app password $5$example$hash\nfrontend search\n  mode http\n  log global\n  bind *:80\n  http-request auth unless { http_auth(team) }\n  default_backend es\nbackend es\n  server es1 10.0.0.5:9200\n',
    ],
    good: [
      'userlist team\n  user app password $5$example$hash\nfrontend search\n  mode http\n  log global\n  bind *:80\n  bind *:443 ssl crt /etc/haproxy/site.pem\n  http-request redirect scheme https unless { ssl_fc }\n  http-request auth unless { http_auth(team) }\n  default_backend es\nbackend es\n  server es1 10.0.0.5:9200\n',
    ],
  },
  *check(file) {
    const seen = new Set<string>();
    for (const way of waysOf(file.document)) {
      if (!way.store.http || way.mode !== 'http' || seen.has(way.front.name)) continue;
      const bind = bindsOf(way.front).find(({ tls, reach }) => !tls && (reach === 'everywhere' || reach === 'private'));
      const redirects = way.front.lines.some(
        ({ keyword, words }) =>
          (keyword === 'redirect' && words[1]?.value === 'scheme') ||
          (keyword === 'http-request' && words[1]?.value === 'redirect'),
      );
      if (!bind || redirects || askedOn(way).state === 'closed') continue;
      seen.add(way.front.name);
      yield {
        pointer: `${way.front.type}[${way.front.name}]/bind`,
        span: bind.line.span,
        actual: `bind ${bind.line.words[1]?.value ?? ''} without ssl`,
        expected: 'ssl crt …',
        message: `${way.front.type} ${way.front.name} leads to ${way.store.title} without encryption.`,
        severity: bind.reach === 'private' ? 'medium' : 'high',
        fix: null,
      };
    }
  },
});

export const storeRules: readonly AuditRule<'haproxy'>[] = [portOpen, withoutLogin, plainHttp];
