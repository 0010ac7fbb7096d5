/** Stories that nobody could finish: a store that something names, and that was not asked or did not answer. */

import { assetId } from '../../core/asset.ts';
import type { Evidence } from '../../core/evidence.ts';
import type { Finding } from '../../core/finding.ts';
import { fingerprint } from '../../core/fingerprint.ts';
import type { OutsiderRequest, Story, StoryLink } from '../../core/story.ts';
import { isSharedHost, series, serviceTitle } from '../../core/words.ts';
import { storeKind } from '../../inspect/data/stores/index.ts';
import { storeOf } from '../../inspect/detectors/schemes.ts';
import type { ProbeResult } from '../../probe/service.ts';
import { appName, portOf } from '../correlate/index.ts';
import {
  appAsset,
  endpointAsset,
  fileEvidence,
  hostName,
  type InspectedApp,
  isOutside,
  managedAsset,
  projectOf,
} from '../gather/inspected.ts';
import { compare } from '../graph.ts';
import { authorityOf } from '../words.ts';

/** A store that an app names outright: by a scheme or port that only stores have, or as a provider's. */
export interface NamedStore {
  service: string;
  host: string;
  port: number | undefined;
  /** What it is called: host and port, or the provider's id where many customers share the host. */
  shown: string;
  /** The host is the provider's for all its customers, so it cannot be put in scope. */
  shared: boolean;
  /** The customer's project, where the host is shared and the id says it. */
  project: string | undefined;
  /** Asset id. */
  id: string;
  naming: { app: string; appName: string; endpoint: string; evidence: Evidence[] }[];
}

/** Ids of projects, directories of users, queues and code that a provider runs hold no records to be read there. */
function holdsData(kind: string): boolean {
  const { holds } = storeKind(kind) ?? {};
  return holds === undefined || holds === 'records' || holds === 'files';
}

/** @returns one per host, port and service, whatever number of apps name it */
export function namedStores(apps: readonly InspectedApp[]): NamedStore[] {
  const found = new Map<string, NamedStore>();
  const add = (app: InspectedApp, store: Omit<NamedStore, 'naming'>, endpoint: string, evidence: Evidence[]) => {
    const known = found.get(store.id) ?? { ...store, naming: [] };
    const naming = { app: appAsset(app).id, appName: appName(app), endpoint, evidence };
    if (!known.naming.some((one) => one.appName === naming.appName && one.endpoint === endpoint))
      known.naming.push(naming);
    found.set(store.id, known);
  };
  for (const app of apps) {
    for (const endpoint of app.report.endpoints) {
      const port = portOf(endpoint);
      const service = storeOf(endpoint.scheme, endpoint.port);
      if (service === undefined || endpoint.host === undefined || endpoint.origin !== 'app') continue;
      const host = hostName(endpoint.host);
      if (!isOutside(host)) continue;
      const id = assetId('store', service, host, port ?? 0);
      const named = { service, host, port, shown: authorityOf(host, port), shared: false, project: undefined, id };
      add(app, named, endpointAsset(endpoint).id, fileEvidence(app.path, endpoint.evidence));
    }
    for (const store of app.report.stores) {
      if (store.host === undefined || store.origin !== 'app' || !holdsData(store.kind)) continue;
      const asset = managedAsset(store);
      const host = hostName(store.host);
      const shared = isSharedHost(store);
      const shown = shared ? store.id : host;
      const project = projectOf(store);
      const named = { service: store.kind, host, port: undefined, shown, shared, project, id: asset.id };
      add(app, named, asset.id, fileEvidence(app.path, store.evidence));
    }
  }
  return [...found.values()].sort((a, b) => compare(a.id, b.id));
}

/** How a named store was asked. */
export interface Asking {
  /** What the probe got there: nothing that tells. */
  silent: readonly ProbeResult[];
  scoped: boolean;
  vantage: string;
}

/** @param findings about the endpoint, from inspect */
export function namedStoreStory(
  named: NamedStore,
  { silent, scoped, vantage }: Asking,
  findings: readonly Finding[],
): Story {
  const at = named.shown;
  const name = serviceTitle(named.service);
  const names = [...new Set(named.naming.map((one) => one.appName))].sort(compare);
  const who = `${series(names)} ${names.length > 1 ? 'talk' : 'talks'} to ${at}`;
  const why = reasonFor({ silent, scoped, vantage });
  const links: StoryLink[] = named.naming.map((one) => ({
    from: one.app,
    to: one.endpoint,
    relation: 'talks-to',
    text: `${one.appName} talks to ${at}`,
    evidence: one.evidence,
  }));
  return {
    ...unfinished(named.id, `${who} → ${name} → what a stranger gets is not known: ${why}`, why),
    apps: [...new Set(named.naming.map((one) => one.app))].sort(compare),
    links,
    outsider: silent.flatMap((result) => outsider(result, vantage, named.service)),
    tasks: [
      {
        owner: 'security',
        ...wordsFor(named, { silent, scoped, vantage }),
        findings: findings.map(({ fingerprint: print }) => print),
        patches: [],
      },
    ],
    findings: findings.map(({ fingerprint: print }) => print).sort(compare),
  };
}

function reasonFor({ silent, scoped, vantage }: Asking): string {
  if (silent.length > 0) return `it gave no answer that tells, asked from ${vantage}: ${reasonsOf(silent)}`;
  return scoped ? 'it is in scope, and nothing was asked there' : 'it is not in scope and was not contacted';
}

function wordsFor(named: NamedStore, { silent, scoped }: Asking): { title: string; detail: string } {
  if (silent.length > 0) {
    return {
      title: `Find out what stands at ${named.shown}`,
      detail: 'A filter that lets the app through lets strangers through, too; ask from where the app’s users are.',
    };
  }
  if (named.shared) {
    return {
      title: `Find out what the access rules of ${serviceTitle(named.service)} ${named.shown} let strangers do`,
      detail:
        'Its host is shared by all customers of the provider and is not asked; look at the rules in the provider’s console.',
    };
  }
  if (scoped) {
    return { title: `Ask ${named.shown}`, detail: `Nothing was asked there; run \`postern probe ${named.shown}\`.` };
  }
  return {
    title: `Put ${named.host} into the scope, if it is yours, and check again`,
    detail:
      'Add the host with its addresses and their authority to `targets` in postern.yaml. It was found in an app and was not contacted.',
  };
}

export function reasonsOf(silent: readonly ProbeResult[]): string {
  return [...new Set(silent.map(({ reason }) => reason))].join('; ');
}

export function unfinished(store: string, headline: string, why: string): Story {
  return {
    id: fingerprint('story', store),
    state: 'unknown',
    severity: 'info',
    confidence: 'tentative',
    headline,
    apps: [],
    store,
    links: [],
    outsider: [],
    datasets: [],
    categories: [],
    tasks: [],
    unknowns: [`not tested: ${why}`],
    findings: [],
  };
}

/** @param meant what should stand there, for ports that did not say what they are */
export function outsider(result: ProbeResult, vantage: string, meant: string): OutsiderRequest[] {
  const { host, address, port, project, verdict, exchanges } = result;
  const service = result.service === 'unknown' ? meant : result.service;
  const whose = project === undefined ? {} : { project };
  return address === null || port === null
    ? []
    : [{ host, address, port, service, ...whose, verdict, vantage, exchanges }];
}
