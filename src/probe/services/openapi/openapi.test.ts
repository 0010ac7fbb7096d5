import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type TestHttpServer } from '../../testing/http-server.ts';
import { readDocument } from './document.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(answer: Parameters<typeof httpServer>[0]): Promise<number> {
  const server = await httpServer(answer);
  servers.push(server);
  return server.port;
}

const DOCUMENT = {
  swagger: '2.0',
  info: { version: '1.0.0' },
  paths: { '/a': { get: { security: [{ key: [] }] }, post: {} }, '/b': { get: { security: [] }, 'x-note': {} } },
  definitions: { User: { properties: { email: {}, 'jane@example.org': {} } }, Odd: 7 },
};

describe('the OpenAPI dialogue', () => {
  it('counts operations without a login and names schemas', async () => {
    const result = await askPort(
      await serve((path) => (path === '/v2/api-docs' ? [200, DOCUMENT] : undefined)),
      'openapi',
    );
    expect(result).toMatchObject({
      verdict: 'metadata-only',
      version: '1.0.0',
      datasets: [{ name: 'User', fields: ['email', '*.org'] }],
    });
    expect(result.reason).toContain('3 operations on 2 paths, of which 2 ask for no login (1 read, 1 change)');
  });

  it('holds a login for the whole against each operation', () => {
    const document = readDocument({ ...DOCUMENT, security: [{ key: [] }] });
    expect(document).toMatchObject({ operations: 3, openReads: 1, openWrites: 0 });
    expect(readDocument({ ...DOCUMENT, security: [{ key: [] }, {}] })).toMatchObject({ openReads: 1, openWrites: 1 });
  });

  it('believes no server that describes itself everywhere', async () => {
    expect(await askPort(await serve(() => [200, DOCUMENT]), 'openapi')).toMatchObject({
      verdict: 'inconclusive',
      datasets: [],
    });
  });

  it.each<unknown>([
    { openapi: '3.0.0' },
    { openapi: 3, info: {}, paths: {} },
    { swagger: '2.0', info: {}, paths: [] },
    [],
    'openapi',
    null,
  ])('is not found in %j', async (body) => {
    expect(
      await askPort(await serve((path) => (path === '/openapi.json' ? [200, body] : undefined)), 'openapi'),
    ).toMatchObject({ verdict: 'unidentified' });
  });
});
