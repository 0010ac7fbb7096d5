import { describe, expect, it } from 'vitest';
import type { ReadFile, RuleContext } from '../../model.ts';
import { sourceOf } from '../../source.ts';
import { recognise } from '../index.ts';
import { modelOf } from './effective.ts';
import { nginxFormat } from './read.ts';

const NOTHING: RuleContext = {
  runtimes: [],
  mounted: () => ({ files: [], missing: false }),
  beside: () => [],
  all: () => [],
  unknown: () => undefined,
};

function assembled(files: Readonly<Record<string, string>>): readonly ReadFile<'nginx'>[] {
  const siblings = { text: (path: string) => files[path] ?? null };
  const read = Object.entries(files).flatMap(([path, text]): ReadFile<'nginx'>[] => {
    if (recognise(path, text) !== 'nginx') return [];
    const source = sourceOf(path, text);
    return [{ format: 'nginx', source, document: nginxFormat.read(source, siblings).document }];
  });
  return nginxFormat.assemble?.(read, siblings).files ?? [];
}

function names(list: ReadFile<'nginx'>['document']['directives']): string[] {
  return list.flatMap(({ name, block }) => (block ? [name, ...names(block)] : [name]));
}

describe('nginx', () => {
  it('is told from other languages with braces', () => {
    for (const [path, text] of [
      ['Jenkinsfile', 'pipeline {\n  server {\n    listen 80;\n  }\n}\n'],
      ['main.tf', 'resource "x" "y" {\n  server {\n  }\n}\n'],
      ['dhcpd.conf', 'subnet 10.0.0.0 netmask 255.0.0.0 {\n  option routers 10.0.0.1;\n}\n'],
      ['named.conf', 'zone "example.org" {\n  type master;\n  include "x";\n};\n'],
      ['nftables.conf', 'table inet filter {\n  chain input {\n    type filter hook input priority 0;\n  }\n}\n'],
      ['Caddyfile', 'shop.example.org {\n  root * /srv\n}\n'],
      ['logrotate', '/var/log/x.log {\n  rotate 4\n}\n'],
      ['README.md', 'server {\n  listen 80;\n}\n'],
    ] as const) {
      expect(recognise(path, text), path).not.toBe('nginx');
    }
    expect(recognise('conf.d/site', 'server\n{\n  listen 80;\n  root /srv;\n}\n')).toBe('nginx');
    expect(recognise('default.conf.template', 'upstream a {\n  server b:1;\n}\n')).toBe('nginx');
  });

  it('puts included files in place of include, with globs, and judges each once', () => {
    const files = assembled({
      'nginx.conf': 'events {}\nhttp {\n  include /etc/nginx/mime.types;\n  include /etc/nginx/conf.d/*.conf;\n}\n',
      'conf.d/a.conf':
        'server {\n  listen 80;\n  include snippets/login.conf;\n  location / { proxy_pass http://es:9200; }\n}\n',
      'conf.d/sub/b.conf': 'server {\n  listen 81;\n  root /srv;\n}\n',
      'snippets/login.conf': 'auth_basic "x";\nauth_basic_user_file /etc/nginx/htpasswd;\n',
    });
    expect(files.map(({ source }) => source.path)).toEqual(['nginx.conf', 'conf.d/sub/b.conf']);
    expect(files[0]?.document.complete).toBe(true);
    expect(names(files[0]?.document.directives ?? [])).toContain('auth_basic_user_file');
  });

  it('comes to an end with files that include each other', () => {
    const files = assembled({
      'a.conf': 'server {\n  listen 80;\n  include b.conf;\n}\ninclude b.conf;\ninclude b.conf;\n',
      'b.conf': 'location / {\n  root /srv;\n}\ninclude a.conf;\ninclude a.conf;\n',
    });
    expect(files).toHaveLength(2);
    expect(files.every(({ document }) => !document.complete)).toBe(true);
  });

  it('reads quotes, escapes, variables and Lua as nginx does', () => {
    const text = `location ~ "^/a{2}\\.php$" { set $x "a\\"b;c"; log_format m '{"a":"$b"}'; proxy_pass http://\${host}; access_by_lua_block { if x then y("}") end --} \n } }\n`;
    const { document, status } = nginxFormat.read(sourceOf('x', text), { text: () => null });
    expect(status).toBe('read');
    const [location] = document.directives;
    expect(location?.arguments.map(({ value }) => value)).toEqual(['~', '^/a{2}\\.php$']);
    expect(location?.block?.map(({ name, arguments: words }) => [name, words.at(-1)?.value])).toEqual([
      ['set', 'a"b;c'],
      ['log_format', '{"a":"$b"}'],
      ['proxy_pass', 'http://${host}'],
      ['access_by_lua_block', undefined],
    ]);
    expect(location?.whole.end).toBe(text.length - 1);
  });

  it('says that it did not understand what is left open', () => {
    for (const text of [
      'server {\n  listen 80;\n',
      'server { listen "80; }\n',
      'server { listen 80 }\n',
      '}\n',
      '{% if x %}server {}\n',
    ]) {
      const reading = nginxFormat.read(sourceOf('x', text), { text: () => null });
      expect(reading.status, text).not.toBe('read');
      expect(reading.document.complete).toBe(false);
    }
  });

  it('tells where a server listens', () => {
    const [file] = assembled({
      'x.conf':
        'server {\n  listen 127.0.0.1:80;\n  listen [::1]:81;\n  listen 10.0.0.1:82 ssl;\n  listen unix:/run/x.sock;\n  listen *:83;\n  listen 84;\n  location / {}\n}\n',
    });
    const [server] = file ? modelOf(file).servers : [];
    expect(server?.listens.map(({ reach, port, tls }) => [reach, port, tls])).toEqual([
      ['loopback', 80, false],
      ['loopback', 81, false],
      ['private', 82, true],
      ['unix', null, false],
      ['everywhere', 83, false],
      ['everywhere', 84, false],
    ]);
  });

  it('tells of doors: to which port they lead, and whether strangers get through', () => {
    const text = `upstream es { server 10.0.0.5:9200; }
server { listen 443 ssl;
  location /open/ { proxy_pass http://es/; }
  location /login/ { auth_basic "x"; auth_basic_user_file /f; proxy_pass http://es/; }
  location /own/ { if ($http_x_key != "k") { return 403; } proxy_pass http://es/; }
  location /unread/ { include /etc/nginx/other.conf; proxy_pass http://es/; }
  location /app/ { proxy_pass http://app:3000; }
}
server { listen 127.0.0.1:8080; location / { proxy_pass http://es; } }
`;
    const [file] = assembled({ 'site.conf': text });
    if (!file) throw new Error('not recognised');
    const doors = nginxFormat.facts?.(file, NOTHING).doors ?? [];
    expect(doors.map((door) => door.lets(443, 'host').state)).toEqual(['open', 'open', 'unknown', 'unknown', 'closed']);
    expect(doors.map(({ leadsTo }) => leadsTo)).toEqual(
      ['no', 'yes', 'unknown', 'unknown', 'no'].map((asksForLogin) => [{ host: '10.0.0.5', port: 9200, asksForLogin }]),
    );
    expect(new Set(doors.map(({ id }) => id)).size).toBe(5);
    expect(doors[0]?.id).toContain('10.0.0.5:9200');
    const { span } = doors[1]?.lets(443, 'host').place ?? { span: { start: 0, end: 0 } };
    expect(text.slice(span.start, span.end)).toBe('auth_basic "x"');
  });

  it('takes hostile nesting and repetition', () => {
    for (const text of ['server {'.repeat(100_000), 'a '.repeat(500_000), 'a;'.repeat(300_000), '"'.repeat(200_000)]) {
      expect(nginxFormat.read(sourceOf('x', text), { text: () => null }).document.complete).toBe(false);
    }
  });
});
