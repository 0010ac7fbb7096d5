/**
 * What a stranger gets through a real nginx and a real HAProxy before a stand-in for a store, with what the rules call bad
 * and with what they call good: the same text is audited and started.
 */
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyEdits } from '../../src/audit/edits.ts';
import { auditText } from '../../src/audit/index.ts';
import { certificate, handOver, subFolder, unprivileged, workFolder } from './harness/daemon.ts';
import { fleet } from './harness/fleet.ts';
import { requireServer } from './harness/require-server.ts';

const nginx = requireServer('nginx', ['nginx']);
const haproxy = requireServer('haproxy', ['haproxy']);
const STREAM = ['/usr/lib/nginx/modules/ngx_stream_module.so'].find((path) => existsSync(path));
if (nginx && !STREAM) console.warn('SKIPPED the stream test: libnginx-mod-stream is not installed');

const running = fleet();
/** Says how it was asked. */
const store = http.createServer((request, response) => {
  response.end(
    JSON.stringify({ method: request.method, login: request.headers.authorization ?? null, path: request.url }),
  );
});
let secure: https.Server;
const ports = { plain: 0, tls: 0 };

beforeAll(async () => {
  const { key, cert } = certificate(workFolder('store'));
  secure = https.createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) => {
    response.end('secure');
  });
  for (const [server, name] of [[store, 'plain'] as const, [secure, 'tls'] as const]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports[name] = (server.address() as AddressInfo).port;
  }
});

afterAll(async () => {
  await running.stop();
  store.close();
  secure.close();
});

interface Answer {
  status: number;
  body: string;
  headers: http.IncomingHttpHeaders;
}

function ask(port: number, path: string, options: http.RequestOptions = {}): Promise<Answer> {
  return new Promise((done, fail) => {
    const request = http.request({ host: '127.0.0.1', port, path, agent: false, ...options }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString('utf8');
      });
      response.on('end', () => done({ status: response.statusCode ?? 0, body, headers: response.headers }));
    });
    request.on('error', fail).end();
  });
}

/** True when the rule is raised on the text. */
function raised(text: string, format: 'nginx' | 'haproxy', rule: string): boolean {
  return auditText(text, { format }).report.findings.some((finding) => finding.rule === rule);
}

/** The text as it is audited becomes one that runs here: other ports, the stand-in in place of the store. */
async function startNginx(server: string, before = ''): Promise<{ port: number; folder: string }> {
  const account = unprivileged('www-data');
  return await running.start({
    name: 'nginx',
    command: nginx ?? '',
    account,
    args: (free, folder) => {
      const root = subFolder(folder, 'www', account, 0o755);
      for (const [name, content] of Object.entries(FILES)) {
        mkdirSync(join(root, name, '..'), { recursive: true });
        writeFileSync(join(root, name), content);
      }
      const certificates = subFolder(folder, 'tls', account);
      certificate(certificates, account);
      const users = join(folder, 'htpasswd');
      writeFileSync(users, 'app:{PLAIN}changeit-example\n');
      const text = server
        .replaceAll('listen 8080', `listen 127.0.0.1:${free}`)
        .replaceAll('/etc/nginx/tls', certificates)
        .replaceAll('http://elasticsearch:9200', `http://127.0.0.1:${ports.plain}`)
        .replaceAll('https://elasticsearch:9200', `https://127.0.0.1:${ports.tls}`)
        .replaceAll('/etc/nginx/htpasswd', users)
        .replaceAll('/srv/shop', root)
        .replaceAll('/var/log/nginx', folder);
      const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (one) => `${one}_temp_path ${folder}/${one};`,
      );
      const file = join(folder, 'nginx.conf');
      const logged = text.includes('access_log') || text.includes('http {') ? '' : 'access_log off;';
      writeFileSync(
        file,
        `daemon off; pid ${folder}/pid; error_log ${folder}/error.log;\nevents {}\nhttp { ${logged} ${paths.join(' ')} ${before}\n${text}\n}\n`,
      );
      handOver(account, file, users);
      return ['-c', file, '-p', folder];
    },
  });
}

