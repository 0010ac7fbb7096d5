/**
 * The ways from the internet to a store: its published ports or its own address, the filters and groups in front of
 * them, and proxies that lead to it. A way is open when every door on it is, closed when one is, and otherwise unknown.
 */
import ipaddr from 'ipaddr.js';
import type { PublishedPort } from '../declared.ts';
import type { DoorFact, DoorState, Place, StoreFact } from '../facts.ts';
import type { Told } from './gather.ts';
import type { JoinedStore } from './stores.ts';

export interface Step {
  text: string;
  state: DoorState;
  /** Null: concluded from what is not there. */
  place: Place | { path: string; line: number } | null;
}

export interface Way {
  state: DoorState;
  steps: Step[];
}

/** Doors that stand before one host, and what could not be told about them. */
export interface HostDoors {
  doors: readonly DoorFact[];
  unknowns: readonly string[];
}

export function waysTo(store: JoinedStore, doors: readonly Told<DoorFact>[]): { ways: Way[]; unknowns: string[] } {
  const host = hostDoors(store, doors);
  const direct = startsOf(store).map((start): Way => {
    const filters =
      start.state === 'closed' || start.port === null
        ? []
        : host.doors.map((door) => passing(door, start.port ?? 0, store.declared === null ? 'host' : 'container'));
    return wayOf([start.step, ...filters, ...behind(store.fact, start.port, doors)]);
  });
  const proxied = proxiesTo(store, doors).map(({ door, login }) => {
    const through = door.lets(443, 'host');
    return wayOf([
      {
        text: `${through.text}${login === 'yes' ? ', which asks for a login' : login === 'no' ? ', which asks for no login' : ''}`,
        state: through.state === 'open' && login !== 'no' ? (login === 'yes' ? 'closed' : 'unknown') : through.state,
        place: through.place,
      },
    ]);
  });
  return { ways: [...direct, ...proxied], unknowns: [...host.unknowns] };
}

function wayOf(steps: readonly Step[]): Way {
  const closed = steps.findIndex(({ state }) => state === 'closed');
  // What lies behind a shut door does not matter.
  if (closed >= 0) return { state: 'closed', steps: steps.slice(0, closed + 1) };
  return { state: steps.some(({ state }) => state === 'unknown') ? 'unknown' : 'open', steps: [...steps] };
}

interface Start {
  step: Step;
  state: DoorState;
  /** What a stranger's packet is sent to; null: no port is known. */
  port: number | null;
}

/** Where a way into the store can begin. */
function startsOf({ fact, declared }: JoinedStore): Start[] {
  if (fact.listens.on === 'loopback') {
    const step: Step = { text: 'listens on loopback only', state: 'closed', place: fact.listens.place };
    return [{ step, state: 'closed', port: fact.listens.port }];
  }
  if (declared !== null)
    return publications(declared.file, declared.published, declared.hostNetwork, declared.line, fact);
  if (fact.by === 'managed') return [managed(fact)];
  return [listening(fact)];
}

function publications(
  file: string,
  published: readonly PublishedPort[],
  hostNetwork: boolean,
  line: number,
  fact: StoreFact,
): Start[] {
  if (hostNetwork) {
    const step: Step = { text: 'on the host’s own network', state: 'open', place: { path: file, line } };
    return [{ step, state: 'open', port: fact.listens.port }];
  }
  const starts = published
    .filter(({ protocol }) => protocol === 'tcp')
    .map((port): Start => {
      const state = addressState(port);
      const where = port.allInterfaces ? 'on all interfaces' : `on ${port.hostIp ?? 'an address that is not known'}`;
      const number = port.hostPort === null ? `port ${port.containerPort}` : `port ${port.hostPort}`;
      return {
        step: { text: `${number} published ${where}`, state, place: { path: file, line: port.line } },
        state,
        port: port.hostPort,
      };
    });
  if (starts.length > 0) return starts;
  const step: Step = { text: 'no port is published', state: 'closed', place: { path: file, line } };
  return [{ step, state: 'closed', port: null }];
}

function addressState(port: PublishedPort): DoorState {
  if (port.allInterfaces) return 'open';
  return port.hostIp === null ? 'unknown' : stateOfAddress(port.hostIp);
}

function managed(fact: StoreFact): Start {
  const address = fact.publicAddress;
  const state: DoorState =
    address === null || address.state === 'unknown' ? 'unknown' : address.state ? 'open' : 'closed';
  const text = {
    open: 'has a public address',
    closed: 'has no public address',
    unknown: 'whether it has a public address is not told',
  }[state];
  return { step: { text, state, place: address?.place ?? fact.place }, state, port: fact.listens.port };
}

