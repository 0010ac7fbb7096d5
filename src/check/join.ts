/** Joins what the verbs found into one graph, its stories and its findings. Pure: the same input gives the same report. */
import type { Asset } from '../core/asset.ts';
import type { EntryEvidence } from '../core/contract/inspect.ts';
import type { Edge } from '../core/edge.ts';
import type { Finding } from '../core/finding.ts';
import { SEVERITIES } from '../core/severity.ts';
import type { Skip } from '../core/skip.ts';
import type { Story } from '../core/story.ts';
import { isExposed } from '../core/verdict.ts';
import type { ProbeResult, ProbeService } from '../probe/service.ts';
import {
  type AppLink,
  appLinks,
  configFilesOf,
  type DeploymentMatch,
  exposureOf,
  familyOf,
  matchDeployments,
  type Ways,
  waysOf,
} from './correlate/index.ts';
import type { Audited } from './gather/audited.ts';
import {
  addInspected,
  appAsset,
  credentialAsset,
  endpointAsset,
  hostName,
  type InspectedApp,
} from './gather/inspected.ts';
import { addProbed, type Classify, exposedDatasets } from './gather/probed.ts';
import { type RunningStore, runningStores } from './gather/running.ts';
import { type AssetGraph, compare, createGraph } from './graph.ts';
import { type Proposal, proposalsOf } from './proposals.ts';
import { inconclusiveSkips } from './silence.ts';
import type { StoreContext } from './story/context.ts';
import { exposureStory } from './story/declared.ts';
import { storyOf } from './story/exposed.ts';
import { namedStoreStory, namedStores } from './story/unknown.ts';

export interface JoinInput {
  vantage: string;
  apps: readonly InspectedApp[];
  /** Undefined when nothing was given to audit. */
  audited: Audited | undefined;
  results: readonly ProbeResult[];
  services: readonly ProbeService[];
  /** Hosts that are in scope. */
  scoped: readonly string[];
  classify: Classify;
  findingsOf(result: ProbeResult): Finding[];
  /** The file that the owner says configures a host, relative to the project. */
  hintOf(host: string): string | undefined;
  /** The owner ties this host to this service, e.g. by a control. */
  isNamed?(host: string, service: string, port: number): boolean;
}

export interface Joined {
  assets: Asset[];
  edges: Edge[];
  stories: Story[];
  findings: Finding[];
  proposals: Proposal[];
  skips: Skip[];
}

export function join(given: JoinInput): Joined {
  const input = inFixedOrder(given);
  const { apps, audited, results } = input;
  const managed = new Set(input.services.filter((service) => service.managed).map(({ id }) => id));
  const stores = runningStores(results, managed, input.isNamed);
  const matches = matchDeployments(stores, audited?.services ?? [], input.hintOf);
  const graph = createGraph();
  const own = new Set([...input.scoped, ...results.flatMap(({ address }) => address ?? [])].map(hostName));
  for (const app of apps) addInspected(graph, app, own);
  for (const asset of audited?.assets ?? []) graph.add(asset);
  for (const edge of audited?.edges ?? []) graph.link(edge);
  const ways = waysOf(apps, results);
  const contexts = stores.map((store) =>
    contextOf(input, store, ways, stores, matches.get(store.id) ?? { kind: 'none' }),
  );
  for (const context of contexts) addContext(graph, context, input.classify);

  const told = contexts.filter(isTold).map(storyOf);
  const exposures = new Set(contexts.flatMap(({ exposure }) => exposure?.store ?? []));
  const unfinished = unfinishedStories(input, graph, stores, matches, exposures);
  const findings = [
    ...apps.flatMap(({ report }) => report.findings),
    ...(audited?.findings ?? []),
    ...contexts.flatMap((context) => probeFindings(context.store, input.findingsOf)),
  ];
  return {
    assets: graph.assets(),
    edges: graph.edges(),
    stories: inOrderOfStories([...told, ...unfinished]),
    findings: distinctFindings(findings),
    proposals: proposalsOf(apps, input.scoped),
    skips: inconclusiveSkips(
      results,
      contexts.filter(isTold).map(({ store }) => store),
    ),
  };
}

/** The report does not depend on which package was read or which host answered first. */
function inFixedOrder(input: JoinInput): JoinInput {
  const { audited } = input;
  const place = (result: ProbeResult) =>
    JSON.stringify([result.host, result.project, result.address, result.port, result.service]);
  return {
    ...input,
    apps: [...input.apps].sort((a, b) => compare(a.path, b.path)),
    results: [...input.results].sort((a, b) => compare(place(a), place(b))),
    audited: audited && {
      ...audited,
      services: [...audited.services].sort((a, b) => compare(a.asset, b.asset)),
      files: [...audited.files].sort((a, b) => compare(a.path, b.path)),
    },
  };
}

