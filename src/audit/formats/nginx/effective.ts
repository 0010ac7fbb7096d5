/**
 * What holds in a block of nginx: a directive is inherited from the block around it unless the block has one of its own;
 * of lists (`allow`/`deny`, `add_header`) the whole list is inherited or none of it (ngx_http_access_module,
 * ngx_http_headers_module). A request goes through server rewrite, location choice, rewrite, access and content, in this
 * order: `return` comes before `auth_basic`, which comes before `proxy_pass`.
 * https://nginx.org/en/docs/http/request_processing.html, https://nginx.org/en/docs/dev/development_guide.html#http_phases
 */
import ipaddr from 'ipaddr.js';
import type { ReadFile } from '../../model.ts';
import type { NginxDirective } from './parse.ts';
import type { NginxDocument } from './read.ts';

/** The blocks around something, outermost first; the last is the one it stands in. */
export type Levels = readonly { owner: NginxDirective | null; list: readonly NginxDirective[] }[];

export interface Listen {
  directive: NginxDirective | null;
  reach: 'everywhere' | 'loopback' | 'private' | 'unix';
  port: number | null;
  tls: boolean;
}

export interface NginxServer {
  kind: 'http' | 'stream';
  directive: NginxDirective;
  levels: Levels;
  listens: readonly Listen[];
  /** The first name, or where it listens. */
  name: string;
  /** Unique in the document. */
  pointer: string;
}

/** A `location`, or the server itself (`path` null) for what stands outside of every location. */
export interface NginxLocation {
  server: NginxServer;
  directive: NginxDirective;
  levels: Levels;
  modifier: '' | '=' | '~' | '~*' | '^~' | '@';
  path: string | null;
  pointer: string;
}

export interface NginxModel {
  servers: readonly NginxServer[];
  locations: readonly NginxLocation[];
  upstreams: ReadonlyMap<string, NginxDirective>;
  /** Blocks of the main file. */
  http: readonly NginxDirective[];
}

const models = new WeakMap<NginxDocument, NginxModel>();
const MOST_LOCATIONS = 5_000;

/** The servers and locations of a document; made once. */
export function modelOf({ document }: ReadFile<'nginx'>): NginxModel {
  const known = models.get(document);
  if (known) return known;
  const model = build(document);
  models.set(document, model);
  return model;
}

function build(document: NginxDocument): NginxModel {
  const servers: NginxServer[] = [];
  const locations: NginxLocation[] = [];
  const upstreams = new Map<string, NginxDirective>();
  const top: Levels = [{ owner: null, list: document.directives }];
  const http: NginxDirective[] = [];

  function addServer(directive: NginxDirective, levels: Levels, inStream: boolean | null): void {
    const list = directive.block ?? [];
    const inner: Levels = [...levels, { owner: directive, list }];
    const passes = list.find(({ name }) => name === 'proxy_pass');
    // A piece without `http` around it: a pass outside of every location is only possible in `stream`.
    const stream = inStream ?? (passes !== undefined && !/^https?:/.test(passes.arguments[0]?.value ?? ''));
    const listens = listensOf(list);
    const named = list.find(({ name }) => name === 'server_name')?.arguments[0]?.value;
    const listen = listens[0]?.directive?.arguments[0]?.value ?? '80';
    const name = named && named !== '_' ? named : `port ${listen}`;
    const same = servers.filter((one) => one.name === name).length;
    const server: NginxServer = {
      kind: stream ? 'stream' : 'http',
      directive,
      levels: inner,
      listens,
      name,
      pointer: `server[${name}]${same > 0 ? `#${same + 1}` : ''}`,
    };
    servers.push(server);
    locations.push({ server, directive, levels: inner, modifier: '', path: null, pointer: server.pointer });
    if (!stream) addLocations(server, inner, server.pointer);
  }

  function addLocations(server: NginxServer, levels: Levels, pointer: string): void {
    const seen = new Map<string, number>();
    for (const directive of levels.at(-1)?.list ?? []) {
      if (directive.block === null || locations.length >= MOST_LOCATIONS || levels.length > 40) continue;
      if (directive.name !== 'location') continue;
      const inner: Levels = [...levels, { owner: directive, list: directive.block }];
      const [modifier, path] = pathOf(directive);
      const label = `location[${directive.arguments.map(({ value }) => value).join(' ')}]`;
      const count = (seen.get(label) ?? 0) + 1;
      seen.set(label, count);
      const own = `${pointer}/${label}${count > 1 ? `#${count}` : ''}`;
      locations.push({ server, directive, levels: inner, modifier, path, pointer: own });
      addLocations(server, inner, own);
    }
  }

  const loose: NginxServer = {
    kind: 'http',
    directive: document.directives[0] ?? NOTHING,
    levels: top,
    listens: [],
    name: 'the including server',
    pointer: 'snippet',
  };
  function visit(levels: Levels, kind: 'main' | 'http' | 'stream'): void {
    for (const directive of levels.at(-1)?.list ?? []) {
      if (directive.block === null) continue;
      const inner: Levels = [...levels, { owner: directive, list: directive.block }];
      if (directive.name === 'http' || directive.name === 'stream') {
        if (directive.name === 'http') http.push(directive);
        if (kind === 'main') visit(inner, directive.name);
      } else if (directive.name === 'server') addServer(directive, levels, kind === 'main' ? null : kind === 'stream');
      else if (directive.name === 'upstream') {
        const name = directive.arguments[0]?.value;
        if (name !== undefined) upstreams.set(name, directive);
      }
    }
  }
  visit(top, 'main');
  if (document.directives.some(({ name }) => name === 'location')) addLocations(loose, top, 'snippet');
  return { servers, locations, upstreams, http };
}

