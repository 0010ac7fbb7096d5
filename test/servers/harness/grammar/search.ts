/** What the probes of src/probe/services/search.ts may send, by service id: reads only, as the products document them. */
import { type AllowedRequest, either, http, type Judge, TOKEN } from './http.ts';

/** A random path, as every control request asks for it. */
const CONTROL = '/[a-z][0-9a-f]{15}';
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const NAME = '[\\w.-]+';

/** The statements of InfluxDB 1.x that change nothing, encoded: SHOW, and SELECT of five points without INTO. */
const INFLUXQL =
  '/query\\?q=(?:SHOW%20DATABASES|SHOW%20(?:RETENTION%20POLICIES|FIELD%20KEYS|TAG%20KEYS|SERIES%20CARDINALITY)%20ON%20%22[\\w.-]+%22|' +
  'SHOW%20TAG%20VALUES%20CARDINALITY%20ON%20%22[\\w.-]+%22%20FROM%20%22[\\w.-]+%22%20WITH%20KEY%20%3D%20%22[\\w.-]+%22|' +
  'SELECT%20\\*%20FROM%20%22[\\w.-]+%22\\.\\.%22[\\w.-]+%22%20LIMIT%20[1-5])';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/: three actions that read. */
function dynamodb(action: string, body: string): AllowedRequest {
  return {
    method: 'POST',
    path: '/',
    headers: [
      [
        'authorization',
        'AWS4-HMAC-SHA256 Credential=postern/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0{64}',
      ],
      ['x-amz-date', '20260101T000000Z'],
      ['x-amz-target', `DynamoDB_20120810\\.${action}`],
    ],
    body,
  };
}

/**
 * IPROTO (https://www.tarantool.io/en/doc/latest/reference/internals/box_protocol/): requests of type SELECT (1) only,
 * without tuples but from the two views of the schema; with `--sample` up to five.
 */
function tarantool(sent: Buffer): string | undefined {
  for (let at = 0; at < sent.length; ) {
    const length = sent.length - at >= 5 && sent[at] === 0xce ? sent.readUInt32BE(at + 1) : 0;
    const body = sent.subarray(at + 5, at + 5 + length);
    if (length !== 24 || body.length !== length) return 'a broken request';
    at += 5 + length;
    const form = body.toString('hex').replace(/^82000101018610ce(.{8})110012cd(.{4})130014022090$/, '$1 $2');
    const [space, limit] = form.split(' ').map((hex) => Number.parseInt(hex, 16));
    if (space === undefined || limit === undefined) return form;
    const schema = [281, 313].includes(space) && limit <= 1_000;
    if (!schema && (space < 512 || limit > 5)) return `SELECT of ${limit} tuples from ${space}`;
  }
  return undefined;
}

/** Info requests (type 1) of Aerospike, by name; https://aerospike.com/docs/server/reference/info/. */
function aerospike(sent: Buffer): string | undefined {
  const text = new RegExp(
    `^(?:\\x02\\x01[\\s\\S]{6}(?:build\\nedition\\nnamespaces\\n${TOKEN}\\n|sets/[\\w-]{1,31}\\n))*$`,
  );
  const all = sent.toString('latin1');
  return text.test(all) ? undefined : all.slice(0, 80);
}

