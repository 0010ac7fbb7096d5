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

/** packages/core/strapi and https://docs.strapi.io/cms/api/rest: every answer is powered by Strapi. */
const POWERED = { 'x-powered-by': 'Strapi <strapi.io>' };
const error = (status: number, name: string): Reply => [
  status,
  { data: null, error: { status, name, message: name, details: {} } },
  POWERED,
];

const cms =
  (totals: Readonly<Record<string, number>>, hasAdmin = true, accounts?: number) =>
  (path: string): Reply => {
    if (path === '/_health') return [204, '', { ...POWERED, strapi: 'You are so French!' }];
    if (path === '/admin/init') return [200, { data: { uuid: 'secret-uuid', hasAdmin } }, POWERED];
    if (path === '/api/users/count')
      return accounts === undefined ? error(403, 'ForbiddenError') : [200, accounts, POWERED];
    const name =
      /^\/api\/([a-z-]+)\?pagination%5BpageSize%5D=1&pagination%5BwithCount%5D=true&fields%5B0%5D=id$/.exec(
        path,
      )?.[1] ?? '';
    if (!Object.hasOwn(totals, name))
      return name === 'orders' ? error(403, 'ForbiddenError') : error(404, 'NotFoundError');
    return [
      200,
      { data: [{ id: 1 }], meta: { pagination: { page: 1, pageSize: 1, pageCount: 1, total: totals[name] } } },
      POWERED,
    ];
  };

describe('the Strapi dialogue', () => {
  it('counts what the role Public finds', async () => {
    const result = await askPort(await serve(cms({ articles: 12, patients: 3 }, true, 5)), undefined, undefined, {
      datasets: ['patients'],
    });
    expect(result).toMatchObject({
      service: 'strapi',
      product: 'strapi',
      verdict: 'anonymous-read',
      documents: 20,
      datasets: [
        { name: 'users', documents: 5, people: { count: 5, how: 'records' } },
        { name: 'patients', documents: 3 },
        { name: 'articles', documents: 12 },
      ],
    });
    expect(JSON.stringify(result)).not.toContain('secret-uuid');
  });

  it('calls one without administrator open to writing', async () => {
    const result = await askPort(await serve(cms({}, false)), 'strapi');
    expect(result).toMatchObject({ verdict: 'anonymous-write' });
    expect(result.reason).toContain('no administrator exists');
  });

  it('is secured where Public finds nothing', async () => {
    expect(await askPort(await serve(cms({})), 'strapi')).toMatchObject({ verdict: 'secured', datasets: [] });
  });

  it.each<[string, (path: string) => Reply | undefined]>([
    ['has its API elsewhere', (path) => (path === '/api/users/count' ? error(404, 'NotFoundError') : undefined)],
    [
      'does not understand the question',
      (path) => (path.includes('articles') ? error(400, 'ValidationError') : undefined),
    ],
    [
      'is of release 3',
      (path) => (path.startsWith('/api/') ? [404, { statusCode: 404, error: 'Not Found' }, POWERED] : undefined),
    ],
  ])('does not call secured what %s', async (_what, change) => {
    const port = await serve((path) => change(path) ?? cms({})(path));
    expect(await askPort(port, 'strapi')).toMatchObject({ verdict: 'inconclusive', datasets: [] });
  });

  it('believes no server that has every content type', async () => {
    const port = await serve((path) =>
      path === '/_health' ? cms({})(path) : [200, { data: [], meta: { pagination: { total: 1 } } }, POWERED],
    );
    expect(await askPort(port, 'strapi')).toMatchObject({ verdict: 'inconclusive' });
  });

  it('is not found elsewhere', async () => {
    expect(await askPort(await serve(() => [200, 'x', { 'x-powered-by': 'Express' }]), 'strapi')).toMatchObject({
      verdict: 'unidentified',
    });
  });
});
