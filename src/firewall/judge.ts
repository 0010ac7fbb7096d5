/** From what a host says about itself, alone and beside what was seen from outside, to findings. */
import { type Asset, assetId } from '../core/asset.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Finding } from '../core/finding.ts';
import { fingerprint } from '../core/fingerprint.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Confidence, Severity } from '../core/severity.ts';
import type { Skip } from '../core/skip.ts';
import type { Verdict } from '../core/verdict.ts';
import { serviceTitle } from '../core/words.ts';
import { decide } from './decision.ts';
import type { Place } from './model.ts';
import { type Family, holds, NEVER_FROM_OUTSIDE, parseAddress, parseRanges } from './ranges.ts';
import { ruleOf } from './rules.ts';
import type { HostView, Opening } from './view.ts';

/** A port by which a data store is known. */
export interface StorePort {
  port: number;
  /** Service id: `elasticsearch`. */
  service: string;
}

/** What was seen of one port from outside. */
export interface Outside {
  host: string;
  address: string;
  port: number;
  /** Name of the place it was asked from. */
  vantage: string;
  /** The probe's verdict; every one but refused, filtered and inconclusive means that the connection was accepted. */
  verdict: Verdict;
  /** The service that answered, where it is known. */
  service?: string;
  /** The address it was asked from, where it is known. */
  from?: string;
}

/** All findings about one host, without and with the view from outside. */
export function judgeHostState(view: HostView, outside: readonly Outside[], storePorts: readonly StorePort[]): Outcome {
  const outcome: Outcome = { assets: [], edges: [], findings: [], skips: [...view.skips] };
  const stores = new Map<number, string>();
  for (const { port, service } of storePorts) if (!stores.has(port)) stores.set(port, service);
  judgeOpenings(view, stores, outcome);
  judgeGroups(view, stores, outcome);
  const seen = disagreements(view, outside, storePorts);
  outcome.findings.push(...seen.findings);
  outcome.skips.push(...seen.skips);
  outcome.assets.push(...seen.assets);
  const assets = new Map(outcome.assets.map((asset) => [asset.id, asset]));
  return { ...outcome, assets: [...assets.values()] };
}

function judgeOpenings(view: HostView, stores: ReadonlyMap<number, string>, outcome: Outcome): void {
  const open = view.openings.filter(({ inside }) => !inside);
  for (const opening of open) {
    const service = stores.get(opening.containerPort ?? opening.port);
    if (service === undefined) continue;
    const { verdict, text } = opening.decision;
    if (verdict === 'unknown') {
      outcome.skips.push(undecided(view, opening, text));
      continue;
    }
    if (verdict !== 'accept') continue;
    const other = open.find(({ port, family }) => port === opening.port && family === 4 && opening.family === 6);
    const closedBefore = other !== undefined && ['drop', 'reject'].includes(other.decision.verdict);
    const id = opening.pastInput !== undefined ? 'docker-past-filter' : closedBefore ? 'ipv6-open' : 'store-port-open';
    const asset = storeAsset(view.host, service, opening.port, opening.place);
    const evidence = [fileOf(opening.place, whatOf(opening)), fileOf(opening.decision.place, text)];
    if (opening.pastInput !== undefined) evidence.push(fileOf(opening.pastInput.place, opening.pastInput.text));
    if (closedBefore) evidence.push(fileOf(other.decision.place, other.decision.text));
    const title = serviceTitle(service);
    const message = messageOf(id, opening, title);
    // An address of a private network may be reached through the provider's translation, or by nobody outside.
    const sure = opening.facesAll ? {} : { severity: 'medium' as const, confidence: 'tentative' as const };
    report(outcome, `firewall/${id}`, asset, [opening.address, String(opening.port)], message, evidence, sure);
  }
}

function messageOf(id: string, { address, port, container, family }: Opening, title: string): string {
  const at = `${bracketed(address)}:${port}`;
  if (id === 'docker-past-filter') {
    return `The firewall closes port ${port}, and Docker publishes ${title} (${container ?? 'a container'}) past it at ${at}`;
  }
  if (id === 'ipv6-open') return `Port ${port} of ${title} is closed to strangers for IPv4 and open for IPv6 at ${at}`;
  return `${title} waits at ${at}, and the host lets strangers through to it (IPv${family})`;
}

