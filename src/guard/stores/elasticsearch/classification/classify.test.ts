import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROUTES } from '../routes/table.ts';
import { compatGrantOf, contextOf, plan, refusalOf, requestOf } from '../testing/fixture.ts';
import { classify, isRoutedForm } from './classify.ts';
import { type Endpoints, elasticsearchEndpoints, opensearchEndpoints } from './client-api.ts';
import { publishedOperations } from './data.ts';

const PRODUCTS = ['elasticsearch', 'opensearch'] as const;
const MODULES = new URL('../../../../../node_modules/', import.meta.url);

/** A principal that may do everything the policy language can say, so that nothing but the route table refuses. */
const context = {
  elasticsearch: contextOf({ grants: [compatGrantOf()] }),
  opensearch: contextOf({ grants: [compatGrantOf()], dialect: 'opensearch-3' as const }),
};

function endpointsOf(product: (typeof PRODUCTS)[number]) {
  return Object.entries(publishedOperations(product).operations).flatMap(([name, endpoints]) =>
    endpoints.map((endpoint) => {
      const [method = '', path = ''] = endpoint.split(' ');
      return { name, method, path, target: path.replace('{index}', 'profiles').replaceAll(/\{\w+\}/g, 'x1') };
    }),
  );
}

describe('the completeness gate', () => {
  it('knows all that the published specifications list', () => {
    // Counted in the specifications themselves: 603 and 485 names; the lists hold those of older versions too.
    expect(Object.keys(publishedOperations('elasticsearch').operations).length).toBeGreaterThanOrEqual(603);
    expect(Object.keys(publishedOperations('opensearch').operations).length).toBeGreaterThanOrEqual(485);
  });

  it.each(PRODUCTS)('has classified every operation of %s', (product) => {
    const names = Object.keys(publishedOperations(product).operations);
    expect(names.filter((name) => classify(name) === undefined)).toEqual([]);
  });

  it('would notice an operation that nobody has decided about', () => {
    expect(classify('search_everything')).toBeUndefined();
    expect(classify('new_namespace.search')).toBeUndefined();
    expect(classify('constructor')).toBeUndefined();
  });

  it.each([
    ['elasticsearch', '@elastic/elasticsearch/lib/api/api', elasticsearchEndpoints],
    ['opensearch', '@opensearch-project/opensearch/api', opensearchEndpoints],
  ] as const)('lists all that the installed client of %s can ask for', (product, folder, read) => {
    const path = new URL(folder, MODULES).pathname;
    expect(existsSync(path)).toBe(true);
    const endpoints: Endpoints = read(path);
    expect(endpoints.size).toBeGreaterThan(450);
    const { operations } = publishedOperations(product);
    const missing = [...endpoints].flatMap(([name, list]) =>
      [...list].filter((endpoint) => !operations[name]?.includes(endpoint)).map((endpoint) => `${name}: ${endpoint}`),
    );
    expect(missing).toEqual([]);
  });

  it.each(PRODUCTS)('refuses every path and method of the denied operations of %s', (product) => {
    const denied = endpointsOf(product).filter(({ name }) => classify(name)?.deny !== undefined);
    expect(denied.length).toBeGreaterThan(400);
    const open = denied.filter(({ method, target }) => {
      const body = method === 'POST' || method === 'PUT' ? {} : undefined;
      const code = refusalOf(() => plan(requestOf(method, target, body), context[product]));
      return code !== 'forbidden' && code !== 'method' && code !== 'malformed_path';
    });
    expect(open).toEqual([]);
  });

  it.each(PRODUCTS)('routes every form of the allowed operations of %s, but typed ones', (product) => {
    const allowed = endpointsOf(product).filter(({ name }) => classify(name)?.allow !== undefined);
    expect(allowed.length).toBeGreaterThan(30);
    for (const { name, method, path, target } of allowed) {
      const code = refusalOf(() => plan(requestOf(method, target), context[product]));
      const unknown = code === 'method' || code === 'malformed_path' || (code === 'forbidden' && !isSealedForm(path));
      expect({ name, path, method, unknown }).toEqual({ name, path, method, unknown: !isRoutedForm(name, path) });
    }
  });

  it('has a route for each operation that it allows, and allows each route', () => {
    const allowed = PRODUCTS.flatMap((product) =>
      Object.keys(publishedOperations(product).operations).flatMap((name) => classify(name)?.allow ?? []),
    );
    expect(new Set(allowed)).toEqual(new Set(ROUTES.map(({ name }) => name)));
  });
});

/** These are refused for the id, which is none of ours. */
function isSealedForm(path: string): boolean {
  return path.includes('{scroll_id}');
}
