/** From a package's report to assets and links. */
import { basename } from 'node:path';
import {
  type AppAsset,
  assetId,
  type CredentialAsset,
  type EndpointAsset,
  ORIGINS,
  type Origin,
  type StoreAsset,
} from '../../core/asset.ts';
import type {
  EntryEvidence,
  InspectCredential,
  InspectEndpoint,
  InspectReport,
  ManagedStore,
} from '../../core/contract/inspect.ts';
import type { FileEvidence } from '../../core/evidence.ts';
import { isSharedHost } from '../../core/words.ts';
import { type AssetGraph, compare } from '../graph.ts';

export interface InspectedApp {
  /** The package, as shown. */
  path: string;
  report: InspectReport;
}

/** Evidence beyond this is the same again; the package's own report has it all. */
const MOST_EVIDENCE = 5;

export function appAsset({ path, report }: InspectedApp): AppAsset {
  const { platform, id, version } = report.app;
  // As inspect names it in its findings: without the version, so that what is known stays known in the next release.
  return { kind: 'app', id: assetId('app', id || basename(path)), platform, appId: id, version, path };
}

/** Endpoints of documentation and placeholders are no part of the app's world. */
const IN_GRAPH: readonly Origin[] = ['app', 'sdk', 'framework'];

/** @param scoped hosts that are the owner's, whatever their strings look like */
export function addInspected(graph: AssetGraph, app: InspectedApp, scoped: ReadonlySet<string>): void {
  const asset = appAsset(app);
  graph.add(asset);
  const endpoints = app.report.endpoints.filter(
    ({ host, origin }) => host !== undefined && (IN_GRAPH.includes(origin) || scoped.has(hostName(host))),
  );
  for (const endpoint of endpoints.sort(byOrigin)) addEndpoint(graph, app, endpoint);
  for (const store of app.report.stores) {
    const to = managedAsset(store);
    graph.add(to);
    graph.link({ from: asset.id, relation: 'talks-to', to: to.id, evidence: fileEvidence(app.path, store.evidence) });
  }
  for (const credential of app.report.credentials) {
    const to = credentialAsset(credential);
    graph.add(to);
    graph.link({
      from: asset.id,
      relation: 'embeds',
      to: to.id,
      evidence: fileEvidence(app.path, credential.evidence),
    });
  }
}

function addEndpoint(graph: AssetGraph, app: InspectedApp, endpoint: InspectEndpoint): void {
  const to = endpointAsset(endpoint);
  graph.add(to);
  graph.link({
    from: appAsset(app).id,
    relation: 'talks-to',
    to: to.id,
    evidence: fileEvidence(app.path, endpoint.evidence),
  });
}

/** The server of an endpoint, as inspect's findings name it: many URLs, one asset. */
export function endpointAsset(endpoint: InspectEndpoint): EndpointAsset {
  const { scheme, host, port, origin } = endpoint;
  const server = serverOf(endpoint);
  return {
    kind: 'endpoint',
    id: assetId('endpoint', server),
    url: scheme === undefined ? server : `${scheme}://${server}`,
    ...(scheme !== undefined && { scheme }),
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    origin,
  };
}

function serverOf({ host, port, url }: InspectEndpoint): string {
  if (host === undefined) return url;
  return port === undefined ? host : `${host}:${port}`;
}

export function managedAsset(store: ManagedStore): StoreAsset {
  return {
    kind: 'store',
    id: assetId('store', store.kind, store.id),
    service: store.kind,
    ...(store.host !== undefined && { host: store.host }),
  };
}

/** The project whose store it is, where the provider's host is everybody's and the store's id says it. */
export function projectOf(store: ManagedStore): string | undefined {
  if (!isSharedHost(store)) return undefined;
  // The default buckets bear the project's id; others have names of their own.
  if (store.kind === 'firebase-storage') return /^(.+)\.(?:appspot\.com|firebasestorage\.app)$/.exec(store.id)?.[1];
  // A project's number stands for its id in some requests.
  return /^\d+$/.test(store.id) ? undefined : store.id;
}

export function credentialAsset({ provider, kind, hash, mask }: InspectCredential): CredentialAsset {
  return { kind: 'credential', id: assetId('credential', provider, kind, hash), provider, mask, hash };
}

/** The app's own first: of two origins of one server, that one is kept. */
function byOrigin(a: InspectEndpoint, b: InspectEndpoint): number {
  return ORIGINS.indexOf(a.origin) - ORIGINS.indexOf(b.origin) || compare(a.url, b.url);
}

export function fileEvidence(path: string, evidence: readonly EntryEvidence[]): FileEvidence[] {
  return evidence.slice(0, MOST_EVIDENCE).map(({ entry, offset, line, name }) => ({
    kind: 'file',
    path,
    entry,
    ...(offset !== undefined && { offset }),
    ...(line !== undefined && { line }),
    ...(name !== undefined && { text: name }),
  }));
}

/** One spelling of a host: lower case, no final dot, no brackets. */
export function hostName(host: string): string {
  return host
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[|\]$/g, '');
}

/** Addresses of one's own machine or network, and single labels, lead nowhere from outside. */
export function isOutside(host: string): boolean {
  if (/^(?:localhost|.*\.(?:localhost|local|internal|lan|home|test|invalid))$/.test(host)) return false;
  if (/^(?:127|10|0)\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^169\.254\./.test(host)) return false;
  if (host.includes(':')) return !/^(?:::1?$|f[cde])/.test(host);
  return host.includes('.');
}
