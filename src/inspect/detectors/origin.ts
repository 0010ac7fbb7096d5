/**
 * Who an endpoint belongs to. An expert's order of evidence: the app's own name in the host; a host whose owner is
 * known; the place it stands at; what the URL itself looks like. What nothing speaks against is the app's.
 */
import type { Origin } from '../../core/asset.ts';
import type { HostGroup } from '../data/hosts.ts';
import { UNMISTAKABLE_PATHS } from '../data/path-words.ts';
import { isPrivateSuffix, isPublicSuffix } from '../data/top-level-domains.ts';
import type { OwnCode } from './android/own-code.ts';
import type { User } from './code-use.ts';
import type { EndpointDraft } from './endpoints.ts';
import { GENERIC_LABELS } from './generic-labels.ts';
import { lookupHost } from './host-list.ts';
import { judgeGithub } from './origin-github.ts';
import { storeOfHost } from './store-forms.ts';
import { isAddress } from './url.ts';

export interface Judgement {
  origin: Origin;
  reason: string;
}

/** What is known of the app when all is read. */
export interface FirstParty {
  /** Application or bundle id, e.g. `com.bluemarket.shop`; empty when unknown. */
  appId: string;
  /** Whose code a class is; known when a manifest was read. */
  ownCode?: OwnCode | undefined;
}

export const PAGE_REASON = 'the form of a documentation page';

export function judgeOrigin(
  draft: EndpointDraft,
  app: FirstParty,
  sdkPaths: ReadonlySet<string>,
  crowded: ReadonlySet<string>,
  user: User,
): Judgement {
  const { place } = draft;
  if (draft.relative !== undefined) {
    if (user.owner === 'library') return { origin: 'sdk', reason: `a path that only code of ${user.package} uses` };
    if (draft.relative.sdk !== undefined && sdkPaths.has(draft.relative.sdk)) {
      return { origin: 'sdk', reason: `a path of ${draft.relative.sdk}` };
    }
    return { origin: 'app', reason: `${draft.relative.reason}; its base is unknown` };
  }
  const host = draft.parsed?.host ?? draft.bare?.host;
  if (host === undefined) return judgeTemplate(draft, user);
  const path = draft.parsed === undefined ? (draft.bare?.path ?? '') : `${draft.parsed.path}${draft.parsed.query}`;
  const group = lookupHost(host, path);
  const listed = group !== undefined && group.origin !== 'app' ? group : undefined;
  const bears = place.origin === 'app' && isFirstParty(host, app.appId);
  // a reserved name that is the app's own (`shop.bluemarket.example`) stands for a real one
  if (bears && (listed === undefined || listed.origin === 'placeholder')) {
    return { origin: 'app', reason: 'the host bears the name of the app' };
  }
  if (listed !== undefined && user.owner === 'app' && draft.parsed !== undefined && isCalled(listed)) {
    return { origin: 'app', reason: `called by the app’s own code (${listed.name.replace(/ SDK$/, '')})` };
  }
  if (listed !== undefined && !(listed.calledByPages && draft.page && place.origin === 'app')) {
    return { origin: listed.origin, reason: listed.name };
  }
  if (place.origin !== 'app') return { origin: place.origin, reason: place.reason };
  if (listed !== undefined) {
    return { origin: 'app', reason: `called by the app’s own pages (${listed.name.replace(/ SDK$/, '')})` };
  }
  if (user.owner === 'library') {
    const whose = user.vendor ? 'whose makers run the host' : 'a library';
    return { origin: 'sdk', reason: `only code of ${user.package} uses it, ${whose}` };
  }
  if (group !== undefined) return { origin: 'app', reason: `${place.reason}; ${group.name}` };
  if (AWS_SERVICE.test(host) && storeOfHost(draft.parsed?.scheme, host, path) === undefined) {
    return { origin: 'sdk', reason: 'AWS SDK: a service’s regional address' };
  }
  const github = judgeGithub(host, path, draft.parsed?.fragment ?? '');
  if (github !== undefined) return github;
  return (
    judgeShape(draft, host, path) ??
    judgeCrowd(draft, crowded) ?? { origin: 'app', reason: ownReason(host, place.reason) }
  );
}

