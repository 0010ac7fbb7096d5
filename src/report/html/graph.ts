/**
 * The one model behind picture and table: app → back end → data store → personal data. Configuration and credentials are
 * not places on that way; they are told in the evidence of the place they belong to.
 */
import type { Asset } from '../../core/asset.ts';
import type { Evidence } from '../../core/evidence.ts';
import type { Story } from '../../core/story.ts';
import { isExposed, isShut, type STORY_STATES } from '../../core/verdict.ts';
import { groupBy } from '../group.ts';
import { categoryTitle, humanSize, sentenceList } from '../human.ts';
import type { CheckReport } from '../input.ts';
import { type AssetIndex, indexAssets, kindOf, labelOf } from '../story-view.ts';

export const LAYERS = ['app', 'endpoint', 'store', 'data'] as const;
export type Layer = (typeof LAYERS)[number];

/** How far a stranger gets on a stretch of the way; `none` in a picture that does not tell. */
export type WayState = 'exposed' | 'unknown' | 'secured' | 'none';

export interface GraphNode {
  /** Short, unique, fit for an HTML id. */
  key: string;
  /** Asset ids that the node stands for; several for a cluster. */
  assets: string[];
  layer: Layer;
  label: string;
  /** Small print: where a store listens, how much a set holds. */
  detail: string;
  /** Kinds of personal data, of a set of records. */
  note: string;
  state: WayState;
  /** What a cluster holds; empty for a single place. */
  members: { label: string; detail: string; state: WayState }[];
  stories: string[];
}

export interface GraphEdge {
  key: string;
  from: string;
  to: string;
  state: WayState;
  /** What is known about the link, one clause each. */
  texts: string[];
  evidence: Evidence[];
}

export interface Graph {
  /** What the picture shows: its name for a screen reader. */
  title: string;
  /** Columns of the picture, from left to right. */
  layers: readonly Layer[];
  nodes: GraphNode[];
  edges: GraphEdge[];
}

/** Most sets of records drawn for one store; the rest is one node. */
const MOST_DATASETS = 5;

interface Draft {
  nodes: Map<string, GraphNode>;
  edges: Map<string, GraphEdge>;
}

export function graphOf(report: CheckReport): Graph {
  const assets = indexAssets(report.assets);
  const draft: Draft = { nodes: new Map(), edges: new Map() };
  const stores = new Set(report.stories.map(({ store }) => store));
  for (const id of placesOf(report, assets)) {
    // A story's store may be known from configuration alone.
    const layer = stores.has(id) ? 'store' : layerOf(id, assets);
    if (layer === null) continue;
    const [label, detail] = labelOf(id, assets);
    addNode(draft, id, layer, label, detail === label ? '' : detail);
  }
  for (const link of [
    ...report.edges.map((edge) => ({ ...edge, text: '' })),
    ...report.stories.flatMap(({ links }) => links),
  ]) {
    join(draft, link.from, link.to, link.text, link.evidence);
  }
  for (const story of report.stories) {
    ensureWay(draft, story);
    addData(draft, story, heldBy(story.store, report, assets));
  }
  for (const story of report.stories) markStory(draft, story);
  settleStates(draft, report);
  return {
    title: 'The way from the app to personal data',
    layers: LAYERS,
    nodes: [...draft.nodes.values()],
    edges: [...draft.edges.values()],
  };
}

/** Own back ends, whatever leads to a store, every app and every store; in the order of the stories, then of the report. */
function placesOf(report: CheckReport, assets: AssetIndex): string[] {
  const linked = new Set<string>();
  for (const { apps, store, links } of report.stories) {
    for (const id of [...apps, ...links.flatMap(({ from, to }) => [from, to]), store]) linked.add(id);
  }
  for (const { from, to } of report.edges) {
    if (kindOf(from, assets) === 'store') linked.add(to);
    if (kindOf(to, assets) === 'store') linked.add(from);
  }
  for (const asset of report.assets) if (isPlace(asset)) linked.add(asset.id);
  return [...linked];
}

function isPlace(asset: Asset): boolean {
  return asset.kind === 'app' || asset.kind === 'store' || (asset.kind === 'endpoint' && asset.origin === 'app');
}

function layerOf(id: string, assets: AssetIndex): Layer | null {
  const kind = kindOf(id, assets);
  return kind === 'app' || kind === 'endpoint' || kind === 'store' ? kind : null;
}

function addNode(draft: Draft, id: string, layer: Layer, label: string, detail: string, note = ''): GraphNode {
  const present = draft.nodes.get(id);
  if (present !== undefined) return present;
  const key = `n${draft.nodes.size + 1}`;
  const node: GraphNode = { key, assets: [id], layer, label, detail, note, state: 'unknown', members: [], stories: [] };
  draft.nodes.set(id, node);
  return node;
}

