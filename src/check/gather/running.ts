/** From the probe's results – one per name, address and port – to the stores that run. */
import type { Verdict } from '../../core/verdict.ts';
import { storeIdOf } from '../../probe/findings.ts';
import type { ProbeResult } from '../../probe/service.ts';
import { compare } from '../graph.ts';

/** One service that answered, whatever number of names and addresses lead to it. */
export interface RunningStore {
  /** Asset id. */
  id: string;
  service: string;
  product?: string;
  version?: string;
  /** The name it goes by: the one the owner named a control for, else the first in alphabetical order. */
  host: string;
  port: number;
  /** The customer's project, where the host is a provider's for all its customers. */
  project?: string;
  hosts: string[];
  addresses: string[];
  /** The worst of its results: one open address is an open store. */
  verdict: Verdict;
  /** A result with that verdict, the one with most records. */
  telling: ProbeResult;
  results: ProbeResult[];
  managed: boolean;
}

/** Worst first. */
const WORST: readonly Verdict[] = [
  'anonymous-write',
  'anonymous-read',
  'metadata-only',
  'inconclusive',
  'secured',
  'unidentified',
  'filtered',
  'refused',
];

/** A web server tells its sites apart by name, so one address is many services there. */
const BY_NAME = new Set([80, 443]);

interface Answered extends ProbeResult {
  address: string;
  port: number;
}

/**
 * @param managed ids of services that a provider runs: many customers share one address there
 * @param named hosts that the owner's configuration ties to a service, e.g. by a control: they give the store its name
 */
export function runningStores(
  results: readonly ProbeResult[],
  managed: ReadonlySet<string>,
  named: (host: string, service: string, port: number) => boolean = () => false,
): RunningStore[] {
  const answered = results.filter(isAnswer).sort(byPlace);
  const groups = new Map<string, Answered[]>();
  const keyOf = new Map<string, string>();
  for (const result of answered) {
    // A port may be several services: a product, and what lies on paths beside it.
    const what = [result.port, result.service, result.project];
    const byHost = JSON.stringify(['host', result.host.toLowerCase(), ...what]);
    const byAddress = JSON.stringify(['address', result.address, ...what]);
    const apart = managed.has(result.service) || BY_NAME.has(result.port);
    const keys = apart ? [byHost] : [byHost, byAddress];
    const found = [...new Set(keys.flatMap((key) => keyOf.get(key) ?? []))];
    const home = found[0] ?? byHost;
    const group = [...found.flatMap((key) => groups.get(key) ?? []), result];
    // Two groups that this result ties together become one.
    for (const other of found.slice(1)) {
      groups.delete(other);
      for (const [key, at] of keyOf) if (at === other) keyOf.set(key, home);
    }
    groups.set(home, group);
    for (const key of keys) keyOf.set(key, home);
  }
  return [...groups.values()].map((group) => storeOf(group, managed, named)).sort((a, b) => compare(a.id, b.id));
}

/** Something spoke there: a port that refuses or swallows is no store. */
function isAnswer(result: ProbeResult): result is Answered {
  const spoke = result.verdict !== 'refused' && result.verdict !== 'filtered' && result.verdict !== 'unidentified';
  const silent = result.verdict === 'inconclusive' && result.exchanges.length === 0;
  return spoke && !silent && result.address !== null && result.port !== null;
}

function storeOf(
  group: Answered[],
  managed: ReadonlySet<string>,
  named: (host: string, service: string, port: number) => boolean,
): RunningStore {
  const results = [...group].sort(
    (a, b) =>
      WORST.indexOf(a.verdict) - WORST.indexOf(b.verdict) || (b.documents ?? 0) - (a.documents ?? 0) || byPlace(a, b),
  );
  const [telling] = results;
  if (!telling) throw new TypeError('a store has at least one result');
  const { service, port, project } = telling;
  const hosts = [...new Set(results.map((result) => result.host))].sort(compare);
  const host = hosts.find((one) => named(one, service, port)) ?? hosts[0] ?? telling.host;
  const product = results.find((result) => result.product !== undefined)?.product;
  const version = results.find((result) => result.version !== undefined)?.version;
  return {
    id: storeIdOf({ service, host, port, ...(project !== undefined && { project }) }),
    service,
    ...(product !== undefined && { product }),
    ...(version !== undefined && { version }),
    host,
    port,
    ...(project !== undefined && { project }),
    hosts,
    addresses: [...new Set(results.map((result) => result.address))].sort(compare),
    verdict: telling.verdict,
    telling,
    results: [...group].sort(byPlace),
    managed: managed.has(service),
  };
}

function byPlace(a: Answered, b: Answered): number {
  return (
    compare(a.host, b.host) ||
    compare(a.address, b.address) ||
    a.port - b.port ||
    compare(a.service, b.service) ||
    compare(a.project ?? '', b.project ?? '')
  );
}
