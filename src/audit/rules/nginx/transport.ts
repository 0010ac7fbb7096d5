/** What can be read on the way, and which ports are open at all. */
import { accessOf, addressesOf } from '../../formats/nginx/access.ts';
import { effective, hasUnread, modelOf, type NginxServer, reachOf } from '../../formats/nginx/effective.ts';
import type { NginxDirective } from '../../formats/nginx/parse.ts';
import { type Pass, passesOf, targetText } from '../../formats/nginx/passes.ts';
import { type AuditRule, defineRule } from '../../model.ts';
import { at, isLoose, NGINX, placeText, SERVER, stays, values } from './sources.ts';

const databasePort = defineRule<'nginx'>({
  id: 'audit/nginx-database-port-passed-on',
  aliases: ['NX-NET-002'],
  format: 'nginx',
  title: 'nginx passes a database’s port on to everybody',
  severity: 'high',
  topic: 'network-exposure',
  owner: 'it',
  description:
    'A server of the `stream` block hands raw connections to a database. Whoever reaches nginx reaches the database’s own port, as if it were published: to guess passwords, or to read at once where it asks for none.',
  remediation:
    'List who needs it in that server, `allow 10.0.0.0/24;` and `deny all;`, or let it listen on a private address.',
  references: [NGINX.stream],
  verified: {
    by: 'source',
    how: `${NGINX.stream} – allow and deny limit access by the client’s address; without them every connection is passed on`,
  },
  cwe: ['CWE-668'],
  examples: {
    bad: [
      'stream {\n  server {\n    listen 5432;\n    proxy_pass db:5432;\n  }\n}\n',
      'stream {\n  upstream redis {\n    server 10.0.0.3:6379;\n  }\n  server {\n    listen 0.0.0.0:16379;\n    proxy_pass redis;\n  }\n}\n',
    ],
    good: [
      'stream {\n  server {\n    listen 5432;\n    allow 10.0.0.0/24;\n    deny all;\n    proxy_pass db:5432;\n  }\n}\n',
      'stream {\n  server {\n    listen 127.0.0.1:5432;\n    proxy_pass db:5432;\n  }\n}\n',
      'stream {\n  server {\n    listen 5432 ssl;\n    ssl_verify_client on;\n    proxy_pass db:5432;\n  }\n}\n',
      'stream {\n  server {\n    listen 25565;\n    proxy_pass game:25565;\n  }\n}\n',
    ],
  },
  *check(file, context) {
    for (const pass of passesOf(file)) {
      const { location, directive, store } = pass;
      if (location.server.kind !== 'stream' || store === null || stays(location.server)) continue;
      const { state, text } = accessOf(location);
      if (state === 'unknown' || state === 'custom') context.unknown(location.pointer, text);
      if (state !== 'open') continue;
      yield {
        pointer: `${location.pointer}/proxy_pass`,
        ...at(directive, file.source),
        actual: `passed on to ${targetText(pass)}`,
        expected: 'allow for those who need it, deny all',
        message: `nginx passes connections on to ${store.title} at ${targetText(pass)}, from everywhere.`,
        severity: location.server.listens.every(({ reach }) => reach !== 'everywhere') ? 'medium' : 'high',
        fix: null,
      };
    }
  },
});

/** Redirected to https before anything is passed on. */
function redirects({ levels }: Pass['location']): boolean {
  return levels.some(({ list }) =>
    list.some(
      ({ name, block, arguments: words }) =>
        name === 'if' &&
        /\$(?:scheme|https|server_port|http_x_forwarded_proto|ssl_protocol)/.test(
          words.map(({ value }) => value).join(' '),
        ) &&
        block?.some(({ name: inner }) => inner === 'return' || inner === 'rewrite'),
    ),
  );
}

function plain(server: NginxServer): NginxServer['listens'][number] | undefined {
  return server.listens.find(({ reach, tls }) => !tls && (reach === 'everywhere' || reach === 'private'));
}

