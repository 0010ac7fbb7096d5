/** Who is asked who they are before nginx passes them on to a store. */
import { accessOf, addressesOf, methodsOf } from '../../formats/nginx/access.ts';
import { effective, modelOf, reachOfServer, settingOf } from '../../formats/nginx/effective.ts';
import { ownLogin, type Pass, passesOf, targetText } from '../../formats/nginx/passes.ts';
import { type AuditRule, defineRule, type Hit, type ReadFile, type RuleContext } from '../../model.ts';
import { hidden } from '../passwords.ts';
import { at, isLoose, NGINX, placeText, SERVER, stays, values } from './sources.ts';

/** Passes to a store that speaks HTTP, from other machines. */
function* toStores(file: ReadFile<'nginx'>): Generator<Pass> {
  for (const pass of passesOf(file)) {
    if (pass.store?.http && pass.location.server.kind === 'http' && !stays(pass.location.server)) yield pass;
  }
}

const storeWithoutLogin = defineRule<'nginx'>({
  id: 'audit/nginx-store-without-login',
  aliases: ['NX-AUTH-001'],
  format: 'nginx',
  title: 'nginx passes anybody on to a store',
  severity: 'critical',
  topic: 'authentication',
  owner: 'it',
  description:
    'A location hands requests to a database that speaks HTTP – Elasticsearch, CouchDB, Kibana – and asks nobody who they are. Whoever knows the address reads, and usually writes and deletes, everything the store lets nginx do.',
  remediation:
    'Ask for a login in that location: `auth_basic` with `auth_basic_user_file`, or `auth_request` to the application’s login. Better still let the application speak to the store, and take the location away.',
  references: [NGINX.basic, NGINX.request, NGINX.access],
  verified: {
    by: 'server',
    how: `${SERVER} before a stand-in: with the location alone a stranger gets 200, with auth_basic 401`,
  },
  cwe: ['CWE-306'],
  examples: {
    bad: [
      'server {\n  listen 443 ssl;\n  server_name search.example.org;\n  location / {\n    proxy_pass http://elasticsearch:9200;\n  }\n}\n',
      'upstream search {\n  server 10.0.0.5:9200;\n}\nserver {\n  listen 443 ssl;\n  auth_basic "search";\n  auth_basic_user_file /etc/nginx/htpasswd;\n  location /api/ {\n    auth_basic off;\n    proxy_pass http://search/;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location /couch/ {\n    allow all;\n    satisfy any;\n    auth_basic "x";\n    auth_basic_user_file /etc/nginx/htpasswd;\n    proxy_pass http://127.0.0.1:5984/;\n  }\n}\n',
    ],
    good: [
      'server {\n  listen 443 ssl;\n  auth_basic "search";\n  auth_basic_user_file /etc/nginx/htpasswd;\n  location / {\n    proxy_pass http://elasticsearch:9200;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location / {\n    allow 10.0.0.0/8;\n    deny all;\n    proxy_pass http://elasticsearch:9200;\n  }\n}\n',
      'server {\n  listen 127.0.0.1:8080;\n  location / {\n    proxy_pass http://elasticsearch:9200;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  ssl_verify_client on;\n  location / {\n    proxy_pass http://elasticsearch:9200;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location / {\n    if ($http_x_api_key != $expected_key) {\n      return 403;\n    }\n    proxy_pass http://elasticsearch:9200;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location / {\n    proxy_pass http://app:3000;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location = /search {\n    internal;\n    proxy_pass http://elasticsearch:9200/shop/_search;\n  }\n}\n',
    ],
  },
  *check(file, context) {
    for (const pass of toStores(file)) yield* openPass(file, pass, context);
  },
});

