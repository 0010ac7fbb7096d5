import type { Verdict } from './verdict.ts';

/** Where an endpoint's string comes from: only `app` is the app's own back end. */
export const ORIGINS = ['app', 'sdk', 'framework', 'documentation', 'placeholder'] as const;
export type Origin = (typeof ORIGINS)[number];

interface AssetBase {
  /** Stable within a report and across rescans: `kind:` and the asset's natural key. Made by `assetId`. */
  id: string;
}

export interface AppAsset extends AssetBase {
  kind: 'app';
  platform: 'android' | 'ios' | 'unknown';
  /** Application id or bundle id. */
  appId: string;
  version: string;
  /** The package file it was read from. */
  path: string;
}

export interface EndpointAsset extends AssetBase {
  kind: 'endpoint';
  /** Redacted URL. */
  url: string;
  scheme?: string;
  host?: string;
  port?: number;
  origin: Origin;
}

/** A data store: one that runs (`address`/`port`, verdict), one that configuration describes, or a managed one. */
export interface StoreAsset extends AssetBase {
  kind: 'store';
  /** Service id: `elasticsearch`, `redis`, `postgresql`, … */
  service: string;
  version?: string;
  host?: string;
  address?: string;
  port?: number;
  verdict?: Verdict;
  documents?: number;
  bytes?: number;
}

/** A configuration file, or a service declared in one (`name`). */
export interface ConfigAsset extends AssetBase {
  kind: 'config';
  path: string;
  format: string;
  name?: string;
}

/** A credential found in a package; only its mask and keyed hash travel. */
export interface CredentialAsset extends AssetBase {
  kind: 'credential';
  provider: string;
  mask: string;
  hash: string;
}

/** A set of records in a store: index, table, collection, key pattern. */
export interface DatasetAsset extends AssetBase {
  kind: 'dataset';
  /** Name or pattern; never a personal value. */
  name: string;
  documents?: number;
  bytes?: number;
  /** Personal-data categories, see `category.ts`. */
  categories: string[];
}

export type Asset = AppAsset | EndpointAsset | StoreAsset | ConfigAsset | CredentialAsset | DatasetAsset;

export type AssetKind = Asset['kind'];

/** The id of an asset: its kind and natural key, lower-cased where the key is a host. */
export function assetId(kind: AssetKind, ...key: readonly (string | number)[]): string {
  return `${kind}:${key.join('/')}`;
}
