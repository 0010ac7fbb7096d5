/** A story as every renderer tells it: a chain of places with what joins them, what a stranger gets, tasks by owner. */
import type { Asset } from '../core/asset.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Finding } from '../core/finding.ts';
import { OWNERS, type Owner, SEVERITIES } from '../core/severity.ts';
import type { OutsiderRequest, Story, Task } from '../core/story.ts';
import { isExposed } from '../core/verdict.ts';
import { nounsOf } from '../core/words.ts';
import {
  categoryTitle,
  humanBytes,
  humanCount,
  humanSize,
  plural,
  STRANGER,
  sentenceList,
  serviceTitle,
} from './human.ts';
import type { RenderOptions } from './options.ts';

export type AssetIndex = ReadonlyMap<string, Asset>;

export function indexAssets(assets: readonly Asset[]): AssetIndex {
  return new Map(assets.map((asset) => [asset.id, asset]));
}

export interface ChainLink {
  text: string;
  /** Asset id of the other end when it is not itself in the chain (a configuration file). */
  other?: string;
  evidence: readonly Evidence[];
}

export interface ChainNode {
  id: string;
  kind: 'app' | 'endpoint' | 'store' | 'data';
  label: string;
  detail: string;
  links: ChainLink[];
}

/**
 * app → endpoint → store → data. A link is told at the end that comes first in that order; what configures the store is
 * told at the store. Assets that the report does not hold keep their id as label, so that nothing disappears.
 */
export function chainOf(story: Story, assets: AssetIndex): ChainNode[] {
  const nodes = new Map<string, ChainNode>();
  function add(id: string, kind: ChainNode['kind'], label: string, detail = ''): void {
    if (!nodes.has(id)) nodes.set(id, { id, kind, label, detail, links: [] });
  }
  for (const id of story.apps) add(id, 'app', ...labelOf(id, assets));
  for (const link of story.links) {
    for (const id of [link.from, link.to]) if (kindOf(id, assets) === 'app') add(id, 'app', ...labelOf(id, assets));
  }
  for (const link of story.links) {
    for (const id of [link.from, link.to]) {
      if (kindOf(id, assets) === 'endpoint') add(id, 'endpoint', ...labelOf(id, assets));
    }
  }
  add(story.store, 'store', ...labelOf(story.store, assets));
  const order = [...nodes.keys()];
  for (const link of story.links) {
    const ends = [link.from, link.to].filter((id) => nodes.has(id)).sort((a, b) => order.indexOf(a) - order.indexOf(b));
    const at = nodes.get(ends[0] ?? story.store);
    const other = [link.from, link.to].find((id) => !nodes.has(id));
    // What the store holds is told where the data stands.
    if (at === undefined || link.relation === 'holds') continue;
    const text = link.text.startsWith(`${at.label} `) ? link.text.slice(at.label.length + 1) : link.text;
    at.links.push({ text, evidence: link.evidence, ...(other === undefined ? {} : { other }) });
  }
  if (story.datasets.length > 0 || story.documents !== undefined) {
    add(`${story.id}#data`, 'data', dataLabel(story, assets), categoryList(story));
  }
  return [...nodes.values()];
}

function dataLabel(story: Story, assets: AssetIndex): string {
  const service = serviceOf(story, assets);
  const size = humanSize(story, service);
  const sets = story.datasets.length === 0 ? '' : plural(story.datasets.length, ...datasetNoun(service));
  return [sets, size].filter((part) => part !== '').join(' · ') || 'unknown contents';
}

/** What a set of records is called in a service. */
export function datasetNoun(service = ''): readonly [one: string, many: string] {
  return nounsOf(service).set;
}

/** What is known of a node besides its label; of the data, the story's last sentence tells it. */
export function detailOf({ kind, detail, label }: ChainNode): string {
  return kind === 'data' || detail === label ? '' : detail;
}

/** Where a link was seen, each place once, without those that its text names. */
export function placesOf({ evidence, text }: ChainLink): string[] {
  return [...new Set(evidence.map(placeOf))].filter((place) => place !== '' && !text.includes(place));
}

/** What drawing a story needs besides the story, in the terminal and in HTML. */
export interface StoryContext {
  assets: AssetIndex;
  findings: ReadonlyMap<string, Finding>;
  options: RenderOptions;
}

