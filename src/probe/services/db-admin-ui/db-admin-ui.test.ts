import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import type { Reply, TestHttpServer } from '../../testing/http-server.ts';
import { postingServer } from '../../testing/posting-server.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(answers: Readonly<Record<string, Reply>>, otherwise?: Reply): Promise<number> {
  const server = await postingServer((request) => (Object.hasOwn(answers, request) ? answers[request] : otherwise));
  servers.push(server);
  return server.port;
}

/** https://github.com/mongo-express/mongo-express/blob/master/lib/views/index.html */
const MONGO =
  '<html><head><title>Home - Mongo Express</title></head><a href="/db/shop/">shop</a><a href="/db/jane%40example.org/">x</a>';
/** https://github.com/redis/RedisInsight: GET /api/databases */
const REDIS = [
  { id: 'x', host: 'redis.internal', port: 6379, name: 'canary', connectionType: 'STANDALONE', modules: [] },
];
/** https://github.com/dbgate/dbgate: POST /connections/list */
const ROOT = '<title>DbGate</title>';
const DBGATE = [{ _id: 'x', engine: 'postgres@dbgate-plugin-postgres', server: 'db.internal', user: 'canary' }];

describe('the dialogue for administration pages', () => {
  it.each<[string, string, Reply, string]>([
    [
      'mongo-express that creates databases',
      'GET /',
      [200, `${MONGO}<button>Create Database</button>`],
      'anonymous-write',
    ],
    ['mongo-express for reading', 'GET /', [200, MONGO], 'anonymous-read'],
    ['Redis Insight', 'GET /api/databases', [200, REDIS], 'anonymous-write'],
    ['DbGate', 'POST /connections/list', [200, DBGATE], 'anonymous-write'],
    ['DbGate with a login', 'POST /connections/list', [401, { error: 'missing authorization header' }], 'secured'],
    [
      'pgAdmin in desktop mode',
      'GET /browser/',
      [200, '<title>pgAdmin 4</title><script src="/a.js?ver=91800">'],
      'anonymous-read',
    ],
    [
      'pgAdmin',
      'GET /browser/',
      [302, '', { location: '/login?next=/browser/', 'set-cookie': 'pga4_session=x' }],
      'secured',
    ],
    ['phpMyAdmin’s login', 'GET /pma/', [200, '<title>phpMyAdmin</title><input name="pma_username">'], 'secured'],
  ])('knows %s', async (_what, request, reply, verdict) => {
    const result = await askPort(await serve({ 'GET /': [200, ROOT], [request]: reply }), 'db-admin-ui');
    expect(result).toMatchObject({ service: 'db-admin-ui', verdict });
    expect(JSON.stringify(result)).not.toMatch(/canary|jane|internal/);
  });

  it('names the databases that a page lists, as patterns where they are values', async () => {
    const result = await askPort(await serve({ 'GET /': [200, MONGO] }), 'mongo-express');
    expect(result.datasets).toEqual([
      { name: 'shop', fields: [] },
      { name: '*', fields: [] },
    ]);
  });

  it('posts nothing where the root is not DbGate’s page', async () => {
    const server = await postingServer((request) => (request === 'POST /connections/list' ? [200, DBGATE] : undefined));
    servers.push(server);
    expect(await askPort(server.port, 'db-admin-ui')).toMatchObject({ verdict: 'unidentified' });
    expect(server.asked.filter((line) => line.startsWith('POST'))).toEqual([]);
  });

  it('believes no server that shows the page everywhere', async () => {
    expect(await askPort(await serve({}, [200, MONGO]), 'db-admin-ui')).toMatchObject({
      verdict: 'inconclusive',
      datasets: [],
    });
  });

  it.each<[string, Reply]>([
    ['a blog about it', [200, '<title>How to install phpMyAdmin</title>']],
    ['an empty list', [200, []]],
    ['another list', [200, [{ id: 1, port: 3 }]]],
    ['a login of something else', [302, '', { location: '/login?next=/browser/' }]],
    ['garbage', [200, '\0\x01<title>']],
  ])('is not found in %s', async (_what, reply) => {
    expect(await askPort(await serve({}, reply), 'db-admin-ui')).toMatchObject({ verdict: 'unidentified' });
  });
});
