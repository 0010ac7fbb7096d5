/** What the rules for nftables, iptables and ufw ask the engine, in one place. */
import type { Chain, Decision, Filter, FilterRule } from '../../../firewall/index.ts';
import {
  type Family,
  quietPort,
  seenFamilies,
  storePortsOf,
  strangerAt,
  withoutTranslation,
} from '../../formats/packet-filter/decisions.ts';
import { type FilterDocument, type FilterEntry, keyOf } from '../../formats/packet-filter/document.ts';
import { policyKey } from '../../formats/packet-filter/facts.ts';

/** The place of a decision, where it is written in the document. */
export function entryOf(document: FilterDocument, decision: Decision): FilterEntry | undefined {
  const policy = policyKey(decision.text);
  return (
    document.entries.get(keyOf(decision.place)) ??
    [...document.policies.values()].find(({ pointer }) => pointer === policy)
  );
}

export interface Default {
  family: Family;
  decision: Decision;
  entry: FilterEntry | undefined;
  /** The base chain whose policy it is; undefined when a rule decides. */
  chain: Chain | undefined;
}

/** What happens to a packet that nobody thought of, for each family that the filter sees. */
export function defaultsOf(document: FilterDocument): Default[] {
  const { filter } = document;
  if (filter === null) return [];
  const port = quietPort(filter);
  return seenFamilies(filter).map((family) => {
    const decision = strangerAt(filter, port, family);
    const policy = policyKey(decision.text);
    const chain = [...filter.chains.values()].find(({ name }) => `${name}/policy` === policy);
    return { family, decision, entry: entryOf(document, decision), chain };
  });
}

export interface OpenStore {
  entry: FilterEntry;
  ports: { port: number; title: string }[];
  families: Family[];
}

/** Rules that let strangers to ports of stores, each with the ports; not what the default lets in. */
export function openStores(document: FilterDocument): OpenStore[] {
  const { filter } = document;
  if (filter === null) return [];
  const defaults = defaultsOf(document);
  const found = new Map<string, OpenStore>();
  for (const [port, title] of storePortsOf(filter)) {
    for (const family of seenFamilies(filter)) {
      const decision = strangerAt(filter, port, family);
      const other = defaults.find((one) => one.family === family);
      if (decision.verdict !== 'accept' || (other && keyOf(other.decision.place) === keyOf(decision.place))) continue;
      const entry = entryOf(document, decision);
      if (entry === undefined || pastInput(filter, port, family)) continue;
      const one = found.get(entry.pointer) ?? { entry, ports: [], families: [] };
      if (!one.ports.some((known) => known.port === port)) one.ports.push({ port, title });
      if (!one.families.includes(family)) one.families.push(family);
      found.set(entry.pointer, one);
    }
  }
  for (const { ports } of found.values()) ports.sort((a, b) => a.port - b.port);
  return [...found.values()];
}

/** Let in because it is redirected, while the host's own rules would have stopped it. */
export function pastInput(filter: Filter, port: number, family: Family): boolean {
  if (strangerAt(filter, port, family).verdict !== 'accept') return false;
  const without = stripped(filter);
  const { verdict } = strangerAt(without, port, family);
  return verdict === 'drop' || verdict === 'reject';
}

const strippedOf = new WeakMap<Filter, Filter>();
function stripped(filter: Filter): Filter {
  const known = strippedOf.get(filter) ?? withoutTranslation(filter);
  strippedOf.set(filter, known);
  return known;
}

/** Rules that redirect to a store, past the host's own rules. */
export function publishedPast(document: FilterDocument): { entry: FilterEntry; port: number; title: string }[] {
  const { filter } = document;
  if (filter === null) return [];
  const found: { entry: FilterEntry; port: number; title: string }[] = [];
  for (const [port, title] of storePortsOf(filter)) {
    for (const family of seenFamilies(filter)) {
      if (!pastInput(filter, port, family)) continue;
      const entry = redirecting(document, port) ?? entryOf(document, strangerAt(filter, port, family));
      if (entry && !found.some((one) => one.entry.pointer === entry.pointer && one.port === port)) {
        found.push({ entry, port, title });
      }
    }
  }
  return found;
}

function redirecting(document: FilterDocument, port: number): FilterEntry | undefined {
  for (const { rules } of document.filter?.chains.values() ?? []) {
    for (const { when, action, place } of rules) {
      if (action.do !== 'translate') continue;
      const fits = when.some(
        (one) => one.on === 'port' && !one.not && one.ports.some(([low, high]) => low <= port && port <= high),
      );
      if (fits) return document.entries.get(keyOf(place));
    }
  }
  return undefined;
}

const MOST_COMPARED = 40_000;

