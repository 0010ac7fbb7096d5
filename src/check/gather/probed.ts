/** From running stores to assets and links, with the kinds of personal data that field names tell. */
import { assetId, type DatasetAsset, type StoreAsset } from '../../core/asset.ts';
import { CATEGORIES, type Category } from '../../core/category.ts';
import type { ProbeLine } from '../../core/contract/probe.ts';
import type { ExposedDataset } from '../../core/story.ts';
import type { ObservedDataset, ProbeResult } from '../../probe/service.ts';
import type { AssetGraph } from '../graph.ts';
import type { RunningStore } from './running.ts';

export type Classify = (names: readonly string[], dataset?: string) => readonly { name: string; category: Category }[];

const ORDER = Object.keys(CATEGORIES);

export function addProbed(graph: AssetGraph, store: RunningStore, classify: Classify): void {
  graph.add(storeAsset(store));
  for (const dataset of exposedDatasets(store.telling.datasets, classify)) {
    const asset: DatasetAsset = {
      kind: 'dataset',
      id: datasetId(store, dataset.name),
      name: dataset.name,
      ...(dataset.documents !== undefined && { documents: dataset.documents }),
      ...(dataset.bytes !== undefined && { bytes: dataset.bytes }),
      categories: dataset.categories,
    };
    graph.add(asset);
    graph.link({ from: store.id, relation: 'holds', to: asset.id, evidence: store.telling.exchanges.slice(-1) });
  }
}

export function datasetId(store: Pick<RunningStore, 'id'>, name: string): string {
  return assetId('dataset', store.id.replace(/^store:/, ''), name);
}

function storeAsset(store: RunningStore): StoreAsset {
  const { documents, bytes } = store.telling;
  const [address] = store.addresses;
  return {
    kind: 'store',
    id: store.id,
    service: store.product ?? store.service,
    ...(store.version !== undefined && { version: store.version }),
    host: store.host,
    ...(address !== undefined && { address }),
    port: store.port,
    verdict: store.verdict,
    ...(documents !== undefined && { documents }),
    ...(bytes !== undefined && { bytes }),
  };
}

/** Data sets with their categories, the most records first. */
export function exposedDatasets(datasets: readonly ObservedDataset[], classify: Classify): ExposedDataset[] {
  return datasets
    .map(({ name, documents, bytes, fields, people }) => {
      const found = classify(fields, name).map((field) => ({ name: field.name, category: field.category }));
      return {
        name,
        ...(documents !== undefined && { documents }),
        ...(bytes !== undefined && { bytes }),
        categories: inOrder(found.map(({ category }) => category)),
        fields: found,
        ...(people !== undefined && { people }),
      };
    })
    .sort((a, b) => (b.documents ?? 0) - (a.documents ?? 0) || (a.name < b.name ? -1 : 1));
}

/** Each category once, in the order of the table of categories. */
export function inOrder(categories: Iterable<Category>): Category[] {
  return [...new Set(categories)].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
}

/**
 * What `postern probe` prints of one result.
 * @param classify the kinds of personal data that field names tell; weighs them with values where `--sample` brought some
 */
export function probeLineOf(result: ProbeResult, classify: Classify): ProbeLine {
  return {
    target: result.target,
    address: result.address,
    port: result.port,
    service: result.service,
    version: result.version ?? null,
    verdict: result.verdict,
    documents: result.documents ?? null,
    bytes: result.bytes ?? null,
    datasets: exposedDatasets(result.datasets, classify).map(({ name, documents, categories, people }) => ({
      name,
      documents: documents ?? null,
      categories,
      ...(people === undefined ? {} : { people }),
    })),
    ...(result.access === undefined ? {} : { access: result.access }),
    ...(result.vantage === undefined ? {} : { vantage: result.vantage }),
    ...(result.product === undefined ? {} : { product: result.product }),
    elapsedMs: result.elapsedMs,
    notTested: result.notTested,
    reason: result.reason,
  };
}
