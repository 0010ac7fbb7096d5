/** Who has to reach whom: the one thing that every generated firewall says. */

import type { Asset } from '../core/asset.ts';
import type { Edge } from '../core/edge.ts';
import { PosternError } from '../core/errors.ts';
import { ANYBODY } from './decision.ts';
import { cidrsOf, type Family, intersect, PUBLIC, parseRanges, type Ranges, sizeOf, union } from './ranges.ts';
import { shownName } from './readers/readout.ts';

export interface ReachSource {
  /** `api`, `office`, … */
  name: string;
  /** Addresses and CIDR blocks; none: a service that the platform knows by its name (compose, Kubernetes). */
  cidrs: readonly string[];
}

export interface Reach {
  /** `elasticsearch` */
  service: string;
  port: number;
  protocol: 'tcp' | 'udp';
  host?: string;
  /** Nobody is listed: nobody gets in but the host itself. */
  from: readonly ReachSource[];
  /** Apps that were seen to reach it directly and are to be cut off; for comments alone. */
  cutOff?: readonly string[];
}

export interface ReachModel {
  reach: readonly Reach[];
  /** TCP ports that everybody may reach: 80, 443. */
  publicPorts: readonly number[];
}

/** The model in one order, its addresses as CIDR blocks, each service and port once. */
export interface PlainReach extends Reach {
  /** Unique in the model, in letters, digits and `_`. */
  id: string;
  cidrs: Readonly<Record<Family, readonly string[]>>;
}

/** @throws PosternError `E_USAGE` with the source that is wrong */
export function plainReach(model: ReachModel): PlainReach[] {
  const joined = new Map<string, Reach>();
  for (const one of model.reach) {
    checkPort(one.port);
    const key = JSON.stringify([one.service, one.host ?? '', one.port, one.protocol]);
    const known = joined.get(key);
    joined.set(key, known === undefined ? one : { ...known, from: [...known.from, ...one.from] });
  }
  for (const port of model.publicPorts) {
    checkPort(port);
    const twice = model.reach.find((one) => one.protocol === 'tcp' && one.port === port);
    if (twice === undefined) continue;
    throw new PosternError('E_USAGE', `port ${port} is ${twice.service}’s and public at the same time`);
  }
  const sorted = [...joined.values()].sort(
    (a, b) =>
      compare(a.service, b.service) ||
      a.port - b.port ||
      compare(a.protocol, b.protocol) ||
      compare(a.host ?? '', b.host ?? ''),
  );
  const ids = new Set<string>();
  return sorted.map((one) => {
    const from = sourcesOf(one.from);
    const ranges = (family: Family) =>
      union(...from.flatMap(({ cidrs }) => cidrs.map((cidr) => rangesOf(cidr, family))));
    const base = identifier(`${one.service}_${one.port}${one.protocol === 'udp' ? '_udp' : ''}`);
    for (const family of [4, 6] as const) checkWidth(one.service, ranges(family), family);
    let id = base;
    for (let n = 2; ids.has(id); n++) id = `${base}_${n}`;
    ids.add(id);
    return {
      ...one,
      service: plainName(one.service),
      from,
      id,
      cidrs: { 4: cidrsOf(ranges(4), 4, 1_000), 6: cidrsOf(ranges(6), 6, 1_000) },
    };
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function checkPort(port: number): void {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return;
  throw new PosternError('E_USAGE', `${port} is no port`, { hint: 'A port is a number from 1 to 65535.' });
}

function sourcesOf(from: readonly ReachSource[]): ReachSource[] {
  const byName = new Map<string, string[]>();
  for (const { name, cidrs } of from) {
    for (const cidr of cidrs) checkCidr(name, cidr);
    const plain = plainName(name);
    byName.set(plain, [...(byName.get(plain) ?? []), ...cidrs]);
  }
  return [...byName].sort(([a], [b]) => compare(a, b)).map(([name, cidrs]) => ({ name, cidrs }));
}

function checkCidr(name: string, cidr: string): void {
  const parsed = parseRanges(cidr);
  if (parsed === undefined) {
    throw new PosternError('E_USAGE', `${shownName(name)}: ${shownName(cidr)} is no address and no CIDR block`, {
      hint: 'For example api=10.0.1.0/24 or api=2001:db8::/64.',
    });
  }
  checkWidth(name, parsed.ranges, parsed.family, cidr);
}

/** As wide as that it is no list of those who need it any more. */
function checkWidth(name: string, ranges: Ranges, family: Family, cidr = 'its sources together'): void {
  if (sizeOf(intersect(ranges, PUBLIC[family])) < ANYBODY[family]) return;
  throw new PosternError('E_USAGE', `${shownName(name)}: ${shownName(cidr)} is as good as everybody`, {
    hint: 'List the addresses that need the store; what everybody may reach is a public port.',
  });
}

function rangesOf(cidr: string, family: Family): Ranges {
  const parsed = parseRanges(cidr);
  return parsed?.family === family ? parsed.ranges : [];
}

/** A name as it may stand in a comment or a label of any format. */
function plainName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '');
  return plain.slice(0, 60) || 'unnamed';
}

/** In letters, digits and `_`, beginning with a letter. */
export function identifier(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return /^[a-z]/.test(plain) ? plain.slice(0, 60) : `x_${plain}`.slice(0, 60);
}

/**
 * From a report: each store that runs on a host, with the apps that reach it. Those are on everybody's phone, so they are
 * no sources: they are named as cut off, and the sources come from the owner.
 */
export function reachOfReport(
  assets: readonly Asset[],
  edges: readonly Edge[],
  allow: readonly ReachSource[],
): Reach[] {
  const byId = new Map(assets.map((asset) => [asset.id, asset]));
  const reach: Reach[] = [];
  for (const asset of assets) {
    if (asset.kind !== 'store' || asset.port === undefined || asset.port === 0 || asset.host === undefined) continue;
    const before = edges.filter(
      ({ to, relation }) => to === asset.id && (relation === 'serves' || relation === 'talks-to'),
    );
    const sources = before.flatMap(({ from }) => [
      from,
      ...edges.filter(({ to }) => to === from).map((edge) => edge.from),
    ]);
    const apps = sources.flatMap((id) => {
      const source = byId.get(id);
      return source?.kind === 'app' ? [shownName(source.appId)] : [];
    });
    const cutOff = [...new Set(apps)].sort(compare);
    reach.push({
      service: asset.service,
      port: asset.port,
      protocol: 'tcp',
      host: asset.host,
      from: allow,
      ...(cutOff.length > 0 && { cutOff }),
    });
  }
  return reach;
}