function* openPass(file: ReadFile<'nginx'>, pass: Pass, context: RuleContext): Generator<Hit> {
  const access = accessOf(pass.location);
  const title = pass.store?.title ?? 'a store';
  if (access.state === 'unknown' || access.state === 'custom') {
    context.unknown(pass.location.pointer, `whether strangers get to ${title} cannot be told: ${access.text}`);
    return;
  }
  if (access.state !== 'open') return;
  if (isLoose(pass.location.server)) {
    context.unknown(pass.location.pointer, `leads to ${title}; the server that includes it may ask for a login`);
    return;
  }
  const local = reachOfServer(pass.location.server) === 'private';
  const logsIn = ownLogin(pass.location.levels) !== undefined;
  // These ask for a login of their own, unless the location logs in for everybody.
  const asks = !logsIn && (title === 'MinIO' || title === 'Neo4j');
  const console = title === 'Kibana' || title === 'MinIO' || title === 'Neo4j';
  yield {
    pointer: `${pass.location.pointer}/${pass.directive.name}`,
    ...at(pass.directive, file.source),
    actual: `${pass.directive.name} ${pass.scheme}://${targetText(pass)}, ${access.text}`,
    expected: 'auth_basic, auth_request or a client certificate',
    message: `${placeText(pass)} passes everybody on to ${title} at ${targetText(pass)}${logsIn ? ' and logs in for them' : ''}: ${access.text}${asks ? ` but by ${title} itself` : ''}.`,
    severity: asks ? 'medium' : local || (console && !logsIn) ? 'high' : 'critical',
    fix: null,
  };
}

const loginCancelled = defineRule<'nginx'>({
  id: 'audit/nginx-login-cancelled',
  aliases: ['NX-AUTH-002'],
  format: 'nginx',
  title: 'A location takes back the login that its server asks for',
  severity: 'high',
  topic: 'authentication',
  owner: 'it',
  description:
    '`auth_basic off` or `auth_request off` in a location cancels what the server asks for around it. On a path that leads to a store, the login of the rest protects nothing: the same data lies behind the open path.',
  remediation: 'Delete the line, so that the login of the server holds in the location, too.',
  references: [NGINX.basic, NGINX.request],
  verified: {
    by: 'server',
    how: `${SERVER}: 401 at the server’s other paths, 200 in the location with auth_basic off`,
  },
  cwe: ['CWE-306'],
  examples: {
    bad: [
      'server {\n  listen 443 ssl;\n  auth_basic "search";\n  auth_basic_user_file /etc/nginx/htpasswd;\n  location /logs/ {\n    auth_basic off;\n    limit_except GET {\n      deny all;\n    }\n    proxy_pass http://elasticsearch:9200/;\n  }\n}\n',
    ],
    good: [
      'server {\n  listen 443 ssl;\n  auth_basic "search";\n  auth_basic_user_file /etc/nginx/htpasswd;\n  location /health {\n    auth_basic off;\n    return 200;\n  }\n  location / {\n    proxy_pass http://elasticsearch:9200;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  auth_basic "search";\n  auth_basic_user_file /etc/nginx/htpasswd;\n  location / {\n    auth_basic off;\n    auth_request /login;\n    proxy_pass http://elasticsearch:9200;\n  }\n}\n',
    ],
  },
  *check(file) {
    for (const pass of toStores(file)) {
      if (accessOf(pass.location).state !== 'open') continue;
      for (const name of ['auth_basic', 'auth_request']) {
        const off = effective(pass.location.levels, name).at(-1);
        const level = pass.location.levels.findIndex(({ list }) => off !== undefined && list.includes(off));
        if (off?.arguments[0]?.value !== 'off' || level < 1) continue;
        const outer = settingOf(pass.location.levels.slice(0, level), name);
        if (outer === undefined || outer === 'off') continue;
        yield {
          pointer: `${pass.location.pointer}/${name}`,
          ...at(off, file.source),
          actual: `${name} off`,
          expected: 'inherited',
          message: `${placeText(pass)} switches ${name} off and leads to ${pass.store?.title ?? 'a store'}.`,
          fix: null,
        };
      }
    }
  },
});

