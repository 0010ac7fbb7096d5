/** Comments that every format shares. */
import type { PlainReach } from '../reach.ts';

export function head(mark: string, format: string, lines: readonly string[]): string[] {
  return [`Written by \`postern firewall generate --format ${format}\`. Read it before you apply it.`, ...lines].map(
    (line) => `${mark} ${line}`.trimEnd(),
  );
}

/** `elasticsearch on search.example.com, port 9200/tcp: api, office`. @param byName names without addresses mean something */
export function who({ service, host, port, protocol, from }: PlainReach, byName = false): string {
  const at = host === undefined ? '' : ` on ${host.replace(/[^A-Za-z0-9.:_-]/g, '')}`;
  const names = from.length === 0 ? 'nobody but the host itself' : from.map(nameOf).join(', ');
  function nameOf({ name, cidrs }: PlainReach['from'][number]): string {
    return byName || cidrs.length > 0 ? name : `${name} (NO ADDRESS LISTED: it is kept out)`;
  }
  return `${service}${at}, port ${port}/${protocol}: ${names}`;
}

export function cutOff({ cutOff: apps }: PlainReach): string[] {
  if (apps === undefined || apps.length === 0) return [];
  const names = apps.map((app) => app.replace(/[^A-Za-z0-9._-]/g, '')).join(', ');
  return [`Cuts off ${names}: an app speaks to a service of yours, never to the store.`];
}

/** The blocks of both families, IPv4 first. */
export function everyCidr({ cidrs }: PlainReach): string[] {
  return [...cidrs[4], ...cidrs[6]];
}
