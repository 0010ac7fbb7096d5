/** A packet filter as a door before every port of its host. */
import type { Chain, Decision, Filter } from '../../../firewall/index.ts';
import type { DoorFact, DoorState, Place } from '../../facts.ts';
import type { Source } from '../../source.ts';
import { dockerUser, FAMILIES, type Family, seenFamilies, strangerAt } from './decisions.ts';
import { type FilterDocument, keyOf } from './document.ts';

/** @param documents of one host: one that is for both families, or one for each */
export function hostDoor(id: string, documents: readonly FilterDocument[], source: Source): DoorFact | null {
  const filters = documents.flatMap(({ filter }) => (filter && seenFamilies(filter).length > 0 ? [filter] : []));
  if (filters.length === 0) return null;
  const complete = documents.every((one) => one.complete);
  return {
    id,
    kind: 'packet-filter',
    stands: 'host',
    lets: (port, way) => answer(documents, filters, port, way, complete, source),
  };
}

interface Answer {
  state: DoorState;
  text: string;
  place: Place;
}

function answer(
  documents: readonly FilterDocument[],
  filters: readonly Filter[],
  port: number,
  way: 'host' | 'container',
  complete: boolean,
  source: Source,
): Answer {
  const answers = FAMILIES.map((family) => ofFamily(documents, filters, port, way, family, source));
  const open = answers.find(({ state }) => state === 'open');
  const unclear = answers.find(({ state }) => state === 'unknown');
  const [first] = answers;
  const decides = open ?? unclear ?? first;
  if (decides === undefined) throw new RangeError('a filter without families');
  if (!complete) return { ...decides, state: 'unknown', text: `${decides.text}; but not all of it could be read` };
  return decides;
}

function ofFamily(
  documents: readonly FilterDocument[],
  filters: readonly Filter[],
  port: number,
  way: 'host' | 'container',
  family: Family,
  source: Source,
): Answer {
  const mine = filters.filter((filter) => filter.families.includes(family));
  const [filter] = mine;
  if (filter === undefined) {
    const place: Place = { source, span: { start: 0, end: Math.min(source.text.length, 1) }, pointer: `IPv${family}` };
    return { state: 'unknown', text: `no rules for IPv${family} are in the tree`, place };
  }
  const decision = way === 'container' ? publishedAt(filter, port, family) : strangerAt(filter, port, family);
  const key = keyOf(decision.place);
  const own = documents.filter((one) => one.filter === filter);
  const entry = own
    .map(
      ({ entries, policies }) =>
        entries.get(key) ?? [...policies.values()].find((one) => one.pointer === policyKey(decision.text)),
    )
    .find((one) => one !== undefined);
  const fallback = own.flatMap(({ policies }) => [...policies.values()])[0];
  const found = entry ?? fallback;
  const place: Place = found
    ? { source: found.source, span: found.span, pointer: found.pointer }
    : { source, span: { start: 0, end: Math.min(source.text.length, 1) }, pointer: 'policy' };
  const state: DoorState =
    decision.verdict === 'accept' ? 'open' : decision.verdict === 'unknown' ? 'unknown' : 'closed';
  const verb = { open: 'lets', closed: 'stops', unknown: 'may let' }[state];
  return { state, text: `${verb} port ${port} over IPv${family}: ${decision.text}`, place };
}

/** The engine says `policy of inet filter input: drop`. */
export function policyKey(text: string): string {
  const name = /^policy of (.{1,200}): \w+$/.exec(text)?.[1];
  return name === undefined ? '' : `${name}/policy`;
}

/**
 * A port that Docker publishes is redirected before the rules for the host itself. Where the file holds Docker’s own rules
 * they decide; else Docker writes them later: into the chains of iptables, where they accept before the policy does, or
 * beside those of nftables, whose forward chains are still asked.
 */
function publishedAt(filter: Filter, port: number, family: Family): Decision {
  const chains = [...filter.chains.values()];
  const redirects = chains.some(({ rules }) =>
    rules.some(
      ({ when, action }) =>
        action.do === 'translate' &&
        when.some(
          (one) => one.on === 'port' && !one.not && one.ports.some(([low, high]) => low <= port && port <= high),
        ),
    ),
  );
  if (redirects) return strangerAt(filter, port, family);
  if (filter.kind !== 'nftables') {
    if (chains.some(({ name }) => /(?:^| )DOCKER-USER$/.test(name)))
      return strangerAt(dockerUser(filter), port, family);
    const text = 'Docker publishes it with rules of its own, past the rules for the host';
    return { verdict: 'accept', admits: [], place: { path: filter.path }, text };
  }
  return strangerAt(besidePublishing(filter, family), port, family);
}

const publishing = new WeakMap<Filter, Map<Family, Filter>>();

/** nftables with Docker's redirection before it; one per filter, so that what was decided is remembered. */
function besidePublishing(filter: Filter, family: Family): Filter {
  const made = publishing.get(filter) ?? new Map<Family, Filter>();
  publishing.set(filter, made);
  const before = made.get(family);
  if (before) return before;
  const place = { path: filter.path };
  const to = { family, address: family === 4 ? 0xac110002n : 0xfd000000000000000000000000000002n };
  const chain: Chain = {
    name: 'published',
    place,
    rules: [{ place, text: 'published by Docker', when: [], action: { do: 'translate', to } }],
    base: { hook: 'prerouting', priority: -100, policy: 'accept', translates: true, families: [family] },
  };
  const one = { ...filter, chains: new Map([...filter.chains, [chain.name, chain]]) };
  made.set(family, one);
  return one;
}