export function serviceOf(story: Story, assets: AssetIndex): string | undefined {
  const store = assets.get(story.store);
  return store?.kind === 'store' ? store.service : story.outsider[0]?.service;
}

export function categoryList(story: Pick<Story, 'categories'>): string {
  return sentenceList(story.categories.map(categoryTitle));
}

/** ` At least 4,120 people are affected.`: several sets may be about the same people, so none are added up. */
export function peopleSentence(people: number | undefined): string {
  if (people === undefined || people === 0) return '';
  return ` At least ${plural(people, 'person is', 'people are')} affected.`;
}

/** `A stranger reads 12,400 documents, 38.2 MB: e-mail addresses and phone numbers.` */
export function strangerGets(story: Story, assets: AssetIndex): string {
  const seen = story.outsider.find((request) => isExposed(request.verdict)) ?? story.outsider[0];
  if (story.state === 'closed')
    return 'A stranger no longer gets in: proven by the same request and a positive control.';
  if (seen === undefined) return 'What a stranger gets was not tested.';
  if (seen.verdict === 'inconclusive') return 'What a stranger gets could not be told.';
  if (!isExposed(seen.verdict)) return `A stranger ${STRANGER[seen.verdict]}.`;
  const service = serviceOf(story, assets);
  const size = humanSize(story, service) || 'data of unknown size';
  const what = story.categories.length > 0 ? `: ${categoryList(story)}` : '';
  const verb = seen.verdict === 'metadata-only' ? 'sees names and sizes of' : STRANGER[seen.verdict];
  return `A stranger ${verb} ${size}${what}.${peopleSentence(story.people)}`;
}

export function kindOf(id: string, assets: AssetIndex): string {
  return assets.get(id)?.kind ?? id.slice(0, Math.max(0, id.indexOf(':')));
}

/** Name and small print of an asset. */
export function labelOf(id: string, assets: AssetIndex): [label: string, detail: string] {
  const asset = assets.get(id);
  switch (asset?.kind) {
    case 'app':
      return [`${asset.appId} ${asset.version}`.trim(), asset.path];
    case 'endpoint':
      return [asset.host === undefined ? asset.url : hostPort(asset.host, asset.port), asset.url];
    case 'store': {
      const at = asset.address ?? asset.host;
      const where = at === undefined ? '' : hostPort(at, asset.port);
      return [[serviceTitle(asset.service), asset.version].filter(Boolean).join(' '), where];
    }
    case 'config':
      return [asset.name === undefined ? asset.path : `${asset.name} in ${asset.path}`, asset.format];
    case 'credential':
      return [`${asset.provider} credential ${asset.mask}`, ''];
    case 'dataset':
      return [asset.name, humanSize(asset)];
    case undefined:
      return unlistedLabel(id);
  }
}

/** An id that the report does not list: `store:elasticsearch/search.example/9200` still says what and where. */
function unlistedLabel(id: string): [label: string, detail: string] {
  const [, kind, key = ''] = /^(store|endpoint):(.+)$/.exec(id) ?? [];
  if (kind === undefined) return [id, ''];
  const parts = key.split('/');
  const port = /^\d+$/.test(parts.at(-1) ?? '') ? Number(parts.pop()) : undefined;
  const host = parts.pop() ?? '';
  const where = hostPort(host, port === 0 ? undefined : port);
  return parts.length > 0 && kind === 'store' ? [serviceTitle(parts.join('/')), where] : [where, ''];
}

