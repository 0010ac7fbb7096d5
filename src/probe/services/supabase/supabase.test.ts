import { afterEach, describe, expect, it } from 'vitest';
import { type AskedScope, askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { supabase } from './index.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const ANON = `eyJhbGciOiJIUzI1NiJ9.${Buffer.from('{"role":"anon"}').toString('base64url')}.c2ln`;
const POSTGREST = { server: 'postgrest/12.2.1' };
const KONG = { server: 'kong/2.8.1' };
// https://docs.postgrest.org/en/v13/references/errors.html
const MISSING: Reply = [
  404,
  { code: 'PGRST205', details: null, hint: null, message: 'Could not find the table in the schema cache' },
  POSTGREST,
];
// github.com/supabase/postgrest-js/issues/305
const DENIED: Reply = [401, { code: '42501', message: 'permission denied for table x' }, POSTGREST];
const rows = (range: string): Reply => [
  range.startsWith('*') ? 200 : 206,
  '',
  { ...POSTGREST, 'content-range': range },
];
const openApi = (tables: Record<string, string[]>, writing = false): Reply => [
  200,
  {
    swagger: '2.0',
    info: { title: 'PostgREST API', version: '12.2.1 (abc)' },
    paths: {
      '/': {},
      '/rpc/transfer': { post: {} },
      ...Object.fromEntries(
        Object.keys(tables).map((table) => [`/${table}`, writing ? { get: {}, post: {} } : { get: {} }]),
      ),
    },
    definitions: Object.fromEntries(
      Object.entries(tables).map(([table, columns]) => [
        table,
        { properties: Object.fromEntries(columns.map((one) => [one, {}])) },
      ]),
    ),
  },
  POSTGREST,
];

interface World {
  /** Behind a gateway that wants the key. */
  gateway?: boolean;
  root?: Reply;
  tables?: Record<string, Reply>;
  otherwise?: Reply;
}

async function ask(
  {
    gateway = false,
    root = [404, { code: 'PGRST126', message: 'm' }, POSTGREST],
    tables = {},
    otherwise = MISSING,
  }: World,
  scope: AskedScope = {},
) {
  const server = await httpServer((path, request) => {
    const key = request.headers.apikey;
    if (gateway && path === '/') return [404, { message: 'no Route matched with those values' }, KONG];
    // github.com/AppFlowy-IO/AppFlowy/issues/4313, github.com/nuxt-modules/supabase/issues/195
    if (gateway && key === undefined) {
      return [
        401,
        { message: 'No API key found in request', hint: 'No `apikey` request header or url param was found.' },
        KONG,
      ];
    }
    if (gateway && key !== ANON) return [401, { message: 'Invalid API key', hint: 'Double check…' }, KONG];
    const inside = gateway ? path.replace('/rest/v1', '') : path;
    if (inside === '/') return root;
    return tables[/^\/(\w+)\?/.exec(inside)?.[1] ?? ''] ?? otherwise;
  });
  servers.push(server);
  return { server, result: await askPort(server.port, 'supabase', undefined, scope) };
}

describe('the Supabase and PostgREST dialogue', () => {
  it('reads tables and columns from PostgREST, and counts visible rows without one of them', async () => {
    const { server, result } = await ask({
      root: openApi({ profiles: ['id', 'email', '5550100001'], orders: ['id'], secrets: ['value'] }, true),
      tables: { profiles: rows('0-0/12400'), orders: rows('*/0'), secrets: DENIED },
    });
    expect(result).toMatchObject({
      service: 'supabase',
      product: 'postgrest',
      version: '12.2.1',
      verdict: 'anonymous-read',
      documents: 12_400,
      datasets: [{ name: 'profiles', documents: 12_400, fields: ['id', 'email', '*'] }],
    });
    expect(result.notTested).toEqual([
      'whether row security lets a stranger insert, change or delete',
      'writing, which the API offers for 3 tables',
      '1 tables that are empty, or of which row security shows no row',
      '1 functions, which may write and were not called',
    ]);
    expect(
      server.asked.filter((one) => /profiles|orders|secrets/.test(one)).every((one) => one.startsWith('HEAD ')),
    ).toBe(true);
    expect(server.asked.some((one) => one.includes('rpc'))).toBe(false);
  });

  it('asks the tables of the scope behind the gateway, with the key of the app', async () => {
    const scope = { identifiers: { anonKey: ANON }, datasets: ['profiles', 'a b'] };
    const { result } = await ask({ gateway: true, tables: { profiles: rows('0-0/3') } }, scope);
    expect(result).toMatchObject({
      product: 'supabase',
      verdict: 'anonymous-read',
      documents: 3,
      datasets: [{ name: 'profiles', documents: 3, fields: [] }],
    });
    expect(JSON.stringify(result)).not.toContain(ANON);
  });

  it('hands values to the sink with --sample only', async () => {
    const taken: unknown[] = [];
    const values = { most: 5, take: (...all: unknown[]) => taken.push(all) };
    const server = await httpServer((path, request) => {
      if (!path.startsWith('/profiles')) return MISSING;
      if (request.method === 'HEAD') return rows('0-0/3');
      return [200, [{ email: 'jane@example.org' }], POSTGREST];
    });
    servers.push(server);
    const result = await askPort(server.port, 'supabase', undefined, { datasets: ['profiles'], values });
    expect(result.datasets).toEqual([{ name: 'profiles', documents: 3, fields: ['email'] }]);
    expect(taken).toEqual([['profiles', 'email', ['jane@example.org']]]);
    expect(JSON.stringify(result)).not.toContain('jane');
  });

  it.each<[string, World, AskedScope, string]>([
    [
      'shows names and no row',
      { root: openApi({ profiles: ['id'] }), tables: { profiles: rows('*/0') } },
      {},
      'metadata-only',
    ],
    ['refuses the tables of the scope', { tables: { profiles: DENIED } }, { datasets: ['profiles'] }, 'secured'],
    ['shows no list of tables', {}, {}, 'secured'],
    // github.com/PostgREST/postgrest/issues/3656
    [
      'wants a user',
      { otherwise: [401, { code: 'PGRST302', message: 'Anonymous access is disabled' }, POSTGREST] },
      {},
      'secured',
    ],
    ['lost its database', { otherwise: [503, { code: 'PGRST000', message: 'm' }, POSTGREST] }, {}, 'inconclusive'],
    ['breaks at a table', { tables: { profiles: [500, ''] } }, { datasets: ['profiles'] }, 'inconclusive'],
    ['wants the key of the app', { gateway: true }, {}, 'inconclusive'],
    ['refuses the key', { gateway: true }, { identifiers: { anonKey: 'sb_publishable_old' } }, 'inconclusive'],
    ['has every table', { otherwise: [200, [], POSTGREST] }, {}, 'inconclusive'],
  ])('judges an API that %s', async (_name, world, scope, verdict) => {
    const { result } = await ask(world, scope);
    expect(result).toMatchObject({ service: 'supabase', verdict });
    expect(result.datasets.every((one) => one.documents === undefined)).toBe(true);
  });

  it.each<[string, Reply, Reply]>([
    [
      'is another gateway',
      [404, { message: 'no Route matched with those values' }, KONG],
      [404, { message: 'no Route matched with those values' }, KONG],
    ],
    ['is a page', [200, '<html></html>'], [200, '<html></html>']],
    ['is another API', [200, { swagger: '2.0', info: { title: 'Pet store' } }], [404, { message: 'not found' }]],
    ['sends garbage', [200, '\u0000'], [404, '\u0000']],
    ['breaks off', [200, '{"swagger":"2.0"'], [404, '{"code":"PGRST205"']],
  ])('knows nothing of a server that %s', async (_name, root, otherwise) => {
    expect((await ask({ root, otherwise })).result).toMatchObject({ verdict: 'unidentified', datasets: [] });
  });

  it('survives a description of any shape', async () => {
    const hostile = {
      swagger: '2.0',
      info: { title: 'PostgREST' },
      paths: [],
      definitions: { 'jane@example.org': null, a: 7 },
    };
    const { result } = await ask({ root: [200, hostile, POSTGREST] });
    expect(result.verdict).toBe('metadata-only');
    expect(JSON.stringify(result)).not.toContain('jane');
  });

  it('has no place for rows, writing, functions or another key', () => {
    const may = (method: 'GET' | 'HEAD' | 'POST', path: string, headers: Record<string, string> = {}) =>
      supabase.allow.permitsRequest?.({ method, path, headers }, { anonKey: ANON });
    const counted = { prefer: 'count=estimated' };
    expect(may('HEAD', '/rest/v1/profiles?select=*&limit=1', { apikey: ANON, ...counted })).toBe(true);
    expect(may('HEAD', '/rest/v1/profiles?select=*&limit=1', { apikey: 'other', ...counted })).toBe(false);
    expect(may('GET', '/rest/v1/profiles?select=*&limit=1', { apikey: ANON })).toBe(false);
    expect(may('HEAD', '/profiles?select=*', counted)).toBe(false);
    expect(may('POST', '/profiles')).toBe(false);
    expect(may('GET', '/rpc/transfer')).toBe(false);
    expect(may('HEAD', '/profiles?select=*&limit=1', { authorization: `Bearer ${ANON}`, ...counted })).toBe(false);
  });

  it('takes types from the description, and people from a primary key that is one', async () => {
    const described = {
      swagger: '2.0',
      info: { title: 'PostgREST API' },
      definitions: {
        profiles: {
          properties: {
            user_id: { format: 'uuid', description: 'Note:\nThis is a Primary Key.<pk/>' },
            email: { format: 'character varying' },
            note: { format: 'jane@example.org' },
          },
        },
      },
    };
    const server = await httpServer((path) => {
      if (path === '/') return [200, described, POSTGREST];
      return path.startsWith('/profiles?') ? rows('0-0/12') : MISSING;
    });
    servers.push(server);
    const subjectFields = () => ['email', 'user_id'];
    const result = await askPort(server.port, 'supabase', undefined, { subjectFields });
    expect(result.datasets).toEqual([
      {
        name: 'profiles',
        documents: 12,
        fields: ['user_id', 'email', 'note'],
        fieldTypes: { user_id: 'uuid', email: 'character varying' },
        people: { count: 12, how: 'records', field: 'user_id' },
      },
    ]);
    expect(JSON.stringify(result)).not.toContain('jane');
  });
});
