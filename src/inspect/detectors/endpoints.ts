/** Collects the endpoints of one package: finds them string by string, merges equal ones, and judges their origin last. */
import type { InspectEndpoint } from '../../core/contract/inspect.ts';
import type { FoundString } from '../source.ts';
import { type BareEndpoint, parseBare } from './bare.ts';
import { addUse, type CodeUse, createCodeUse, hasOwnUse, makersOf, type User, userOf } from './code-use.ts';
import { createEvidence, type EvidenceList, type PlaceBudget } from './evidence.ts';
import { type FirstParty, isFirstParty, type Judgement, judgeOrigin, PAGE_REASON, sdkPathGroups } from './origin.ts';
import { byOrigin } from './origin-rank.ts';
import { isProse, type PlaceJudgement, type PlaceOf, UNUSED } from './place.ts';
import { redactAddress } from './redact-address.ts';
import { classifyRelativePath } from './relative-path.ts';
import { scanUrls } from './scan-urls.ts';
import { normalizeUrl, type ParsedUrl, parseUrl } from './url.ts';
import { encodedUrls, unwrapBase64 } from './wrapped.ts';

/** One endpoint while the package is being read; everything in clear. */
export interface EndpointDraft {
  /** Normalised, in clear: the key that equal endpoints share. */
  url: string;
  raw: string;
  /** Set for `scheme://…`. */
  parsed?: ParsedUrl;
  /** Set for a host without a scheme. */
  bare?: BareEndpoint;
  /** Set for a relative path. */
  relative?: { reason: string; sdk?: string };
  /** How it was wrapped: `base64`, `percent-encoded`. */
  wrapped?: string;
  complete: boolean;
  /** Best place it was seen at. */
  place: PlaceJudgement;
  /** Seen in a page, style sheet or script of the app. */
  page: boolean;
  /** The classes that use it. */
  use: CodeUse;
  evidence: EvidenceList;
}

export interface JudgedEndpoint {
  draft: EndpointDraft;
  judgement: Judgement;
  /** Less is surer to be the app's own, or tells more: reports list it first. */
  rank: number;
}

/** Most different endpoints kept of one package: more is data, not code. */
const MAX_ENDPOINTS = 20_000;
/** Most characters kept of them. */
const MAX_CHARACTERS = 8_000_000;
const PROSE: PlaceJudgement = { origin: 'documentation', reason: 'in a sentence for people' };
/** A script that came minified: most are libraries, which call what their vendor runs. */
const LIBRARY_SCRIPT = /(?:^|\/)(?!(?:app|main|index|bundle|scripts?|all|build)[-.])[^/]{1,100}\.min\.js$/i;
const SCRIPT_ENTRY = /\.(?:js|mjs|cjs|jsx|ts|tsx|html?|xhtml|css|vue|svg|bundle|jsbundle)$/i;

export interface Endpoints {
  take(found: FoundString): void;
  judge(app: FirstParty): JudgedEndpoint[];
  /** True when some were dropped because there were too many. */
  readonly overflow: boolean;
}

