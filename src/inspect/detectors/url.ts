/**
 * A URL as it stands in a program: `scheme://[user[:password]@]host[:port][,host[:port]…][/path][?query][#fragment]`,
 * where any piece may be a template that is filled in at run time (`%s`, `{id}`, `${host}`) or simply missing because
 * code appends it (`http://`, `…?key=`). Parsed by delimiters only (RFC 3986, 3.2), because `URL` refuses templates,
 * several hosts (MongoDB connection strings) and half of what programs contain.
 */
import { domainToASCII } from 'node:url';
import { portOfScheme } from './schemes.ts';

export interface ParsedUrl {
  scheme: string;
  user?: string;
  password?: string;
  /** Lower-cased name or address; absent when it is not fixed. IPv6 in brackets. */
  host?: string;
  /** As written. */
  port?: number;
  /** Further `host:port` of a cluster. */
  more: { host: string; port?: number }[];
  /** From the first `/`, without query and fragment; empty when there is none. */
  path: string;
  /** With its `?`; empty when there is none. */
  query: string;
  fragment: string;
  complete: boolean;
  /** The part of the authority that is filled in at run time, e.g. `%s`. */
  authority: string;
}

// Matched text is short and every quantifier is bounded.
const TEMPLATE = /%(?:\d{1,2}\$)?[sdf@]|\$?\{[^{}]{0,80}\}|\{\{|\$[A-Za-z_]\w{0,40}|<[^<>]{0,40}>|#\{|\*|__\w{1,40}__/;
const UNFINISHED = /[=?&]$|:\/\/$|:$/;

/** True when a piece is filled in at run time. */
export function isTemplate(text: string): boolean {
  return TEMPLATE.test(text);
}

/** @returns undefined when the text has no authority that a program could mean. */
export function parseUrl(raw: string): ParsedUrl | undefined {
  const separator = raw.indexOf('://');
  if (separator < 1) return undefined;
  const scheme = raw.slice(0, separator).toLowerCase();
  const rest = raw.slice(separator + 3);
  const end = endOfAuthority(rest);
  const authority = rest.slice(0, end);
  const { path, query, fragment } = splitTail(rest.slice(end));
  const at = authority.lastIndexOf('@');
  const credentials = at < 0 ? undefined : authority.slice(0, at);
  const hosts = authority.slice(at + 1);
  const [first, ...others] = hosts.split(',').map(parseHost);
  if (first === undefined || first === 'invalid') return undefined;
  const more: { host: string; port?: number }[] = [];
  for (const other of others) {
    if (other === 'invalid') return undefined;
    if (other.host !== undefined)
      more.push({ host: other.host, ...(other.port === undefined ? {} : { port: other.port }) });
  }
  const colon = credentials?.indexOf(':') ?? -1;
  const user = credentials === undefined ? undefined : colon < 0 ? credentials : credentials.slice(0, colon);
  const password = credentials === undefined || colon < 0 ? undefined : credentials.slice(colon + 1);
  return {
    scheme,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(first.host === undefined ? {} : { host: first.host }),
    ...(first.port === undefined ? {} : { port: first.port }),
    more,
    path,
    query,
    fragment,
    complete:
      first.host !== undefined && !first.template && !isTemplate(path + query + fragment) && !UNFINISHED.test(raw),
    authority,
  };
}

function endOfAuthority(rest: string): number {
  let depth = 0;
  for (let index = 0; index < rest.length; index++) {
    const char = rest[index];
    if (char === '{') depth++;
    else if (char === '}') depth--;
    else if (depth <= 0 && (char === '/' || char === '?' || char === '#')) return index;
  }
  return rest.length;
}

function splitTail(tail: string): { path: string; query: string; fragment: string } {
  const hash = tail.indexOf('#');
  const fragment = hash < 0 ? '' : tail.slice(hash);
  const before = hash < 0 ? tail : tail.slice(0, hash);
  const mark = before.indexOf('?');
  return { path: mark < 0 ? before : before.slice(0, mark), query: mark < 0 ? '' : before.slice(mark), fragment };
}

interface Host {
  host?: string;
  port?: number;
  template: boolean;
}

function parseHost(text: string): Host | 'invalid' {
  if (text === '') return { template: true };
  if (isTemplate(text)) return templateHost(text);
  const bracket = /^(\[[0-9a-fA-F:.%]{2,64}\])(?::(\d{0,5}))?$/.exec(text);
  if (bracket?.[1] !== undefined) return withPort(bracket[1].toLowerCase(), bracket[2]);
  const match = /^([^\s:[\]()]{1,253})(?::(\d{0,5}))?$/.exec(text);
  if (match?.[1] === undefined) return 'invalid';
  const host = asciiHost(match[1]);
  return host === undefined ? 'invalid' : withPort(host, match[2]);
}

function withPort(host: string, digits: string | undefined): Host | 'invalid' {
  if (digits === undefined || digits === '') return { host, template: digits === '' };
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? { host, port, template: false } : 'invalid';
}

/** `shop.example.org:%d` keeps its host; `%s.example.org` has none. */
function templateHost(text: string): Host {
  const match = /^([A-Za-z0-9][A-Za-z0-9.-]{0,252}):[^.]{1,80}$/.exec(text);
  const host = match?.[1] === undefined ? undefined : asciiHost(match[1]);
  return host === undefined ? { template: true } : { host, template: true };
}

function asciiHost(text: string): string | undefined {
  const lower = text.toLowerCase();
  const host = /[^\x00-\x7f]/.test(lower) ? domainToASCII(lower) : lower;
  if (host === '' || host.length > 253) return undefined;
  const name = host.endsWith('.') ? host.slice(0, -1) : host;
  if (!/^[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?$/.test(name) || name.includes('..')) return undefined;
  if (/^[\d.]+$/.test(name) && !isAddress(name)) return undefined;
  return name;
}

/** Dotted IPv4 with four parts of 0–255. */
export function isAddress(host: string): boolean {
  const parts = host.split('.');
  return (
    parts.length === 4 &&
    parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255 && String(Number(part)) === part)
  );
}

/** Lower-case scheme and host, no default port, `/` for an empty path of a web URL; what stands behind is kept. */
export function normalizeUrl(url: ParsedUrl): string {
  const credentials =
    url.user === undefined ? '' : `${url.user}${url.password === undefined ? '' : `:${url.password}`}@`;
  const host = url.host === undefined ? url.authority.slice(url.authority.lastIndexOf('@') + 1) : url.host;
  const port = url.port === undefined || url.port === portOfScheme(url.scheme) ? '' : `:${url.port}`;
  const more = url.more.map((other) => `,${other.host}${other.port === undefined ? '' : `:${other.port}`}`).join('');
  const web = url.scheme === 'http' || url.scheme === 'https' || url.scheme === 'ws' || url.scheme === 'wss';
  const path = url.path === '' && web && url.host !== undefined ? '/' : url.path;
  const hostPort = url.host === undefined ? host : `${host}${port}`;
  return `${url.scheme}://${credentials}${hostPort}${more}${path}${url.query}${url.fragment}`;
}