export const searchGrammar: Readonly<Record<string, Judge>> = {
  meilisearch: http(
    '/health',
    '/stats',
    '/version',
    CONTROL,
    '/indexes/[\\w-]+/documents\\?limit=[1-5]',
    ...['/keys\\?limit=1', '/stats', '/indexes/[\\w-]+/search\\?q=&limit=0'].map((path) => ({
      path,
      headers: [['authorization', 'Bearer [\\w.-]+']] as const,
    })),
  ),
  typesense: http(
    '/health',
    '/collections',
    CONTROL,
    ...['/debug', '/collections', '/keys', `/collections/${NAME}/documents/search\\?q=\\*&per_page=[0-5]`].map(
      (path) => ({
        path,
        headers: [['x-typesense-api-key', '[\\w.-]+']] as const,
      }),
    ),
  ),
  qdrant: http('/', '/collections', `/collections/${NAME}`, {
    method: 'POST',
    path: `/collections/${NAME}/points/scroll`,
    body: '\\{"limit":[1-5],"with_payload":true,"with_vector":false\\}',
  }),
  weaviate: http(
    '/v1/meta',
    '/v1/schema',
    `/v1${CONTROL}`,
    '/v1/nodes\\?output=verbose',
    `/v1/objects/[A-Z]\\w*/${UUID}`,
    '/v1/objects\\?class=[A-Z]\\w*&limit=[1-5]',
  ),
  'chroma-milvus': http(
    // Asked once of each web port, to tell the products apart.
    '/',
    '/api/v[12]/(?:heartbeat|version)',
    `/api/v[12]${CONTROL}`,
    '/api/v2/auth/identity',
    '/api/v2/tenants/default_tenant/databases/default_database/collections\\?limit=100',
    '/api/v1/collections\\?limit=100',
    `/api/(?:v1|v2/tenants/default_tenant/databases/default_database)/collections/${UUID}/count`,
    {
      method: 'POST',
      path: `/api/(?:v1|v2/tenants/default_tenant/databases/default_database)/collections/${UUID}/get`,
      body: '\\{"limit":[1-5],"include":\\["metadatas","documents"\\]\\}',
    },
    '/v1/vector/collections',
    '/v1/vector/collections/describe\\?collectionName=\\w+',
    { method: 'POST', path: '/v2/vectordb/collections/list', body: '\\{\\}' },
    {
      method: 'POST',
      path: '/v2/vectordb/collections/(?:describe|get_stats)',
      body: '\\{"collectionName":"\\w+"\\}',
    },
    '/healthz',
    '/metrics',
    CONTROL,
  ),
  solr: http(
    '/solr/admin/info/system\\?wt=json',
    '/solr/admin/cores\\?action=STATUS&indexInfo=true&wt=json',
    '/solr/admin/authorization\\?wt=json',
    `/solr/${NAME}/admin/luke\\?numTerms=0&wt=json`,
    `/solr/${NAME}/select\\?q=\\*:\\*&rows=0&timeAllowed=2000&wt=json(?:&json\\.facet=%7B%22people%22%3A%22hll\\([\\w.-]+\\)%22%7D)?`,
    `/solr/${NAME}/select\\?q=\\*:\\*&rows=[1-5]&fl=[\\w.,-]+&timeAllowed=2000&wt=json`,
  ),
  influxdb: http('/ping', CONTROL, INFLUXQL, '/api/v2/setup', '/api/v3/configure/database\\?format=json'),
  prometheus: http(
    '/',
    '/api/v1/status/(?:buildinfo|tsdb|flags)',
    '/api/v1/labels',
    '/flags',
    '/metrics',
    `/api/v[12]${CONTROL}`,
    '/api/v2/(?:status|receivers)',
    CONTROL,
  ),
  grafana: http(
    '/api/health',
    `/api${CONTROL}`,
    '/api/org',
    '/api/search\\?type=dash-db&limit=5000',
    '/api/access-control/user/actions',
    '/login',
  ),
  'search-logs': http(
    '/',
    '/loki/api/v1/status/buildinfo',
    '/loki/api/v1/labels',
    `/loki/api/v1${CONTROL}`,
    { path: '/loki/api/v1/labels\\?start=1&end=2', headers: [['x-scope-orgid', TOKEN]] },
    '/api/',
    '/api/streams',
    `/api${CONTROL}`,
    '/services/server/info\\?output_mode=json',
    `/services${CONTROL}\\?output_mode=json`,
    '/services/data/indexes\\?output_mode=json&count=50',
    '/api',
    '/api/signals\\?shared=true',
    '/api/0/',
    '/api/0/organizations/',
    `/api/0${CONTROL}/`,
  ),
  'dynamodb-local': http(
    '/',
    '/_localstack/health',
    dynamodb('ListTables', '\\{"Limit":100\\}'),
    dynamodb('DescribeTable', `\\{"TableName":"${NAME}"\\}`),
    dynamodb('Scan', `\\{"TableName":"${NAME}","Limit":[1-5]\\}`),
  ),
  'couchbase-riak': either(
    http(
      '/',
      '/pools',
      CONTROL,
      '/pools/default/buckets',
      '/admin/ping',
      '/query/service\\?readonly=true&statement=SELECT%20RAW%201',
      '/stats',
      `/types/default/buckets${CONTROL}/keys${CONTROL}`,
    ),
    tarantool,
    aerospike,
  ),
};
