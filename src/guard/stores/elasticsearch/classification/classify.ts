/**
 * The completeness gate: every operation of the published specifications is either routed or denied for a reason. At run
 * time nothing of this is asked – what the route table lacks is refused – so a mistake here can hide an omission, and
 * never open a door; the tests compare both.
 */
import type { RouteName } from '../routes/table.ts';
import type { Reason } from './reasons.ts';

export type Product = 'elasticsearch' | 'opensearch';

export type Classification =
  | { readonly allow: RouteName; readonly deny?: undefined }
  | { readonly deny: Reason; readonly allow?: undefined };

/** The operations of the first edition, and the route that each is. */
const ALLOWED: Readonly<Record<string, RouteName>> = {
  info: 'info',
  ping: 'ping',
  'cluster.health': 'health',
  search: 'search',
  count: 'count',
  msearch: 'msearch',
  get: 'get',
  get_source: 'get-source',
  exists: 'exists',
  exists_source: 'exists-source',
  mget: 'mget',
  field_caps: 'field-caps',
  scroll: 'scroll',
  clear_scroll: 'clear-scroll',
  open_point_in_time: 'open-pit',
  close_point_in_time: 'close-pit',
  create_pit: 'open-pit',
  delete_pit: 'close-pit',
  index: 'index',
  create: 'create',
  update: 'update',
  delete: 'delete',
  bulk: 'bulk',
};

/** By full name; goes before the namespace. Operations without a namespace stand here, all of them. */
const DENIED: Readonly<Record<string, Reason>> = {
  bulk_stream: 'documents',
  capabilities: 'cluster',
  cancel_reindex: 'background',
  delete_all_pits: 'results',
  delete_by_query: 'documents',
  delete_by_query_rethrottle: 'background',
  delete_script: 'script',
  explain: 'terms',
  get_all_pits: 'results',
  get_reindex: 'background',
  get_script: 'script',
  get_script_context: 'script',
  get_script_languages: 'script',
  health_report: 'cluster',
  knn_search: 'documents',
  list_reindex: 'background',
  msearch_template: 'script',
  mtermvectors: 'terms',
  put_script: 'script',
  rank_eval: 'documents',
  reindex: 'documents',
  reindex_rethrottle: 'background',
  render_search_template: 'script',
  scripts_painless_execute: 'script',
  search_mvt: 'documents',
  search_shards: 'cluster',
  search_template: 'script',
  terms_enum: 'terms',
  termvectors: 'terms',
  update_by_query: 'documents',
  update_by_query_rethrottle: 'background',
  'indices.analyze': 'terms',
  'indices.disk_usage': 'terms',
  'indices.field_usage_stats': 'terms',
  'indices.validate_query': 'terms',
};

const DENIED_NAMESPACES: Readonly<Record<string, Reason>> = {
  _internal: 'cluster',
  async_search: 'results',
  asynchronous_search: 'results',
  autoscaling: 'cluster',
  cat: 'cluster',
  ccr: 'background',
  cluster: 'cluster',
  connector: 'model',
  dangling_indices: 'indices',
  encryption: 'security',
  enrich: 'pipeline',
  eql: 'language',
  esql: 'language',
  features: 'cluster',
  fleet: 'product',
  flow_framework: 'model',
  geospatial: 'pipeline',
  graph: 'terms',
  ilm: 'background',
  indices: 'indices',
  inference: 'model',
  ingest: 'pipeline',
  ingestion: 'background',
  insights: 'cluster',
  ism: 'background',
  knn: 'model',
  license: 'security',
  list: 'cluster',
  logstash: 'pipeline',
  ltr: 'model',
  migration: 'cluster',
  ml: 'model',
  monitoring: 'cluster',
  neural: 'model',
  nodes: 'cluster',
  notifications: 'background',
  observability: 'product',
  ppl: 'language',
  profiling: 'product',
  project: 'cluster',
  query: 'language',
  query_rules: 'product',
  remote_store: 'snapshot',
  replication: 'background',
  rollup: 'background',
  rollups: 'background',
  search_application: 'product',
  search_pipeline: 'pipeline',
  search_relevance: 'product',
  searchable_snapshots: 'snapshot',
  security: 'security',
  security_analytics: 'background',
  shutdown: 'cluster',
  simulate: 'pipeline',
  slm: 'snapshot',
  sm: 'snapshot',
  snapshot: 'snapshot',
  sql: 'language',
  ssl: 'security',
  streams: 'pipeline',
  synonyms: 'indices',
  tasks: 'cluster',
  text_structure: 'documents',
  transform: 'background',
  transforms: 'background',
  ubi: 'product',
  watcher: 'background',
  wlm: 'cluster',
  xpack: 'cluster',
};

/** Undefined for an operation that nobody has decided about yet. */
export function classify(name: string): Classification | undefined {
  const allow = Object.hasOwn(ALLOWED, name) ? ALLOWED[name] : undefined;
  if (allow !== undefined) return { allow };
  const namespace = name.slice(0, Math.max(0, name.indexOf('.')));
  const deny = Object.hasOwn(DENIED, name)
    ? DENIED[name]
    : Object.hasOwn(DENIED_NAMESPACES, namespace)
      ? DENIED_NAMESPACES[namespace]
      : undefined;
  return deny === undefined ? undefined : { deny };
}

/** Paths of allowed operations that are none here: typed paths of version 7, and forms that say no index. */
export function isRoutedForm(name: string, path: string): boolean {
  if (path.includes('{type}') || path.startsWith('/_doc')) return false;
  return !(name === 'cluster.health' && path.includes('{index}'));
}
