/** Hosts that were found and not contacted, because nobody put them in scope. */
import type { Origin } from '../core/asset.ts';
import type { CheckReport } from '../core/contract/check.ts';
import { isSharedHost, serviceTitle } from '../core/words.ts';
import { storeOf } from '../inspect/detectors/schemes.ts';
import { parseAddress } from '../net/index.ts';
import { appName } from './correlate/apps.ts';
import { hostName, type InspectedApp, isOutside } from './gather/inspected.ts';
import { compare } from './graph.ts';

export type Proposal = CheckReport['proposals'][number];

/** Under these, neighbours are strangers to one another. */
const SHARED =
  /(?:^|\.)(?:co|com|net|org|gov|ac|edu)\.[a-z]{2}$|(?:^|\.)(?:amazonaws\.com|azurewebsites\.net|windows\.net|cloudapp\.net|azure\.com|herokuapp\.com|appspot\.com|googleapis\.com|cloudfunctions\.net|run\.app|web\.app|firebaseapp\.com|firebaseio\.com|firebasedatabase\.app|github\.io|gitlab\.io|netlify\.app|vercel\.app|pages\.dev|workers\.dev|supabase\.co|ngrok\.io|onrender\.com|fly\.dev|digitaloceanspaces\.com|cloudfront\.net|b4a\.io|back4app\.io)$/;

/**
 * @param scoped hosts in scope
 */
export function proposalsOf(apps: readonly InspectedApp[], scoped: readonly string[]): Proposal[] {
  const known = new Set(scoped.map(hostName));
  const parents = new Set([...known].flatMap((host) => parentOf(host) ?? []));
  const found = new Map<string, Proposal>();
  const propose = (host: string, port: number | undefined, reason: string, app: InspectedApp) => {
    const name = hostName(host);
    if (known.has(name) || !isOutside(name)) return;
    const key = `${name} ${port ?? ''}`;
    const proposal = found.get(key) ?? { host: name, ...(port !== undefined && { port }), reason, foundIn: [] };
    const by = `${appName(app)} (${app.path})`;
    if (!proposal.foundIn.includes(by)) proposal.foundIn.push(by);
    found.set(key, proposal);
  };
  for (const app of apps) {
    for (const store of app.report.stores) {
      if (store.host === undefined || store.origin !== 'app' || isSharedHost(store)) continue;
      propose(store.host, undefined, `the app uses ${serviceTitle(store.kind)} ${store.id} there`, app);
    }
  }
  // What an app says of its own server is told before what a neighbour's name suggests.
  for (const own of [true, false]) {
    for (const app of apps) {
      for (const { host, port, scheme, origin, complete } of app.report.endpoints) {
        if (host === undefined || !complete || (origin === 'app') !== own) continue;
        const reason = own ? ownReason(scheme, port) : siblingReason(host, origin, parents);
        if (reason !== undefined) propose(host, port, reason, app);
      }
    }
  }
  return [...found.values()]
    .map((proposal) => ({ ...proposal, foundIn: proposal.foundIn.sort(compare) }))
    .sort((a, b) => compare(a.host, b.host) || (a.port ?? 0) - (b.port ?? 0));
}

function ownReason(scheme: string | undefined, port: number | undefined): string {
  const store = storeOf(scheme, port);
  return store === undefined
    ? 'the app talks to it; stores often stand beside an API'
    : `the app talks to ${serviceTitle(store)} there`;
}

function siblingReason(host: string, origin: Origin, parents: ReadonlySet<string>): string | undefined {
  const parent = parentOf(hostName(host));
  const near = parent !== undefined && parents.has(parent) && origin !== 'placeholder';
  return near ? `a sibling of hosts in scope, under ${parent}` : undefined;
}

/** The domain that siblings share; none for a name right under a public suffix or a hoster's. */
function parentOf(host: string): string | undefined {
  if (parseAddress(host)) return undefined;
  const parent = host.split('.').slice(1).join('.');
  return parent.split('.').length >= 2 && !SHARED.test(parent) ? parent : undefined;
}
