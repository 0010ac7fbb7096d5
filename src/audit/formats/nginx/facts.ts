/** Locations that lead to a store, as doors: the joining asks them for the store's port. */
import type { DoorFact, Facts, Place } from '../../facts.ts';
import type { ReadFile } from '../../model.ts';
import { accessOf } from './access.ts';
import { reachOfServer } from './effective.ts';
import { type Pass, passesOf, targetText } from './passes.ts';

export function nginxFacts(file: ReadFile<'nginx'>): Facts {
  const seen = new Map<string, number>();
  const doors = passesOf(file).flatMap((pass): DoorFact[] => {
    if (pass.store === null) return [];
    const target = pass.targets[0];
    const where = `${target?.host ?? ''}:${target?.port ?? ''}`;
    const base = `nginx:${file.source.path}:${pass.location.pointer} -> ${where}`;
    const count = (seen.get(base) ?? 0) + 1;
    seen.set(base, count);
    return [
      {
        id: count > 1 ? `${base}#${count}` : base,
        kind: 'proxy',
        stands: 'behind',
        lets: () => lets(pass),
        leadsTo: pass.targets.map(({ host, port }) => ({
          host: host.replace(/^\[(.*)\]$/, '$1'),
          port: port ?? (pass.scheme.endsWith('s') ? 443 : 80),
          asksForLogin: loginAt(pass),
        })),
      },
    ];
  });
  return { doors };
}

/** `asksForLogin` is about logins alone; who is refused by address does not get through at all. */
function loginAt({ location }: Pass): 'yes' | 'no' | 'unknown' {
  const { state } = accessOf(location);
  return state === 'asks' ? 'yes' : state === 'open' || state === 'closed' ? 'no' : 'unknown';
}

function lets(pass: Pass): ReturnType<DoorFact['lets']> {
  const place: Place = {
    source: pass.directive.source,
    span: pass.directive.span,
    pointer: `${pass.location.pointer}/${pass.directive.name}`,
  };
  const to = targetText(pass);
  const reach = reachOfServer(pass.location.server);
  if (reach === 'loopback' || reach === 'unix') {
    return { state: 'closed', text: `nginx leads to ${to}, but listens on this machine alone`, place };
  }
  const access = accessOf(pass.location);
  const by = access.by
    ? {
        ...place,
        source: access.by.source,
        span: access.by.span,
        pointer: `${pass.location.pointer}/${access.by.name}`,
      }
    : place;
  const path = pass.location.path ?? pass.location.server.name;
  const text = `nginx passes ${path} on to ${to}: ${access.text}`;
  const state =
    access.state === 'closed' ? 'closed' : access.state === 'open' || access.state === 'asks' ? 'open' : 'unknown';
  return { state, text, place: by };
}