function whatOf({ address, port, process, container }: Opening): string {
  const by = container !== undefined ? ` published for ${container}` : process !== undefined ? ` ${process}` : '';
  return `${bracketed(address)}:${port}${by}`;
}

function undecided(view: HostView, opening: Opening, text: string): Skip {
  const host = view.host ?? opening.place.path;
  return {
    subject: `${host} ${bracketed(opening.address)}:${opening.port}`,
    code: 'FIREWALL_UNDECIDED',
    reason: `whether strangers get through cannot be told: ${text}`,
    severity: 'incomplete',
  };
}

function judgeGroups(view: HostView, stores: ReadonlyMap<number, string>, outcome: Outcome): void {
  for (const group of view.groups) {
    for (const [port, service] of stores) {
      for (const family of [4, 6] as const) {
        const decision = decide([group.filter], { family, protocol: 'tcp', port });
        if (decision.verdict === 'unknown' && family === 4) {
          outcome.skips.push({
            subject: `${group.name}, port ${port}`,
            code: 'FIREWALL_UNDECIDED',
            reason: `whether strangers get through cannot be told: ${decision.text}`,
            severity: 'note',
          });
        }
        if (decision.verdict !== 'accept') continue;
        const asset = configAsset(group.place, group.provider, group.name);
        const message = `${group.name} lets everybody (IPv${family}) through to port ${port} (${serviceTitle(service)})`;
        const evidence = [fileOf(decision.place, decision.text)];
        report(
          outcome,
          'firewall/cloud-store-port-open',
          asset,
          [group.name, String(port), `IPv${family}`],
          message,
          evidence,
        );
      }
    }
  }
}

/** Where the host's word and the view from outside cannot both be true, or where only one of two walls stands. */
function disagreements(view: HostView, outside: readonly Outside[], storePorts: readonly StorePort[] = []): Outcome {
  const outcome: Outcome = { assets: [], edges: [], findings: [], skips: [] };
  for (const seen of outside) {
    const family = parseAddress(seen.address)?.family;
    if (family === undefined) continue;
    if (seen.verdict === 'inconclusive') {
      outcome.skips.push(notTold(seen, 'it was not seen clearly from outside'));
      continue;
    }
    judgeSeen(view, seen, family, storePorts, outcome);
  }
  return outcome;
}

function judgeSeen(
  view: HostView,
  seen: Outside,
  family: Family,
  storePorts: readonly StorePort[],
  outcome: Outcome,
): void {
  const opening = view.openings.find(
    (one) => one.port === seen.port && one.family === family && !one.inside && fits(one, seen),
  );
  const service =
    seen.service ?? storePorts.find(({ port }) => port === (opening?.containerPort ?? seen.port))?.service;
  const first = opening?.place ?? { path: view.files[0]?.path ?? '' };
  const asset =
    service === undefined ? configAsset(first, 'host', seen.host) : storeAsset(seen.host, service, seen.port, first);
  const at = `${bracketed(seen.address)}:${seen.port}`;
  const witness = { kind: 'count' as const, what: `${seen.vantage} saw ${at} as ${seen.verdict}`, count: 1 };
  const locator = [seen.address, String(seen.port), seen.vantage];
  const accepted = seen.verdict !== 'refused' && seen.verdict !== 'filtered';
  if (opening === undefined) {
    if (!accepted || !view.hasSockets || isOwnLoopback(view, seen, family)) return;
    const message = `${at} answers from ${seen.vantage}, and no socket of ${seen.host} that others reach waits on port ${seen.port}: a proxy, a redirection, or an old state`;
    report(outcome, 'firewall/outside-without-listener', asset, locator, message, [
      fileOf(first, `no socket on port ${seen.port}`),
      witness,
    ]);
    return;
  }
  const { verdict, text, place, admits } = opening.decision;
  const evidence: Evidence[] = [fileOf(opening.place, whatOf(opening)), fileOf(place, text), witness];
  if (accepted && (verdict === 'drop' || verdict === 'reject')) {
    const admitted = isAdmitted(seen.from, admits);
    if (admitted === true) return;
    if (admitted === undefined && admits.length > 0) {
      outcome.skips.push(
        notTold(seen, `the filter admits ${admits.slice(0, 3).join(', ')}, and ${seen.vantage} may be among them`),
      );
      return;
    }
    const message = `${seen.host} says that it keeps strangers from port ${seen.port}, and ${at} answers from ${seen.vantage}`;
    report(outcome, 'firewall/outside-past-filter', asset, locator, message, evidence, { confidence: 'confirmed' });
    return;
  }
  if (accepted || verdict !== 'accept' || service === undefined) return;
  const closing = view.groups.filter(
    ({ filter }) => decide([filter], { family, protocol: 'tcp', port: seen.port }).verdict === 'drop',
  );
  const who = closing.length === 1 ? ` (${closing[0]?.name ?? ''} does)` : '';
  const how = seen.verdict === 'filtered' ? 'nothing comes back' : 'the connection is reset';
  const message = `${seen.host} itself lets strangers through to port ${seen.port}; from ${seen.vantage} ${how}: something further out stands in the way${who}`;
  for (const { place: where, name } of closing.slice(0, 3)) evidence.push(fileOf(where, name));
  report(outcome, 'firewall/filtered-further-out', asset, locator, message, evidence, { confidence: 'confirmed' });
}