const everyMethod = defineRule<'nginx'>({
  id: 'audit/nginx-store-takes-every-method',
  aliases: ['NX-PRIV-001'],
  format: 'nginx',
  title: 'nginx lets every method through to a store',
  severity: 'medium',
  topic: 'authorization',
  owner: 'developer',
  description:
    'Elasticsearch and CouchDB delete and change by `DELETE` and `PUT`. A location that passes every method gives whoever gets through – with a login, too – the rights of an administrator of the store.',
  remediation: 'Let through what the application needs: `limit_except GET POST { deny all; }` in the location.',
  references: [`${NGINX.core}#limit_except`],
  verified: {
    by: 'server',
    how: `${SERVER}: DELETE reaches the upstream without limit_except, and is answered 403 with it`,
  },
  cwe: ['CWE-749'],
  examples: {
    bad: [
      'server {\n  listen 443 ssl;\n  location / {\n    auth_basic "search";\n    auth_basic_user_file /etc/nginx/htpasswd;\n    proxy_pass http://elasticsearch:9200;\n  }\n}\n',
    ],
    good: [
      'server {\n  listen 443 ssl;\n  location / {\n    auth_basic "search";\n    auth_basic_user_file /etc/nginx/htpasswd;\n    limit_except GET POST {\n      deny all;\n    }\n    proxy_pass http://elasticsearch:9200;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location / {\n    auth_basic "search";\n    auth_basic_user_file /etc/nginx/htpasswd;\n    if ($request_method !~ ^(GET|POST)$) {\n      return 405;\n    }\n    proxy_pass http://elasticsearch:9200;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location = /search {\n    auth_basic "search";\n    auth_basic_user_file /etc/nginx/htpasswd;\n    proxy_pass http://elasticsearch:9200/shop/_search;\n  }\n}\n',
    ],
  },
  *check(file) {
    for (const pass of toStores(file)) {
      const { engine, title } = pass.store ?? {};
      if (!['elasticsearch', 'opensearch', 'couchdb'].includes(engine ?? '') || title === 'Kibana') continue;
      const { location, directive } = pass;
      if (location.modifier === '=' || location.modifier === '@') continue;
      const { state } = accessOf(location);
      if (state === 'closed' || methodsOf(location) !== null || isLoose(location.server)) continue;
      if (settingOf(location.levels, 'proxy_method') !== undefined) continue;
      yield {
        pointer: `${location.pointer}/methods`,
        ...at(directive, file.source),
        actual: 'every method',
        expected: 'limit_except GET POST { deny all; }',
        message: `${placeText(pass)} lets PUT and DELETE through to ${title ?? 'the store'}.`,
        fix: null,
      };
    }
  },
});

const allowWithoutDeny = defineRule<'nginx'>({
  id: 'audit/nginx-allow-without-deny',
  aliases: ['NX-NET-001'],
  format: 'nginx',
  title: 'allow without deny keeps nobody out',
  severity: 'high',
  topic: 'network-exposure',
  owner: 'it',
  description:
    'nginx lets in every address that no `allow` or `deny` names. A block with `allow` lines alone looks like a list of who may come in, and everybody may.',
  remediation: 'End the list with `deny all;` in the same block.',
  references: [NGINX.access, 'https://github.com/dvershinin/gixy/blob/master/docs/en/plugins/allowwithoutdeny.md'],
  verified: {
    by: 'server',
    how: `${SERVER}: with \`allow 192.0.2.1;\` alone another address gets 200, with \`deny all;\` behind it 403`,
  },
  cwe: ['CWE-284'],
  examples: {
    bad: [
      'server {\n  listen 443 ssl;\n  location /admin/ {\n    allow 10.0.0.0/8;\n    proxy_pass http://app:3000;\n  }\n}\n',
      'stream {\n  server {\n    listen 3307;\n    allow 10.0.0.0/8;\n    proxy_pass 10.0.0.9:3307;\n  }\n}\n',
    ],
    good: [
      'server {\n  listen 443 ssl;\n  location /admin/ {\n    allow 10.0.0.0/8;\n    deny all;\n    proxy_pass http://app:3000;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location /.well-known/ {\n    allow all;\n    root /srv/www;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location / {\n    satisfy any;\n    allow 10.0.0.0/8;\n    auth_basic "x";\n    auth_basic_user_file /etc/nginx/htpasswd;\n    proxy_pass http://app:3000;\n  }\n}\n',
    ],
  },
  *check(file, context) {
    for (const { levels, pointer, server } of modelOf(file).locations) {
      if (isLoose(server) && levels.length === 1) continue;
      const list = levels.at(-1)?.list ?? [];
      const allows = list.filter(({ name }) => name === 'allow');
      const last = allows.at(-1);
      if (!last || list.some(({ name }) => name === 'deny')) continue;
      if (addressesOf(levels.slice(-1)).state === 'allowed' || settingOf(levels, 'satisfy') === 'any') continue;
      if (list.some(({ name }) => name === 'include')) {
        context.unknown(`${pointer}/allow`, 'an include that is not in the tree may deny the rest');
        continue;
      }
      const { start } = last.whole;
      const line = last.source.text.lastIndexOf('\n', start - 1) + 1;
      const indent = /^[ \t]*$/.test(last.source.text.slice(line, start)) ? last.source.text.slice(line, start) : null;
      yield {
        pointer: `${pointer}/allow`,
        ...at(last, file.source),
        actual: `allow ${values(last)}, and no deny`,
        expected: 'deny all; at the end',
        message: `${pointer} allows ${allows.length === 1 ? 'an address' : `${allows.length} addresses`} and denies nobody, so everybody gets in.`,
        fix: {
          title: 'Deny every address that is not listed',
          edits: [
            {
              start: last.whole.end,
              end: last.whole.end,
              text: indent === null ? ' deny all;' : `${last.source.eol}${indent}deny all;`,
            },
          ],
          blastRadius: 'Everybody whose address is not listed gets 403: check that the list is whole first.',
          needsConfirmation: true,
        },
      };
    }
  },
});

