/**
 * What `GET /` says: enough for the clients' product checks, and nothing of the real cluster (B174). The numbers are
 * those of the first patch of a version that each dialect's grammar was written for.
 */
import type { Dialect } from '../../../contract/store.ts';
import type { JsonObject } from '../../../json/value.ts';

export const CLUSTER = 'postern';

const ELASTIC = 'You Know, for Search';
const OPENSEARCH = 'The OpenSearch Project: https://opensearch.org/';

export const INFO: Readonly<Record<Dialect, JsonObject>> = {
  'elasticsearch-7': elasticsearch('7.17.0', '8.11.1', '6.8.0', '6.0.0-beta1'),
  'elasticsearch-8': elasticsearch('8.19.0', '9.12.2', '7.17.0', '7.0.0'),
  'elasticsearch-9': elasticsearch('9.1.0', '10.2.2', '8.19.0', '8.0.0'),
  'opensearch-2': opensearch('2.19.0', '9.12.1', '7.10.0', '7.0.0'),
  'opensearch-3': opensearch('3.0.0', '10.1.0', '2.19.0', '2.0.0'),
};

function elasticsearch(number: string, lucene: string, wire: string, index: string): JsonObject {
  return root({ number, build_flavor: 'default', build_type: 'docker', ...rest(lucene, wire, index) }, ELASTIC);
}

function opensearch(number: string, lucene: string, wire: string, index: string): JsonObject {
  return root({ distribution: 'opensearch', number, build_type: 'tar', ...rest(lucene, wire, index) }, OPENSEARCH);
}

function rest(lucene: string, wire: string, index: string): JsonObject {
  return {
    build_hash: 'unknown',
    build_date: '1970-01-01T00:00:00.000Z',
    build_snapshot: false,
    lucene_version: lucene,
    minimum_wire_compatibility_version: wire,
    minimum_index_compatibility_version: index,
  };
}

function root(version: JsonObject, tagline: string): JsonObject {
  return { name: CLUSTER, cluster_name: CLUSTER, cluster_uuid: '_na_', version, tagline };
}
