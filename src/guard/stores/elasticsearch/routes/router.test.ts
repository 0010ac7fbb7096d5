import { describe, expect, it } from 'vitest';
import { compatGrantOf, contextOf, linesOf, plan, refusalOf, requestOf, storeOf } from '../testing/fixture.ts';

const context = contextOf();
const trusted = contextOf({ grants: [compatGrantOf()] });

function codeOf(method: string, target: string, body?: unknown, headers?: Record<string, string>): string {
  return refusalOf(() => plan(requestOf(method, target, body, headers), context));
}

describe('the routes', () => {
  it.each([
    ['B003 an encoded _all in the place of an index', '/%5Fall/_search', 'planned'],
    ['B004 a star', '/*/_search', 'planned'],
    ['B004 an encoded star', '/%2A/_search', 'planned'],
    ['B011 a leading empty segment', '//_search', 'malformed_path'],
    ['B011 an empty index', '//profiles/_search', 'malformed_path'],
    ['B012 an inner empty segment', '/profiles//_search', 'malformed_path'],
    ['B013 trailing slashes', '/profiles/_search///', 'malformed_path'],
    ['B014 dot segments', '/profiles/../orders/_search', 'malformed_path'],
    ['B014 encoded dot segments', '/profiles/%2e%2e/orders/_search', 'malformed_path'],
    ['B014 a dot', '/./profiles/_search', 'malformed_path'],
    ['B016 an encoded slash', '/profiles%2F_search', 'malformed_path'],
    ['B016 encoded slashes and dots', '/a%2F..%2Forders/_search', 'malformed_path'],
    ['B016 an encoded slash in an index', '/a%2Forders/_search', 'malformed_index'],
    ['B016 an encoded backslash', '/profiles%5C_search', 'malformed_path'],
    ['B017 a double-encoded _all', '/%255Fall/_search', 'malformed_index'],
    ['B017 a double-encoded comma', '/profiles%252Corders/_search', 'malformed_index'],
    ['B018 a doubled percent', '/profiles%%2Corders/_search', 'malformed_path'],
    ['B018 a doubled percent in a literal', '/%%5Fall/_search', 'malformed_path'],
    ['B020 invalid UTF-8', '/%c0%af/_search', 'malformed_path'],
    ['B020 half of a surrogate pair', '/%ed%a0%80/_search', 'malformed_path'],
    ['B021 a plus', '/pro+files/_search', 'malformed_index'],
    ['B023 a fragment', '/profiles/_search#/_all/_search', 'malformed_path'],
    ['B034 an unknown endpoint', '/profiles/_new_api_in_10x', 'forbidden'],
    ['B034 an unknown endpoint without an index', '/_new_api', 'forbidden'],
    ['an index that reads like an endpoint', '/_security/_search', 'forbidden'],
    ['B029 an encoded endpoint', '/profiles/%5Fsearch', 'malformed_path'],
    ['B029 an encoded endpoint as an id', '/profiles/_doc/%5Fsearch', 'malformed_path'],
    ['B030 a typed search', '/profiles/_doc/_search', 'malformed_path'],
    ['B030 a typed document', '/profiles/user/1', 'malformed_path'],
    ['B171 a list of indices', '/_cat/indices', 'forbidden'],
    ['B171 the nodes', '/_nodes', 'forbidden'],
    ['B171 the health of an index', '/_cluster/health/profiles', 'forbidden'],
    ['B167 an index itself', '/profiles', 'forbidden'],
    ['B142 every point in time', '/_search/point_in_time/_all', 'forbidden'],
  ])('%s: GET %s is %s', (_name, target, code) => {
    expect(
      refusalOf(() => {
        plan(requestOf('GET', target), context);
      }),
    ).toBe(code);
  });

  it.each(['PATCH', 'OPTIONS', 'TRACE', 'QUERY', 'get', 'CONNECT'])('B031 knows no method %s', (method) => {
    expect(codeOf(method, '/profiles/_search')).toBe('method');
  });

  it('B031 answers a known path with another method by 405, whatever header says otherwise', () => {
    expect(codeOf('DELETE', '/profiles/_search')).toBe('method');
    expect(codeOf('PUT', '/_search')).toBe('method');
    expect(codeOf('HEAD', '/profiles/_search')).toBe('method');
    expect(codeOf('DELETE', '/profiles/_search', undefined, { 'x-http-method-override': 'GET' })).toBe('method');
  });

  it('takes an id of any characters, slashes too, and bytes that look like an endpoint only when they are not', () => {
    for (const id of ['a%2Fb', '%C3%A9', 'a%20b', '_4XoOW4BxYz', '1'])
      expect(codeOf('GET', `/profiles/_doc/${id}`)).toBe('planned');
    expect(codeOf('GET', `/profiles/_doc/${'x'.repeat(513)}`)).toBe('malformed_path');
    expect(codeOf('GET', '/profiles/_doc/_mapping')).toBe('malformed_path');
    expect(codeOf('GET', '/profiles/_doc/a%0Ab')).toBe('malformed_path');
  });

  it('prefers literals to variables', () => {
    expect(plan(requestOf('GET', '/_search'), trusted).operation).toBe('search');
    expect(codeOf('GET', '/_search/scroll')).toBe('malformed_body');
  });

  it('B072 takes no body where none belongs, and B071 reads one of a GET as that of a POST', async () => {
    expect(codeOf('GET', '/profiles/_doc/1', {})).toBe('malformed_body');
    expect(codeOf('DELETE', '/profiles/_doc/1', {})).toBe('malformed_body');
    expect(codeOf('HEAD', '/profiles/_doc/1', {})).toBe('malformed_body');
    expect(codeOf('GET', '/', {})).toBe('malformed_body');
    const store = storeOf(() => ({ status: 503, json: {} }));
    await plan(requestOf('GET', '/profiles/_search', { size: 1 }), trusted)
      .run(store)
      .catch(() => {});
    await plan(requestOf('POST', '/profiles/_search', { size: 1 }), trusted)
      .run(store)
      .catch(() => {});
    expect(store.sent[0]).toEqual(store.sent[1]);
    expect(store.sent[0]?.method).toBe('POST');
  });

  it('asks for a body where one belongs, of the right kind', () => {
    expect(codeOf('POST', '/_mget')).toBe('malformed_body');
    expect(codeOf('POST', '/_msearch')).toBe('malformed_body');
    expect(codeOf('POST', '/profiles/_search', linesOf({}))).toBe('unsupported_media');
    expect(codeOf('POST', '/profiles/_msearch', linesOf({}, {}), { 'content-type': 'application/json' })).toBe(
      'planned',
    );
  });

  it('B030 speaks only the versions of the REST API that the store has', () => {
    const ask = (dialect: 'elasticsearch-7' | 'elasticsearch-8' | 'opensearch-3', version: number) =>
      refusalOf(() =>
        plan(
          requestOf('GET', '/profiles/_search', undefined, {
            accept: `application/vnd.elasticsearch+json;compatible-with=${version}`,
          }),
          contextOf({ dialect }),
        ),
      );
    expect(ask('elasticsearch-8', 8)).toBe('planned');
    expect(ask('elasticsearch-8', 9)).toBe('planned');
    expect(ask('elasticsearch-7', 8)).toBe('malformed_request');
    // Typed routes are nobody's: refused before it is known which store is asked.
    expect(ask('elasticsearch-7', 7)).toBe('not_acceptable');
    expect(ask('opensearch-3', 8)).toBe('malformed_request');
  });
});
