import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(answer: Parameters<typeof httpServer>[0]): Promise<number> {
  const server = await httpServer(answer);
  servers.push(server);
  return server.port;
}

/** https://directus.io/docs/api/server and api/src/services/specifications.ts of directus/directus */
const FORBIDDEN: Reply = [
  403,
  { errors: [{ message: "You don't have permission to access this.", extensions: { code: 'FORBIDDEN' } }] },
];
const POWERED = { 'x-powered-by': 'Directus' };

const specification = (methods: Readonly<Record<string, readonly string[]>>, version = '11.1.0'): Reply => [
  200,
  {
    openapi: '3.0.1',
    info: { title: 'Dynamic API Specification', version },
    paths: Object.fromEntries(
      Object.entries(methods).map(([name, some]) => [
        `/items/${name}`,
        Object.fromEntries(some.map((one) => [one, {}])),
      ]),
    ),
    components: {
      schemas: {
        ItemsORDERLines: { 'x-collection': 'order_lines', properties: { id: {}, email: {}, 'jane@example.org': {} } },
      },
    },
  },
];

const directus =
  (totals: Readonly<Record<string, number>>, described?: Reply) =>
  (path: string): Reply => {
    if (path === '/server/ping') return [200, 'pong', POWERED];
    if (path === '/server/specs/oas') return described ?? FORBIDDEN;
    const name = /^\/items\/(\w+)\?limit=0&meta=filter_count$/.exec(path)?.[1] ?? '';
    return Object.hasOwn(totals, name) ? [200, { data: [], meta: { filter_count: totals[name] } }] : FORBIDDEN;
  };

describe('the Directus dialogue', () => {
  it('counts what the role Public reads, with fields from the specification made for it', async () => {
    const result = await askPort(await serve(directus({ order_lines: 12 }, specification({ order_lines: ['get'] }))));
    expect(result).toMatchObject({
      service: 'strapi',
      product: 'directus',
      version: '11.1.0',
      verdict: 'anonymous-read',
      documents: 12,
      datasets: [{ name: 'order_lines', documents: 12, fields: ['id', 'email', '*.org'] }],
    });
    // Since 11 the specification is made of permissions to read.
    expect(result.notTested).toContain('whether a stranger may write');
  });

  it('tells writing by the specification', async () => {
    const port = await serve(directus({ order_lines: 12 }, specification({ order_lines: ['get', 'post'] }, '10.13.0')));
    expect(await askPort(port, 'directus')).toMatchObject({ verdict: 'anonymous-write' });
  });

  it('is secured where everything is forbidden', async () => {
    expect(await askPort(await serve(directus({})), 'directus')).toMatchObject({
      product: 'directus',
      verdict: 'secured',
      datasets: [],
    });
  });

  it('does not call secured what answers otherwise', async () => {
    const port = await serve((path) => (path.startsWith('/items/articles') ? [503, ''] : directus({})(path)));
    expect(await askPort(port, 'directus')).toMatchObject({ verdict: 'inconclusive' });
  });

  it('believes no server that has every collection', async () => {
    const port = await serve((path) =>
      path === '/server/ping' ? [200, 'pong', POWERED] : [200, { meta: { filter_count: 3 } }],
    );
    expect(await askPort(port, 'directus')).toMatchObject({ verdict: 'inconclusive' });
  });

  it('is not found where `pong` is all there is', async () => {
    expect(
      await askPort(await serve((path) => (path === '/server/ping' ? [200, 'pong'] : undefined)), 'directus'),
    ).toMatchObject({ verdict: 'unidentified' });
  });
});