const plainHttp = defineRule<'nginx'>({
  id: 'audit/nginx-store-over-plain-http',
  aliases: ['NX-TLS-001'],
  format: 'nginx',
  title: 'A store is reached through nginx without encryption',
  severity: 'high',
  topic: 'encryption-in-transit',
  owner: 'it',
  description:
    'The server listens without TLS and does not send callers to https. What the store answers, and the password that `auth_basic` asks for, travel readable and changeable through every network on the way.',
  remediation:
    'Let the location be part of a server with `listen 443 ssl`, and answer port 80 with `return 301 https://$host$request_uri;`.',
  references: ['https://nginx.org/en/docs/http/configuring_https_servers.html', NGINX.ssl],
  verified: { by: 'server', how: `${SERVER}: the answer of the stand-in comes over plain HTTP` },
  cwe: ['CWE-319'],
  examples: {
    bad: [
      'server {\n  listen 80;\n  location / {\n    auth_basic "search";\n    auth_basic_user_file /etc/nginx/htpasswd;\n    limit_except GET {\n      deny all;\n    }\n    proxy_pass http://elasticsearch:9200;\n  }\n}\n',
    ],
    good: [
      'server {\n  listen 443 ssl;\n  location / {\n    auth_basic "search";\n    auth_basic_user_file /etc/nginx/htpasswd;\n    proxy_pass http://elasticsearch:9200;\n  }\n}\n',
      'server {\n  listen 80;\n  return 301 https://$host$request_uri;\n}\n',
      'server {\n  listen 80;\n  listen 443 ssl;\n  if ($scheme = http) {\n    return 301 https://$host$request_uri;\n  }\n  location / {\n    auth_basic "search";\n    auth_basic_user_file /etc/nginx/htpasswd;\n    proxy_pass http://elasticsearch:9200;\n  }\n}\n',
    ],
  },
  *check(file) {
    for (const pass of passesOf(file)) {
      const { location, store } = pass;
      const { server } = location;
      if (!store?.http || server.kind !== 'http' || isLoose(server) || redirects(location)) continue;
      const listen = plain(server);
      const { state } = accessOf(location);
      if (!listen || state === 'closed') continue;
      yield {
        pointer: `${location.pointer}/plain-http`,
        ...at(listen.directive ?? server.directive, file.source),
        ...(listen.directive === null && { span: server.directive.nameSpan }),
        actual: listen.directive ? `listen ${values(listen.directive)}` : 'listen 80 (default)',
        expected: 'listen 443 ssl, and a redirect',
        message: `${placeText(pass)} leads to ${store.title} and is served without encryption${state === 'asks' ? ', the password too' : ''}.`,
        severity: listen.reach === 'private' ? 'medium' : 'high',
        fix: null,
      };
    }
  },
});

const OLD = new Set(['SSLv2', 'SSLv3', 'TLSv1', 'TLSv1.1']);