const FILES: Readonly<Record<string, string>> = {
  'index.html': 'shop',
  'public/a.txt': 'a',
  'secret.txt': 'canary',
  '.git/config': '[core]',
  '.env': 'CANARY=canary',
  '.htpasswd': 'canary:x',
  'backups/shop.sql': 'canary',
};

const AUTH = 'auth_basic "x"; auth_basic_user_file /etc/nginx/htpasswd;';
const server = (inside: string): string => `server {\n  listen 8080;\n  ${inside}\n}\n`;
const es = (inside: string): string => server(`location / { ${inside} proxy_pass http://elasticsearch:9200; }`);

interface Case {
  rule: string;
  path: string;
  options?: http.RequestOptions;
  bad: readonly [text: string, answer: number | ((answer: Answer) => boolean)];
  good: readonly [text: string, answer: number | ((answer: Answer) => boolean)];
}

const CASES: readonly Case[] = [
  { rule: 'audit/nginx-store-without-login', path: '/_search', bad: [es(''), 200], good: [es(AUTH), 401] },
  {
    rule: 'audit/nginx-store-without-login',
    path: '/_search',
    bad: [es('satisfy any; allow all; auth_basic "x"; auth_basic_user_file /etc/nginx/htpasswd;'), 200],
    good: [es('satisfy any; allow 192.0.2.1; auth_basic "x"; auth_basic_user_file /etc/nginx/htpasswd;'), 401],
  },
  {
    rule: 'audit/nginx-store-without-login',
    path: '/_search',
    bad: [es('rewrite ^/(.*)$ /x/$1 break; return 403;'), 200],
    good: [es('return 403;'), 403],
  },
  {
    rule: 'audit/nginx-login-cancelled',
    path: '/',
    bad: [server(`${AUTH} location / { auth_basic off; proxy_pass http://elasticsearch:9200; }`), 200],
    good: [server(`${AUTH} location / { proxy_pass http://elasticsearch:9200; }`), 401],
  },
  {
    rule: 'audit/nginx-store-takes-every-method',
    path: '/shop',
    options: { method: 'DELETE' },
    bad: [es('allow all;'), ({ body }) => body.includes('DELETE')],
    good: [es('limit_except GET POST { deny all; }'), 403],
  },
  {
    rule: 'audit/nginx-allow-without-deny',
    path: '/',
    bad: [es('allow 192.0.2.1;'), 200],
    good: [es('allow 192.0.2.1; deny all;'), 403],
  },
  {
    rule: 'audit/nginx-login-in-header',
    path: '/',
    bad: [
      es('proxy_set_header Authorization "Basic Y2hhbmdlaXQtZXhhbXBsZQ==";'),
      ({ body }) => body.includes('Y2hhbmdlaXQ'),
    ],
    good: [es('proxy_set_header Authorization "";'), ({ body }) => body.includes('"login":null')],
  },
  {
    rule: 'audit/nginx-store-over-plain-http',
    path: '/',
    bad: [es(''), 200],
    good: [server('return 301 https://$host$request_uri; location / { proxy_pass http://elasticsearch:9200; }'), 301],
  },
  {
    rule: 'audit/nginx-upstream-certificate-not-verified',
    path: '/',
    bad: [server('location / { proxy_pass https://elasticsearch:9200; }'), 200],
    good: [
      server(
        'location / { proxy_ssl_verify on; proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt; proxy_pass https://elasticsearch:9200; }',
      ),
      502,
    ],
  },
  {
    rule: 'audit/nginx-directory-listing',
    path: '/backups/',
    bad: [server('root /srv/shop; location /backups/ { autoindex on; }'), ({ body }) => body.includes('shop.sql')],
    good: [server('root /srv/shop; location /backups/ { autoindex off; }'), 403],
  },
  {
    rule: 'audit/nginx-alias-traversal',
    path: '/files../secret.txt',
    bad: [server('location /files { alias /srv/shop/public/; }'), ({ body }) => body === 'canary'],
    good: [server('location /files/ { alias /srv/shop/public/; }'), 404],
  },
  {
    rule: 'audit/nginx-password-file-served',
    path: '/.htpasswd',
    bad: [
      server('root /srv/shop; location /admin/ { auth_basic "x"; auth_basic_user_file /srv/shop/.htpasswd; }'),
      200,
    ],
    good: [
      server(
        'root /srv/shop; location ~ /\\.ht { deny all; } location /admin/ { auth_basic "x"; auth_basic_user_file /srv/shop/.htpasswd; }',
      ),
      403,
    ],
  },
  {
    rule: 'audit/nginx-hidden-files-served',
    path: '/.git/config',
    bad: [server('root /srv/shop; location ~ \\.php$ { fastcgi_pass 127.0.0.1:9; }'), 200],
    good: [
      server(
        'root /srv/shop; location ~ /\\.(?!well-known) { deny all; } location ~ \\.php$ { fastcgi_pass 127.0.0.1:9; }',
      ),
      403,
    ],
  },
  {
    rule: 'audit/nginx-status-page-open',
    path: '/status',
    bad: [server('location /status { stub_status; }'), ({ body }) => body.includes('Active connections')],
    good: [server('location /status { stub_status; allow 192.0.2.1; deny all; }'), 403],
  },
  {
    rule: 'audit/nginx-any-origin-with-login',
    path: '/',
    options: { headers: { origin: 'https://evil.example' } },
    bad: [
      es('add_header Access-Control-Allow-Origin $http_origin; add_header Access-Control-Allow-Credentials true;'),
      ({ headers }) => headers['access-control-allow-origin'] === 'https://evil.example',
    ],
    good: [
      es(
        'add_header Access-Control-Allow-Origin https://app.example; add_header Access-Control-Allow-Credentials true;',
      ),
      ({ headers }) => headers['access-control-allow-origin'] === 'https://app.example',
    ],
  },
];

