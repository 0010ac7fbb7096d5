import { describe, expect, it } from 'vitest';
import { endpointsOf } from './openapi.ts';

const get = {};

describe('an API description', () => {
  it('of OpenAPI 3 gives operations with one id, their lists, and the prefix of its server', () => {
    const document = {
      openapi: '3.0.3',
      servers: [{ url: 'https://api.example.com/v2/' }],
      paths: {
        '/orders': { get },
        '/orders/{orderId}': { $ref: '#/components/pathItems/order' },
        '/orders/{orderId}/items/{itemId}': { get },
        '/users/{id}/profile': { get },
        '/search': { get: { parameters: [{ $ref: '#/components/parameters/q' }] } },
        '/search/{term}': { get },
        '/reports/{id}': { get: { parameters: [{ name: 'X-Tenant', in: 'header', required: true }] } },
        '/dates/{day}': { get: { parameters: [{ name: 'zone', in: 'query', required: true }] } },
        '/webhooks/{id}': { post: {} },
      },
      components: {
        pathItems: { order: { get: { parameters: [{ name: 'orderId', in: 'path', required: true }] } } },
        parameters: { q: { name: 'q', in: 'query', required: true } },
      },
    };
    expect(endpointsOf(document)).toEqual({
      prefix: '/v2',
      endpoints: [
        { path: '/orders/{orderId}', list: '/orders' },
        { path: '/users/{id}/profile', list: '/users' },
        { path: '/search/{term}' },
        { path: '/reports/{id}' },
      ].map((one) => (one.path === '/users/{id}/profile' ? { path: one.path } : one)),
      notTested: [
        'GET /orders/{orderId}/items/{itemId}: it has more than one parameter',
        'GET /dates/{day}: it has further required parameters',
      ],
    });
  });

  it('of Swagger 2 has its base path', () => {
    expect(endpointsOf({ swagger: '2.0', basePath: '/api', paths: { '/a/{id}': { get }, '/a': { get } } })).toEqual({
      prefix: '/api',
      endpoints: [{ path: '/a/{id}', list: '/a' }],
      notTested: [],
    });
  });

  it('is asked in part when it is long, and says so', () => {
    const paths = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`/r${index}/{id}`, { get }]));
    const described = endpointsOf({ openapi: '3.1.0', paths }, 5);
    expect(described?.endpoints).toHaveLength(5);
    expect(described?.notTested).toHaveLength(21);
    expect(described?.notTested.at(-1)).toBe('15 more operations of the API’s description');
  });

  it('of hostile form ends in nothing, not in a loop, and follows no reference outside', () => {
    const loop = { $ref: '#/paths/~1a' };
    expect(
      endpointsOf({ openapi: '3.0.0', paths: { '/a': loop, '/a/{id}': { $ref: '#/paths/~1a' } } })?.endpoints,
    ).toEqual([]);
    expect(
      endpointsOf({ openapi: '3.0.0', paths: { '/a/{id}': { $ref: 'https://other.example/a.yaml' } } })?.endpoints,
    ).toEqual([]);
    expect(endpointsOf({ openapi: '3.0.0', paths: { '/a/{id}': { $ref: '#/constructor' } } })?.endpoints).toEqual([]);
    const odd = endpointsOf({
      openapi: '3.0.0',
      servers: [{ url: '{scheme}://x' }],
      paths: { '/a b/{id}': { get }, '/a\r\n/{id}': { get }, '/a/{id}?x': { get } },
    });
    expect(odd).toEqual({ prefix: '', endpoints: [], notTested: ['3 more operations of the API’s description'] });
    for (const wrong of [null, [], 'x', {}, { paths: {} }, { openapi: '2', paths: {} }, { openapi: '3.0.0' }]) {
      expect(endpointsOf(wrong)).toBeUndefined();
    }
  });
});