/** A service that answers whoever calls it, not a constant that names one. */
function isCalled(group: HostGroup): boolean {
  return group.origin === 'sdk' && group.notCalled === undefined;
}

function ownReason(host: string, place: string): string {
  return isPrivateAddress(host) ? `${place}; a private address` : place;
}

/**
 * `com.bluemarket.shop` owns `api.bluemarket.example`: a label of the app's id, too special to be chance, is the last
 * but one label of the host (or stands in it with hyphens around).
 */
export function isFirstParty(host: string, appId: string): boolean {
  if (appId === '' || isAddress(host)) return false;
  const labels = host.split('.');
  if (labels.length < 2) return false;
  const registrable = labels.slice(0, -1).filter((label) => label.length >= 4 && !GENERIC_LABELS.has(label));
  const own = appId
    .toLowerCase()
    .split('.')
    .filter((label) => label.length >= 4 && !GENERIC_LABELS.has(label));
  return own.some(
    (label) => registrable.includes(label) || registrable.some((part) => part.split('-').includes(label)),
  );
}

/** `dynamodb.eu-west-1.amazonaws.com`: names a service, not a resource of anyone. */
const AWS_SERVICE = /^[a-z0-9.-]{2,40}\.[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]{4,9}-\d\.amazonaws\.com(?:\.cn)?$/;

const KNOWN_TEMPLATES: readonly { pattern: RegExp; judgement: Judgement }[] = [
  {
    // facebook-android-sdk, ServerProtocol.java: "https://graph.%s", "https://m.%s/dialog/"
    pattern: /^https?:\/\/(?:graph|graph-video|m|www|connect|api|b-graph|web)\.%s(?:[/?]|$)/,
    judgement: { origin: 'sdk', reason: 'Facebook SDK' },
  },
];

/** Providers that give each customer a name below their own. */
const TENANTS =
  /(?:^|\.)(?:amazonaws\.com(?:\.cn)?|firebaseio\.com|firebasedatabase\.app|firebasestorage\.app|firebaseapp\.com|appspot\.com|cloudfunctions\.net|run\.app|azurewebsites\.net|windows\.net|azure\.com|auth0\.com|okta\.com|oktapreview\.com|onelogin\.com|zendesk\.com|myshopify\.com|salesforce\.com|force\.com|supabase\.co|algolia\.net|algolianet\.com|herokuapp\.com|b2clogin\.com|aliyuncs\.com|myqcloud\.com|digitaloceanspaces\.com|cloudfront\.net)$/;

function judgeTemplate(draft: EndpointDraft, user: User): Judgement {
  for (const { pattern, judgement } of KNOWN_TEMPLATES) if (pattern.test(draft.raw)) return judgement;
  const { parsed, place } = draft;
  if (place.origin !== 'app') return { origin: place.origin, reason: place.reason };
  const fixed = (parsed?.authority ?? '').replace(/%(?:\d\$)?[sd@]|\$?\{[^{}]*\}?\}?|\*|\$\w+/g, '');
  const suffix = /(?:^|\.)((?:[a-z0-9-]{1,63}\.)+[a-z]{2,24})$/i.exec(fixed)?.[1]?.toLowerCase();
  if (suffix === undefined) {
    if (user.owner === 'app' && /\/[^/?#]*[a-z]{3}/i.test(parsed?.path ?? '')) {
      return { origin: 'app', reason: 'put together by the app’s own code; its host is filled in at run time' };
    }
    return { origin: 'placeholder', reason: 'names no host: a prefix that code completes or compares with' };
  }
  if (TENANTS.test(suffix))
    return { origin: 'sdk', reason: 'a provider’s address, its customer filled in at run time' };
  const group = lookupHost(`x.${suffix}`, parsed?.path ?? '');
  if (group !== undefined && group.origin !== 'app') return { origin: group.origin, reason: group.name };
  return { origin: 'app', reason: `${place.reason}; a part of the host is filled in at run time` };
}