const NOTHING = { name: '', arguments: [], block: null } as unknown as NginxDirective;

function pathOf({ arguments: [first, second] }: NginxDirective): [NginxLocation['modifier'], string] {
  const word = first?.value ?? '';
  if (second !== undefined) {
    const modifier = (['=', '~', '~*', '^~'] as const).find((one) => one === word);
    return [modifier ?? '', second.value];
  }
  // `location =/path` and `location ~regex` are read as one word by nginx, too.
  const glued = /^(=|\^~|~\*|~)(?=.)/.exec(word)?.[1];
  if (glued !== undefined) return [glued as NginxLocation['modifier'], word.slice(glued.length)];
  return word.startsWith('@') ? ['@', word] : ['', word];
}

function listensOf(list: readonly NginxDirective[]): Listen[] {
  const found = list.filter(({ name }) => name === 'listen');
  const ssl = list.some(({ name, arguments: [value] }) => name === 'ssl' && value?.value === 'on');
  // ngx_http_add_server: without `listen` it is *:80 (or *:8000 when not started by root).
  if (found.length === 0) return [{ directive: null, reach: 'everywhere', port: 80, tls: ssl }];
  return found.map((directive): Listen => {
    const [address, ...options] = directive.arguments.map(({ value }) => value);
    const text = address ?? '';
    const tls = ssl || options.some((option) => option === 'ssl' || option === 'quic');
    if (text.startsWith('unix:')) return { directive, reach: 'unix', port: null, tls };
    const match = /^(?:(.*):)?(\d{1,5})$/.exec(text);
    const host = match ? (match[1] ?? '*') : text;
    const port = match ? Number(match[2]) : 80;
    return { directive, reach: reachOf(host), port: /[{$]/.test(text) ? null : port, tls };
  });
}

/** Who reaches an address that something listens on. */
export function reachOf(host: string): Listen['reach'] {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (bare === 'localhost') return 'loopback';
  if (!ipaddr.isValid(bare)) return 'everywhere';
  const range = ipaddr.process(bare).range();
  if (range === 'loopback') return 'loopback';
  return range === 'private' || range === 'uniqueLocal' || range === 'carrierGradeNat' || range === 'linkLocal'
    ? 'private'
    : 'everywhere';
}

/** The directives of this name that hold: those of the nearest block that has any. */
export function effective(levels: Levels, ...names: readonly string[]): readonly NginxDirective[] {
  for (let at = levels.length - 1; at >= 0; at -= 1) {
    const found = levels[at]?.list.filter(({ name }) => names.includes(name)) ?? [];
    if (found.length > 0) return found;
  }
  return [];
}

/** The last one that holds, and its first argument. */
export function settingOf(levels: Levels, name: string): string | undefined {
  return effective(levels, name).at(-1)?.arguments[0]?.value;
}

/** Something was included that could not be read, in one of these blocks. */
export function hasUnread(levels: Levels): boolean {
  return levels.some(({ list }) => list.some(({ name }) => name === 'include'));
}

/** The worst of where a server listens. */
export function reachOfServer({ listens }: NginxServer): Listen['reach'] {
  return (
    (['everywhere', 'private', 'loopback', 'unix'] as const).find((reach) =>
      listens.some((listen) => listen.reach === reach),
    ) ?? 'everywhere'
  );
}