/** Exposed, or known to be a store and not known how it treats strangers. */
function isTold({ store, links, match }: StoreContext): boolean {
  if (isExposed(store.verdict)) return true;
  if (store.verdict !== 'inconclusive') return false;
  // On a host that accepts everywhere, every port would be a story; only what something else points at is one.
  const pointedAt = links.some(({ kind }) => kind === 'talks-to') || match.kind === 'found';
  return pointedAt || store.version !== undefined || store.product !== undefined;
}

function contextOf(
  input: JoinInput,
  store: RunningStore,
  ways: Ways,
  stores: readonly RunningStore[],
  match: DeploymentMatch,
): StoreContext {
  const { apps, audited } = input;
  const links = appLinks(store, ways);
  const alone = !stores.some((other) => other.id !== store.id && familyOf(other.service) === familyOf(store.service));
  const hints = store.hosts.flatMap((host) => input.hintOf(host) ?? []);
  const config = configFilesOf(store, match, audited?.files ?? [], hints, alone);
  return {
    store,
    links,
    match,
    config,
    exposure: exposureOf(audited?.exposures ?? [], match, config),
    configAssets: new Map(
      (audited?.assets ?? []).flatMap((asset) =>
        asset.kind === 'config' && asset.name === undefined ? [[asset.path, asset.id] as const] : [],
      ),
    ),
    findings: distinctFindings([
      ...probeFindings(store, input.findingsOf),
      ...configurationFindings(audited?.findings ?? [], match, new Set(config.files.map(({ path }) => path))),
      ...appFindings(apps, links),
    ]),
    datasets: exposedDatasets(store.telling.datasets, input.classify),
    service: input.services.find(({ id }) => id === store.service),
    vantage: input.vantage,
    inspected: apps.length > 0,
    audited: audited !== undefined,
  };
}

/** One name's findings are enough: the same store under another name is the same finding. */
function probeFindings(store: RunningStore, findingsOf: JoinInput['findingsOf']): Finding[] {
  const open = store.results.filter(({ verdict }) => isExposed(verdict));
  const host = open.some((result) => result.host === store.host) ? store.host : open[0]?.host;
  return open.filter((result) => result.host === host).flatMap(findingsOf);
}

/** About the way to the store, and about credentials that stand in the very string that names it. */
function appFindings(apps: readonly InspectedApp[], links: readonly AppLink[]): Finding[] {
  const ways = new Set(links.filter(({ kind }) => kind === 'talks-to').map(({ endpoint }) => endpoint));
  if (ways.size === 0) return [];
  const linked = new Set(links.map(({ app }) => app));
  return apps
    .filter((app) => linked.has(appAsset(app).id))
    .flatMap(({ report }) => {
      const places = new Set(
        report.endpoints
          .filter((one) => ways.has(endpointAsset(one).id))
          .flatMap(({ evidence }) => evidence.map(placeOf)),
      );
      const embedded = new Set(
        report.credentials
          .filter(({ evidence }) => evidence.some((one) => places.has(placeOf(one))))
          .map((credential) => credentialAsset(credential).id),
      );
      return report.findings.filter(({ asset }) => ways.has(asset) || embedded.has(asset));
    });
}

function placeOf({ entry, offset, line }: EntryEvidence): string {
  return JSON.stringify([entry, offset, line]);
}

function configurationFindings(
  findings: readonly Finding[],
  match: DeploymentMatch,
  files: ReadonlySet<string>,
): Finding[] {
  const service = match.kind === 'found' ? match.deployment.service.asset : undefined;
  return findings.filter(
    ({ asset, evidence: [first] }) =>
      asset === service || ((first.kind === 'file' || first.kind === 'setting') && files.has(first.path)),
  );
}

