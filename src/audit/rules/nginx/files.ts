/** What nginx serves by itself: folders, hidden files, its own state; and what it writes down. */
import { accessOf, addressesOf, loginOf } from '../../formats/nginx/access.ts';
import { effective, modelOf, type NginxLocation, type NginxServer, settingOf } from '../../formats/nginx/effective.ts';
import type { NginxDirective } from '../../formats/nginx/parse.ts';
import { passesOf } from '../../formats/nginx/passes.ts';
import { type AuditRule, defineRule } from '../../model.ts';
import { at, cutOf, NGINX, SERVER, stays, values } from './sources.ts';
import { named } from './transport.ts';

const TELLING =
  /backup|dump|export|archive|\bsql\b|\bdb\b|database|private|logs?\b|upload|snapshot|invoice|patient|report/i;

const directoryListing = defineRule<'nginx'>({
  id: 'audit/nginx-directory-listing',
  aliases: ['NX-FILE-001'],
  format: 'nginx',
  title: 'nginx lists a folder’s files to everybody',
  severity: 'medium',
  topic: 'network-exposure',
  owner: 'it',
  description:
    '`autoindex on` shows a page with every file of a folder that has no index page. Backups and dumps whose names nobody could guess are then one click away, and search engines collect such pages.',
  remediation: 'Set `autoindex off;`, or ask for a login in that location; keep backups outside of what nginx serves.',
  references: [NGINX.autoindex],
  verified: { by: 'server', how: `${SERVER}: a page that lists shop.sql with autoindex on, 403 with it off` },
  cwe: ['CWE-548'],
  examples: {
    bad: [
      'server {\n  listen 443 ssl;\n  location /backups/ {\n    root /srv;\n    autoindex on;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  root /srv/www;\n  autoindex on;\n}\n',
    ],
    good: [
      'server {\n  listen 443 ssl;\n  location /backups/ {\n    root /srv;\n    autoindex off;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location /files/ {\n    auth_basic "files";\n    auth_basic_user_file /etc/nginx/htpasswd;\n    root /srv;\n    autoindex on;\n  }\n}\n',
      'server {\n  listen 127.0.0.1:8080;\n  location /files/ {\n    root /srv;\n    autoindex on;\n  }\n}\n',
    ],
  },
  *check(file) {
    const seen = new Set<NginxDirective>();
    for (const location of modelOf(file).locations) {
      const directive = effective(location.levels, 'autoindex').at(-1);
      const [value] = directive?.arguments ?? [];
      if (!directive || value?.value !== 'on' || seen.has(directive) || stays(location.server)) continue;
      if (!location.levels.at(-1)?.list.includes(directive) && location.path !== null) continue;
      const { state } = accessOf(location);
      if (state !== 'open' && state !== 'unknown') continue;
      seen.add(directive);
      const folder = settingOf(location.levels, 'alias') ?? settingOf(location.levels, 'root') ?? '';
      const telling = TELLING.test(`${location.path ?? ''} ${folder}`);
      yield {
        pointer: `${location.pointer}/autoindex`,
        ...at(directive, file.source),
        span: value.span,
        actual: 'on',
        expected: 'off',
        message: `nginx lists every file below ${location.path ?? '/'}${folder ? ` (${folder})` : ''} to everybody.`,
        severity: telling ? 'high' : 'medium',
        fix: {
          title: 'Do not list the folder',
          edits: [{ ...value.span, text: 'off' }],
          blastRadius: 'Who browses the folder gets 403; files whose name is known stay reachable.',
          needsConfirmation: true,
        },
      };
    }
  },
});