export function createEndpoints(placeOf: PlaceOf, budget: PlaceBudget): Endpoints {
  const drafts = new Map<string, EndpointDraft>();
  /** Strings that are one endpoint and nothing else, such as the namespaces that every layout repeats. */
  const repeated = new Map<string, EndpointDraft>();
  let overflow = false;
  let characters = 0;

  function add(
    found: FoundString,
    place: PlaceJudgement,
    draft: Omit<EndpointDraft, 'place' | 'page' | 'use' | 'evidence'>,
  ): void {
    const page = isPage(found);
    const known = drafts.get(draft.url);
    if (known === undefined) {
      characters += draft.url.length + draft.raw.length;
      if (drafts.size >= MAX_ENDPOINTS || characters > MAX_CHARACTERS) {
        overflow = true;
        return;
      }
      const evidence = createEvidence(budget);
      evidence.add(found);
      const use = createCodeUse();
      addUse(use, found);
      drafts.set(draft.url, { ...draft, place, page, use, evidence });
      return;
    }
    // the plainest form stands for all, whatever the order they came in
    const plainer = known.wrapped !== undefined && draft.wrapped === undefined;
    if (plainer) delete known.wrapped;
    if (plainer || (known.wrapped === draft.wrapped && draft.raw < known.raw)) known.raw = draft.raw;
    seeAgain(known, found, place, page);
  }

  function seeAgain(known: EndpointDraft, found: FoundString, place: PlaceJudgement, page: boolean): void {
    known.evidence.add(found);
    addUse(known.use, found);
    if (byOrigin(place.origin, known.place.origin) < 0 || (known.place === UNUSED && place.origin === 'app'))
      known.place = place;
    known.page ||= page;
  }

  function addUrl(found: FoundString, place: PlaceJudgement, raw: string, wrapped?: { how: string; as: string }): void {
    const parsed = parseUrl(raw);
    if (parsed === undefined) return;
    const wrapping = wrapped === undefined ? {} : { wrapped: wrapped.how };
    add(found, place, {
      url: normalizeUrl(parsed),
      raw: wrapped?.as ?? raw,
      parsed,
      complete: parsed.complete,
      ...wrapping,
    });
    for (const other of parsed.more) {
      const single: ParsedUrl = { ...parsed, host: other.host, more: [] };
      if (other.port === undefined) delete single.port;
      else single.port = other.port;
      add(found, place, { url: normalizeUrl(single), raw, parsed: single, complete: parsed.complete });
    }
    if (/%3a%2f%2f/i.test(raw)) {
      for (const inner of encodedUrls(raw))
        addUrl(found, place, inner, { how: 'percent-encoded in another URL', as: inner });
    }
  }

  function takeUrls(found: FoundString): void {
    const { text } = found;
    const place = placeOf(found);
    const known = repeated.get(text);
    if (known !== undefined) {
      seeAgain(known, found, place, isPage(found));
      return;
    }
    scanUrls(text, ({ raw, start, end }) => {
      const prose = place.origin === 'app' && isProse(text, start, end);
      addUrl(found, prose ? PROSE : place, raw);
    });
    const whole = text.length <= 200 ? drafts.get(text) : undefined;
    if (whole !== undefined && text.indexOf('://') === text.lastIndexOf('://') && !text.includes('%3'))
      repeated.set(text, whole);
  }

  function takeBare(found: FoundString): boolean {
    const bare = parseBare(found.text);
    if (bare === undefined) return false;
    const credentials = bare.user === undefined ? '' : `${bare.user}:${bare.password ?? ''}@`;
    const url = `${credentials}${bare.host}${bare.port === undefined ? '' : `:${bare.port}`}${bare.path}`;
    add(found, placeOf(found), { url, raw: found.text, bare, complete: !/[%{$*]/.test(bare.path) });
    return true;
  }

  function takeRelative(found: FoundString): void {
    const relative = classifyRelativePath(found.text, found.via === 'text' || found.via === 'xml');
    if (relative === undefined) return;
    const place = placeOf(found);
    if (place.origin === 'app') add(found, place, { url: found.text, raw: found.text, relative, complete: false });
  }

  return {
    take(found) {
      const { text } = found;
      if (text.includes('://') || text.includes(':\\/\\/')) {
        takeUrls(found);
        return;
      }
      if (text.length > 4098) return;
      const inner = unwrapBase64(text);
      if (inner !== undefined) {
        addUrl(found, placeOf(found), inner, { how: 'wrapped in base64', as: text });
        return;
      }
      if (text.includes('.') && takeBare(found)) return;
      if (text.includes('/')) takeRelative(found);
    },
    judge(app) {
      const all = [...drafts.values()];
      const sdkPaths = sdkPathGroups(all);
      const crowded = crowdedEntries(all);
      const users = usersOf(all, app);
      const judged = all.map((draft) => {
        const user = users.get(draft) ?? { owner: 'unknown' };
        return {
          draft,
          judgement: judgeOrigin(draft, app, sdkPaths, crowded, user),
          rank: draft.relative !== undefined ? 2 : user.owner === 'app' || bearsName(draft, app) ? 0 : 1,
        };
      });
      adoptKin(judged);
      return judged;
    },
    get overflow() {
      return overflow;
    },
  };
}

function hostOf({ parsed, bare }: EndpointDraft): string | undefined {
  return parsed?.host ?? bare?.host;
}

function bearsName(draft: EndpointDraft, { appId }: FirstParty): boolean {
  const host = hostOf(draft);
  return host !== undefined && isFirstParty(host, appId);
}

/**
 * Whose code uses what. Code under a name that nobody knows speaks for a library only when the app's own code is seen to
 * use something too: an app may have been written under another name than its own, as one of many for different brands.
 */
function usersOf(drafts: readonly EndpointDraft[], { appId, ownCode }: FirstParty): Map<EndpointDraft, User> {
  const users = new Map<EndpointDraft, User>();
  for (const draft of drafts) users.set(draft, userOf(draft.use, ownCode, appId, hostOf(draft)));
  if (hasOwnUse(users.values())) return users;
  const known = new Set<string>();
  for (const user of users.values()) if (user.owner === 'library' && user.vendor) known.add(makersOf(user.package));
  for (const [draft, user] of users) {
    if (user.owner === 'library' && !known.has(makersOf(user.package))) users.set(draft, { owner: 'unknown' });
  }
  return users;
}

function isPage(found: FoundString): boolean {
  return found.via === 'text' && SCRIPT_ENTRY.test(found.entry) && !LIBRARY_SCRIPT.test(found.entry);
}

/** A data file that names this many different hosts is a list or a feed; its hosts are its content. */
const CROWD = 25;
const DATA_ENTRY = /\.(?:xml|json5?|txt|csv|tsv|ini|ya?ml|dat|html?|properties|rss|plist)$/i;

function crowdedEntries(drafts: readonly EndpointDraft[]): Set<string> {
  const hosts = new Map<string, Set<string>>();
  for (const draft of drafts) {
    const host = draft.parsed?.host ?? draft.bare?.host;
    if (host === undefined) continue;
    for (const { entry } of draft.evidence.list()) {
      if (!DATA_ENTRY.test(entry)) continue;
      const seen = hosts.get(entry) ?? new Set();
      hosts.set(entry, seen.add(host));
    }
  }
  return new Set([...hosts].filter(([, seen]) => seen.size >= CROWD).map(([entry]) => entry));
}

/**
 * What looks foreign by itself counts when the app uses its host elsewhere: code that was commented out in the app's own
 * scripts, and documentation pages on the app's own server.
 */
function adoptKin(judged: readonly JudgedEndpoint[]): void {
  const own = new Set<string>();
  for (const { draft, judgement } of judged) {
    if (judgement.origin === 'app' && draft.parsed?.host !== undefined) own.add(draft.parsed.host);
  }
  for (const one of judged) {
    const host = one.draft.parsed?.host;
    if (host === undefined || !own.has(host) || one.judgement.origin !== 'documentation') continue;
    if (one.draft.place.comment) {
      one.judgement = { origin: 'app', reason: 'commented-out code of the app, naming a host that it uses elsewhere' };
    } else if (one.draft.place.origin === 'app' && one.judgement.reason === PAGE_REASON) {
      one.judgement = { origin: 'app', reason: 'a page on a host that the app uses elsewhere' };
    }
  }
}

/** The endpoint as reported: redacted unless `reveal`. */
export function toEndpoint({ draft, judgement }: JudgedEndpoint, reveal: boolean): InspectEndpoint {
  const show = (text: string) => (reveal ? text : redactAddress(text, draft.url));
  const { parsed, bare } = draft;
  const host = parsed?.host ?? bare?.host;
  const port = parsed?.port ?? bare?.port;
  const path = parsed === undefined ? (bare?.path ?? draft.url) : `${parsed.path}${parsed.query}`;
  const url = show(draft.url);
  // base64 of an address with a secret in it is the secret, thinly veiled
  const raw = draft.wrapped === undefined || url === draft.url ? show(draft.raw) : url;
  return {
    url,
    raw,
    ...(parsed === undefined ? {} : { scheme: parsed.scheme }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(path === '' ? {} : { path: show(path) }),
    origin: judgement.origin,
    reason: draft.wrapped === undefined ? judgement.reason : `${judgement.reason}; ${draft.wrapped}`,
    complete: draft.complete,
    completeness: draft.relative !== undefined ? 'relative' : draft.complete ? 'full' : 'template',
    evidence: draft.evidence.list(),
  };
}
