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

const APP = 'made-up-app';
const UNAUTHORIZED: Reply = [403, { error: 'unauthorized' }];

/** Answers as Parse Server 9 does, under `base`. */
const parse =
  (base: string, counts: Readonly<Record<string, number>>): Parameters<typeof httpServer>[0] =>
  (path, request) => {
    if (!path.startsWith(`${base}/`)) return undefined;
    if (path === `${base}/health`) return [200, { status: 'ok' }];
    if (request.headers['x-parse-application-id'] !== APP) return UNAUTHORIZED;
    const name = /^\/classes\/(\w+)\?limit=0&count=1$/.exec(path.slice(base.length))?.[1];
    const count = name === undefined || !Object.hasOwn(counts, name) ? undefined : counts[name];
    return count === undefined
      ? [400, { code: 119, error: 'This user is not allowed to access non-existent class' }]
      : [200, { results: [], count }];
  };
const within = { identifiers: { appId: APP }, datasets: ['Order'] };

describe('the Parse dialogue', () => {
  it('counts what strangers see, with or without the usual prefix', async () => {
    for (const base of ['/parse', '']) {
      const port = await serve(parse(base, { _User: 4, Order: 12, Message: 0 }));
      expect(await askPort(port, 'parse-server', undefined, within)).toMatchObject({
        verdict: 'anonymous-read',
        documents: 16,
        datasets: [
          { name: 'Order', documents: 12 },
          { name: '_User', documents: 4, people: { count: 4, how: 'records' } },
        ],
      });
    }
  });

  it('is secured where no class shows an object', async () => {
    const port = await serve(parse('/parse', { _User: 0 }));
    expect(await askPort(port, 'parse-server', undefined, within)).toMatchObject({ verdict: 'secured', datasets: [] });
  });

  it('never sends a request without the identifier in scope', async () => {
    const server = await httpServer(parse('/parse', { _User: 4 }));
    servers.push(server);
    expect(await askPort(server.port, 'parse-server')).toMatchObject({ verdict: 'secured' });
    expect(server.asked.filter((line) => line.includes('count='))).toEqual([]);
  });

  it('believes no server that has every class', async () => {
    const port = await serve((path, ...more) =>
      path.includes('count=') ? [200, { results: [], count: 9 }] : parse('/parse', {})(path, ...more),
    );
    expect(await askPort(port, 'parse-server', undefined, within)).toMatchObject({
      verdict: 'inconclusive',
      datasets: [],
    });
  });

  it('reads counts of odd shapes as none', async () => {
    const port = await serve((path, ...more) =>
      path.includes('/Order?')
        ? [200, { results: { length: 3 }, count: '7; DROP' }]
        : parse('/parse', {})(path, ...more),
    );
    expect(await askPort(port, 'parse-server', undefined, within)).toMatchObject({ verdict: 'secured' });
  });

  it.each<Reply>([
    [403, { error: 'forbidden' }],
    [200, '<html>unauthorized'],
    [403, 'unauthorized'],
  ])('is not found in %j', async (...reply) => {
    expect(await askPort(await serve(() => reply as unknown as Reply), 'parse-server')).toMatchObject({
      verdict: 'unidentified',
    });
  });
});