/** A socket on all addresses is met at each; one on a private address perhaps by translation. */
function fits(opening: Opening, seen: Outside): boolean {
  const bound = parseAddress(opening.address);
  if (bound === undefined || bound.value === 0n || !opening.facesAll) return true;
  return bound.value === parseAddress(seen.address)?.value;
}

/** Asked on the host itself: a socket that only the host reaches answered, as it should. */
function isOwnLoopback(view: HostView, { address, port }: Outside, family: Family): boolean {
  const asked = parseAddress(address)?.value;
  if (asked === undefined || !holds(NEVER_FROM_OUTSIDE[family], asked)) return false;
  return view.openings.some(
    (one) => one.inside && one.port === port && one.family === family && parseAddress(one.address)?.value === asked,
  );
}

/** Undefined where it is not known from which address was asked. */
function isAdmitted(from: string | undefined, admits: readonly string[]): boolean | undefined {
  const address = from === undefined ? undefined : parseAddress(from);
  if (address === undefined) return undefined;
  return admits.some((block) => {
    const range = parseRanges(block);
    return range?.family === address.family && holds(range.ranges, address.value);
  });
}

function notTold(seen: Outside, reason: string): Skip {
  return {
    subject: `${seen.host} ${bracketed(seen.address)}:${seen.port}`,
    code: 'FIREWALL_NOT_COMPARED',
    reason: `the host’s own view was not compared: ${reason}`,
    severity: 'note',
  };
}

function report(
  outcome: Outcome,
  id: string,
  asset: Asset,
  locator: readonly string[],
  message: string,
  [first, ...rest]: readonly Evidence[],
  change: { severity?: Severity; confidence?: Confidence } = {},
): void {
  if (first === undefined) return;
  const { severity, owner } = ruleOf(id);
  const finding: Finding = {
    fingerprint: fingerprint(id, asset.id, ...locator),
    rule: id,
    asset: asset.id,
    severity,
    confidence: 'firm',
    owner,
    message: `${message}.`,
    evidence: [first, ...rest],
    ...change,
  };
  outcome.assets.push(asset);
  outcome.findings.push(finding);
}

function storeAsset(host: string | undefined, service: string, port: number, place: Place): Asset {
  if (host === undefined) return configAsset(place, 'host', serviceTitle(service));
  return { kind: 'store', id: assetId('store', service, host.toLowerCase(), port), service, host, port };
}

function configAsset({ path }: Place, format: string, name: string): Asset {
  return { kind: 'config', id: assetId('config', path, name), path, format, name };
}

function fileOf({ path, line, entry }: Place, text: string): Evidence {
  return { kind: 'file', path, ...(entry !== undefined && { entry }), ...(line !== undefined && { line }), text };
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
