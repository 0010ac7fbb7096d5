/** Open answers, from the references of the products, for services whose own tests have real servers only. */
import type { Reply } from '../../src/probe/testing/http-server.ts';
import type { WebDialogue } from './probe-corpus.ts';

const byPath =
  (answers: Readonly<Record<string, Reply>>): WebDialogue['answers'] =>
  ({ method, path, body }) =>
    answers[method === 'POST' ? `POST ${path} ${body}` : path];

const DATABASE = '/api/v2/tenants/default_tenant/databases/default_database/collections';
const ID = '3f9c1d27-ab84-4e05-9c1d-27ab844e0512';

/** ClickHouse, by what the query reads: https://clickhouse.com/docs/interfaces/formats/JSONCompact. */
const clickhouse: WebDialogue['answers'] = ({ method, path, body }) => {
  const sql = method === 'POST' ? body : (new URL(path, 'http://store.invalid').searchParams.get('query') ?? '');
  const rows = (data: readonly (readonly string[])[]): Reply => [200, { data }];
  if (path === '/ping') return [200, 'Ok.\n'];
  if (/postern_/.test(sql)) return [404, 'Code: 47, unknown identifier', { 'x-clickhouse-exception-code': '47' }];
  if (/version\(\)/.test(sql)) return rows([['24.3.2.23']]);
  if (/system\.tables/.test(sql)) return rows([['default', 'orders', 'MergeTree']]);
  if (/system\.parts/.test(sql)) return rows([['default', 'orders', '12', '3400']]);
  if (/system\.columns/.test(sql)) return rows([['default', 'orders', 'email', 'String']]);
  if (/SHOW GRANTS/.test(sql)) return rows([['GRANT ALL ON *.* TO default']]);
  return /readonly/.test(sql) ? rows([['0']]) : [400, 'Code: 62'];
};

export const moreDialogues: readonly WebDialogue[] = [
  {
    service: 'chroma-milvus',
    verdict: 'anonymous-write',
    scope: {},
    answers: byPath({
      '/api/v2/heartbeat': [200, { 'nanosecond heartbeat': 1_700_000_000_000 }],
      '/api/v2/version': [200, '"1.0.0"'],
      '/api/v2/auth/identity': [200, { user_id: '', tenant: 'default_tenant', databases: ['default_database'] }],
      [`${DATABASE}?limit=100`]: [200, [{ id: ID, name: 'orders', metadata: null, dimension: 3 }]],
      [`${DATABASE}/${ID}/count`]: [200, '12'],
    }),
  },
  {
    service: 'prometheus',
    verdict: 'anonymous-read',
    scope: {},
    answers: byPath({
      '/': [302, '', { location: '/graph' }],
      '/api/v1/status/buildinfo': [200, { status: 'success', data: { version: '2.42.0' } }],
      '/api/v1/status/tsdb': [200, { status: 'success', data: { headStats: { numSeries: 12 } } }],
      '/api/v1/labels': [200, { status: 'success', data: ['__name__', 'instance', 'job'] }],
      '/api/v1/status/flags': [200, { status: 'success', data: { 'web.enable-admin-api': 'true' } }],
    }),
  },
  {
    service: 'nats',
    verdict: 'metadata-only',
    scope: {},
    answers: byPath({
      '/varz': [200, { server_id: 'NABC', version: '2.9.10', max_payload: 1_048_576, connections: 3 }],
      '/jsz?streams=1': [
        200,
        {
          messages: 12,
          bytes: 800,
          account_details: [{ stream_detail: [{ name: 'ORDERS', state: { messages: 12, bytes: 800 } }] }],
        },
      ],
    }),
  },
  { service: 'clickhouse', verdict: 'anonymous-write', scope: {}, answers: clickhouse },
];
