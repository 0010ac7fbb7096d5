/** One host as its own state describes it: what waits for connections, and what the filters do with a stranger's. */
import type { Skip } from '../core/skip.ts';
import { type Decision, decide } from './decision.ts';
import type { Chain, Filter, Packet, Place } from './model.ts';
import { addressOf, type Family, holds, NEVER_FROM_OUTSIDE, PUBLIC } from './ranges.ts';
import { readStateFile, type StateFile } from './readers/index.ts';
import type { Listener, Published } from './readers/readout.ts';
import type { CloudGroup } from './readers/terraform/model.ts';

/** A port that waits for connections, and who gets through to it. */
export interface Opening {
  family: Family;
  /** `0.0.0.0` and `::` for all addresses. */
  address: string;
  /** No other machine can send to it: loopback or link-local. */
  inside: boolean;
  /** Bound to all addresses, or to one that is public: not only to one of a private network. */
  facesAll: boolean;
  port: number;
  process?: string;
  /** Published by Docker for this container, and its port in there. */
  container?: string;
  containerPort?: number;
  place: Place;
  decision: Decision;
  /** What the host's own input rules, and ufw, say about the port where Docker publishes past them. */
  pastInput?: Decision;
}

export interface HostView {
  /** Name of the host, where the caller knows it. */
  host?: string;
  files: { path: string; kind: string }[];
  /** Sockets were handed over: what is not among them does not listen. */
  hasSockets: boolean;
  openings: Opening[];
  filters: Filter[];
  groups: CloudGroup[];
  skips: Skip[];
}

export interface ReadOptions {
  host?: string;
  /** Interfaces that face outside; without them, a rule for one interface may or may not be meant. */
  outside?: readonly string[];
}

/** Reads everything that the owner handed over about one host, and joins it. */
export function readHostState(files: readonly StateFile[], options: ReadOptions = {}): HostView {
  const readouts = files.map(readStateFile);
  const filters = readouts.flatMap((readout) => readout.filters);
  const listeners = readouts.flatMap((readout) => readout.listeners);
  const published = readouts.flatMap((readout) => readout.published);
  const outside = options.outside === undefined ? {} : { outside: options.outside };
  return {
    ...(options.host !== undefined && { host: options.host }),
    files: readouts.flatMap(({ kind }, at) => (kind === undefined ? [] : [{ path: files[at]?.path ?? '', kind }])),
    hasSockets: readouts.some(({ kind }) => kind === 'ss -ltnp'),
    openings: openingsOf(listeners, published, filters, outside),
    filters,
    groups: readouts.flatMap((readout) => readout.groups),
    skips: readouts.flatMap((readout) => readout.skips),
  };
}

function openingsOf(
  listeners: readonly Listener[],
  published: readonly Published[],
  filters: readonly Filter[],
  outside: Pick<Packet, 'outside'>,
): Opening[] {
  const found = new Map<string, Opening>();
  const add = (one: Listener | Published, more: Partial<Opening>) => {
    const { family, port, address, place } = one;
    const key = `${family}/${addressOf(address ?? 0n, family)}/${port}`;
    if (found.has(key)) return;
    const inside = address !== undefined && holds(NEVER_FROM_OUTSIDE[family], address);
    const packet: Packet = { family, protocol: 'tcp', port, ...(address !== undefined && { to: address }), ...outside };
    const decision = decideAtHost(filters, packet, more.container !== undefined);
    const past =
      more.container === undefined ? undefined : decideAtHost(filters.map(withoutTranslation), packet, false);
    const stopped = past?.verdict === 'drop' || past?.verdict === 'reject';
    found.set(key, {
      family,
      address: addressOf(address ?? 0n, family),
      inside,
      facesAll: address === undefined || holds(PUBLIC[family], address),
      port,
      place,
      ...more,
      decision,
      ...(past !== undefined && stopped && decision.verdict === 'accept' && { pastInput: past }),
    });
  };
  for (const one of published) add(one, { container: one.container, containerPort: one.containerPort });
  for (const one of listeners) add(one, one.process === undefined ? {} : { process: one.process });
  return [...found.values()].sort((a, b) => a.port - b.port || a.family - b.family || (a.address < b.address ? -1 : 1));
}

/**
 * What a stranger meets at the host. Every ruleset has to let it pass. ufw is a way to write such rulesets, so it
 * counts where no ruleset was handed over, and never for what Docker publishes: that is forwarded, not received.
 */
export function decideAtHost(filters: readonly Filter[], packet: Packet, published: boolean): Decision {
  const rulesets = rulesetsOf(filters).filter(({ families }) => families.includes(packet.family));
  if (rulesets.length > 0) return decide(rulesets, packet);
  const ufw = filters.filter(({ kind }) => kind === 'ufw');
  if (ufw.length > 0 && !published) return decide(ufw, packet);
  if (ufw.length > 0) {
    const text = 'Docker publishes it with rules of its own, which ufw does not see';
    return {
      verdict: 'accept',
      admits: packet.family === 4 ? ['0.0.0.0/0'] : ['::/0'],
      place: { path: ufw[0]?.path ?? '' },
      text,
    };
  }
  const text = `no filter for IPv${packet.family} was handed over`;
  return { verdict: 'unknown', admits: [], place: { path: '' }, text };
}

/** A port that the filters let strangers through to, whether or not something waits there. */
export interface LetIn {
  family: Family;
  port: number;
  decision: Decision;
}

/** For files without sockets: which of these ports strangers get through to. */
export function letIn(view: HostView, ports: Iterable<number>): LetIn[] {
  if (rulesetsOf(view.filters).length === 0 && !view.filters.some(({ kind }) => kind === 'ufw')) return [];
  return [...new Set(ports)]
    .sort((a, b) => a - b)
    .flatMap((port) =>
      ([4, 6] as const).flatMap((family) => {
        const decision = decideAtHost(view.filters, { family, protocol: 'tcp', port }, false);
        return decision.verdict === 'accept' ? [{ family, port, decision }] : [];
      }),
    );
}

const SHARED = /^ip6? (?:raw|mangle|nat|filter|security) /;

/**
 * `nft` shows the tables of iptables-nft, too, with matches that it cannot name. Where iptables-save told them, they are
 * left out there.
 */
function rulesetsOf(filters: readonly Filter[]): Filter[] {
  const told = new Set(
    filters.flatMap(({ kind }) => (kind === 'iptables' ? ['ip '] : kind === 'ip6tables' ? ['ip6 '] : [])),
  );
  return filters.flatMap((filter) => {
    if (filter.kind === 'ufw' || filter.kind === 'security-group') return [];
    if (filter.kind !== 'nftables' || told.size === 0) return [filter];
    const chains = [...filter.chains].filter(
      ([name]) => !(SHARED.test(name) && told.has(name.slice(0, name.indexOf(' ') + 1))),
    );
    return [{ ...filter, chains: new Map(chains) }];
  });
}

function withoutTranslation(filter: Filter): Filter {
  const chains = [...filter.chains].map(([name, chain]): [string, Chain] => {
    if (chain.base?.translates !== true) return [name, chain];
    return [name, { ...chain, rules: [] }];
  });
  return { ...filter, chains: new Map(chains) };
}