/** `203.0.113.7:9200`, `[2001:db8::7]:9200`. */
export function hostPort(host: string, port: number | null | undefined): string {
  if (port === undefined || port === null) return host;
  return host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The host of a probed target as the user named it: `db.example` of `db.example:5432/postgresql`. */
export function hostOfTarget(target: string): string {
  const place = target.replace(/\/[a-z0-9-]+$/, '');
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(place)?.[1];
  if (bracketed !== undefined) return bracketed;
  return place.split(':').length === 2 ? place.replace(/:\d+$/, '') : place;
}

/** `MariaDB` where the service is `mysql` and the product `mariadb`; a product without a title goes by its service. */
export function probedTitle({ service, product }: { service: string; product?: string | undefined }): string {
  const title = product === undefined ? undefined : serviceTitle(product);
  return title === undefined || title === product ? serviceTitle(service) : title;
}

/** A headline is one sentence; its arrows are where it may be broken. */
export function headlineParts(story: Pick<Story, 'headline'>): string[] {
  return story.headline.split(/\s+(?:→|->)\s+/);
}

/** A title of a few words: the headline itself when it is one clause, else what the store's state is. */
export function titleOf(story: Story, assets: AssetIndex): string {
  if (headlineParts(story).length === 1) return story.headline;
  const [store] = labelOf(story.store, assets);
  switch (story.state) {
    case 'exposed':
      return `${store} stands open`;
    case 'closed':
      return `${store} is closed, and proven so`;
    case 'unknown':
      return `${store}: not known what a stranger gets`;
  }
}

/** What was asked, once for each address and outcome: several names may lead to one address. */
export function distinctRequests(story: Story): OutsiderRequest[] {
  const distinct = new Map<string, OutsiderRequest>();
  for (const request of story.outsider) {
    const { address, port, service, verdict, vantage } = request;
    const key = JSON.stringify([address, port, service, verdict, vantage]);
    if (!distinct.has(key)) distinct.set(key, request);
  }
  return [...distinct.values()];
}

/** Where a piece of evidence stands, short: `deploy/docker-compose.yml:14`, `shop.apk!classes2.dex+0x1f3a`. */
export function placeOf(evidence: Evidence): string {
  switch (evidence.kind) {
    case 'file': {
      const entry = evidence.entry === undefined ? '' : `!${evidence.entry}`;
      if (evidence.class !== undefined && evidence.line === undefined) {
        // people look for a method, not for a byte
        return `${evidence.path}${entry} ${evidence.class}${evidence.method === undefined ? '' : `.${evidence.method}`}`;
      }
      const line = evidence.line === undefined ? '' : `:${evidence.line}`;
      const offset = line === '' && evidence.offset !== undefined ? `+0x${evidence.offset.toString(16)}` : '';
      return `${evidence.path}${entry}${line}${offset}`;
    }
    case 'setting':
      return evidence.line === undefined
        ? `${evidence.path} (${evidence.pointer})`
        : `${evidence.path}:${evidence.line}`;
    case 'exchange':
      return hostPort(evidence.address, evidence.port);
    case 'count':
      return '';
  }
}

/** What a piece of evidence says, in one line. */
export function tellEvidence(evidence: Evidence): string {
  switch (evidence.kind) {
    case 'file':
      return evidence.text ?? '';
    case 'setting':
      return `${evidence.pointer} is ${evidence.actual}; expected ${evidence.expected}`;
    case 'exchange':
      return `${evidence.request} → ${evidence.answer}`;
    case 'count':
      return evidence.what === 'bytes' ? humanBytes(evidence.count) : `${humanCount(evidence.count)} ${evidence.what}`;
  }
}

export interface OwnerTasks {
  owner: Owner;
  tasks: { number: number; task: Task }[];
}

/** Tasks by owner, in the order of OWNERS; numbers keep the story's order, which is the order of doing. */
export function tasksByOwner(story: Pick<Story, 'tasks'>): OwnerTasks[] {
  const numbered = story.tasks.map((task, index) => ({ number: index + 1, task }));
  return OWNERS.map((owner) => ({ owner, tasks: numbered.filter(({ task }) => task.owner === owner) })).filter(
    ({ tasks }) => tasks.length > 0,
  );
}

const STATE_ORDER = ['exposed', 'unknown', 'closed'] as const;

/** Exposed first, then unknown, then closed; worst first within; the report's order otherwise. */
export function orderedStories<S extends Pick<Story, 'state' | 'severity'>>(stories: readonly S[]): S[] {
  return stories.toSorted(
    (a, b) =>
      STATE_ORDER.indexOf(a.state) - STATE_ORDER.indexOf(b.state) ||
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
  );
}

/** What `postern fix --only` takes for a task: the shortest prefixes that people type, of the findings it clears. */
export function fixCommand(task: Task, findings: ReadonlyMap<string, Finding>): string | null {
  const patched = task.findings.filter((id) => (findings.get(id)?.patches?.length ?? 0) > 0);
  if (task.patches.length === 0 || patched.length === 0) return null;
  return `postern fix ${patched.map((id) => `--only ${id.slice(0, 12)}`).join(' ')}`;
}