const aliasTraversal = defineRule<'nginx'>({
  id: 'audit/nginx-alias-traversal',
  format: 'nginx',
  title: 'A location without a closing slash opens the folder above its alias',
  severity: 'high',
  topic: 'hardening',
  owner: 'it',
  description:
    'With `location /files` and `alias /srv/files/`, the path `/files../secret` becomes `/srv/files/../secret`: a stranger reads what lies beside the folder – the application’s settings, keys, dumps.',
  remediation: 'End the location like its alias, with a slash: `location /files/`.',
  references: [`${NGINX.core}#alias`, NGINX.gixyAlias],
  verified: { by: 'server', how: `${SERVER}: /files../secret.txt is served; with \`location /files/\` it is 404` },
  cwe: ['CWE-22'],
  examples: {
    bad: ['server {\n  listen 443 ssl;\n  location /files {\n    alias /srv/files/;\n  }\n}\n'],
    good: [
      'server {\n  listen 443 ssl;\n  location /files/ {\n    alias /srv/files/;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location /files {\n    alias /srv/files;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location = /robots.txt {\n    alias /srv/robots.txt;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location /originals {\n    internal;\n    alias /srv/originals/;\n  }\n}\n',
    ],
  },
  *check(file) {
    for (const { directive, levels, modifier, path, pointer, server } of modelOf(file).locations) {
      if (path === null || path.endsWith('/') || (modifier !== '' && modifier !== '^~')) continue;
      const alias = levels.at(-1)?.list.find(({ name }) => name === 'alias');
      if (!alias?.arguments[0]?.value.endsWith('/') || stays(server)) continue;
      // No client asks for it by name: the application behind names the file (X-Accel-Redirect).
      if (levels.at(-1)?.list.some(({ name }) => name === 'internal')) continue;
      const word = directive.arguments.at(-1);
      if (!word) continue;
      const glued = word.value !== path;
      yield {
        pointer: `${pointer}/alias`,
        ...at(directive, file.source),
        span: word.span,
        actual: `location ${path} with alias ${values(alias)}`,
        expected: `location ${path}/`,
        message: `${path}../ leads out of ${values(alias)}, to the folder above it.`,
        fix:
          glued || directive.source.text.slice(word.span.start, word.span.end) !== path
            ? null
            : {
                title: 'End the location with a slash',
                edits: [{ start: word.span.end, end: word.span.end, text: '/' }],
                blastRadius: `A request for ${path} without a slash behind it is no longer answered by this location.`,
                needsConfirmation: true,
              },
      };
    }
  },
});

