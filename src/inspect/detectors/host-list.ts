/** Looks up a host in the curated lists (data/hosts.ts, data/sdk-hosts.ts). */
import {
  DOCUMENTATION_HOSTS,
  type HostGroup,
  NAMESPACE_HOSTS,
  PLACEHOLDER_HOSTS,
  RENTED_HOSTS,
} from '../data/hosts.ts';
import { SDK_HOSTS } from '../data/sdk-hosts.ts';

interface Pattern {
  group: HostGroup;
  /** The pattern also covers names below the host. */
  below: boolean;
  /** Path prefix; `$` for the bare home page; undefined for any. */
  path?: string;
}

let index: Map<string, Pattern[]> | undefined;

function build(): Map<string, Pattern[]> {
  const map = new Map<string, Pattern[]>();
  for (const group of [
    ...NAMESPACE_HOSTS,
    ...DOCUMENTATION_HOSTS,
    ...PLACEHOLDER_HOSTS,
    ...RENTED_HOSTS,
    ...SDK_HOSTS,
  ]) {
    for (const text of group.hosts) {
      const slash = text.indexOf('/');
      const name = slash < 0 ? text : text.slice(0, slash);
      const below = name.startsWith('*.');
      const host = below ? name.slice(2) : name;
      const path = slash < 0 ? undefined : text.slice(slash);
      const pattern: Pattern = { group, below, ...(path === undefined ? {} : { path: path === '/$' ? '$' : path }) };
      map.set(host, [...(map.get(host) ?? []), pattern]);
    }
  }
  return map;
}

/** @param path with query, as in the URL; empty for a bare host */
export function lookupHost(host: string, path: string): HostGroup | undefined {
  index ??= build();
  const name = host.startsWith('.') ? host.slice(1) : host;
  for (let from = 0; from >= 0 && from < name.length; ) {
    const found = best(index.get(name.slice(from)), from > 0, path);
    if (found !== undefined) return found;
    const dot = name.indexOf('.', from);
    from = dot < 0 ? -1 : dot + 1;
  }
  return undefined;
}

/** The most specific pattern: one with a path before one without. */
function best(patterns: readonly Pattern[] | undefined, below: boolean, path: string): HostGroup | undefined {
  const matches = patterns?.filter((pattern) => (pattern.below || !below) && pathMatches(pattern.path, path));
  return (matches?.find((pattern) => pattern.path !== undefined) ?? matches?.[0])?.group;
}

function pathMatches(pattern: string | undefined, path: string): boolean {
  if (pattern === undefined) return true;
  if (pattern === '$') return path === '' || path === '/';
  return path.startsWith(pattern);
}
