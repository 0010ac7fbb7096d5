import { type Asset, ORIGINS } from '../core/asset.ts';
import type { Edge } from '../core/edge.ts';
import type { Evidence } from '../core/evidence.ts';

/** What the verbs found, joined: each asset once, each link once with the evidence of all who saw it. */
export interface AssetGraph {
  add(asset: Asset): void;
  link(edge: Edge): void;
  get(id: string): Asset | undefined;
  /** In a fixed order, whatever the order they came in. */
  assets(): Asset[];
  edges(): Edge[];
}

export function createGraph(): AssetGraph {
  const assets = new Map<string, Asset>();
  const edges = new Map<string, Edge>();
  return {
    add(asset) {
      const known = assets.get(asset.id);
      assets.set(asset.id, known ? merge(known, asset) : asset);
    },
    link(edge) {
      const key = JSON.stringify([edge.from, edge.relation, edge.to]);
      const known = edges.get(key);
      edges.set(key, known ? { ...known, evidence: distinct([...known.evidence, ...edge.evidence]) } : edge);
    },
    get: (id) => assets.get(id),
    assets: () => [...assets.values()].sort((a, b) => compare(a.id, b.id)),
    edges: () =>
      [...edges.values()]
        // A link to something that nobody described says nothing.
        .filter((edge) => assets.has(edge.from) && assets.has(edge.to))
        .sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to) || compare(a.relation, b.relation)),
  };
}

/** What the second knows fills what the first does not; of two facts the first stays. */
function merge(first: Asset, second: Asset): Asset {
  const merged = { ...second, ...defined(first) };
  // One app's own server stays that, even if another app knows it from a library.
  if (merged.kind === 'endpoint' && second.kind === 'endpoint' && first.kind === 'endpoint') {
    return ORIGINS.indexOf(second.origin) < ORIGINS.indexOf(first.origin) ? { ...first, ...defined(second) } : merged;
  }
  return merged;
}

function defined<T extends object>(value: T): T {
  const known: Partial<T> = { ...value };
  for (const key of Object.keys(known) as (keyof T)[]) if (known[key] === undefined) delete known[key];
  return known as T;
}

export function distinct(evidence: readonly Evidence[]): Evidence[] {
  const seen = new Map<string, Evidence>();
  for (const one of evidence) {
    const key = JSON.stringify(one);
    if (!seen.has(key)) seen.set(key, one);
  }
  return [...seen.values()];
}

/** By UTF-16 units: the same on every machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
