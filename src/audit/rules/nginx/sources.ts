/** What the rules of nginx share. */

import type { NginxServer } from '../../formats/nginx/effective.ts';
import { reachOfServer } from '../../formats/nginx/effective.ts';
import type { NginxDirective } from '../../formats/nginx/parse.ts';
import type { Pass } from '../../formats/nginx/passes.ts';
import type { Hit } from '../../model.ts';
import { type Source, type Span, wholeLines } from '../../source.ts';

export const NGINX = {
  access: 'https://nginx.org/en/docs/http/ngx_http_access_module.html',
  basic: 'https://nginx.org/en/docs/http/ngx_http_auth_basic_module.html',
  request: 'https://nginx.org/en/docs/http/ngx_http_auth_request_module.html',
  core: 'https://nginx.org/en/docs/http/ngx_http_core_module.html',
  ssl: 'https://nginx.org/en/docs/http/ngx_http_ssl_module.html',
  proxy: 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html',
  log: 'https://nginx.org/en/docs/http/ngx_http_log_module.html',
  autoindex: 'https://nginx.org/en/docs/http/ngx_http_autoindex_module.html',
  limit: 'https://nginx.org/en/docs/http/ngx_http_limit_req_module.html',
  stream: 'https://nginx.org/en/docs/stream/ngx_stream_access_module.html',
  status: 'https://nginx.org/en/docs/http/ngx_http_stub_status_module.html',
  headers: 'https://nginx.org/en/docs/http/ngx_http_headers_module.html',
  gixyAlias: 'https://github.com/dvershinin/gixy/blob/master/docs/en/plugins/aliastraversal.md',
} as const;

export const SERVER = 'nginx 1.22.1 (Debian 12, test/servers/audit-proxy.test.ts)';

/** The part of a hit that says where it is. */
export function at(directive: NginxDirective, main: Source): Pick<Hit, 'span' | 'source'> {
  return { span: directive.span, ...(directive.source !== main && { source: directive.source }) };
}

export function values(directive: NginxDirective): string {
  return directive.arguments.map(({ value }) => value).join(' ');
}

/** `location / of shop.example` */
export function placeText({ location }: Pick<Pass, 'location'>): string {
  return location.path === null
    ? `Server ${location.server.name}`
    : `Location ${location.path} of ${location.server.name}`;
}

/** Nobody on another machine reaches it. */
export function stays(server: NginxServer): boolean {
  const reach = reachOfServer(server);
  return reach === 'loopback' || reach === 'unix';
}

/** The directive's lines when it stands alone on them, else the directive: what to cut to remove it. */
export function cutOf({ source, whole }: NginxDirective): Span {
  const lines = wholeLines(source.text, whole);
  const before = source.text.slice(lines.start, whole.start);
  const after = source.text.slice(whole.end, lines.end);
  return /^[ \t]*$/.test(before) && /^[ \t]*(?:#[^\n]*)?\r?\n?$/.test(after) ? lines : whole;
}

/** Snippets and pieces: they are included somewhere that is not in the tree. */
export function isLoose(server: NginxServer): boolean {
  return server.directive.name !== 'server';
}