function listening({ listens }: StoreFact): Start {
  if (listens.on === 'unknown' || listens.on === 'loopback') {
    const step: Step = { text: 'where it listens is not told', state: 'unknown', place: listens.place };
    return { step, state: 'unknown', port: listens.port };
  }
  const states: DoorState[] = listens.on === 'everywhere' ? ['open'] : listens.on.map(stateOfAddress);
  const state = states.includes('open') ? 'open' : states.includes('unknown') ? 'unknown' : 'closed';
  const where = listens.on === 'everywhere' ? 'every address' : listens.on.join(', ');
  return { step: { text: `listens on ${where}`, state, place: listens.place }, state, port: listens.port };
}

/** A private network may be a home or an office with strangers in it: only loopback is closed for sure. */
function stateOfAddress(address: string): DoorState {
  if (address === '*' || address === '0.0.0.0' || address === '::') return 'open';
  if (address === 'localhost') return 'closed';
  if (!ipaddr.isValid(address)) return 'unknown';
  const range = ipaddr.process(address).range();
  if (range === 'unspecified' || range === 'unicast') return 'open';
  return range === 'loopback' || range === 'linkLocal' ? 'closed' : 'unknown';
}

function passing(door: DoorFact, port: number, way: 'host' | 'container'): Step {
  const { state, text, place } = door.lets(port, way);
  return { text, state, place };
}

/** Groups add up: what one of them admits is admitted. Everything else must let it through, each for itself. */
function behind(fact: StoreFact, port: number | null, doors: readonly Told<DoorFact>[]): Step[] {
  if (fact.behind.length === 0) return [];
  const named = doors.filter((told) => fact.behind.includes(told.fact.id)).map((told) => told.fact);
  const missing = fact.behind.length - named.length;
  if (port === null) return [{ text: 'its port is not told', state: 'unknown', place: null }];
  const groups = named.filter(({ kind }) => kind === 'security-group').map((door) => passing(door, port, 'host'));
  const others = named.filter(({ kind }) => kind !== 'security-group').map((door) => passing(door, port, 'host'));
  const order: readonly DoorState[] = missing > 0 ? ['open', 'unknown'] : ['open', 'unknown', 'closed'];
  const widest = order.flatMap((state) => groups.filter((step) => step.state === state)).slice(0, 1);
  const unread: Step[] =
    missing > 0 && widest.length === 0
      ? [{ text: 'stands behind a group that is not in these files', state: 'unknown', place: null }]
      : [];
  return [...widest, ...unread, ...others];
}

interface Leading {
  door: DoorFact;
  login: 'yes' | 'no' | 'unknown';
}

const LOCAL = new Set(['127.0.0.1', 'localhost', '::1', '[::1]']);

function proxiesTo({ fact, declared }: JoinedStore, doors: readonly Told<DoorFact>[]): Leading[] {
  const ports = new Set([
    ...(fact.listens.port === null ? [] : [fact.listens.port]),
    ...(declared?.published.map(({ containerPort }) => containerPort) ?? []),
  ]);
  const onHost = new Set(declared?.published.flatMap(({ hostPort }) => hostPort ?? []) ?? ports);
  return doors.flatMap(({ fact: door }) =>
    (door.leadsTo ?? []).flatMap(({ host, port, asksForLogin }) => {
      const named = declared !== null && host.toLowerCase() === declared.name.toLowerCase();
      const here = named ? ports.size === 0 || ports.has(port) : LOCAL.has(host) && onHost.has(port);
      return here ? [{ door, login: asksForLogin }] : [];
    }),
  );
}

/**
 * Which packet filters stand before the store's host: those that lie nearest to its files in the tree. A provider's
 * service has none.
 */
export function hostDoors({ fact, path, declared }: JoinedStore, doors: readonly Told<DoorFact>[]): HostDoors {
  if (fact.by === 'managed' || declared?.format === 'kubernetes' || declared?.format === 'terraform') {
    return { doors: [], unknowns: [] };
  }
  const filters = doors.filter((told) => told.fact.stands === 'host');
  const found: DoorFact[] = [];
  const unknowns: string[] = [];
  for (const format of new Set(filters.map((told) => told.format))) {
    const own = filters.filter((told) => told.format === format);
    const nearest = Math.max(...own.map((told) => common(told.path, path)));
    const near = own.filter((told) => common(told.path, path) === nearest);
    const folders = new Set(near.map((told) => folderOf(told.path)));
    if (folders.size === 1) found.push(...near.map((told) => told.fact));
    else unknowns.push(`several ${format} rule sets could stand before it: ${[...folders].sort().join(', ')}`);
  }
  return { doors: found, unknowns };
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** How many folders two paths share from the top. */
function common(a: string, b: string): number {
  const left = a.split('/').slice(0, -1);
  const right = b.split('/').slice(0, -1);
  const differs = left.findIndex((part, at) => part !== right[at]);
  return differs < 0 ? left.length : differs;
}
