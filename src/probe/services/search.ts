/** Search engines, document stores, vectors, time series and logs: HTTP, and two protocols of their own. */
import type { ProbeService } from '../service.ts';
import { chromaMilvus } from './chroma-milvus/index.ts';
import { couchbaseRiak } from './couchbase-riak/index.ts';
import { couchdb } from './couchdb/index.ts';
import { dynamodbLocal } from './dynamodb-local/index.ts';
import { elasticsearch } from './elasticsearch/index.ts';
import { grafana } from './grafana/index.ts';
import { influxdb } from './influxdb/index.ts';
import { meilisearch } from './meilisearch/index.ts';
import { opensearch } from './opensearch/index.ts';
import { prometheus } from './prometheus/index.ts';
import { qdrant } from './qdrant/index.ts';
import { searchLogs } from './search-logs/index.ts';
import { solr } from './solr/index.ts';
import { typesense } from './typesense/index.ts';
import { weaviate } from './weaviate/index.ts';

export const searchServices: readonly ProbeService[] = [
  elasticsearch,
  opensearch,
  couchdb,
  meilisearch,
  typesense,
  qdrant,
  weaviate,
  ...chromaMilvus,
  solr,
  influxdb,
  prometheus,
  grafana,
  ...searchLogs,
  dynamodbLocal,
  ...couchbaseRiak,
];
