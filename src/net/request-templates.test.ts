import { describe, expect, it } from 'vitest';
import { allowRequests } from './request-templates.ts';

const list = allowRequests(
  [
    { path: '/', why: 'product' },
    { path: '/v1/<index>/_count?q={"a":1}', why: 'count' },
    { path: '/<nonce>', why: 'control' },
    { path: '/rest/v1/', headers: { apikey: '<anonKey>', authorization: 'Bearer <anonKey>' }, why: 'tables' },
    { method: 'POST', path: '/graphql', body: '{"query":"{__schema{queryType{name}}}"}', why: 'introspection' },
    { method: 'POST', path: '/p/<projectId>:run', body: '{"from":"<collection>"}', why: 'one' },
  ],
  {
    index: { pattern: /[a-z]{1,9}/, example: 'orders' },
    collection: { pattern: /[a-z]+/, example: 'users' },
    anonKey: 'identifier',
    projectId: 'identifier',
  },
);
const ask = (path: string, more: object = {}, identifiers: Record<string, string> = {}) =>
  list.permitsRequest?.({ method: 'GET', path, headers: {}, ...more }, identifiers);

describe('allowRequests', () => {
  it('permits what a template says, and nothing that only begins or ends so', () => {
    expect(ask('/')).toBe(true);
    expect(ask('/v1/orders/_count?q={"a":1}')).toBe(true);
    expect(ask('/v1/orders/_count?q={"a":1}x')).toBe(false);
    expect(ask('/v1/a/b/_count?q={"a":1}')).toBe(false);
    expect(ask('/xv1/orders/_count?q={"a":1}')).toBe(false);
    expect(ask('/x123456789abcdef')).toBe(true);
    expect(ask('/0123456789abcde1')).toBe(false);
    expect(ask('/', { method: 'HEAD' })).toBe(false);
    expect(ask('/', { body: '{}' })).toBe(false);
  });

  it('takes an identifier only where it is exactly the one in scope', () => {
    const headers = { apikey: 'abc+/=', authorization: 'Bearer abc+/=' };
    expect(ask('/rest/v1/', { headers }, { anonKey: 'abc+/=' })).toBe(true);
    expect(ask('/rest/v1/', { headers }, { anonKey: 'other' })).toBe(false);
    expect(ask('/rest/v1/', { headers }, {})).toBe(false);
    expect(ask('/rest/v1/', { headers }, { anonKey: '' })).toBe(false);
    expect(ask('/rest/v1/', { headers: { apikey: 'abc' } }, { anonKey: 'abc' })).toBe(false);
    expect(ask('/', { headers: { cookie: 'x' } })).toBe(false);
    expect(ask('/', { headers: { accept: 'application/json' } })).toBe(true);
  });

  it('lets no identifier leave its part of a path or of a body', () => {
    const post = (path: string, body: string, ids: Record<string, string>) => ask(path, { method: 'POST', body }, ids);
    const own = '{"from":"users"}';
    const wandering = { projectId: '../p/rival' };
    expect(post('/p/../p/rival:run', own, wandering)).toBe(false);
    expect(post('/p/..%2Fp%2Frival:run', own, wandering)).toBe(true);
    expect(post('/p/shop?a=:run', own, { projectId: 'shop?a=' })).toBe(false);
    expect(post('/p/..:run', own, { projectId: '..' })).toBe(false);
    const body = allowRequests([{ method: 'POST', path: '/', body: '{"app":"<appId>"}', why: 'x' }], {
      appId: 'identifier',
    });
    const may = (text: string, appId: string) =>
      body.permitsRequest?.({ method: 'POST', path: '/', headers: {}, body: text }, { appId });
    expect(may('{"app":"1:2"}', '1:2')).toBe(true);
    expect(may('{"app":"a","write":"b"}', 'a","write":"b')).toBe(false);
    expect(may('{"app":"a\\",\\"write\\":\\"b"}', 'a","write":"b')).toBe(true);
  });

  it('judges a posted body whole', () => {
    const post = (path: string, body: string, identifiers = {}) => ask(path, { method: 'POST', body }, identifiers);
    expect(post('/graphql', '{"query":"{__schema{queryType{name}}}"}')).toBe(true);
    expect(post('/graphql', '{"query":"mutation{x}"}')).toBe(false);
    expect(post('/p/shop:run', '{"from":"users"}', { projectId: 'shop' })).toBe(true);
    expect(post('/p/shop:run', '{"from":"users","x":1}', { projectId: 'shop' })).toBe(false);
    expect(post('/p/rival:run', '{"from":"users"}', { projectId: 'shop' })).toBe(false);
  });

  it('shows every request as it would be sent', () => {
    expect(list.planned?.length).toBe(6);
    expect(list.describes[1]).toBe('GET /v1/<index>/_count?q={"a":1} – count');
  });
});
