/** Where a request goes: `proxy_pass` and its kin, with `upstream` blocks and plain variables followed. */

import type { ReadFile } from '../../model.ts';
import { type KnownStore, storeAt } from '../store-ports.ts';
import { effective, type Levels, modelOf, type NginxLocation, type NginxModel } from './effective.ts';
import type { NginxDirective } from './parse.ts';

export interface Target {
  host: string;
  port: number | null;
  /** A variable that only a request fills. */
  variable: boolean;
}

export interface Pass {
  location: NginxLocation;
  directive: NginxDirective;
  /** `https`, `http`, `grpc`, `fastcgi`, …; empty in `stream`. */
  scheme: string;
  /** Name of the upstream block, if it is one. */
  upstream: string | null;
  targets: readonly Target[];
  store: KnownStore | null;
}

const PASSES: Readonly<Record<string, string>> = {
  proxy_pass: 'http',
  grpc_pass: 'grpc',
  fastcgi_pass: 'fastcgi',
  uwsgi_pass: 'uwsgi',
  scgi_pass: 'scgi',
  memcached_pass: 'memcached',
  redis_pass: 'redis',
  redis2_pass: 'redis',
};

const known = new WeakMap<NginxModel, Pass[]>();

/** Every pass of a document. */
export function passesOf(file: ReadFile<'nginx'>): readonly Pass[] {
  const model = modelOf(file);
  const made = known.get(model);
  if (made) return made;
  const passes = model.locations.flatMap((location) => {
    const list = location.levels.at(-1)?.list ?? [];
    return list
      .concat(list.flatMap(({ name, block }) => (name === 'if' || name === 'limit_except' ? (block ?? []) : [])))
      .flatMap((directive) => {
        const scheme = Object.hasOwn(PASSES, directive.name) ? PASSES[directive.name] : undefined;
        const written = directive.arguments[0]?.value;
        if (scheme === undefined || written === undefined || directive.block !== null) return [];
        return [passOf(model, location, directive, scheme, written)];
      });
  });
  known.set(model, passes);
  return passes;
}

function passOf(
  model: NginxModel,
  location: NginxLocation,
  directive: NginxDirective,
  kind: string,
  written: string,
): Pass {
  const stream = location.server.kind === 'stream';
  const filled = fillIn(written, location.levels);
  const match = /^(?:([a-z]{2,10}):\/\/)?([^/]*)/i.exec(filled);
  const scheme = stream ? '' : (match?.[1]?.toLowerCase() ?? kind);
  const authority = match?.[2] ?? '';
  const upstream = model.upstreams.get(authority);
  const targets = upstream?.block
    ?.filter(({ name }) => name === 'server')
    .map(({ arguments: [first] }) => targetOf(first?.value ?? '')) ?? [targetOf(authority)];
  const speaks = ['http', 'https', 'grpc', 'grpcs'].includes(scheme);
  const names = (target: Target): string[] => [target.host, ...(upstream ? [authority] : [])];
  let store: KnownStore | null = null;
  if (scheme === 'memcached' || scheme === 'redis') store = storeAt([scheme], null);
  else if (speaks || stream) {
    for (const target of targets) {
      store ??= target.variable || target.host.startsWith('unix:') ? null : storeAt(names(target), target.port);
    }
    // What does not speak HTTP is of no use to who is passed to it by HTTP.
    if (speaks && store?.http === false) store = null;
  }
  return { location, directive, scheme, upstream: upstream ? authority : null, targets, store };
}

function targetOf(authority: string): Target {
  if (authority.startsWith('unix:')) return { host: authority, port: null, variable: false };
  const match = /^(\[[0-9a-f:.]+\]|[^:]*)(?::(\d{1,5}))?$/i.exec(authority);
  const host = match?.[1] ?? authority;
  return { host, port: match?.[2] === undefined ? null : Number(match[2]), variable: /[$]|\{\{/.test(host) };
}

/** `set $upstream es:9200; proxy_pass http://$upstream;`, as people write it to look names up late. */
function fillIn(text: string, levels: Levels): string {
  return text.replace(/\$\{?(\w{1,64})\}?/g, (whole, name: string) => {
    for (let at = levels.length - 1; at >= 0; at -= 1) {
      const set = levels[at]?.list.find(
        ({ name: kind, arguments: [variable] }) => kind === 'set' && variable?.value === `$${name}`,
      );
      const value = set?.arguments[1]?.value;
      if (value !== undefined && !value.includes('$')) return value;
    }
    return whole;
  });
}

/** `es:9200`, for people. */
export function targetText({ targets, upstream }: Pass): string {
  const shown = targets.slice(0, 3).map(({ host, port }) => (port === null ? host : `${host}:${port}`));
  return upstream === null ? shown.join(', ') : `${upstream} (${shown.join(', ')})`;
}

/** nginx logs in to the store by itself, so whoever gets through is logged in. */
export function ownLogin(levels: Levels): NginxDirective | undefined {
  return effective(levels, 'proxy_set_header').find(
    ({ arguments: [name, value] }) =>
      name?.value.toLowerCase() === 'authorization' &&
      value !== undefined &&
      !/^\$http_authorization$|^$/.test(value.value),
  );
}