/** The pattern of a location that is about hidden files; patterns are looked at, never run. */
function aboutHidden({ modifier, path }: NginxLocation, name: string): boolean {
  if (path === null) return false;
  if (modifier === '~' || modifier === '~*') {
    const plain = path.replaceAll('\\', '');
    return /(?:^|[/(|])\.(?!\*)/.test(plain) && (path.includes('\\.') || plain.includes(name.slice(1, 3)));
  }
  return modifier !== '@' && `/${name}`.startsWith(path) && path.length > 1 && path.startsWith('/.');
}

/** Files whose name begins with a dot are served as they are, as far as this server’s own lines tell. */
function servesHidden(server: NginxServer, locations: readonly NginxLocation[], name: string): boolean {
  const own = locations.filter((one) => one.server === server);
  if (own.some((one) => aboutHidden(one, name) && accessOf(one).state !== 'open')) return false;
  const fallback = own.find(({ path, modifier }) => path === '/' && (modifier === '' || modifier === '^~'));
  const holder = fallback ?? own.find(({ path }) => path === null);
  if (!holder) return false;
  const list = holder.levels.at(-1)?.list ?? [];
  return !list.some(({ name: kind }) => kind.endsWith('_pass') || kind === 'return' || kind === 'include');
}

const passwordFileServed = defineRule<'nginx'>({
  id: 'audit/nginx-password-file-served',
  format: 'nginx',
  title: 'The password file lies in the folder that nginx serves',
  severity: 'high',
  topic: 'secrets',
  owner: 'it',
  description:
    'The file of `auth_basic_user_file` is below `root` and nothing refuses it: whoever asks for it by name gets the hashes of all passwords, to guess them at leisure.',
  remediation: 'Move the file out of the served folder, for example to `/etc/nginx/htpasswd`.',
  references: [`${NGINX.basic}#auth_basic_user_file`],
  verified: {
    by: 'server',
    how: `${SERVER}: GET /.htpasswd answers 200 with the file; with a location that denies it 403`,
  },
  cwe: ['CWE-538', 'CWE-552'],
  examples: {
    bad: [
      'server {\n  listen 443 ssl;\n  root /srv/www;\n  location /admin/ {\n    auth_basic "x";\n    auth_basic_user_file /srv/www/.htpasswd;\n  }\n}\n',
    ],
    good: [
      'server {\n  listen 443 ssl;\n  root /srv/www;\n  location /admin/ {\n    auth_basic "x";\n    auth_basic_user_file /etc/nginx/htpasswd;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  root /srv/www;\n  location ~ /\\.ht {\n    deny all;\n  }\n  location /admin/ {\n    auth_basic "x";\n    auth_basic_user_file /srv/www/.htpasswd;\n  }\n}\n',
    ],
  },
  *check(file) {
    const model = modelOf(file);
    const seen = new Set<NginxDirective>();
    for (const { levels, pointer, server } of model.locations) {
      const users = effective(levels, 'auth_basic_user_file').at(-1);
      const path = users?.arguments[0]?.value;
      const root = settingOf(server.levels, 'root');
      if (!users || seen.has(users) || path === undefined || root === undefined || stays(server)) continue;
      const folder = root.endsWith('/') ? root : `${root}/`;
      if (!path.startsWith(folder) || folder === '/' || folder.includes('$')) continue;
      const name = path.slice(folder.length);
      if (loginOf(server.levels) !== null) continue;
      if (name.startsWith('.') ? !servesHidden(server, model.locations, name) : name.includes('/')) continue;
      seen.add(users);
      yield {
        pointer: `${pointer}/auth_basic_user_file`,
        ...at(users, file.source),
        actual: path,
        expected: `outside of ${root}`,
        message: `The password file ${path} is served to everybody as /${name}.`,
        fix: null,
      };
    }
  },
});

const hiddenFiles = defineRule<'nginx'>({
  id: 'audit/nginx-hidden-files-served',
  format: 'nginx',
  title: 'Hidden files of the application are served',
  severity: 'low',
  topic: 'secrets',
  owner: 'it',
  description:
    'The server runs a PHP application from its root folder and serves every other file there as it is. Where the folder is a working copy, `.git/config` and `.env` – with the passwords of the database – are among them; they are asked for all day on every address of the internet.',
  remediation:
    'Refuse them: `location ~ /\\.(?!well-known) { deny all; }`, and let `root` be the application’s public folder.',
  references: [`${NGINX.core}#location`, 'https://laravel.com/docs/deployment#nginx'],
  verified: { by: 'server', how: `${SERVER}: /.git/config answers 200; with the location 403` },
  cwe: ['CWE-538'],
  examples: {
    bad: [
      'server {\n  listen 443 ssl;\n  root /srv/shop;\n  location / {\n    try_files $uri $uri/ /index.php;\n  }\n  location ~ \\.php$ {\n    fastcgi_pass php:9000;\n  }\n}\n',
    ],
    good: [
      'server {\n  listen 443 ssl;\n  root /srv/shop/public;\n  location / {\n    try_files $uri $uri/ /index.php;\n  }\n  location ~ \\.php$ {\n    fastcgi_pass php:9000;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  root /srv/shop;\n  location ~ /\\.(?!well-known) {\n    deny all;\n  }\n  location ~ \\.php$ {\n    fastcgi_pass php:9000;\n  }\n}\n',
    ],
  },
  *check(file) {
    const model = modelOf(file);
    for (const server of model.servers) {
      const root = server.directive.block?.find(({ name }) => name === 'root');
      const folder = root?.arguments[0]?.value ?? '';
      if (!root || stays(server) || server.kind !== 'http') continue;
      // Frameworks keep their settings beside this folder.
      if (/(?:\/(?:public|web|webroot|htdocs|html|www|dist|build|pub|static|public_html)\/?|[$])$/.test(folder))
        continue;
      const php = passesOf(file).some(
        ({ location, directive }) => location.server === server && directive.name === 'fastcgi_pass',
      );
      if (!php || server.directive.block?.some(({ name }) => name === 'include' || name === 'return')) continue;
      if (loginOf(server.levels) !== null || addressesOf(server.levels).state === 'denied') continue;
      if (!servesHidden(server, model.locations, '.git/config')) continue;
      yield {
        pointer: `${server.pointer}/root`,
        ...at(root, file.source),
        actual: `root ${folder}, hidden files not refused`,
        expected: 'location ~ /\\.(?!well-known) { deny all; }',
        message: `Server ${server.name} serves hidden files of ${folder}, if there are any (.git, .env).`,
        confidence: 'tentative',
        fix: null,
      };
    }
  },
});

const statusPage = defineRule<'nginx'>({
  id: 'audit/nginx-status-page-open',
  format: 'nginx',
  title: 'nginx shows its state to everybody',
  severity: 'low',
  topic: 'hardening',
  owner: 'it',
  description:
    'A status page tells how many requests come in, and the richer ones name every server behind nginx with its address.',
  remediation: 'Allow it to the monitoring alone: `allow 127.0.0.1; deny all;` in that location.',
  references: [NGINX.status],
  verified: { by: 'server', how: `${SERVER}: stub_status answers everybody; with allow and deny 403` },
  cwe: ['CWE-200'],
  examples: {
    bad: ['server {\n  listen 80;\n  location /nginx_status {\n    stub_status;\n  }\n}\n'],
    good: [
      'server {\n  listen 80;\n  location /nginx_status {\n    stub_status;\n    allow 127.0.0.1;\n    deny all;\n  }\n}\n',
      'server {\n  listen 127.0.0.1:8081;\n  location / {\n    stub_status on;\n  }\n}\n',
    ],
  },
  *check(file) {
    for (const location of modelOf(file).locations) {
      const page = location.levels
        .at(-1)
        ?.list.find(
          ({ name, arguments: [value] }) =>
            ['stub_status', 'vhost_traffic_status_display', 'api', 'req_status_show', 'check_status'].includes(name) &&
            value?.value !== 'off',
        );
      if (!page || page.block !== null || stays(location.server) || accessOf(location).state !== 'open') continue;
      yield {
        pointer: `${location.pointer}/${page.name}`,
        ...at(page, file.source),
        actual: `${page.name}, for everybody`,
        expected: 'allow 127.0.0.1; deny all;',
        message: `${location.path ?? location.server.name} shows the state of nginx to everybody.`,
        severity: page.name === 'stub_status' ? 'low' : 'medium',
        fix: null,
      };
    }
  },
});

const anyOrigin = defineRule<'nginx'>({
  id: 'audit/nginx-any-origin-with-login',
  format: 'nginx',
  title: 'Every website may use the login of its visitors',
  severity: 'medium',
  topic: 'authorization',
  owner: 'developer',
  description:
    '`Access-Control-Allow-Origin` repeats whatever origin asks, and credentials are allowed: any website that a signed-in person visits reads the API in their name.',
  remediation: 'Name the origins: `map $http_origin $cors { default ""; "https://app.example.org" $http_origin; }`.',
  references: [NGINX.headers, 'https://fetch.spec.whatwg.org/#cors-protocol-and-credentials'],
  verified: {
    by: 'server',
    how: `${SERVER}: \`Origin: https://evil.example\` is answered with that origin and Allow-Credentials: true`,
  },
  cwe: ['CWE-942'],
  examples: {
    bad: [
      'server {\n  listen 443 ssl;\n  location /api/ {\n    add_header Access-Control-Allow-Origin $http_origin always;\n    add_header Access-Control-Allow-Credentials true always;\n    proxy_pass http://app:3000;\n  }\n}\n',
    ],
    good: [
      'server {\n  listen 443 ssl;\n  location /api/ {\n    add_header Access-Control-Allow-Origin $cors always;\n    add_header Access-Control-Allow-Credentials true always;\n    proxy_pass http://app:3000;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location /api/ {\n    add_header Access-Control-Allow-Origin *;\n    proxy_pass http://app:3000;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location /api/ {\n    if ($http_origin !~ ^https://app\\.example\\.org$) {\n      return 403;\n    }\n    add_header Access-Control-Allow-Origin $http_origin;\n    add_header Access-Control-Allow-Credentials true;\n    proxy_pass http://app:3000;\n  }\n}\n',
    ],
  },
  *check(file) {
    const seen = new Set<NginxDirective>();
    for (const { levels, pointer } of modelOf(file).locations) {
      const headers = effective(levels, 'add_header');
      const header = (name: string): NginxDirective | undefined =>
        headers.find(({ arguments: [first] }) => first?.value.toLowerCase() === name);
      const origin = header('access-control-allow-origin');
      const credentials = header('access-control-allow-credentials')?.arguments[1]?.value;
      if (origin?.arguments[1]?.value !== '$http_origin' || credentials !== 'true' || seen.has(origin)) continue;
      const asked = levels.some(({ list }) =>
        list.some(
          ({ name, arguments: words }) => name === 'if' && words.some(({ value }) => value.includes('$http_origin')),
        ),
      );
      if (asked) continue;
      seen.add(origin);
      yield {
        pointer: `${pointer}/add_header[Access-Control-Allow-Origin]`,
        ...at(origin, file.source),
        actual: '$http_origin, with credentials',
        expected: 'a list of origins',
        message: `${pointer} lets every website read its answers with the visitor’s login.`,
        fix: null,
      };
    }
  },
});

const QUIET =
  /favicon|robots|\.(?:css|js|png|jpe?g|gif|ico|svg|woff2?|map)|health|ping|ready|alive|status|metrics|static|assets|\.well-known/i;

const logOff = defineRule<'nginx'>({
  id: 'audit/nginx-access-log-off',
  aliases: ['NX-LOG-001'],
  format: 'nginx',
  title: 'Nobody can tell later who read the data',
  severity: 'low',
  topic: 'logging',
  owner: 'security',
  description:
    'With `access_log off` for a whole server, or on a path that leads to a store, a theft leaves no trace: whose data was taken cannot be told, and those concerned cannot be informed.',
  remediation: 'Delete the line, and rotate and delete the log after the time that you need it.',
  references: [`${NGINX.log}#access_log`],
  verified: { by: 'server', how: `${SERVER}: no line in access.log with it, one per request without it` },
  cwe: ['CWE-778'],
  examples: {
    bad: [
      'server {\n  listen 443 ssl;\n  access_log off;\n  location / {\n    proxy_pass http://app:3000;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location / {\n    access_log off;\n    auth_basic "x";\n    auth_basic_user_file /etc/nginx/htpasswd;\n    proxy_pass http://elasticsearch:9200;\n  }\n}\n',
    ],
    good: [
      'server {\n  listen 443 ssl;\n  access_log /var/log/nginx/shop.log;\n  location / {\n    proxy_pass http://app:3000;\n  }\n}\n',
      'server {\n  listen 443 ssl;\n  location = /favicon.ico {\n    access_log off;\n  }\n  location / {\n    proxy_pass http://app:3000;\n  }\n}\n',
      'server {\n  listen 80;\n  access_log off;\n  return 301 https://$host$request_uri;\n}\n',
    ],
  },
  *check(file) {
    const passes = passesOf(file);
    const deciding = new Set<NginxDirective>();
    for (const { location, store } of passes) {
      const off = effective(location.levels, 'access_log').at(-1);
      if (off?.arguments[0]?.value !== 'off' || stays(location.server)) continue;
      const own = location.path !== null && location.levels.at(-1)?.list.includes(off);
      if (location.path !== null && QUIET.test(location.path)) continue;
      if (own && store === null) continue;
      if (accessOf(location).state !== 'closed') deciding.add(off);
    }
    for (const [directive, pointer] of named(file.document.directives, 'access_log')) {
      if (!deciding.has(directive)) continue;
      const cut = cutOf(directive);
      yield {
        pointer,
        ...at(directive, file.source),
        actual: 'off',
        expected: 'a log file',
        message: 'What is asked for and by whom is not written down here.',
        fix: {
          title: 'Write the access log again',
          edits: [{ ...cut, text: '' }],
          blastRadius:
            'Nobody is cut off. The log grows with each request and holds addresses of people: rotate and delete it.',
          needsConfirmation: false,
        },
      };
    }
  },
});

export const fileRules: readonly AuditRule<'nginx'>[] = [
  directoryListing,
  aliasTraversal,
  passwordFileServed,
  hiddenFiles,
  statusPage,
  anyOrigin,
  logOff,
];