function addContext(graph: AssetGraph, context: StoreContext, classify: Classify): void {
  const { store, links, match, config, configAssets } = context;
  addProbed(graph, store, classify);
  const answered = store.telling.exchanges.slice(0, 1);
  for (const link of links) {
    if (link.endpoint === store.id) continue;
    const relation = link.kind === 'talks-to' ? 'serves' : 'fronts';
    graph.link({ from: link.endpoint, relation, to: store.id, evidence: answered });
  }
  if (match.kind === 'found') {
    const { service, port } = match.deployment;
    graph.link({
      from: service.asset,
      relation: 'configures',
      to: store.id,
      evidence: [{ kind: 'file', path: service.file, line: port?.line ?? service.line }],
    });
  }
  for (const { path } of config.files) {
    const from = configAssets.get(path);
    if (from !== undefined)
      graph.link({ from, relation: 'configures', to: store.id, evidence: [{ kind: 'file', path }] });
  }
}

function unfinishedStories(
  input: JoinInput,
  graph: AssetGraph,
  stores: readonly RunningStore[],
  matches: ReadonlyMap<string, DeploymentMatch>,
  told: ReadonlySet<string>,
): Story[] {
  const { apps, audited, results } = input;
  const scoped = new Set(input.scoped.map(hostName));
  const answered = new Set<ProbeResult>(stores.flatMap((store) => store.results));
  const inspectFindings = apps.flatMap(({ report }) => report.findings);
  const named = namedStores(apps).flatMap((store) => {
    const there = results.filter((result) => hostName(result.host) === store.host);
    // What another project on the provider's host answered says nothing about this one.
    const own = there.filter(
      ({ project }) => project === undefined || store.project === undefined || project === store.project,
    );
    const asked = own.filter((result) => isMeant(result, store));
    // It answered (then it has its story, or is shut), or it turned the stranger away.
    if (asked.some((result) => answered.has(result))) return [];
    if (asked.some(({ verdict }) => verdict === 'refused' || verdict === 'secured')) return [];
    const silent = asked.filter(({ verdict }) => verdict !== 'refused');
    const about = inspectFindings.filter(({ asset }) => store.naming.some(({ endpoint }) => endpoint === asset));
    const { id, service, host, port } = store;
    graph.add({ kind: 'store', id, service, host, ...(port !== undefined && { port }) });
    for (const { endpoint, evidence } of store.naming) {
      if (endpoint !== id) graph.link({ from: endpoint, relation: 'serves', to: id, evidence });
    }
    const isScoped = scoped.has(store.host) && own.length === there.length;
    const asking = { silent, scoped: isScoped, vantage: input.vantage };
    return [namedStoreStory(store, asking, distinctFindings(about))];
  });
  const deployed = new Set(
    [...matches.values()].flatMap((match) => (match.kind === 'found' ? [match.deployment.service.asset] : [])),
  );
  const declared = (audited?.exposures ?? []).flatMap((exposure) => {
    if (deployed.has(exposure.store) || told.has(exposure.store)) return [];
    const service = audited?.services.find(({ asset }) => asset === exposure.store);
    const published = service?.published.filter(({ allInterfaces }) => allInterfaces) ?? [];
    const matters = exposure.severity === 'critical' || exposure.severity === 'high';
    if (published.length === 0 && !matters) return [];
    const ports = new Set(published.map(({ hostPort }) => hostPort));
    const asked = results.filter(({ port }) => ports.has(port));
    // Something answers there, or turns strangers away: this service is not what is unknown.
    if (asked.some((result) => answered.has(result))) return [];
    const silent = asked.filter(({ verdict }) => verdict === 'unidentified' || verdict === 'inconclusive');
    if (asked.length > 0 && silent.length === 0) return [];
    const about = (audited?.findings ?? []).filter(({ fingerprint }) => exposure.findings.includes(fingerprint));
    return [exposureStory(exposure, { silent, vantage: input.vantage }, distinctFindings(about), input.classify)];
  });
  return [...named, ...declared];
}

function isMeant(result: ProbeResult, store: { service: string; port: number | undefined }): boolean {
  return store.port === undefined ? result.service === store.service : result.port === store.port;
}

function distinctFindings(findings: readonly Finding[]): Finding[] {
  const seen = new Map<string, Finding>();
  for (const finding of findings) if (!seen.has(finding.fingerprint)) seen.set(finding.fingerprint, finding);
  return [...seen.values()].sort((a, b) => compare(a.rule, b.rule) || compare(a.fingerprint, b.fingerprint));
}

const STATES = ['exposed', 'unknown', 'closed'];

/** The worst first; by size, then by id, so that two runs agree. */
export function inOrderOfStories(stories: readonly Story[]): Story[] {
  return [...stories].sort(
    (a, b) =>
      STATES.indexOf(a.state) - STATES.indexOf(b.state) ||
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      (b.documents ?? 0) - (a.documents ?? 0) ||
      compare(a.id, b.id),
  );
}