const oldTls = defineRule<'nginx'>({
  id: 'audit/nginx-old-tls',
  aliases: ['NX-TLS-002'],
  format: 'nginx',
  title: 'nginx still speaks old TLS',
  severity: 'medium',
  topic: 'encryption-in-transit',
  owner: 'it',
  description:
    'SSL 3.0, TLS 1.0 and TLS 1.1 are broken or deprecated (RFC 7568, RFC 8996): somebody on the way can weaken what they protect.',
  remediation: 'Set `ssl_protocols TLSv1.2 TLSv1.3;`.',
  references: [`${NGINX.ssl}#ssl_protocols`, 'https://www.rfc-editor.org/rfc/rfc8996'],
  verified: {
    by: 'server',
    how: `${SERVER}: with ssl_protocols TLSv1.1 and ciphers at security level 0 a client that speaks TLS 1.1 alone gets an answer; with TLSv1.2 TLSv1.3 it is refused`,
  },
  cwe: ['CWE-326', 'CWE-327'],
  examples: {
    bad: [
      'server {\n  listen 443 ssl;\n  ssl_protocols TLSv1 TLSv1.1 TLSv1.2; # old\n  root /srv/www;\n}\n',
      'http {\n  server_tokens off;\n  ssl_protocols SSLv3 TLSv1.2;\n}\n',
    ],
    good: [
      'server {\n  listen 443 ssl;\n  ssl_protocols TLSv1.2 TLSv1.3;\n  root /srv/www;\n}\n',
      'server {\n  listen 443 ssl;\n  ssl_protocols TLSv1.3;\n  root /srv/www;\n}\n',
    ],
  },
  *check(file) {
    for (const [directive, pointer] of named(file.document.directives, 'ssl_protocols')) {
      const written = directive.arguments.map(({ value }) => value);
      const old = written.filter((value) => OLD.has(value));
      const [first] = directive.arguments;
      if (old.length === 0 || !first) continue;
      const kept = written.filter((value) => !OLD.has(value));
      yield {
        pointer,
        ...at(directive, file.source),
        span: { start: first.span.start, end: directive.span.end },
        actual: written.join(' '),
        expected: 'TLSv1.2 TLSv1.3',
        message: `nginx accepts ${old.join(', ')}.`,
        severity: old.some((value) => value.startsWith('SSL')) ? 'high' : 'medium',
        fix: {
          title: 'Accept TLS 1.2 and newer only',
          edits: [
            {
              start: first.span.start,
              end: directive.span.end,
              text: kept.length > 0 ? kept.join(' ') : 'TLSv1.2 TLSv1.3',
            },
          ],
          blastRadius: 'Android before 5, Java 7 and other clients from before 2014 cannot connect any more.',
          needsConfirmation: true,
        },
      };
    }
  },
});

/** Every directive of a name in a document, with a pointer of its own. */
export function* named(
  list: readonly NginxDirective[],
  name: string,
  prefix = '',
  depth = 0,
): Generator<readonly [NginxDirective, string]> {
  if (depth > 64) return;
  const seen = new Map<string, number>();
  for (const directive of list) {
    const words = directive.block
      ? directive.arguments
          .map(({ value }) => value)
          .join(' ')
          .slice(0, 100)
      : '';
    const label = words ? `${directive.name}[${words}]` : directive.name;
    const count = (seen.get(label) ?? 0) + 1;
    seen.set(label, count);
    const pointer = `${prefix}${label}${count > 1 ? `#${count}` : ''}`;
    if (directive.name === name) yield [directive, pointer];
    if (directive.block) yield* named(directive.block, name, `${pointer}/`, depth + 1);
  }
}

/** Names that are resolved inside a private network: no dots, or a suffix nobody owns. */
function stayInside(pass: Pass): boolean {
  return pass.targets.every(
    ({ host, variable }) => variable || host.startsWith('unix:') || reachOf(host) === 'loopback',
  );
}