const holds = (answer: Answer, expected: Case['bad'][1]): boolean =>
  typeof expected === 'number' ? answer.status === expected : expected(answer);

describe.skipIf(!nginx)('a real nginx', () => {
  for (const { rule, path, options, bad, good } of CASES) {
    it(`gives a stranger what ${rule} says (${bad[0].length} characters)`, async () => {
      expect(raised(bad[0], 'nginx', rule)).toBe(true);
      expect(raised(good[0], 'nginx', rule)).toBe(false);
      for (const [text, expected] of [bad, good]) {
        const { port } = await startNginx(text);
        const answer = await ask(port, path, options);
        expect(holds(answer, expected), `${answer.status} ${answer.body.slice(0, 200)}`).toBe(true);
      }
    });
  }

  it('tells its version until the patch is applied', async () => {
    const text = `http {\n  server {\n    listen 8080;\n    root /srv/shop;\n  }\n}\n`;
    const [finding] = auditText(text, { format: 'nginx' }).outcome.findings.filter(
      (one) => one.rule === 'audit/nginx-version-shown',
    );
    const patched = applyEdits(text, finding?.patches?.[0]?.edits ?? []) ?? '';
    expect(patched).toContain('server_tokens off;');
    for (const [one, expected] of [
      [text, /^nginx\/\d/],
      [patched, /^nginx$/],
    ] as const) {
      // The harness has an http block of its own.
      const inside = one.replace(/^http \{\n/, '').replace(/\}\n$/, '');
      const { port } = await startNginx(inside);
      expect((await ask(port, '/')).headers.server).toMatch(expected);
    }
  });

  it('refuses who guesses too fast only with limit_req', async () => {
    const limited = `limit_req_zone $binary_remote_addr zone=login:1m rate=1r/s;\n${es(`limit_req zone=login; ${AUTH}`)}`;
    expect(raised(es(AUTH), 'nginx', 'audit/nginx-login-without-rate-limit')).toBe(true);
    expect(raised(limited, 'nginx', 'audit/nginx-login-without-rate-limit')).toBe(false);
    for (const [text, expected] of [
      [es(AUTH), [401]],
      [limited, [401, 503]],
    ] as const) {
      const { port } = await startNginx(text);
      const statuses = new Set<number>();
      for (let time = 0; time < 8; time += 1) statuses.add((await ask(port, '/')).status);
      expect([...statuses].sort()).toEqual(expected);
    }
  });

  it('writes no line for a request with access_log off', async () => {
    const log = 'access_log /var/log/nginx/shop.log;';
    const written = async (text: string): Promise<string> => {
      const { port, folder } = await startNginx(text);
      await ask(port, '/canary-path');
      const file = join(folder, 'shop.log');
      return existsSync(file) ? readFileSync(file, 'utf8') : '';
    };
    const bad = `${log}\n${server('access_log off;\n  location / { proxy_pass http://elasticsearch:9200; }')}`;
    expect(raised(bad, 'nginx', 'audit/nginx-access-log-off')).toBe(true);
    const [finding] = auditText(bad, { format: 'nginx' }).outcome.findings.filter(
      (one) => one.rule === 'audit/nginx-access-log-off',
    );
    const patched = applyEdits(bad, finding?.patches?.[0]?.edits ?? []) ?? '';
    expect(patched).not.toContain('access_log off');
    expect(await written(bad)).not.toContain('canary-path');
    expect(await written(patched)).toContain('canary-path');
  });

  it('speaks TLS 1.1 only where the file says so', async () => {
    const text = (protocols: string): string =>
      `server {\n  listen 8080 ssl;\n  ssl_certificate /etc/nginx/tls/server.crt;\n  ssl_certificate_key /etc/nginx/tls/server.key;\n  ssl_protocols ${protocols};\n  ssl_ciphers DEFAULT:@SECLEVEL=0;\n  return 204;\n}\n`;
    const [bad, good] = [text('TLSv1.1 TLSv1.2'), text('TLSv1.2 TLSv1.3')];
    expect(raised(bad, 'nginx', 'audit/nginx-old-tls')).toBe(true);
    expect(raised(good, 'nginx', 'audit/nginx-old-tls')).toBe(false);
    const old = async (port: number): Promise<string | null> => {
      const socket = tls.connect({
        host: '127.0.0.1',
        port,
        minVersion: 'TLSv1.1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT:@SECLEVEL=0',
        // The certificate is the test's own.
        rejectUnauthorized: false,
      });
      try {
        await once(socket, 'secureConnect');
        return socket.getProtocol();
      } catch {
        return null;
      } finally {
        socket.destroy();
      }
    };
    expect(await old((await startNginx(bad)).port)).toBe('TLSv1.1');
    expect(await old((await startNginx(good)).port)).toBe(null);
  });

  it.skipIf(!STREAM)('hands raw connections of its stream block to the database, or closes them', async () => {
    const account = unprivileged('www-data');
    const text = (rules: string): string =>
      `stream {\n  server {\n    listen 5432;\n    ${rules}\n    proxy_pass db:5432;\n  }\n}\n`;
    const rule = 'audit/nginx-database-port-passed-on';
    expect(raised(text(''), 'nginx', rule)).toBe(true);
    expect(raised(text('allow 192.0.2.1; deny all;'), 'nginx', rule)).toBe(false);
    for (const [rules, expected] of [
      ['', 200],
      ['allow 192.0.2.1; deny all;', null],
    ] as const) {
      const { port } = await running.start({
        name: 'nginx',
        command: nginx ?? '',
        account,
        args: (free, folder) => {
          const file = join(folder, 'nginx.conf');
          const stream = text(rules)
            .replace('listen 5432', `listen 127.0.0.1:${free}`)
            .replace('db:5432', `127.0.0.1:${ports.plain}`);
          writeFileSync(
            file,
            `load_module ${STREAM};\ndaemon off; pid ${folder}/pid; error_log ${folder}/error.log; events {}\n${stream}`,
          );
          handOver(account, file);
          return ['-c', file, '-p', folder];
        },
      });
      const status = await ask(port, '/').then(
        (answer) => answer.status,
        () => null,
      );
      expect(status).toBe(expected);
    }
  });
});

