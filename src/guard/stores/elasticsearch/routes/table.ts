/**
 * Every path that exists, as data. A method or path that is not here does not exist (B031, B034). The parameters are
 * those that the operation reads or that mean nothing here; each has a reader in `parameters.ts`.
 */

/** What the route leads to; each has one plan function. Finer than the operations of a policy. */
export type RouteName =
  | 'info'
  | 'ping'
  | 'health'
  | 'search'
  | 'count'
  | 'msearch'
  | 'get'
  | 'get-source'
  | 'exists'
  | 'exists-source'
  | 'mget'
  | 'field-caps'
  | 'scroll'
  | 'clear-scroll'
  | 'open-pit'
  | 'close-pit'
  | 'index'
  | 'create'
  | 'update'
  | 'delete'
  | 'bulk';

export interface RouteSpec {
  readonly name: RouteName;
  readonly methods: readonly string[];
  /** Literals are compared with the raw segments; `{…}` binds one segment, decoded. */
  readonly paths: readonly string[];
  readonly parameters: readonly string[];
  readonly body: 'none' | 'optional' | 'json' | 'ndjson';
}

/** What clients say about names that are not there; every name that is sent is there. */
const NAMES = ['ignore_unavailable', 'allow_no_indices', 'ignore_throttled', 'expand_wildcards'] as const;

const SEARCH = [
  ...NAMES,
  'scroll',
  'search_type',
  'request_cache',
  'ccs_minimize_roundtrips',
  'batched_reduce_size',
  'max_concurrent_shard_requests',
  'pre_filter_shard_size',
] as const;

const WRITE = ['refresh', 'timeout', 'wait_for_active_shards'] as const;

export const ROUTES: readonly RouteSpec[] = [
  { name: 'info', methods: ['GET'], paths: ['/'], parameters: [], body: 'none' },
  { name: 'ping', methods: ['HEAD'], paths: ['/'], parameters: [], body: 'none' },
  {
    name: 'health',
    methods: ['GET'],
    paths: ['/_cluster/health'],
    parameters: ['wait_for_status', 'timeout', 'master_timeout', 'cluster_manager_timeout', 'local'],
    body: 'none',
  },
  {
    name: 'search',
    methods: ['GET', 'POST'],
    paths: ['/_search', '/{index}/_search'],
    parameters: SEARCH,
    body: 'optional',
  },
  {
    name: 'count',
    methods: ['GET', 'POST'],
    paths: ['/_count', '/{index}/_count'],
    parameters: NAMES,
    body: 'optional',
  },
  {
    name: 'msearch',
    methods: ['GET', 'POST'],
    paths: ['/_msearch', '/{index}/_msearch'],
    parameters: [
      ...NAMES,
      'search_type',
      'ccs_minimize_roundtrips',
      'max_concurrent_searches',
      'max_concurrent_shard_requests',
      'pre_filter_shard_size',
    ],
    body: 'ndjson',
  },
  { name: 'get', methods: ['GET'], paths: ['/{index}/_doc/{id}'], parameters: ['realtime'], body: 'none' },
  { name: 'exists', methods: ['HEAD'], paths: ['/{index}/_doc/{id}'], parameters: ['realtime'], body: 'none' },
  { name: 'get-source', methods: ['GET'], paths: ['/{index}/_source/{id}'], parameters: ['realtime'], body: 'none' },
  {
    name: 'exists-source',
    methods: ['HEAD'],
    paths: ['/{index}/_source/{id}'],
    parameters: ['realtime'],
    body: 'none',
  },
  {
    name: 'mget',
    methods: ['GET', 'POST'],
    paths: ['/_mget', '/{index}/_mget'],
    parameters: ['realtime'],
    body: 'json',
  },
  {
    name: 'field-caps',
    methods: ['GET', 'POST'],
    paths: ['/_field_caps', '/{index}/_field_caps'],
    parameters: [...NAMES, 'fields', 'include_unmapped', 'include_empty_fields'],
    body: 'optional',
  },
  {
    name: 'scroll',
    methods: ['GET', 'POST'],
    paths: ['/_search/scroll', '/_search/scroll/{scroll_id}'],
    parameters: ['scroll', 'scroll_id', 'rest_total_hits_as_int'],
    body: 'optional',
  },
  {
    name: 'clear-scroll',
    methods: ['DELETE'],
    paths: ['/_search/scroll', '/_search/scroll/{scroll_id}'],
    parameters: ['scroll_id'],
    body: 'optional',
  },
  {
    name: 'open-pit',
    methods: ['POST'],
    // Elasticsearch, and OpenSearch.
    paths: ['/{index}/_pit', '/{index}/_search/point_in_time'],
    parameters: [...NAMES, 'keep_alive'],
    body: 'none',
  },
  {
    name: 'close-pit',
    methods: ['DELETE'],
    paths: ['/_pit', '/_search/point_in_time'],
    parameters: [],
    body: 'json',
  },
  {
    name: 'index',
    methods: ['PUT', 'POST'],
    paths: ['/{index}/_doc/{id}'],
    parameters: [...WRITE, 'op_type', 'if_seq_no', 'if_primary_term', 'require_alias', 'require_data_stream'],
    body: 'json',
  },
  {
    name: 'index',
    methods: ['POST'],
    paths: ['/{index}/_doc'],
    parameters: [...WRITE, 'op_type', 'require_alias', 'require_data_stream'],
    body: 'json',
  },
  {
    name: 'create',
    methods: ['PUT', 'POST'],
    paths: ['/{index}/_create/{id}'],
    parameters: [...WRITE, 'require_alias', 'require_data_stream'],
    body: 'json',
  },
  {
    name: 'update',
    methods: ['POST'],
    paths: ['/{index}/_update/{id}'],
    parameters: [...WRITE, 'retry_on_conflict', 'if_seq_no', 'if_primary_term', 'require_alias'],
    body: 'json',
  },
  {
    name: 'delete',
    methods: ['DELETE'],
    paths: ['/{index}/_doc/{id}'],
    parameters: [...WRITE, 'if_seq_no', 'if_primary_term'],
    body: 'none',
  },
  {
    name: 'bulk',
    methods: ['POST', 'PUT'],
    paths: ['/_bulk', '/{index}/_bulk'],
    parameters: [...WRITE, 'require_alias', 'require_data_stream'],
    body: 'ndjson',
  },
];