const upstreamUnverified = defineRule<'nginx'>({
  id: 'audit/nginx-upstream-certificate-not-verified',
  aliases: ['NX-TLS-003'],
  format: 'nginx',
  title: 'nginx does not check the certificate of what it passes on to',
  severity: 'medium',
  topic: 'encryption-in-transit',
  owner: 'it',
  description:
    'With `proxy_pass https://…` nginx encrypts, but by default it talks to whoever answers: somebody between nginx and the store reads and changes everything.',
  remediation:
    'Set `proxy_ssl_verify on;`, `proxy_ssl_trusted_certificate` to the authority that signed the store’s certificate, and `proxy_ssl_name` where the name differs.',
  references: [`${NGINX.proxy}#proxy_ssl_verify`],
  verified: {
    by: 'server',
    how: `${SERVER}: 200 from an upstream with a self-signed certificate; with proxy_ssl_verify on 502`,
  },
  cwe: ['CWE-295'],
  examples: {
    bad: [
      'server {\n  listen 443 ssl;\n  location / {\n    auth_basic "x";\n    auth_basic_user_file /etc/nginx/htpasswd;\n    proxy_pass https://elasticsearch:9200;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  proxy_ssl_verify off;\n  location / {\n    proxy_pass https://api.example.org;\n  }\n}\n',
    ],
    good: [
      'server {\n  listen 443 ssl;\n  proxy_ssl_verify on;\n  proxy_ssl_trusted_certificate /etc/nginx/ca.pem;\n  location / {\n    proxy_pass https://elasticsearch:9200;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location / {\n    proxy_pass https://127.0.0.1:8443;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location / {\n    proxy_pass http://app:3000;\n  }\n}\n',
    ],
  },
  *check(file, context) {
    const seen = new Set<NginxDirective>();
    for (const pass of passesOf(file)) {
      if ((pass.scheme !== 'https' && pass.scheme !== 'grpcs') || stayInside(pass)) continue;
      const { levels } = pass.location;
      const name = pass.scheme === 'https' ? 'proxy_ssl_verify' : 'grpc_ssl_verify';
      const setting = effective(levels, name).at(-1);
      if (setting?.arguments[0]?.value === 'on') continue;
      // Without the setting it is off; that is worth a word only where the store is behind it.
      if (setting === undefined && pass.store === null) continue;
      if (setting === undefined && (hasUnread(levels) || isLoose(pass.location.server))) {
        context.unknown(
          `${pass.location.pointer}/${name}`,
          'may be set in the file that includes it, or in an include',
        );
        continue;
      }
      const place = setting ?? pass.directive;
      if (seen.has(place)) continue;
      seen.add(place);
      yield {
        pointer: `${pass.location.pointer}/${name}`,
        ...at(place, file.source),
        actual: setting ? 'off' : 'not set; off by default',
        expected: 'on',
        message: `nginx does not check who answers at ${targetText(pass)}.`,
        severity: pass.store ? 'medium' : 'low',
        fix: null,
      };
    }
  },
});

const noRateLimit = defineRule<'nginx'>({
  id: 'audit/nginx-login-without-rate-limit',
  aliases: ['NX-RATE-001'],
  format: 'nginx',
  title: 'Passwords can be tried without limit',
  severity: 'low',
  topic: 'denial',
  owner: 'developer',
  description:
    'A location that asks for a login, or leads to a store, takes as many requests as somebody sends: passwords are guessed by the thousand, and one expensive search after the other keeps the store busy.',
  remediation:
    'Define `limit_req_zone $binary_remote_addr zone=login:10m rate=1r/s;` in `http` and use `limit_req zone=login burst=20 nodelay;` in the location.',
  references: [NGINX.limit, 'https://owasp.org/API-Security/editions/2023/en/0xa4-unrestricted-resource-consumption/'],
  verified: {
    by: 'server',
    how: `${SERVER}: 8 guesses in a row are all answered 401; with limit_req the later ones 503`,
  },
  cwe: ['CWE-307', 'CWE-770'],
  examples: {
    bad: [
      'server {\n  listen 443 ssl;\n  location / {\n    auth_basic "x";\n    auth_basic_user_file /etc/nginx/htpasswd;\n    proxy_pass http://elasticsearch:9200;\n  }\n}\n',
    ],
    good: [
      'limit_req_zone $binary_remote_addr zone=login:10m rate=1r/s;\nserver {\n  listen 443 ssl;\n  limit_req zone=login burst=20;\n  location / {\n    auth_basic "x";\n    auth_basic_user_file /etc/nginx/htpasswd;\n    proxy_pass http://elasticsearch:9200;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location / {\n    proxy_pass http://app:3000;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location / {\n    allow 10.0.0.0/8;\n    deny all;\n    proxy_pass http://elasticsearch:9200;\n  }\n}\n',
    ],
  },
  *check(file) {
    for (const pass of passesOf(file)) {
      const { location, store, directive } = pass;
      if (!store?.http || location.server.kind !== 'http' || stays(location.server) || isLoose(location.server))
        continue;
      if (hasUnread(location.levels) || effective(location.levels, 'limit_req', 'limit_conn').length > 0) continue;
      const { state } = accessOf(location);
      if ((state !== 'asks' && state !== 'open') || addressesOf(location.levels).state === 'denied') continue;
      yield {
        pointer: `${location.pointer}/limit_req`,
        ...at(directive, file.source),
        actual: 'not set',
        expected: 'limit_req zone=…',
        message: `${placeText(pass)} leads to ${store.title} and takes any number of requests.`,
        fix: null,
      };
    }
  },
});