describe.skipIf(!haproxy)('a real HAProxy', () => {
  async function start(text: string): Promise<number> {
    const account = unprivileged('haproxy');
    const { port } = await running.start({
      name: 'haproxy',
      command: haproxy ?? '',
      account,
      args: (free, folder) => {
        const file = join(folder, 'haproxy.cfg');
        const config = text
          .replaceAll('*:8080', `127.0.0.1:${free}`)
          .replaceAll('10.0.0.5:9200', `127.0.0.1:${ports.plain}`)
          .replaceAll('10.0.0.5:6379', `127.0.0.1:${ports.plain}`)
          .replaceAll('10.0.0.5:8443', `127.0.0.1:${ports.tls}`);
        writeFileSync(file, config);
        handOver(account, file);
        return ['-f', file, '-db'];
      },
    });
    return port;
  }
  const DEFAULTS =
    'defaults\n  mode http\n  log 127.0.0.1:9 local0\n  timeout connect 2s\n  timeout client 5s\n  timeout server 5s\n';
  const front = (rules: string): string =>
    `userlist team\n  user app password $5$example$hash\n${DEFAULTS}frontend search\n  bind *:8080\n${rules}  default_backend es\nbackend es\n  server es1 10.0.0.5:9200\n`;
  const redis = (rules: string): string =>
    `${DEFAULTS}listen redis\n  bind *:8080\n  mode tcp\n${rules}  server r1 10.0.0.5:6379\n`;
  const stats = (rules: string): string =>
    `${DEFAULTS}listen stats\n  bind *:8080\n  stats enable\n  stats uri /stats\n${rules}`;
  const tls = (verify: string): string =>
    `${DEFAULTS}frontend web\n  bind *:8080\n  default_backend app\nbackend app\n  server app1 10.0.0.5:8443 ssl ${verify}\n`;

  it.each([
    [
      'audit/haproxy-store-without-login',
      '/',
      front(''),
      200,
      front('  http-request auth unless { http_auth(team) }\n'),
      401,
    ],
    [
      'audit/haproxy-store-without-login',
      '/',
      front(''),
      200,
      front('  http-request deny unless { src 192.0.2.0/24 }\n'),
      403,
    ],
    [
      'audit/haproxy-store-over-plain-http',
      '/',
      front(''),
      200,
      front('  http-request redirect scheme https unless { ssl_fc }\n'),
      302,
    ],
    [
      'audit/haproxy-store-port-open',
      '/',
      redis(''),
      200,
      redis('  acl app src 192.0.2.0/24\n  tcp-request connection reject if !app\n'),
      null,
    ],
    [
      'audit/haproxy-statistics-without-login',
      '/stats',
      stats(''),
      200,
      stats('  stats auth app:"${STATS_PASSWORD}"\n'),
      401,
    ],
    [
      'audit/haproxy-backend-certificate-not-verified',
      '/',
      tls('verify none'),
      200,
      tls('verify required ca-file /etc/ssl/certs/ca-certificates.crt'),
      503,
    ],
  ] as const)('gives a stranger what %s says at %s', async (rule, path, bad, open, good, closed) => {
    expect(raised(bad, 'haproxy', rule)).toBe(true);
    expect(raised(good, 'haproxy', rule)).toBe(false);
    for (const [text, expected] of [
      [bad, open],
      [good, closed],
    ] as const) {
      const status = await ask(await start(text), path).then(
        (answer) => answer.status,
        () => null,
      );
      expect(status).toBe(expected);
    }
  });

  it('answers commands on a TCP socket of the runtime API without a login', async () => {
    const text = `global\n  log 127.0.0.1:9 local0\n  stats socket ipv4@*:8080 level admin\n${DEFAULTS}frontend x\n  bind 127.0.0.1:0\n`;
    expect(raised(text, 'haproxy', 'audit/haproxy-runtime-api-on-network')).toBe(true);
    const socket = net.connect(await start(text.replace('bind 127.0.0.1:0', 'bind unix@x.sock')), '127.0.0.1');
    let said = '';
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    socket.write('show info\n');
    await once(socket, 'close');
    expect(said).toMatch(/^Name: HAProxy/);
  });
});