/** Rules that refuse something, behind a rule that accepts all of it already. */
export function neverReached(document: FilterDocument): { entry: FilterEntry; by: FilterEntry }[] {
  const found: { entry: FilterEntry; by: FilterEntry }[] = [];
  let room = MOST_COMPARED;
  for (const { rules } of document.filter?.chains.values() ?? []) {
    const accepts: FilterRule[] = [];
    for (const rule of rules) {
      if (rule.action.do === 'accept') accepts.push(rule);
      if (rule.action.do !== 'drop' && rule.action.do !== 'reject') continue;
      // The last line that refuses the rest is about nothing in particular.
      if (!rule.when.some(({ on }) => on === 'port' || on === 'source' || on === 'in')) continue;
      room -= accepts.length;
      if (room < 0) return found;
      const by = accepts.find((earlier) => covers(earlier, rule));
      const entry = document.entries.get(keyOf(rule.place));
      const first = by && document.entries.get(keyOf(by.place));
      if (entry && first && found.length < 100) found.push({ entry, by: first });
    }
  }
  return found;
}

/** Whatever the later rule is about, the earlier one is about, too. */
function covers(earlier: FilterRule, later: FilterRule): boolean {
  return earlier.when.every((condition) => later.when.some((other) => implies(other, condition)));
}

function implies(narrow: FilterRule['when'][number], wide: FilterRule['when'][number]): boolean {
  if (narrow.on === 'port' && wide.on === 'port') {
    return (
      !narrow.not &&
      !wide.not &&
      narrow.ports.every(([low, high]) => wide.ports.some(([from, to]) => from <= low && high <= to))
    );
  }
  if ((narrow.on === 'source' && wide.on === 'source') || (narrow.on === 'destination' && wide.on === 'destination')) {
    if (narrow.family !== wide.family || narrow.not || wide.not) return false;
    return narrow.ranges.every(([low, high]) => wide.ranges.some(([from, to]) => from <= low && high <= to));
  }
  if (narrow.on === 'protocol' && wide.on === 'protocol') {
    return !narrow.not && !wide.not && narrow.names.every((name) => wide.names.includes(name));
  }
  if (narrow.on === 'family' && wide.on === 'family') return narrow.family === wide.family;
  if ((narrow.on === 'in' && wide.on === 'in') || (narrow.on === 'out' && wide.on === 'out')) {
    return (
      narrow.not === wide.not &&
      narrow.interfaces.length === wide.interfaces.length &&
      narrow.interfaces.every((name) => wide.interfaces.includes(name))
    );
  }
  return false;
}

/** Forwarded packets are let through when nothing was said about them. */
export function forwardsEverything(document: FilterDocument): Chain | undefined {
  const chains = [...(document.filter?.chains.values() ?? [])].filter(({ base }) => base?.hook === 'forward');
  const refuses = ({ rules, base }: Chain): boolean =>
    base?.policy !== 'accept' ||
    rules.some(
      ({ when, action }) =>
        (action.do === 'drop' || action.do === 'reject') && when.every(({ on }) => on === 'family' || on === 'in'),
    );
  if (chains.some(refuses)) return undefined;
  return chains.find(({ base }) => base?.policy === 'accept');
}

/**
 * Whether the policy of a chain may become `drop` without cutting off those who look after the host: SSH is accepted from
 * somewhere by a rule of its own, answers and loopback are accepted, and IPv6 still finds its neighbours.
 */
export function mayDrop(filter: Filter, chain: Chain, families: readonly Family[]): boolean {
  const { base } = chain;
  if (base === undefined) return false;
  const strict: Filter = {
    ...filter,
    chains: new Map(
      [...filter.chains].map(([name, one]) => [
        name,
        one.name === chain.name ? { ...one, base: { ...base, policy: 'drop' } } : one,
      ]),
    ),
  };
  const answers = chain.rules.some(
    ({ when, action }) =>
      (action.do === 'accept' &&
        when.some((one) => one.on === 'state' && !one.not && one.states.includes('established'))) ||
      (action.do === 'choose' &&
        action.cases.some(
          (one) =>
            one.action.do === 'accept' &&
            one.when.some((state) => state.on === 'state' && state.states.includes('established')),
        )),
  );
  const loopback = chain.rules.some(
    ({ when, action }) =>
      action.do === 'accept' && when.some((one) => one.on === 'in' && !one.not && one.interfaces.includes('lo')),
  );
  const ssh = families.some((family) => strangerAt(strict, 22, family).admits.length > 0);
  const neighbours =
    !families.includes(6) ||
    chain.rules.some(({ text, action }) => action.do === 'accept' && /icmpv6|ipv6-icmp/.test(text));
  return answers && loopback && ssh && neighbours;
}

/** `5432 (PostgreSQL) and 6379 (Redis)` */
export function portsText(ports: OpenStore['ports']): string {
  const shown = ports.slice(0, 4).map(({ port, title }) => `${port} (${title})`);
  if (ports.length > 4) shown.push(`${ports.length - 4} more`);
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** `over IPv4`, `over both families` */
export function familiesText(families: readonly Family[]): string {
  return families.length > 1 ? 'over IPv4 and IPv6' : `over IPv${families[0] ?? 4}`;
}