const versionShown = defineRule<'nginx'>({
  id: 'audit/nginx-version-shown',
  aliases: ['NX-INFO-001'],
  format: 'nginx',
  title: 'nginx tells its version',
  severity: 'low',
  topic: 'hardening',
  owner: 'it',
  description: 'Every answer says which nginx this is, so that one whose flaws are known is found by a search.',
  remediation: 'Set `server_tokens off;` in the `http` block.',
  references: [`${NGINX.core}#server_tokens`],
  verified: { by: 'server', how: `${SERVER}: \`Server: nginx/1.22.1\` without it, \`Server: nginx\` with it` },
  cwe: ['CWE-200'],
  examples: {
    bad: [
      'http {\n  server_tokens on;\n  server {\n    listen 80;\n    root /srv/www;\n  }\n}\n',
      'events {}\nhttp {\n  server {\n    listen 80;\n    root /srv/www;\n  }\n}\n',
    ],
    good: [
      'http {\n  server_tokens off;\n  server {\n    listen 80;\n    root /srv/www;\n  }\n}\n',
      'http {\n  include /etc/nginx/conf.d/*.conf;\n}\n',
      'server {\n  listen 80;\n  root /srv/www;\n}\n',
    ],
  },
  *check(file) {
    for (const [directive, pointer] of named(file.document.directives, 'server_tokens')) {
      const [value] = directive.arguments;
      if (value?.value !== 'on' && value?.value !== 'build') continue;
      yield {
        pointer,
        ...at(directive, file.source),
        span: value.span,
        actual: value.value,
        expected: 'off',
        message: 'nginx tells everybody its version.',
        fix: {
          title: 'Do not tell the version',
          edits: [{ ...value.span, text: 'off' }],
          blastRadius: 'Nobody is cut off.',
          needsConfirmation: false,
        },
      };
    }
    for (const http of modelOf(file).http) {
      const list = http.block ?? [];
      if (!file.document.complete || hasUnread([{ owner: http, list }])) continue;
      const servers = list.filter(({ name }) => name === 'server');
      const said = (block: readonly NginxDirective[] | null): boolean =>
        block?.some(({ name }) => name === 'server_tokens' || name === 'more_clear_headers') ?? false;
      if (said(list) || servers.length === 0 || servers.every(({ block }) => said(block))) continue;
      const line = http.source.text.indexOf('\n', http.inside);
      const ends = line >= 0 && /^[ \t]*(?:#.*)?\r?$/.test(http.source.text.slice(http.inside, line));
      yield {
        pointer: 'http/server_tokens',
        ...at(http, file.source),
        span: http.nameSpan,
        actual: 'not set; on by default',
        expected: 'off',
        message: 'nginx tells everybody its version.',
        fix: {
          title: 'Do not tell the version',
          edits: [
            ends
              ? { start: line + 1, end: line + 1, text: `    server_tokens off;${http.source.eol}` }
              : { start: http.inside, end: http.inside, text: ' server_tokens off;' },
          ],
          blastRadius: 'Nobody is cut off.',
          needsConfirmation: false,
        },
      };
    }
  },
});

export const transportRules: readonly AuditRule<'nginx'>[] = [
  databasePort,
  plainHttp,
  oldTls,
  upstreamUnverified,
  noRateLimit,
  versionShown,
];