const ownCredentials = defineRule<'nginx'>({
  id: 'audit/nginx-login-in-header',
  format: 'nginx',
  title: 'A login to the store stands in the configuration',
  severity: 'high',
  topic: 'secrets',
  owner: 'it',
  description:
    '`proxy_set_header Authorization` with a fixed value makes nginx log in to the store for everybody who gets through, and the password stands in the file (Base64 hides nothing): whoever reads the repository has it.',
  remediation:
    'Take the value out of the repository and change the password. Let the caller log in, or give nginx a least-privilege account whose value is filled in on the host (an `include` that is not committed).',
  references: [`${NGINX.proxy}#proxy_set_header`, 'https://www.rfc-editor.org/rfc/rfc7617#section-4'],
  verified: { by: 'server', how: `${SERVER}: the upstream receives the header of the file, whoever asks` },
  cwe: ['CWE-798', 'CWE-522'],
  examples: {
    bad: [
      'server {\n  listen 443 ssl;\n  location / {\n    auth_basic "x";\n    auth_basic_user_file /etc/nginx/htpasswd;\n    proxy_set_header Authorization "Basic Y2hhbmdlaXQtZXhhbXBsZQ==";\n    proxy_pass http://app:3000;\n  }\n}\n',
    ],
    good: [
      'server {\n  listen 443 ssl;\n  location / {\n    proxy_set_header Authorization $http_authorization;\n    proxy_pass http://app:3000;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location / {\n    proxy_set_header Authorization "";\n    proxy_pass http://app:3000;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location / {\n    proxy_set_header Authorization "Basic ${ES_BASIC}";\n    proxy_pass http://app:3000;\n  }\n}\n',
    ],
  },
  *check(file) {
    const seen = new Set<object>();
    for (const { levels, pointer } of modelOf(file).locations) {
      for (const directive of effective(levels, 'proxy_set_header')) {
        const [name, value] = directive.arguments;
        if (seen.has(directive) || name?.value.toLowerCase() !== 'authorization' || !value) continue;
        seen.add(directive);
        const secret = /^(?:Basic|Bearer|ApiKey|Token)[ \t]+(\S{8,})$/i.exec(value.value)?.[1];
        if (secret === undefined || /[$<>{}]|^x{4,}$|your|change.?me|placeholder|^\.{3}/i.test(secret)) continue;
        yield {
          pointer: `${pointer}/proxy_set_header[Authorization]`,
          ...at(directive, file.source),
          span: value.span,
          actual: hidden(secret),
          expected: 'no fixed login',
          message: `nginx logs in to what is behind ${pointer} with a login that stands in the file (${hidden(secret)}).`,
          fix: null,
        };
      }
    }
  },
});

export const loginRules: readonly AuditRule<'nginx'>[] = [
  storeWithoutLogin,
  loginCancelled,
  everyMethod,
  allowWithoutDeny,
  ownCredentials,
];
