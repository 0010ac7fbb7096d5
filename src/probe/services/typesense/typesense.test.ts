/** Answers as described in https://typesense.org/docs/27.1/api/collections.html, …/api-keys.html, …/search.html, …/api-errors.html. */
import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';

const FORBIDDEN: Reply = [401, { message: 'Forbidden - a valid `x-typesense-api-key` header must be sent.' }];
const COLLECTIONS: Reply = [
  200,
  [
    {
      name: 'companies',
      num_documents: 1_250,
      fields: [
        { name: 'company_name', type: 'string', facet: false },
        { name: 'num_employees', type: 'int32', facet: false },
      ],
      default_sorting_field: 'num_employees',
    },
  ],
];

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function node(allowed: (path: string) => Reply | undefined = () => undefined): Promise<TestHttpServer> {
  const server = await httpServer((path, request) => {
    if (path === '/health') return [200, { ok: true }];
    const known = /^\/(?:collections|keys|debug)/.test(path);
    if (request.headers['x-typesense-api-key'] === 'app-key') return allowed(path) ?? FORBIDDEN;
    return known ? FORBIDDEN : [404, { message: 'Not Found' }];
  });
  servers.push(server);
  return server;
}
const scope = { identifiers: { searchKey: 'app-key' }, datasets: ['companies'] };

describe('the Typesense dialogue', () => {
  it('is secured for whoever has no key', async () => {
    const { port } = await node();
    expect(await askPort(port)).toMatchObject({ service: 'typesense', verdict: 'secured', datasets: [] });
  });

  it('finds an admin’s key in the app', async () => {
    const { port } = await node((path) => {
      if (path === '/debug') return [200, { state: 1, version: '27.1' }];
      return path === '/keys'
        ? [200, { keys: [{ id: 1, value_prefix: 'canary' }] }]
        : path === '/collections'
          ? COLLECTIONS
          : undefined;
    });
    const result = await askPort(port, 'typesense', undefined, scope);
    expect(result).toMatchObject({
      verdict: 'anonymous-write',
      version: '27.1',
      documents: 1_250,
      datasets: [
        { name: 'companies', fields: ['company_name', 'num_employees'], fieldTypes: { num_employees: 'int32' } },
      ],
    });
    expect(JSON.stringify(result)).not.toMatch(/canary|app-key/);
  });

  it('searches named collections with a search-only key, and hands values to the classifier only', async () => {
    const { port } = await node((path) => {
      if (path === '/collections/companies/documents/search?q=*&per_page=0')
        return [200, { found: 7, out_of: 7, hits: [] }];
      const sample = path === '/collections/companies/documents/search?q=*&per_page=5';
      return sample ? [200, { found: 7, hits: [{ document: { company_name: 'Canary' } }] }] : undefined;
    });
    const taken: unknown[] = [];
    const values = { most: 5, take: (...one: unknown[]) => void taken.push(one) };
    const result = await askPort(port, 'typesense', undefined, { ...scope, values });
    expect(result).toMatchObject({ verdict: 'anonymous-read', documents: 7, datasets: [{ name: 'companies' }] });
    expect(taken).toEqual([['companies', 'company_name', ['Canary']]]);
    expect(JSON.stringify(result)).not.toMatch(/Canary|app-key/);
  });

  it('is not taken for another service with the same health', async () => {
    const server = await httpServer((path) => (path === '/health' ? [200, { ok: true }] : undefined));
    servers.push(server);
    expect(await askPort(server.port, 'typesense')).toMatchObject({ verdict: 'unidentified' });
  });
});
