/** Ways from a frontend to a store, as doors. */
import type { DoorFact, DoorState, Facts } from '../../facts.ts';
import type { ReadFile } from '../../model.ts';
import { askedOn, bindsOf, type HaproxyWay, waysOf, wayText } from './effective.ts';

export function haproxyFacts(file: ReadFile<'haproxy'>): Facts {
  const seen = new Map<string, number>();
  const doors = waysOf(file.document).map((way): DoorFact => {
    const base = `haproxy:${file.source.path}:${way.front.type}[${way.front.name}] -> ${way.host}:${way.port ?? ''}`;
    const count = (seen.get(base) ?? 0) + 1;
    seen.set(base, count);
    return {
      id: count > 1 ? `${base}#${count}` : base,
      kind: 'proxy',
      stands: 'behind',
      lets: () => lets(file, way),
      ...(way.port !== null && { leadsTo: [{ host: way.host, port: way.port, asksForLogin: loginOn(file, way) }] }),
    };
  });
  return { doors };
}

function loginOn({ document }: ReadFile<'haproxy'>, way: HaproxyWay): 'yes' | 'no' | 'unknown' {
  const { state } = askedOn(way);
  if (state === 'asks') return 'yes';
  return document.complete && state !== 'unknown' ? 'no' : 'unknown';
}

function lets({ source, document }: ReadFile<'haproxy'>, way: HaproxyWay): ReturnType<DoorFact['lets']> {
  const pointer = `${way.front.type}[${way.front.name}]`;
  const place = { source, span: way.server.span, pointer: `${pointer}/server` };
  const binds = bindsOf(way.front);
  if (binds.length > 0 && binds.every(({ reach }) => reach === 'loopback' || reach === 'unix')) {
    return { state: 'closed', text: `${wayText(way)} listens on this machine alone`, place };
  }
  const asked = askedOn(way);
  const by = asked.by ? { source, span: asked.by.span, pointer: `${pointer}/${asked.by.keyword}` } : place;
  const states: Record<typeof asked.state, DoorState> = {
    open: 'open',
    asks: 'open',
    closed: 'closed',
    unknown: 'unknown',
  };
  const state = document.complete ? states[asked.state] : 'unknown';
  return { state, text: `${wayText(way)}: ${asked.text}`, place: by };
}