/** Links two places, whichever way the report wrote it (`store serves endpoint`): the way goes from app to data. */
function join(draft: Draft, a: string, b: string, text: string, evidence: readonly Evidence[]): void {
  const first = draft.nodes.get(a);
  const second = draft.nodes.get(b);
  if (first === undefined || second === undefined || first.layer === second.layer) return;
  const forward = LAYERS.indexOf(first.layer) < LAYERS.indexOf(second.layer);
  const [from, to] = forward ? [first, second] : [second, first];
  const id = `${from.key}>${to.key}`;
  let edge = draft.edges.get(id);
  if (edge === undefined) {
    edge = { key: `e${draft.edges.size + 1}`, from: from.key, to: to.key, state: 'unknown', texts: [], evidence: [] };
    draft.edges.set(id, edge);
  }
  if (text !== '' && !edge.texts.includes(text)) edge.texts.push(text);
  for (const piece of evidence) {
    const same = JSON.stringify(piece);
    if (!edge.evidence.some((known) => JSON.stringify(known) === same)) edge.evidence.push(piece);
  }
}

/** A story whose store nothing leads to (the sibling of an endpoint, a store found by configuration) hangs on its app. */
function ensureWay(draft: Draft, story: Story): void {
  const store = draft.nodes.get(story.store);
  if (store === undefined || [...draft.edges.values()].some(({ to }) => to === store.key)) return;
  const endpoints = story.links
    .flatMap(({ from, to }) => [from, to])
    .filter((id) => draft.nodes.get(id)?.layer === 'endpoint');
  for (const id of endpoints.length > 0 ? new Set(endpoints) : story.apps) join(draft, id, story.store, '', []);
}

/** Ids of a store's sets of records by their names, with what showed them. */
function heldBy(store: string, report: CheckReport, assets: AssetIndex): Map<string, Evidence[]> {
  return new Map(
    report.edges.flatMap(({ from, to, relation, evidence }) => {
      const asset = assets.get(to);
      return from === store && relation === 'holds' && asset?.kind === 'dataset' ? [[asset.name, evidence]] : [];
    }),
  );
}

function addData(draft: Draft, story: Story, held: ReadonlyMap<string, Evidence[]>): void {
  const service = story.outsider[0]?.service;
  const sets = story.datasets.toSorted(
    (a, b) => b.categories.length - a.categories.length || (b.documents ?? 0) - (a.documents ?? 0),
  );
  const alone = sets.length > MOST_DATASETS + 1 ? sets.slice(0, MOST_DATASETS) : sets;
  for (const set of alone) {
    const id = `data:${story.store}/${set.name}`;
    addNode(draft, id, 'data', set.name, humanSize(set, service), categoriesOf(set));
    join(draft, story.store, id, '', held.get(set.name) ?? []);
  }
  const rest = sets.slice(alone.length);
  if (rest.length === 0) return;
  const id = `data:${story.store}/…`;
  const documents = rest.reduce((sum, set) => sum + (set.documents ?? 0), 0);
  const node = addNode(draft, id, 'data', `${rest.length} more`, humanSize({ documents }, service));
  node.members = rest.map((set) => ({
    label: set.name,
    detail: [humanSize(set, service), categoriesOf(set)].filter((part) => part !== '').join(' · '),
    state: 'unknown',
  }));
  join(draft, story.store, id, '', []);
}

function categoriesOf(set: Story['datasets'][number]): string {
  return sentenceList(set.categories.map(categoryTitle));
}

function markStory(draft: Draft, story: Story): void {
  const ids = [...story.apps, story.store, ...story.links.flatMap(({ from, to }) => [from, to])];
  for (const [id, node] of draft.nodes) {
    const within = ids.includes(id) || id.startsWith(`data:${story.store}/`);
    if (within && !node.stories.includes(story.id)) node.stories.push(story.id);
  }
}

const WAY_OF = { exposed: 'exposed', unknown: 'unknown', closed: 'secured' } as const satisfies Record<
  (typeof STORY_STATES)[number],
  WayState
>;
const WORST_FIRST = ['exposed', 'unknown', 'secured', 'none'] as const satisfies readonly WayState[];

export function worstWay(states: readonly WayState[]): WayState {
  return WORST_FIRST.find((state) => states.includes(state)) ?? 'unknown';
}

/** A store's state is its story's, else its verdict's; data and what leads to the store take it on, the worst first. */
function settleStates(draft: Draft, report: CheckReport): void {
  const nodes = new Map([...draft.nodes.values()].map((node) => [node.key, node]));
  const edges = [...draft.edges.values()];
  for (const [id, node] of draft.nodes) {
    if (node.layer !== 'store') continue;
    const told = report.stories.filter(({ store }) => store === id).map(({ state }) => WAY_OF[state]);
    const asset = report.assets.find((one) => one.id === id);
    const verdict = asset?.kind === 'store' ? asset.verdict : undefined;
    if (told.length > 0) node.state = worstWay(told);
    else if (verdict !== undefined)
      node.state = isExposed(verdict) ? 'exposed' : isShut(verdict) ? 'secured' : 'unknown';
  }
  for (const edge of edges) {
    const from = nodes.get(edge.from);
    const to = nodes.get(edge.to);
    if (from?.layer !== 'store' || to === undefined) continue;
    to.state = from.state;
    to.members = to.members.map((member) => ({ ...member, state: from.state }));
    edge.state = from.state;
  }
  const leaving = groupBy(edges, ({ from }) => from);
  for (const layer of ['endpoint', 'app'] as const) {
    for (const node of nodes.values()) {
      if (node.layer !== layer) continue;
      const out = leaving.get(node.key) ?? [];
      for (const edge of out) edge.state = nodes.get(edge.to)?.state ?? 'unknown';
      if (out.length > 0) node.state = worstWay(out.map(({ state }) => state));
    }
  }
}
