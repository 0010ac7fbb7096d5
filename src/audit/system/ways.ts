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
  const { byId } = orderOf(doors);
  const named = [...new Set(fact.behind)].flatMap((id) => byId.get(id) ?? []);
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

/** Every door of a tree, ordered once by what stores ask for: with thousands of both, looking at each would not end. */
interface Doors {
  byId: ReadonlyMap<string, readonly DoorFact[]>;
  /** What leads to a name, in lower case. */
  toName: ReadonlyMap<string, readonly Lead[]>;
  /** What leads to a port of its own host. */
  toPort: ReadonlyMap<number, readonly Lead[]>;
  /** Per format: the packet filters in or below a folder. */
  filters: ReadonlyMap<string, ReadonlyMap<string, readonly Told<DoorFact>[]>>;
  /** Answers of `hostDoors`, by folder. */
  before: Map<string, HostDoors>;
}

interface Lead extends Leading {
  order: number;
  port: number;
}

const ordered = new WeakMap<readonly Told<DoorFact>[], Doors>();

function orderOf(doors: readonly Told<DoorFact>[]): Doors {
  const known = ordered.get(doors);
  if (known !== undefined) return known;
  const byId = new Map<string, DoorFact[]>();
  const toName = new Map<string, Lead[]>();
  const toPort = new Map<number, Lead[]>();
  const filters = new Map<string, Map<string, Told<DoorFact>[]>>();
  let order = 0;
  for (const told of doors) {
    const door = told.fact;
    push(byId, door.id, door);
    for (const { host, port, asksForLogin } of door.leadsTo ?? []) {
      const lead: Lead = { door, login: asksForLogin, port, order: order++ };
      push(toName, host.toLowerCase(), lead);
      if (LOCAL.has(host)) push(toPort, port, lead);
    }
    if (door.stands !== 'host') continue;
    const byFolder = filters.get(told.format) ?? new Map<string, Told<DoorFact>[]>();
    filters.set(told.format, byFolder);
    for (const folder of ancestors(folderOf(told.path))) push(byFolder, folder, told);
  }
  const made: Doors = { byId, toName, toPort, filters, before: new Map() };
  ordered.set(doors, made);
  return made;
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** A folder and those above it, the nearest first. */
function ancestors(folder: string): string[] {
  const all = [folder];
  for (let at = folder.lastIndexOf('/'); at > 0; at = folder.lastIndexOf('/', at - 1)) all.push(folder.slice(0, at));
  if (folder !== '') all.push('');
  return all;
}

function proxiesTo({ fact, declared }: JoinedStore, doors: readonly Told<DoorFact>[]): Leading[] {
  const { toName, toPort } = orderOf(doors);
  const ports = new Set([
    ...(fact.listens.port === null ? [] : [fact.listens.port]),
    ...(declared?.published.map(({ containerPort }) => containerPort) ?? []),
  ]);
  const onHost = new Set(declared?.published.flatMap(({ hostPort }) => hostPort ?? []) ?? ports);
  const name = declared?.name.toLowerCase();
  const named = name === undefined ? [] : (toName.get(name) ?? []);
  // A service that is itself called localhost is meant by its name alone.
  const here = [...onHost].flatMap((port) => (toPort.get(port) ?? []).filter((lead) => !named.includes(lead)));
  return [...named.filter(({ port }) => ports.size === 0 || ports.has(port)), ...here].sort(
    (a, b) => a.order - b.order,
  );
}

/** More folders than this are counted. */
const MOST_FOLDERS = 4;

/**
 * Which packet filters stand before the store's host: those that lie nearest to its files in the tree. A provider's
 * service has none.
 */
export function hostDoors({ fact, path, declared }: JoinedStore, doors: readonly Told<DoorFact>[]): HostDoors {
  if (fact.by === 'managed' || declared?.format === 'kubernetes' || declared?.format === 'terraform') {
    return { doors: [], unknowns: [] };
  }
  const { filters, before } = orderOf(doors);
  const folder = folderOf(path);
  const known = before.get(folder);
  if (known !== undefined) return known;
  const found: DoorFact[] = [];
  const unknowns: string[] = [];
  const above = ancestors(folder);
  for (const [format, byFolder] of filters) {
    const nearest = above.find((one) => byFolder.has(one)) ?? '';
    const near = byFolder.get(nearest) ?? [];
    const folders = [...new Set(near.map((told) => folderOf(told.path)))].sort();
    if (folders.length === 1) found.push(...near.map((told) => told.fact));
    else {
      const more = folders.length - MOST_FOLDERS;
      const shown = folders.slice(0, MOST_FOLDERS).join(', ');
      unknowns.push(
        `several ${format} rule sets could stand before it: ${shown}${more > 0 ? ` and ${more} more` : ''}`,
      );
    }
  }
  const answer = { doors: found, unknowns };
  before.set(folder, answer);
  return answer;
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
