/** Answers that describe the cluster and its indices; no document is looked at. */
import { type StoredIndex, wildcard } from './index-set.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { mappingJson } from './mapping.ts';
import type { StandInCluster, StandInRequest } from './request.ts';

export function info(cluster: StandInCluster): Json {
  return {
    name: 'lab-stand-in',
    cluster_name: cluster.name,
    cluster_uuid: cluster.uuid,
    version: {
      number: cluster.version,
      build_flavor: 'default',
      build_type: 'stand-in',
      build_hash: '0000000000000000000000000000000000000000',
      build_date: '2024-01-01T00:00:00.000000000Z',
      build_snapshot: false,
      lucene_version: '8.11.3',
      minimum_wire_compatibility_version: '6.8.0',
      minimum_index_compatibility_version: '6.0.0-beta1',
    },
    tagline: 'You Know, for Search',
  };
}

export function health(cluster: StandInCluster): Json {
  return {
    cluster_name: cluster.name,
    status: 'green',
    timed_out: false,
    number_of_nodes: 1,
    number_of_data_nodes: 1,
    active_primary_shards: cluster.indices.length,
    active_shards: cluster.indices.length,
    relocating_shards: 0,
    initializing_shards: 0,
    unassigned_shards: 0,
    delayed_unassigned_shards: 0,
    number_of_pending_tasks: 0,
    number_of_in_flight_fetch: 0,
    task_max_waiting_in_queue_millis: 0,
    active_shards_percent_as_number: 100,
  };
}

export function xpack(cluster: StandInCluster): Json {
  return {
    features: {
      ml: { available: false, enabled: false },
      security: { available: true, enabled: cluster.securityEnabled },
    },
    tagline: 'You know, for X',
  };
}

export function whoAmI(request: StandInRequest): Json {
  const { username, roles } = request.user ?? { username: '', roles: [] };
  const realm = { name: 'file1', type: 'file' };
  return {
    username,
    roles: [...roles],
    full_name: null,
    email: null,
    metadata: {},
    enabled: true,
    authentication_realm: realm,
    lookup_realm: realm,
    authentication_type: 'realm',
  };
}

export function stats(indices: readonly StoredIndex[]): Json {
  const figures = (documents: number, bytes: number): JsonObject => ({
    docs: { count: documents, deleted: 0 },
    store: { size_in_bytes: bytes, total_data_set_size_in_bytes: bytes, reserved_in_bytes: 0 },
  });
  const both = (documents: number, bytes: number): JsonObject => ({
    primaries: figures(documents, bytes),
    total: figures(documents, bytes),
  });
  const documents = indices.reduce((sum, index) => sum + index.documents.length, 0);
  const bytes = indices.reduce((sum, index) => sum + index.bytes, 0);
  return {
    _shards: { total: indices.length, successful: indices.length, failed: 0 },
    _all: both(documents, bytes),
    indices: Object.fromEntries(
      indices.map((index) => [index.name, { uuid: index.uuid, ...both(index.documents.length, index.bytes) }]),
    ),
  };
}

export function mappings(indices: readonly StoredIndex[]): Json {
  return Object.fromEntries(indices.map((index) => [index.name, { mappings: mappingJson(index.mapping) }]));
}

/** Settings by name pattern, nested or flat; an index without any that match is left out. */
export function settings(indices: readonly StoredIndex[], request: StandInRequest, name = '*'): Json {
  const flat = request.parameters.get('flat_settings') === 'true';
  const matches = wildcard(name, false);
  const answers = indices.map((index): [string, JsonObject] => {
    const own = Object.entries(settingsOf(index)).filter(([key]) => matches(key));
    return [index.name, flat ? Object.fromEntries(own) : nested(own)];
  });
  return Object.fromEntries(
    answers.filter(([, own]) => Object.keys(own).length > 0).map(([key, own]) => [key, { settings: own }]),
  );
}

function nested(entries: readonly [string, Json][]): JsonObject {
  const root: JsonObject = {};
  for (const [key, value] of entries) {
    const steps = key.split('.');
    const leaf = steps.pop() ?? key;
    let level = root;
    for (const step of steps) {
      const inner = level[step];
      const holder: JsonObject = isObject(inner) ? inner : {};
      level[step] = holder;
      level = holder;
    }
    level[leaf] = value;
  }
  return root;
}

function settingsOf(index: StoredIndex): JsonObject {
  return {
    'index.creation_date': '1704067200000',
    'index.number_of_replicas': '0',
    'index.number_of_shards': '1',
    'index.provided_name': index.name,
    'index.uuid': index.uuid,
    'index.version.created': '7172899',
  };
}

export function aliases(indices: readonly StoredIndex[]): Json {
  return Object.fromEntries(indices.map((index) => [index.name, { aliases: {} }]));
}

export function describe(indices: readonly StoredIndex[]): Json {
  return Object.fromEntries(
    indices.map((index) => [
      index.name,
      { aliases: {}, mappings: mappingJson(index.mapping), settings: nested(Object.entries(settingsOf(index))) },
    ]),
  );
}

export function fieldCaps(indices: readonly StoredIndex[]): Json {
  const fields: JsonObject = {};
  for (const [path, type] of indices.flatMap((index) => [...index.mapping])) {
    const known = fields[path];
    fields[path] = {
      ...(isObject(known) ? known : {}),
      [type]: { type, searchable: true, aggregatable: type !== 'text' },
    };
  }
  return { indices: indices.map((index) => index.name), fields };
}
