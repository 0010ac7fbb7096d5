/** Which apps lead to a running store: by its very port, or by its host, beside which it stands. */

import type { InspectEndpoint, ManagedStore } from '../../core/contract/inspect.ts';
import type { Evidence } from '../../core/evidence.ts';
import { portOfScheme } from '../../inspect/detectors/schemes.ts';
import type { ProbeResult } from '../../probe/service.ts';
import {
  appAsset,
  endpointAsset,
  fileEvidence,
  hostName,
  type InspectedApp,
  managedAsset,
  projectOf,
} from '../gather/inspected.ts';
import type { RunningStore } from '../gather/running.ts';
import { compare } from '../graph.ts';
import { authorityOf } from '../words.ts';

export interface AppLink {
  /** Asset ids. */
  app: string;
  endpoint: string;
  /** `com.example.shop 3.2`. */
  appName: string;
  /** `talks-to`: the app names this port; `beside`: it names the host, and the store stands there too. */
  kind: 'talks-to' | 'beside';
  /** Host and port as the app uses them. */
  host: string;
  port: number | undefined;
  /** `shop.example:9200`. */
  shown: string;
  evidence: Evidence[];
}

/** Who names which host, and which hosts share an address: looked up once per store instead of searched. */
export interface Ways {
  named: ReadonlyMap<string, readonly Naming[]>;
  /** Hosts by the address that the probe met them at. */
  hostsAt: ReadonlyMap<string, ReadonlySet<string>>;
}

type Naming = { app: InspectedApp } & ({ endpoint: InspectEndpoint } | { managed: ManagedStore });

export function waysOf(apps: readonly InspectedApp[], results: readonly ProbeResult[]): Ways {
  const named = new Map<string, Naming[]>();
  const add = (host: string | undefined, naming: Naming) => {
    if (host === undefined) return;
    const key = hostName(host);
    const known = named.get(key);
    if (known) known.push(naming);
    else named.set(key, [naming]);
  };
  for (const app of apps) {
    for (const endpoint of app.report.endpoints) add(endpoint.host, { app, endpoint });
    for (const managed of app.report.stores) add(managed.host, { app, managed });
  }
  const hostsAt = new Map<string, Set<string>>();
  for (const { host, address } of results) {
    if (address === null) continue;
    const known = hostsAt.get(address);
    if (known) known.add(hostName(host));
    else hostsAt.set(address, new Set([hostName(host)]));
  }
  return { named, hostsAt };
}

/** The closest link of each app to the store, at most one per app. */
export function appLinks(store: RunningStore, ways: Ways): AppLink[] {
  const hosts = new Set([...store.hosts.map(hostName), ...store.addresses]);
  // What a provider runs shares its address with strangers.
  if (!store.managed) for (const at of store.addresses) for (const host of ways.hostsAt.get(at) ?? []) hosts.add(host);
  const byApp = new Map<InspectedApp, AppLink[]>();
  for (const naming of [...hosts].flatMap((host) => ways.named.get(host) ?? [])) {
    const found =
      'managed' in naming
        ? managedLink(store, naming.app, naming.managed)
        : endpointLink(store, naming.app, naming.endpoint);
    if (found) byApp.set(naming.app, [...(byApp.get(naming.app) ?? []), found]);
  }
  return [...byApp.values()]
    .flatMap((links) => links.sort(byCloseness)[0] ?? [])
    .sort((a, b) => Number(a.kind === 'beside') - Number(b.kind === 'beside') || compare(a.appName, b.appName));
}

function byCloseness(a: AppLink, b: AppLink): number {
  return (
    Number(a.kind === 'beside') - Number(b.kind === 'beside') ||
    Number(b.port !== undefined) - Number(a.port !== undefined) ||
    compare(a.shown, b.shown) ||
    compare(a.endpoint, b.endpoint)
  );
}

function endpointLink(store: RunningStore, app: InspectedApp, endpoint: InspectEndpoint): AppLink | undefined {
  const port = portOf(endpoint);
  const direct = port === store.port;
  // A name in documentation that happens to be in scope says nothing about the machine's other ports.
  if (!direct && (endpoint.origin === 'documentation' || endpoint.origin === 'placeholder')) return undefined;
  if (!direct && store.managed) return undefined;
  // Everybody's host does not say which project is meant; another one that the app names does.
  if (app.report.stores.some((found) => found.kind === store.service && isOfAnother(store, found))) return undefined;
  const host = hostName(endpoint.host ?? '');
  return link(app, endpointAsset(endpoint).id, direct ? 'talks-to' : 'beside', host, port, endpoint.evidence);
}

function managedLink(store: RunningStore, app: InspectedApp, found: ManagedStore): AppLink | undefined {
  if (!store.managed || found.kind !== store.service || isOfAnother(store, found)) return undefined;
  return link(app, managedAsset(found).id, 'talks-to', hostName(found.host ?? found.id), undefined, found.evidence);
}

/** Another customer's, on a host that both share. */
function isOfAnother(store: RunningStore, found: ManagedStore): boolean {
  const project = projectOf(found);
  return store.project !== undefined && project !== undefined && project !== store.project;
}

function link(
  app: InspectedApp,
  endpoint: string,
  kind: AppLink['kind'],
  host: string,
  port: number | undefined,
  evidence: InspectEndpoint['evidence'],
): AppLink {
  const asset = appAsset(app);
  return {
    app: asset.id,
    endpoint,
    appName: appName(app),
    kind,
    host,
    port,
    shown: authorityOf(host, port),
    evidence: fileEvidence(app.path, evidence),
  };
}

/** `com.example.shop 3.2`; the file's name when the package does not say who it is. */
export function appName(app: InspectedApp): string {
  const { id, version } = app.report.app;
  return [id || app.path, version].filter((part) => part !== '').join(' ');
}

/** The port an endpoint means. */
export function portOf(endpoint: Pick<InspectEndpoint, 'port' | 'scheme'>): number | undefined {
  return endpoint.port ?? (endpoint.scheme === undefined ? undefined : portOfScheme(endpoint.scheme.toLowerCase()));
}
