/** What a filter does with a stranger’s packet, for both families. */
import { type Chain, type Decision, decide, type Filter } from '../../../firewall/index.ts';
import { STORE_PORTS } from '../store-ports.ts';

export type Family = 4 | 6;
export const FAMILIES = [4, 6] as const;

/** The families whose packets for this host come by some chain. */
export function seenFamilies(filter: Filter): Family[] {
  return FAMILIES.filter(
    (family) =>
      filter.families.includes(family) &&
      [...filter.chains.values()].some(
        ({ base }) => base?.hook === 'input' && !base.translates && (base.families ?? filter.families).includes(family),
      ),
  );
}

/** Rules looked at for all ports of one filter together: chains that jump to each other multiply. */
const MOST_STEPS = 3_000_000;

const known = new WeakMap<Filter, { decisions: Map<string, Decision>; effort: { left: number } }>();

/** A stranger's TCP connection to a port. */
export function strangerAt(filter: Filter, port: number, family: Family): Decision {
  const made = known.get(filter) ?? { decisions: new Map<string, Decision>(), effort: { left: MOST_STEPS } };
  known.set(filter, made);
  const key = `${family}/${port}`;
  const before = made.decisions.get(key);
  if (before) return before;
  const decision = decide([filter], { family, protocol: 'tcp', port }, made.effort);
  made.decisions.set(key, decision);
  return decision;
}

/** A port that no rule is about: what happens to it is what happens to everything that was not thought of. */
export function quietPort(filter: Filter): number {
  const ranges = [...filter.chains.values()].flatMap(({ rules }) =>
    rules.flatMap(({ when }) =>
      when.flatMap((condition) =>
        condition.on === 'port' || condition.on === 'original-port' ? [...condition.ports] : [],
      ),
    ),
  );
  const free = (port: number): boolean => !ranges.some(([low, high]) => low <= port && port <= high);
  return [40_123, 23_457, 7, 61_999, 1_021, 50_001, 3, 11, 19].find(free) ?? 40_123;
}

/** The same filter as if nothing was redirected: what the rules for the host itself say. */
export function withoutTranslation(filter: Filter): Filter {
  const chains = [...filter.chains].map(
    ([name, chain]) => [name, chain.base?.translates === true ? { ...chain, rules: [] } : chain] as const,
  );
  return { ...filter, chains: new Map(chains) };
}

/** Ports to ask about: those of stores, and those that are redirected to one of them. */
export function storePortsOf(filter: Filter): ReadonlyMap<number, string> {
  const ports = new Map(STORE_PORTS);
  for (const { base, rules } of filter.chains.values()) {
    if (base !== undefined && !base.translates) continue;
    for (const { when, action } of rules) {
      const title = action.do === 'translate' && action.port !== undefined ? STORE_PORTS.get(action.port) : undefined;
      if (title === undefined) continue;
      for (const condition of when) {
        if (condition.on !== 'port' || condition.not) continue;
        for (const [low, high] of condition.ports) if (low === high && ports.size < 500) ports.set(low, title);
      }
    }
  }
  return ports;
}

const asked = new WeakMap<Filter, Filter>();

/**
 * iptables as a packet meets it that Docker redirects to a container: the rules for the host itself are not asked, and
 * Docker accepts what it publishes after DOCKER-USER and before the other rules of FORWARD.
 * https://docs.docker.com/engine/network/packet-filtering-firewalls/
 */
export function dockerUser(filter: Filter): Filter {
  const before = asked.get(filter);
  if (before !== undefined) return before;
  const own = [...filter.chains.values()].find(({ name }) => /(?:^| )DOCKER-USER$/.test(name));
  const place = own?.place ?? { path: filter.path };
  const chains = [...filter.chains].map(([name, chain]) => {
    // What drops before the redirection drops in any case.
    // To return from it is to go on to what Docker accepts.
    if (chain === own) {
      const rules = chain.rules.map((rule) =>
        rule.action.do === 'return' ? { ...rule, action: { do: 'accept' as const } } : rule,
      );
      return [name, { ...chain, rules }] as const;
    }
    if (chain.base === undefined || (chain.base.hook === 'prerouting' && !chain.base.translates))
      return [name, chain] as const;
    const { base: _, ...inner } = chain;
    return [name, inner] as const;
  });
  const published: Chain = {
    name: 'what Docker publishes',
    place,
    rules: own ? [{ place, text: 'jump DOCKER-USER', when: [], action: { do: 'jump', chain: own.name } }] : [],
    base: { hook: 'input', priority: 0, policy: 'accept', translates: false },
  };
  const one = { ...filter, chains: new Map([...chains, [published.name, published]]) };
  asked.set(filter, one);
  return one;
}
