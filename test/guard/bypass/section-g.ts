/** G. Other endpoints, and writes. What takes a store that lies or two users at once is a story, at the end. */
import { expect } from 'vitest';
import { REFUSALS } from '../../../src/guard/contract/refusal.ts';
import { type BenchOptions, createWorlds, type Outcome, rawOf, type Sent, type Worlds } from '../harness/fixture.ts';
import { MemoryStore } from '../harness/memory-store.ts';
import { createWorld } from '../harness/world.ts';
import { type Attempt, type BypassCase, type BypassStory, each, type Step, step } from './case.ts';

/** By whoever could hope for it: one who reads, one who writes, and a trusted service. */
function byAll(...sents: readonly (string | Sent)[]): Attempt[] {
  return sents.flatMap((sent) => {
    const one = typeof sent === 'string' ? { target: sent } : sent;
    return each('refused', one, { ...one, as: 'W' }, { ...one, as: 'admin' });
  });
}

const post = (target: string, body: unknown = {}): Sent => ({ method: 'POST', target, body });
const put = (target: string, body: unknown = {}): Sent => ({ method: 'PUT', target, body });
const write = (target: string, body: unknown, method = 'POST'): Sent => ({ as: 'W', method, target, body });

/** Ids of hidden documents (in both worlds, or in one of them) and of none. */
const HIDDEN = ['h6', 'h12', 'h2', 'h3'];
const MISSING = ['nosuch', 'h1', 'v99'];
const NOT_MINE = [...HIDDEN, ...MISSING];

/** The answer is the one for an id that nobody has. */
function likeMissing(id: string): NonNullable<Attempt['check']> {
  return ({ answer, json }) => {
    expect(answer.body === '' ? {} : json).toEqual(
      answer.body === '' ? {} : { _index: 'profiles', _id: id, found: false },
    );
  };
}

const docsOf = (json: unknown): { _index: string; _id: string; found?: boolean; _source?: object; error?: unknown }[] =>
  (json as { docs: never[] }).docs;

interface BulkJson {
  errors: boolean;
  items: Record<string, { _id?: string; status: number; error?: { type: string; reason: string } }>[];
}
const statusesOf = (json: unknown): number[] =>
  (json as BulkJson).items.flatMap((item) => Object.values(item).map(({ status }) => status));