function judgeShape(draft: EndpointDraft, host: string, path: string): Judgement | undefined {
  if (isAddress(host) || host.startsWith('[')) return judgeAddress(host);
  const labels = host.split('.');
  const last = labels.at(-1) ?? '';
  if (labels.length === 1) return { origin: 'placeholder', reason: 'a host without a domain' };
  if (/^(?:java|javax|jakarta|org|com|net|android|androidx|kotlin)\./.test(host) && !isPublicSuffix(last)) {
    return { origin: 'framework', reason: 'a feature name in the form of a package' };
  }
  if (!isPublicSuffix(last) && !isPrivateSuffix(last))
    return { origin: 'placeholder', reason: `“.${last}” is no domain` };
  if (/\.(?:dtd|xsd|rng|xslt?)$/i.test(path)) return { origin: 'framework', reason: 'a schema or document type' };
  if (/^(?:xmlns|ns|schemas?)\./.test(host) || /\/(?:xmlns|namespaces?|xml-?ns|schemas?)(?:\/|$)/i.test(path)) {
    return { origin: 'framework', reason: 'the form of a namespace' };
  }
  if (
    /^(?:docs?|documentation|developers?|wiki|help|kb|support|faq|learn|bugs?|issues|jira|forums?|community)\./.test(
      host,
    ) &&
    draft.parsed !== undefined
  ) {
    return { origin: 'documentation', reason: 'the form of a documentation or support site' };
  }
  if (
    /^(?:your|my|some|example|sample|dummy|fake)[-_]?(?:domain|server|site|host|company|app|api|project|website|url|bucket|firebase)?[-_.]/.test(
      host,
    )
  ) {
    return { origin: 'placeholder', reason: 'a stand-in name' };
  }
  if (draft.parsed !== undefined && /^\/(?:wiki|docs|documentation|manual|javadoc|apidocs)\//i.test(path)) {
    return { origin: 'documentation', reason: PAGE_REASON };
  }
  if (host.endsWith('.github.io') || host.endsWith('.gitlab.io')) {
    const data = /\.(?:json|csv|txt|zip|bin|db|sqlite|apk|xml|ya?ml|geojson)$/i.test(path.replace(/\?.*$/, ''));
    if (!data) return { origin: 'documentation', reason: 'a project’s page' };
  }
  if (/\b(?:licen[cs]es?(?:[-./]|$)|LICENSE|copyright\.html|legalcode)/i.test(path))
    return { origin: 'documentation', reason: 'a licence text' };
  return undefined;
}

function judgeAddress(host: string): Judgement | undefined {
  if (/^127\.|^0\.|^\[::1?\]$/.test(host)) return { origin: 'placeholder', reason: 'the device itself (loopback)' };
  if (/^(?:192\.0\.2|198\.51\.100)\.|^\[2001:db8:/i.test(host)) {
    return { origin: 'placeholder', reason: 'an address reserved for documentation (RFC 5737)' };
  }
  if (/^(?:22[4-9]|23\d|24\d|25[0-5])\.|^\[ff/i.test(host))
    return { origin: 'framework', reason: 'a multicast or broadcast address' };
  if (/^169\.254\./.test(host)) return { origin: 'sdk', reason: 'a link-local address' };
  return undefined;
}

/** RFC 1918 and unique local addresses, and names of private networks. */
export function isPrivateAddress(host: string): boolean {
  return (
    /^(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d|^\[f[cd]/i.test(host) ||
    isPrivateSuffix(host.split('.').at(-1) ?? '')
  );
}

function judgeCrowd(draft: EndpointDraft, crowded: ReadonlySet<string>): Judgement | undefined {
  if (crowded.size === 0) return undefined;
  const entries = draft.evidence.list();
  return entries.every(({ entry }) => crowded.has(entry))
    ? { origin: 'documentation', reason: 'one of many hosts in a list or feed' }
    : undefined;
}

/** SDKs of which at least two typical paths were found: the SDK is in the package, so a shared path is its own. */
export function sdkPathGroups(drafts: readonly EndpointDraft[]): Set<string> {
  const counts = new Map<string, number>();
  for (const { relative } of drafts) {
    if (relative?.sdk !== undefined) counts.set(relative.sdk, (counts.get(relative.sdk) ?? 0) + 1);
  }
  return new Set([...counts].filter(([sdk, count]) => count >= 2 || UNMISTAKABLE_PATHS.has(sdk)).map(([sdk]) => sdk));
}