export const SECTION_G: readonly BypassCase[] = [
  {
    id: 'B150',
    title: 'a hidden document by its id',
    precedent: 'OpenSearch DlsFilterLevelActionHandler',
    attempts: [
      ...NOT_MINE.map(
        (id): Attempt => ({ expect: 'absent', sent: { target: `/profiles/_doc/${id}` }, check: likeMissing(id) }),
      ),
      {
        expect: 'filtered',
        sent: { target: '/profiles/_doc/v1' },
        check: ({ json, upstream }) => {
          expect(upstream.map(({ path }) => path.split('?')[0])).toEqual(['/profiles/_search']);
          expect(Object.keys((json as { _source: object })._source).sort()).toEqual([
            ...['age', 'city', 'email', 'ip', 'name', 'tenant'],
          ]);
        },
      },
      ...each(
        'refused',
        '/orders/_doc/1',
        '/profiles-archive/_doc/1',
        '/profiles/_doc/v1?routing=t2',
        '/profiles/_doc/v1?version=1',
      ),
    ],
  },
  {
    id: 'B152',
    title: 'whether a document exists, and its source alone',
    precedent: 'own',
    attempts: [
      ...NOT_MINE.flatMap((id): Attempt[] => [
        { expect: 'absent', sent: { method: 'HEAD', target: `/profiles/_doc/${id}` } },
        ...each('refused', { method: 'HEAD', target: `/orders/_doc/${id}` }),
      ]),
      ...each('filtered', { method: 'HEAD', target: '/profiles/_doc/v1' }),
      ...sourceVariants(),
    ],
  },
  {
    id: 'B153',
    title: 'many documents by their ids',
    precedent: 'Elastic: multi document APIs',
    attempts: [
      {
        expect: 'filtered',
        sent: post('/_mget', {
          docs: [
            { _index: 'orders', _id: '1' },
            { _index: 'profiles', _id: 'v1' },
            { _index: 'profiles', _id: 'h6' },
            { _index: 'nosuch', _id: '1' },
            { _index: 'profiles', _id: 'nosuch' },
            { _index: 'profiles', _id: 'v2', _source: ['ssn'] },
            { _index: 'profiles', _id: 'v2', stored_fields: ['phone'] },
            { _index: 'profiles', _id: 'h6', routing: 't2' },
            { _index: 'profiles', _id: 'v3' },
          ],
        }),
        check: ({ json, upstream }) => {
          const docs = docsOf(json);
          expect(docs.map(({ _id: id }) => id)).toEqual(['1', 'v1', 'h6', '1', 'nosuch', 'v2', 'v2', 'h6', 'v3']);
          expect(docs.map(({ found, error }) => found ?? (error === undefined ? null : 'error'))).toEqual([
            ...[false, true, false, false, false, 'error', 'error', 'error', true],
          ]);
          expect({ ...docs[0], _index: '' }).toEqual({ ...docs[3], _index: '' });
          expect({ ...docs[2], _id: '' }).toEqual({ ...docs[4], _id: '' });
          expect(Object.keys(docs[1]?._source ?? {}).sort()).toEqual(['age', 'city', 'email', 'ip', 'name', 'tenant']);
          expect(JSON.stringify(upstream)).not.toMatch(/orders|_mget/);
        },
      },
      {
        expect: 'filtered',
        sent: post('/profiles/_mget', { ids: ['h6', 'v1', 'h2'] }),
        check: ({ json }) => expect(docsOf(json).map(({ found }) => found)).toEqual([false, true, false]),
      },
      ...each(
        'refused',
        post('/profiles/_mget?stored_fields=phone', { ids: ['v1'] }),
        post('/profiles/_mget', { ids: Array.from({ length: 51 }, (_, n) => `v${n}`) }),
        post('/_mget', { docs: [{ _id: 'v1' }] }),
        post('/profiles/_mget', { ids: [['v1']] }),
        post('/profiles/_mget', { docs: [{ _index: ['profiles', 'orders'], _id: 'v1' }] }),
      ),
    ],
  },
  {
    id: 'B154',
    title: 'term vectors',
    precedent: 'DlsTest.testDlsTermVectors',
    attempts: byAll(
      '/profiles/_termvectors/v1?fields=ssn',
      post('/profiles/_termvectors', { doc: { name: 'x' }, field_statistics: true }),
      post('/profiles/_mtermvectors', { ids: ['h6'] }),
      post('/_mtermvectors', { docs: [{ _index: 'orders', _id: '1' }] }),
    ),
  },
  {
    id: 'B156',
    title: 'validating a query',
    precedent: 'ValidateRequestInterceptor',
    attempts: byAll(
      '/profiles/_validate/query?rewrite=true&explain=true',
      post('/_validate/query', { query: { match_all: {} } }),
      post('/profiles/_explain/v1', { query: { match_all: {} } }),
    ),
  },
  {
    id: 'B157',
    title: 'which fields there are',
    precedent: 'CVE-2019-13417',
    attempts: [
      ...each(
        'synthesised',
        '/profiles/_field_caps?fields=*',
        '/_field_caps?fields=*',
        '/profiles/_field_caps?fields=ssn,phone,notes.*,city',
        post('/profiles/_field_caps?fields=*'),
      ).map(
        (one): Attempt => ({
          ...one,
          check: ({ json }) => {
            const { indices, fields } = json as { indices: string[]; fields: object };
            expect(indices).toEqual(['profiles']);
            expect(['age', 'city', 'email', 'ip', 'name', 'tenant']).toEqual(
              expect.arrayContaining(Object.keys(fields)),
            );
          },
        }),
      ),
      ...each(
        'refused',
        '/orders/_field_caps?fields=*',
        '/profiles/_field_caps?fields=*&include_unmapped=true',
        '/profiles/_field_caps?fields=*&filters=parent',
        post('/profiles/_field_caps?fields=*', { index_filter: { term: { ssn: 'x' } } }),
        post('/profiles/_field_caps?fields=*', { runtime_mappings: { x: { type: 'keyword', script: '1' } } }),
      ),
      ...byAll(
        '/profiles/_mapping',
        '/_mapping',
        '/profiles/_mapping/field/ssn',
        '/profiles',
        '/profiles/_settings',
        '/profiles/_alias',
      ),
    ],
  },
  {
    id: 'B159',
    title: 'the terms of a field',
    precedent: 'Elastic: document level security',
    attempts: byAll(
      post('/profiles/_terms_enum', { field: 'ssn', string: '1' }),
      post('/profiles/_terms_enum', { field: 'city' }),
    ),
  },
  {
    id: 'B160',
    title: 'counting',
    precedent: 'own',
    attempts: [
      ...[
        undefined,
        {},
        { query: { match_all: {} } },
        { query: { bool: { must_not: [{ term: { tenant: 't1' } }] } } },
      ].map(
        (body): Attempt => ({
          expect: 'filtered',
          sent: { target: '/profiles/_count', ...(body && { body }) },
          check: ({ json }) => {
            const negated = JSON.stringify(body ?? {}).includes('must_not');
            expect((json as { count: number }).count).toBe(negated ? 0 : 12);
          },
        }),
      ),
      ...each(
        'refused',
        post('/profiles/_count', { query: { prefix: { phone: '9' } } }),
        post('/profiles/_count', { query: { exists: { field: 'ssn' } } }),
        post('/profiles/_count', { query: { term: { email: 'x' } } }),
        post('/profiles/_count', { size: 0, query: { match_all: {} } }),
        post('/orders/_count'),
        '/profiles/_count?q=ssn:*',
        '/profiles/_count?min_score=1',
      ),
    ],
  },
  {
    id: 'B161',
    title: 'templates',
    precedent: 'ReadonlyREST: search template handling',
    attempts: byAll(
      post('/profiles/_search/template', { source: '{"query":{"match_all":{}}}', params: {} }),
      post('/_search/template', { id: 'stored' }),
      post('/_render/template', { source: '{}' }),
      { target: '/_msearch/template', ndjson: true, body: [{ index: 'profiles' }, { source: '{}' }] },
    ),
  },
  {
    id: 'B162',
    title: 'other ways to read',
    precedent: 'own',
    attempts: byAll(
      '/profiles/_search_shards',
      post('/profiles/_rank_eval', { requests: [] }),
      post('/profiles/_knn_search', { knn: { field: 'vec', query_vector: [1], k: 1, num_candidates: 1 } }),
      '/profiles/_mvt/loc/1/1/1',
      post('/profiles/_graph/explore', { vertices: [{ field: 'ssn' }] }),
      post('/profiles/_rollup_search', { size: 0 }),
      post('/profiles/_disk_usage?run_expensive_tasks=true'),
      '/profiles/_field_usage_stats',
      post('/profiles/_fleet/_fleet_search'),
      post('/_reindex', { source: { index: 'orders' }, dest: { index: 'profiles' } }),
      post('/profiles/_analyze', { text: 'x', field: 'ssn' }),
      '/profiles/_doc/v1/_percolate',
      post('/profiles/_search/point_in_time?keep_alive=1m'),
      '/_application/search_application/x/_search',
      post('/_inference/x', { input: 'x' }),
    ),
  },
  {
    id: 'B163',
    title: 'other query languages',
    precedent: 'ReadonlyREST: ES|QL; elastic#120617',
    attempts: byAll(
      post('/_sql?format=txt', { query: 'SELECT ssn FROM profiles' }),
      post('/_sql/translate', { query: 'SELECT * FROM orders' }),
      post('/_query', { query: 'FROM profiles | KEEP ssn' }),
      post('/_query/async', { query: 'FROM *' }),
      post('/_esql/query', { query: 'FROM *' }),
      post('/profiles/_eql/search', { query: 'any where true' }),
      post('/_plugins/_ppl', { query: 'source=profiles' }),
      post('/_plugins/_sql', { query: 'SELECT * FROM profiles' }),
      post('/_opendistro/_sql', { query: 'SELECT * FROM profiles' }),
    ),
  },
  {
    id: 'B164',
    title: 'updates that are more than a partial document',
    precedent: 'all three plug-ins block it',
    attempts: [
      ...each(
        'refused',
        ...[
          { script: "ctx._source.tenant = 't1'" },
          { script: { source: 'ctx._source.city = ctx._source.ssn' } },
          { script: { id: 'x' }, doc: {} },
          { doc: { city: 'x' }, _source: true },
          { doc: { city: 'x' }, upsert: { name: 'x' } },
          { doc: { city: 'x' }, doc_as_upsert: true },
          { scripted_upsert: true, script: '1', upsert: {} },
          { doc: { ssn: 'x' } },
          { doc: { tenant: 't2' } },
          { doc: { email: 'x@example.org' } },
          { doc: 'x' },
          {},
        ].map((body) => write('/profiles/_update/v1', body)),
        write('/profiles/_update/v1?_source=ssn', { doc: { city: 'x' } }),
        write('/profiles/_update/v1?lang=painless', { doc: { city: 'x' } }),
        { ...write('/profiles/_update/v1', { script: '1' }), as: 'admin' },
        post('/profiles/_update/v1', { doc: { city: 'x' } }),
      ),
      ...NOT_MINE.map(
        (id): Attempt => ({ expect: 'absent', sent: write(`/profiles/_update/${id}`, { doc: { city: 'x' } }) }),
      ),
      {
        expect: 'rewritten',
        sent: write('/profiles/_update/v1', { doc: { city: 'Turin' } }),
        check: ({ upstream }) =>
          expect(upstream.at(-1)?.path).toMatch(/^\/profiles\/_update\/v1\?if_seq_no=\d+&if_primary_term=1$/),
      },
    ],
  },
  {
    id: 'B165',
    title: 'changes by query',
    precedent: 'own',
    attempts: byAll(
      post('/profiles/_update_by_query', { script: 'ctx._source.tenant = "t1"', query: { match_all: {} } }),
      post('/profiles/_update_by_query?conflicts=proceed'),
      post('/profiles/_delete_by_query', { query: { match_all: {} } }),
      post('/_delete_by_query/x/_rethrottle'),
    ),
  },
  {
    id: 'B167',
    title: 'data under another name',
    precedent: 'CVE-2019-7611',
    attempts: byAll(
      post('/_aliases', { actions: [{ add: { index: 'orders', alias: 'profiles' } }] }),
      put('/orders/_alias/profiles'),
      ...['_shrink/x', '_split/x', '_clone/x'].map((verb) => put(`/orders/${verb}`)),
      post('/profiles/_rollover'),
      put('/_create_from/orders/mine'),
      put('/mine'),
      { method: 'DELETE', target: '/profiles' },
      post('/profiles/_close'),
      put('/profiles/_mapping', { properties: { ssn: { type: 'keyword', copy_to: 'name' } } }),
      put('/_index_template/x', { index_patterns: ['*'] }),
    ),
  },
  {
    id: 'B168',
    title: 'snapshots',
    precedent: 'CVE-2021-22147',
    attempts: byAll(
      '/_snapshot/_all',
      put('/_snapshot/mine', { type: 'fs', settings: { location: '/tmp' } }),
      post('/_snapshot/mine/x/_restore', { rename_pattern: 'orders', rename_replacement: 'profiles' }),
      post('/_snapshot/mine/x/_mount', { index: 'orders', renamed_index: 'profiles' }),
      put('/_slm/policy/x'),
    ),
  },
  {
    id: 'B169',
    title: 'jobs that run later, as somebody else',
    precedent: 'CVE-2025-12149',
    attempts: byAll(
      put('/_watcher/watch/x', { input: { search: {} } }),
      post('/_plugins/_alerting/monitors'),
      put('/_transform/x', { source: { index: 'orders' }, dest: { index: 'profiles' } }),
      put('/_ml/datafeeds/x', { indices: ['orders'] }),
      put('/_enrich/policy/x', { match: { indices: 'orders' } }),
      put('/_rollup/job/x', { index_pattern: '*' }),
      put('/_ingest/pipeline/x', { processors: [] }),
      post('/_ingest/pipeline/_simulate', { docs: [] }),
      put('/_connector/x'),
      put('/_ccr/auto_follow/x'),
      post('/_plugins/_ism/add/profiles'),
    ),
  },
  {
    id: 'B171',
    title: 'the cluster, its nodes and its tasks',
    precedent: 'ReadonlyREST: "/_cat not protected"',
    attempts: [
      ...byAll(
        ...[
          'indices',
          'aliases',
          'shards',
          'count',
          'nodes',
          'health',
          'segments',
          'fielddata?fields=*',
          'templates',
          'tasks',
        ].map((name) => `/_cat/${name}`),
        '/_cat',
        ...['state', 'stats', 'settings', 'pending_tasks', 'allocation/explain'].map((name) => `/_cluster/${name}`),
        ...['', '/stats', '/hot_threads', '/_all/info'].map((name) => `/_nodes${name}`),
        '/_stats',
        '/profiles/_stats',
        '/_segments',
        '/_tasks',
        post('/_tasks/x:1/_cancel'),
        '/_resolve/index/*',
        '/_resolve/cluster/*',
        '/_data_stream',
        '/_remote/info',
        '/_xpack',
        '/_health_report',
        '/_internal/desired_balance',
      ),
      ...each('synthesised', '/_cluster/health').map(
        (one): Attempt => ({
          ...one,
          check: ({ answer }) => expect(String(answer.body)).not.toMatch(/canaryidx|"indices":\{/),
        }),
      ),
    ],
  },
  {
    id: 'B172',
    title: 'scripts',
    precedent: 'own',
    attempts: byAll(
      '/_scripts/x',
      put('/_scripts/x', { script: { lang: 'painless', source: '1' } }),
      post('/_scripts/painless/execute', {
        script: '1',
        context: 'filter',
        context_setup: { index: 'orders', document: {} },
      }),
      '/_script_context',
    ),
  },
  {
    id: 'B173',
    title: 'administration',
    precedent: 'own',
    attempts: byAll(
      '/_security/user',
      put('/_security/user/mine', { password: 'example', roles: ['superuser'] }),
      post('/_security/api_key', { name: 'x' }),
      '/_security/_authenticate',
      post('/_security/oauth2/token'),
      '/_plugins/_security/api/internalusers',
      put('/_plugins/_security/api/internalusers/mine'),
      '/_opendistro/_security/authinfo',
      '/_license',
      post('/_license/start_trial?acknowledge=true'),
      '/_plugins/_query/_datasources',
      '/_nodes/reload_secure_settings',
    ),
  },
  {
    id: 'B174',
    title: 'what the store is',
    precedent: 'ReadonlyREST: "/" endpoint was not protected',
    attempts: [
      ...each('synthesised', '/', { method: 'HEAD', target: '/' }).map(
        (one): Attempt => ({
          ...one,
          check: ({ answer, json }) => {
            expect(answer.headers['x-elastic-product']).toBe('Elasticsearch');
            if (one.sent.method === 'HEAD') return;
            const { version } = json as { version: { number: string } };
            expect(version.number).toMatch(/^8\.\d+\.\d+$/);
            expect(json).toMatchObject({ tagline: 'You Know, for Search' });
          },
        }),
      ),
      ...each(
        'refused-401',
        { target: '/', as: null },
        { method: 'HEAD', target: '/', as: null },
        { target: '/_cluster/health', as: null },
      ),
    ],
  },
  {
    id: 'B175',
    title: "a document in another tenant's name",
    precedent: 'OpenSearch: document-level security does not restrict writes',
    attempts: [
      ...each(
        'refused-403',
        ...['t2', ['t1', 't2'], ['t1'], null, { t: 't1' }, 't1 ', 'T1', 1].map((tenant) =>
          write('/profiles/_doc', { name: 'New', tenant }),
        ),
        post('/profiles/_doc', { name: 'New' }),
        write('/orders/_doc', { customer: 'x' }),
        write('/people/_doc', { name: 'New' }),
      ),
      ...[{ name: 'New' }, { name: 'New', tenant: 't1' }].map(
        (body): Attempt => ({
          expect: 'rewritten',
          sent: write('/profiles/_doc', body),
          check: ({ upstream }) =>
            expect(JSON.parse(upstream.at(-1)?.body ?? '')).toEqual({ name: 'New', tenant: 't1' }),
        }),
      ),
      ...each(
        'refused',
        ...[
          { name: 'New', ssn: 'x' },
          { name: 'New', nosuch: 'x' },
          { name: 'New', 'tenant.x': 't2' },
          { name: 'New', notes: { private: 'x' } },
          { city: 'Oslo' },
          '{"name":"New","tenant":"t1","tenant":"t2"}',
        ].map((body) => write('/profiles/_doc', body)),
      ),
    ],
  },
  {
    id: 'B176',
    title: 'a hidden document, overwritten',
    precedent: 'own',
    attempts: NOT_MINE.map(
      (id): Attempt => ({
        expect: 'forbidden',
        sent: write(`/profiles/_doc/${id}`, { name: 'Mine now' }, 'PUT'),
        // It had to be looked for, under the filter; nothing was written.
        check: ({ upstream }) => expect(upstream.map(({ path }) => path.split('?')[0])).toEqual(['/profiles/_search']),
      }),
    ),
  },
  {
    id: 'B177',
    title: 'making a document to learn whether it is there',
    precedent: 'own',
    attempts: each(
      'refused-403',
      ...[...HIDDEN, 'v1', 'nosuch'].flatMap((id) => [
        write(`/profiles/_create/${id}`, { name: 'New' }, 'PUT'),
        write(`/profiles/_create/${id}`, { name: 'New' }),
        write(`/profiles/_doc/${id}?op_type=create`, { name: 'New' }, 'PUT'),
      ]),
    ),
  },
  {
    id: 'B179',
    title: 'bulk',
    precedent: 'BulkUpdateTests',
    attempts: [
      {
        expect: 'rewritten',
        sent: bulk(
          { index: { _index: 'profiles' } },
          { name: 'New' },
          { index: { _index: 'orders' } },
          { name: 'New' },
          { index: { _index: 'profiles', _id: 'h6' } },
          { name: 'Mine now' },
          { create: { _index: 'profiles', _id: 'nosuch' } },
          { name: 'New' },
          { update: { _index: 'profiles', _id: 'v2' } },
          { doc: { city: 'Turin' } },
          { update: { _index: 'profiles', _id: 'h12' } },
          { doc: { city: 'Turin' } },
          { delete: { _index: 'profiles', _id: 'v3' } },
          { delete: { _index: 'profiles', _id: 'h6' } },
          { update: { _index: 'profiles', _id: 'v4' } },
          { script: 'x' },
          { index: { _index: 'profiles' } },
          { name: 'New', tenant: 't2' },
        ),
        check: ({ json, upstream }) => {
          expect(statusesOf(json)).toEqual([201, 403, 403, 403, 200, 404, 200, 409, 400, 403]);
          expect((json as BulkJson).errors).toBe(true);
          const [forbidden, , hidden] = (json as BulkJson).items.slice(1).map((item) => Object.values(item)[0]?.error);
          expect(forbidden).toEqual({ type: 'security_exception', reason: 'not permitted' });
          expect(hidden).toEqual(forbidden);
          expect(JSON.stringify(upstream)).not.toMatch(/orders|"h6"\s*}\s*}\\n\{\\"name/);
        },
      },
      ...each(
        'refused',
        bulk({ index: { _index: 'profiles' } }),
        bulk({ upsert: { _index: 'profiles' } }, { name: 'x' }),
        bulk({ index: { _index: 'profiles' }, create: { _index: 'orders' } }, { name: 'x' }),
        bulk({ index: {} }, { name: 'x' }),
        bulk([], { name: 'x' }),
        bulk(...Array.from({ length: 51 }, (_, n) => ({ delete: { _index: 'profiles', _id: `v${n}` } }))),
        { ...bulk({ index: { _index: 'profiles' } }, { name: 'x' }), as: 'A' },
        bulk({ index: { _index: ['profiles', 'orders'] } }, { name: 'x' }),
        { ...bulk({ index: { _index: 'profiles' } }, { name: 'x' }), target: '/_bulk?pipeline=x' },
        { ...bulk({ index: { _index: 'profiles' } }, { name: 'x' }), target: '/_bulk?require_alias=true' },
        { ...bulk({ index: { _index: 'profiles' } }, { name: 'x' }), target: '/_bulk?_source=ssn' },
        { ...bulk({ index: { _index: 'profiles' } }, { name: 'x' }), target: '/_bulk?routing=t2' },
      ),
      ...[
        { pipeline: 'x' },
        { require_alias: true },
        { dynamic_templates: { name: 'x' } },
        { routing: 't2' },
        { version: 3, version_type: 'external' },
        { _index: 'orders' },
      ].map((more): Attempt => {
        const sent = bulk(
          { index: { _index: 'profiles', ...more } },
          { name: 'New' },
          { index: { _index: 'profiles' } },
          { name: 'Other' },
        );
        return {
          expect: 'rewritten',
          sent,
          check: ({ json, upstream }) => {
            const [refused, made] = statusesOf(json);
            expect([400, 403]).toContain(refused);
            expect(made).toBe(201);
            expect(upstream.at(-1)?.body).not.toContain('"New"');
          },
        };
      }),
    ],
  },
  {
    id: 'B180',
    title: "a client's own conditions and versions",
    precedent: 'own',
    attempts: each(
      'refused',
      ...[
        'version=3&version_type=force',
        'version=3&version_type=external',
        'version_type=external_gte',
        'version=1',
        'if_seq_no=0',
        'if_seq_no=-1&if_primary_term=1',
        'if_seq_no=1e1&if_primary_term=1',
        'if_primary_term=1',
      ].flatMap((query) => [
        write(`/profiles/_doc/v1?${query}`, { name: 'New' }, 'PUT'),
        write(`/profiles/_update/v1?${query}`, { doc: { city: 'x' } }),
        { as: 'W', method: 'DELETE', target: `/profiles/_doc/v1?${query}` },
        { ...write(`/profiles/_doc/v1?${query}`, { name: 'New' }, 'PUT'), as: 'admin' },
      ]),
    ),
  },
];

function bulk(...lines: readonly unknown[]): Sent {
  return { as: 'W', target: '/_bulk', ndjson: true, body: lines };
}

function sourceVariants(): Attempt[] {
  return [
    ...NOT_MINE.flatMap((id): Attempt[] => [
      {
        expect: 'absent',
        sent: { target: `/profiles/_source/${id}` },
        check: ({ answer }) => expect(answer.body).toContain('"reason":"not found"'),
      },
      { expect: 'absent', sent: { method: 'HEAD', target: `/profiles/_source/${id}` } },
    ]),
    {
      expect: 'filtered',
      sent: { target: '/profiles/_source/v1' },
      check: ({ json }) =>
        expect(Object.keys(json as object).sort()).toEqual(['age', 'city', 'email', 'ip', 'name', 'tenant']),
    },
    ...each('filtered', { method: 'HEAD', target: '/profiles/_source/v1' }),
    ...each('refused', '/orders/_source/1', '/profiles/_doc/v1/_source', '/profiles/_source/v1?_source=ssn'),
  ];
}

/** A store that answers with something else than it was asked for. */
function lying(change: (json: unknown, path: string) => { status?: number; json: unknown }): BenchOptions {
  const store = new MemoryStore(createWorld(1));
  return {
    upstream: {
      async send(request) {
        const { status, json } = store.answer(request.method, request.path, request.body);
        const changed = change(json, request.path);
        return {
          status: changed.status ?? status,
          headers: { 'content-type': 'application/json' },
          body: Buffer.from(JSON.stringify(changed.json)),
        };
      },
    },
  };
}

interface Answer {
  hits: { hits: { _index: string; _id: string; _source: Record<string, unknown> }[] };
  responses?: Answer[];
}

/** The first hit replaced, in whichever answer holds it. */
function otherHit(hit: Record<string, unknown>): BenchOptions {
  const replace = (answer: Answer): void => {
    for (const inner of answer.responses ?? []) replace(inner);
    const [first] = answer.hits?.hits ?? [];
    if (first) Object.assign(first, hit);
  };
  return lying((json) => {
    replace(json as Answer);
    return { json };
  });
}

const ASKED: Readonly<Record<string, Sent>> = {
  search: { target: '/profiles/_search', body: { size: 3 } },
  'search without _source': { target: '/profiles/_search', body: { size: 3, _source: false } },
  get: { target: '/profiles/_doc/v1' },
  exists: { method: 'HEAD', target: '/profiles/_doc/v1' },
  mget: { target: '/profiles/_mget', body: { ids: ['v1', 'v2'] } },
  msearch: { target: '/_msearch', ndjson: true, body: [{ index: 'profiles' }, { size: 2 }] },
  scroll: { target: '/profiles/_search?scroll=1m', body: { size: 2 } },
};

const POST_CHECK = REFUSALS.post_check[0];

const ODD_HITS: Readonly<Record<string, Record<string, unknown>>> = {
  'of another index': { _index: 'orders' },
  'of another tenant': { _source: { name: 'CANARY-DOC', tenant: 't2' } },
  'without the field of the filter': { _source: { name: 'CANARY-DOC' } },
  'with several tenants': { _source: { name: 'CANARY-DOC', tenant: { t: 't1' } } },
};

function postChecks(): Step[] {
  return Object.entries(ODD_HITS).flatMap(([what, hit]) =>
    Object.entries(ASKED).map(([name, sent]) =>
      step(`${name}: a hit ${what}`, 'failed-closed', async () => {
        const worlds = createWorlds(otherHit(hit));
        const outcome = await worlds.send(sent);
        const inner = (outcome.json as { responses?: { status: number }[] } | null)?.responses?.[0];
        expect(inner?.status ?? outcome.answer.status).toBe(POST_CHECK);
        expect(String(outcome.answer.body)).not.toMatch(/Person|CANARY|t2|orders/);
        if (inner === undefined)
          expect(outcome.entry).toMatchObject({ decision: 'deny', code: 'post_check', documents: 0 });
        else expect(outcome.entry?.documents).toBe(0);
      }),
    ),
  );
}

const ERRORS: Readonly<Record<string, { status: number; json: unknown }>> = {
  'a value in a mapping error': {
    status: 400,
    json: {
      error: {
        root_cause: [
          {
            type: 'document_parsing_exception',
            reason: "failed to parse field [ssn] of type [long], preview: 'CANARY-FLD-ssn'",
          },
        ],
        type: 'document_parsing_exception',
        reason: "failed to parse field [ssn], preview of field's value: 'CANARY-FLD-ssn'",
        caused_by: { type: 'number_format_exception', reason: 'For input string: "CANARY-DOC"' },
      },
      status: 400,
    },
  },
  'names of indices and nodes in shard failures': {
    status: 500,
    json: {
      error: {
        type: 'search_phase_execution_exception',
        reason: 'all shards failed on canaryidx-1',
        phase: 'query',
        failed_shards: [
          { shard: 0, index: 'canaryidx-1', node: 'CANARY-DOC-node', reason: { type: 'x', reason: 'CANARY-DOC' } },
        ],
      },
      status: 500,
    },
  },
  'an unknown kind of error': { status: 400, json: { error: { type: 'CANARY-DOC_exception', reason: 'CANARY-FLD' } } },
  'an error that is no object': { status: 500, json: 'CANARY-DOC' },
  'an index that is not there': {
    status: 404,
    json: {
      error: {
        type: 'index_not_found_exception',
        reason: 'no such index [canaryidx-1]',
        index_uuid: 'CANARY-DOC',
        index: 'canaryidx-1',
      },
    },
  },
  'an account without rights': {
    status: 403,
    json: {
      error: {
        type: 'security_exception',
        reason: 'action is unauthorized for user [CANARY-DOC] with roles [CANARY-FLD]',
      },
    },
  },
};

function errorSteps(): Step[] {
  const sents = {
    ...ASKED,
    count: { target: '/profiles/_count' },
    pit: { method: 'POST', target: '/profiles/_pit?keep_alive=1m' },
  };
  return Object.entries(ERRORS).map(([name, { status, json }]) =>
    step(name, 'failed-closed', async () => {
      for (const sent of [
        ...Object.values(sents),
        write('/profiles/_doc', { name: 'New' }),
        write('/profiles/_update/v1', { doc: { city: 'x' } }),
      ]) {
        // `send` holds the answer against the canaries.
        const { answer } = await createWorlds(lying(() => ({ status, json }))).send(sent);
        // Of many in one, each item says for itself that it failed.
        const parts = sent.target.endsWith('_msearch') || sent.target.endsWith('_mget');
        if (!parts) expect(answer.status, sent.target).toBeGreaterThanOrEqual(400);
        expect(String(answer.body), sent.target).not.toMatch(
          /_source|ssn|preview|node|unauthorized|for user|index_uuid/,
        );
      }
    }),
  );
}

/** Both ask the same thing at once; each gets its own. */
async function together(worlds: Worlds, ...sents: readonly Sent[]): Promise<Outcome[]> {
  return Promise.all(sents.map((sent) => worlds.send(sent)));
}

const tenantsOf = ({ json }: Outcome): Set<unknown> =>
  new Set((json as Answer).hits.hits.map(({ _source: source }) => source.tenant));

export const STORIES_G: readonly BypassStory[] = [
  {
    id: 'B181',
    title: "the store's own words for an error",
    precedent: 'CVE-2021-22145; ReadonlyREST: internal failure details',
    steps: errorSteps(),
  },
  {
    id: 'B183',
    title: 'a hit that should not be there',
    precedent: 'own',
    steps: [
      ...postChecks(),
      step('an answer that is none', 'failed-closed', async () => {
        for (const json of [
          null,
          [],
          'CANARY-DOC',
          { hits: [] },
          { hits: { hits: [null] } },
          { hits: { hits: [{ _index: 'profiles' }] } },
        ]) {
          const { answer } = await createWorlds(lying(() => ({ json }))).send(ASKED.search as Sent);
          expect(answer.status, JSON.stringify(json)).toBe(502);
        }
      }),
      step('more hits than were asked for', 'failed-closed', async () => {
        const many = lying((json) => {
          const { hits } = json as Answer;
          hits.hits = Array.from({ length: 50 }, () => hits.hits[0] as Answer['hits']['hits'][number]);
          return { json };
        });
        const { answer } = await createWorlds(many).send({ target: '/profiles/_search', body: { size: 1 } });
        expect(answer.status).toBe(POST_CHECK);
      }),
      step('keys that were not asked for', 'filtered', async () => {
        const odd = lying((json) => {
          const answer = json as Answer & Record<string, unknown>;
          answer.suggest = answer.profile = answer.aggregations = { x: 'CANARY-DOC' };
          for (const hit of answer.hits.hits) {
            Object.assign(hit, {
              fields: { ssn: ['CANARY-FLD'] },
              inner_hits: {},
              _explanation: 'CANARY-DOC',
              _ignored: ['ssn'],
              _routing: 'CANARY-DOC',
              sort: ['CANARY-DOC'],
              matched_queries: ['CANARY-DOC'],
            });
            hit._source.ssn = 'CANARY-FLD';
          }
          return { json };
        });
        const { answer, json } = await createWorlds(odd).send(ASKED.search as Sent);
        if (answer.status === 200) {
          for (const hit of (json as Answer).hits.hits)
            expect(Object.keys(hit).sort()).toEqual(['_id', '_index', '_score', '_source']);
        } else expect(answer.status).toBe(502);
      }),
    ],
  },
  {
    id: 'B185',
    title: 'half an answer',
    precedent: 'own',
    steps: [
      step('keeps its numbers and loses its reasons', 'filtered', async () => {
        const partial = lying((json) => ({
          json: {
            ...(json as object),
            timed_out: true,
            terminated_early: true,
            _shards: {
              total: 3,
              successful: 2,
              skipped: 0,
              failed: 1,
              failures: [
                { shard: 0, index: 'canaryidx-1', node: 'CANARY-DOC', reason: { type: 'x', reason: 'CANARY-FLD' } },
              ],
            },
          },
        }));
        for (const sent of [ASKED.search as Sent, ASKED.scroll as Sent]) {
          const { json } = await createWorlds(partial).send(sent);
          expect(json).toMatchObject({ timed_out: true, _shards: { total: 3, successful: 2, failed: 1 } });
          expect(JSON.stringify(json)).not.toContain('reason');
        }
      }),
      step(
        'is no proof that a document is not there: the store is asked for all or an error',
        'rewritten',
        async () => {
          const { upstream } = await createWorlds().send({ target: '/profiles/_doc/v1' });
          expect(upstream[0]?.path).toContain('allow_partial_search_results=false');
        },
      ),
    ],
  },
  {
    id: 'B186',
    title: 'a cache between two users',
    precedent: 'DlsFlsRequestCacheTests; CVE-2023-31141',
    steps: [
      step('every request reaches the store, with the filter of the one who asks', 'filtered', async () => {
        const [{ guard, store }] = createWorlds().benches;
        const sent: Sent = { target: '/profiles/_search', body: { size: 50 } };
        const answers = await Promise.all(['A', 'B', 'A', 'B'].map((as) => guard.handle(rawOf({ ...sent, as }))));
        const tenants = answers.map(({ body }) => [...tenantsOf({ json: JSON.parse(String(body)) } as Outcome)]);
        expect(tenants).toEqual([['t1'], ['t2'], ['t1'], ['t2']]);
        expect(store.seen).toHaveLength(4);
        for (const { path } of store.seen) expect(path).toContain('request_cache=false');
      }),
      step('the same twice is asked twice', 'filtered', async () => {
        const worlds = createWorlds();
        const [one, two] = await together(worlds, ASKED.search as Sent, ASKED.search as Sent);
        expect(one?.json).toEqual(two?.json);
        expect(worlds.benches[1].store.seen).toHaveLength(2);
      }),
      step('no validators, nothing for a cache on the way to keep', 'filtered', async () => {
        for (const headers of [
          [],
          [['If-None-Match', '*']],
          [['If-None-Match', '"x"']],
          [['If-Modified-Since', 'Thu, 01 Jan 2026 00:00:00 GMT']],
        ] as const) {
          const { answer } = await createWorlds().send({ ...(ASKED.search as Sent), headers });
          expect(answer.status).toBe(200);
          expect(answer.headers.etag).toBeUndefined();
          expect(answer.headers['last-modified']).toBeUndefined();
          expect(answer.headers.expires).toBeUndefined();
          expect(answer.headers['cache-control'] ?? 'no-store').toBe('no-store');
        }
      }),
    ],
  },
];
