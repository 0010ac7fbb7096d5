import { describe, expect, it } from 'vitest';
import { readRequest } from './read-request.ts';
import { rawRequest, refusedWith } from './testing/raw-request.ts';

const JSON_TYPE = ['Host', 'a', 'Content-Type', 'application/json'];
const body = new TextEncoder().encode('{}');

function codeOf(target: string, given = {}) {
  return refusedWith(() => readRequest(rawRequest(target, given)));
}

describe('the path', () => {
  it('is split and decoded once, with its raw segments beside it', () => {
    const read = readRequest(rawRequest('/profiles/_doc/a%2Fb%20c%C3%A9+d'));
    expect(read.segments).toEqual(['profiles', '_doc', 'a/b cé+d']);
    expect(read.rawSegments).toEqual(['profiles', '_doc', 'a%2Fb%20c%C3%A9+d']);
    expect(readRequest(rawRequest('/')).segments).toEqual([]);
  });

  it('keeps an encoded literal apart from the literal (B003, B029)', () => {
    const read = readRequest(rawRequest('/%5Fall/_search'));
    expect(read.segments[0]).toBe('_all');
    expect(read.rawSegments[0]).toBe('%5Fall');
  });

  it('decodes a doubly encoded name once only (B017)', () => {
    expect(readRequest(rawRequest('/%255Fall/_search')).segments[0]).toBe('%5Fall');
  });

  it.each([
    ['B011', '//_search'],
    ['B011', '//profiles/_search'],
    ['B012', '/profiles//_search'],
    ['B013', '/profiles/_search/'],
    ['B013', '/profiles/_search///'],
    ['B014', '/profiles/../orders/_search'],
    ['B014', '/profiles/%2e%2e/orders/_search'],
    ['B014', '/profiles/.%2E/orders/_search'],
    ['B014', '/./profiles/_search'],
    ['B014', '/profiles/_search/..'],
    ['B016', '/a%2F..%2Forders/_search'],
    ['B016', '/profiles/_doc/..%2F..%2Forders'],
    ['B016', '/profiles\\_search'],
    ['B016', '/profiles%5C_search'],
    ['B016', '/profiles%5c_search'],
    ['B018', '/profiles%%2Corders/_search'],
    ['B018', '/%%5Fall/_search'],
    ['B018', '/profiles%/_search'],
    ['B018', '/profiles%2/_search'],
    ['B018', '/profiles%2g/_search'],
    ['B018', '/profiles%u002f/_search'],
    ['B020', '/%c0%af'],
    ['B020', '/%ff'],
    ['B020', '/%ed%a0%80'],
    ['B020', '/%f4%90%80%80'],
    ['B020', '/%e2%82'],
    ['B020', '/profiles%00/_search'],
    ['B020', '/profiles%0d%0aX:1/_search'],
    ['B020', '/profiles%7f/_search'],
    ['B020', '/profiles%c2%85/_search'],
    ['B022', 'http://x/orders/_search'],
    ['B022', '*'],
    ['B022', 'a:1'],
    ['B022', 'orders/_search'],
    ['B022', ''],
    ['B023', '/profiles/_search#/_all/_search'],
    ['B023', '/profiles/_search?size=1#&size=9'],
    ['B008', '/<profiles-{now/d}>/_search'],
    ['raw', '/profiles;v=1/_search'],
    ['raw', '/profiles /_search'],
    ['raw', '/profilés/_search'],
    ['raw', '/profiles"/_search'],
    ['raw', '/profiles|orders/_search'],
    ['length', `/${'a'.repeat(9000)}`],
    ['segments', '/a'.repeat(17)],
  ])('refuses %s %s', (_case, target) => {
    expect(codeOf(target)).toMatch(/^malformed_(?:path|parameter)$/);
  });
});

describe('the query', () => {
  it('is read name by name, decoded once', () => {
    const { query } = readRequest(
      rawRequest('/_search?size=1&filter_path=hits.hits%2Ctook&pretty&sort=a+b%2Bc&q=%25&r=a=b?'),
    );
    expect([...query]).toEqual([
      ['size', '1'],
      ['filter_path', 'hits.hits,took'],
      ['pretty', ''],
      ['sort', 'a b+c'],
      ['q', '%'],
      ['r', 'a=b?'],
    ]);
    expect(readRequest(rawRequest('/_search')).query.size).toBe(0);
  });

  it.each([
    ['B049', '/_search?size=1&size=100000'],
    ['B049', '/_search?size=1&a=2&size=1'],
    ['B050', '/_search?size=1;q=ssn:1'],
    ['B051', '/_search?%5fsource=ssn'],
    ['B051', '/_search?_source%00=1'],
    ['B051', '/_search?_SOURCE=ssn'],
    ['B051', '/_search?[size]=1'],
    ['B051', '/_search?size[]=1'],
    ['B051', '/_search?si+ze=1'],
    ['B051', '/_search?=1'],
    ['B051', '/_search?&size=1'],
    ['B051', '/_search?size=1&'],
    ['B051', '/_search?'],
    ['B020', '/_search?size=%ff'],
    ['B020', '/_search?size=%00'],
    ['B020', '/_search?size=%0a'],
    ['B018', '/_search?size=%%31'],
    ['raw', '/_search?source={}'],
    ['raw', '/_search?q="a"'],
    ['count', `/_search?${Array.from({ length: 65 }, (_, at) => `a${at}=1`).join('&')}`],
  ])('refuses %s %s', (_case, target) => {
    expect(codeOf(target)).toBe('malformed_parameter');
  });
});

describe('the method', () => {
  it.each(['GET', 'POST', 'PUT', 'DELETE', 'HEAD'])('%s exists', (method) => {
    expect(codeOf('/a', { method })).toBeUndefined();
  });

  it.each(['get', 'PATCH', 'OPTIONS', 'TRACE', 'QUERY', 'CONNECT', 'GETS', ''])('%s does not (B031)', (method) => {
    expect(codeOf('/a', { method })).toBe('method');
  });

  it('cannot be overridden by a header', () => {
    const headers = ['Host', 'a', 'X-HTTP-Method-Override', 'DELETE', 'X-Method-Override', 'PUT'];
    expect(readRequest(rawRequest('/a', { headers })).method).toBe('GET');
  });
});

describe('the headers', () => {
  it.each([
    'authorization',
    'host',
    'content-type',
    'content-length',
    'transfer-encoding',
    'dpop',
    'accept',
    'content-encoding',
    'expect',
  ])('may hold %s once, in whatever case (B069, B194)', (name) => {
    const value = name === 'content-type' || name === 'accept' ? 'application/json' : 'identity';
    const headers = ['X-Other', '1', name, value, name.toUpperCase(), value, 'Host', 'a'];
    expect(codeOf('/a', { headers })).toBe('malformed_request');
  });

  it('are a hundred at most', () => {
    const headers = (count: number) => [
      'Host',
      'a',
      ...Array.from({ length: count }, (_, at) => [`x-${at}`, '1']).flat(),
    ];
    expect(codeOf('/a', { headers: headers(99) })).toBeUndefined();
    expect(codeOf('/a', { headers: headers(100) })).toBe('headers_too_large');
  });

  it('may repeat what nobody reads', () => {
    const headers = ['Host', 'a', 'X-Forwarded-For', '192.0.2.1', 'x-forwarded-for', '192.0.2.2'];
    expect(readRequest(rawRequest('/a', { headers })).headers.get('x-forwarded-for')).toBe('192.0.2.1');
  });

  it.each([
    [[]],
    [['Host', '']],
    [['Host', 'a, b']],
    [['Host', 'a b']],
    [['Host', 'user@a']],
    [['Host', 'a/b']],
    [['Host', 'a\u00e9']],
  ])('must name one host: %j', (headers) => {
    expect(codeOf('/a', { headers })).toBe('malformed_request');
  });

  it.each(['search.example.org', 'a:9200', '[::1]:9200', '192.0.2.1', 'my_host'])('take %s for a host', (host) => {
    expect(codeOf('/a', { headers: ['Host', host] })).toBeUndefined();
  });

  it('ask for no upgrade and expect nothing but to continue (B195)', () => {
    expect(codeOf('/a', { headers: ['Host', 'a', 'Upgrade', 'h2c'] })).toBe('malformed_request');
    expect(codeOf('/a', { headers: ['Host', 'a', 'Upgrade', 'websocket'] })).toBe('malformed_request');
    expect(codeOf('/a', { headers: ['Host', 'a', 'Expect', 'x'] })).toBe('malformed_request');
    expect(codeOf('/a', { headers: ['Host', 'a', 'Expect', '100-Continue'] })).toBeUndefined();
  });

  it('leave a compressed body to the listener (B070)', () => {
    for (const encoding of ['gzip', 'gzip, gzip', 'deflate', 'br', 'x-gzip', '']) {
      expect(codeOf('/a', { headers: [...JSON_TYPE, 'Content-Encoding', encoding], body })).toBe('unsupported_media');
    }
    expect(codeOf('/a', { headers: [...JSON_TYPE, 'Content-Encoding', 'identity'], body })).toBeUndefined();
  });
});

describe('the body', () => {
  it('needs its type, and says which', () => {
    expect(codeOf('/a', { method: 'POST', body })).toBe('unsupported_media');
    expect(readRequest(rawRequest('/a', { method: 'POST', headers: JSON_TYPE, body })).bodyType).toBe('json');
    const ndjson = ['Host', 'a', 'Content-Type', 'application/x-ndjson'];
    expect(readRequest(rawRequest('/a', { method: 'POST', headers: ndjson, body })).bodyType).toBe('ndjson');
  });

  it('is read with GET and DELETE as with POST, and never with HEAD (B071)', () => {
    expect(readRequest(rawRequest('/a', { headers: JSON_TYPE, body })).bodyType).toBe('json');
    expect(readRequest(rawRequest('/a', { method: 'DELETE', headers: JSON_TYPE, body })).bodyType).toBe('json');
    expect(codeOf('/a', { method: 'HEAD', headers: JSON_TYPE, body })).toBe('malformed_body');
  });

  it('has no type when it is empty', () => {
    expect(readRequest(rawRequest('/a', { headers: JSON_TYPE })).bodyType).toBeNull();
  });
});

describe('the versions of the vendor media types', () => {
  it('are the same in Content-Type and Accept', () => {
    const vendor = (version: number) => `application/vnd.elasticsearch+json; compatible-with=${version}`;
    const headers = (accept: string) => ['Host', 'a', 'Content-Type', vendor(8), 'Accept', accept];
    expect(readRequest(rawRequest('/a', { headers: headers(vendor(8)), body })).compatibleWith).toBe('8');
    expect(readRequest(rawRequest('/a', { headers: headers('*/*'), body })).compatibleWith).toBe('8');
    expect(codeOf('/a', { headers: headers(vendor(9)), body })).toBe('not_acceptable');
    expect(readRequest(rawRequest('/a', { headers: ['Host', 'a', 'Accept', vendor(9)] })).compatibleWith).toBe('9');
  });
});

describe('a request of a resource', () => {
  const typed = (target: string, given = {}) => readRequest(rawRequest(target, given), 'resource');
  const refused = (target: string, given = {}) => refusedWith(() => typed(target, given));
  const patch = (type: string) => ({ method: 'PATCH', headers: ['Host', 'a', 'Content-Type', type], body });

  it('may be a PATCH or an OPTIONS, which elsewhere there is none of (B031)', () => {
    for (const method of ['PATCH', 'OPTIONS']) {
      expect(refused('/v1/orders', { method })).toBeUndefined();
      expect(codeOf('/v1/orders', { method })).toBe('method');
    }
    for (const method of ['patch', 'TRACE', 'QUERY', 'CONNECT', '']) expect(refused('/v1', { method })).toBe('method');
    expect(refused('/v1', { method: 'OPTIONS', headers: JSON_TYPE, body })).toBe('malformed_body');
  });

  it.each(['application/merge-patch+json', 'Application/Merge-Patch+JSON; charset=utf-8'])(
    'may be %s, which elsewhere there is none of',
    (type) => {
      expect(typed('/v1/a', patch(type)).bodyType).toBe('merge-patch');
      expect(codeOf('/a', { method: 'POST', headers: ['Host', 'a', 'Content-Type', type], body })).toBe(
        'unsupported_media',
      );
    },
  );

  it.each([
    'application/json-patch+json',
    'application/merge-patch+json; charset=utf-16',
    'application/merge-patch+json, application/json',
    'application/merge-patch',
    'application/x-ndjson',
    'application/vnd.elasticsearch+json; compatible-with=8',
    'text/plain',
  ])('is no %s', (type) => {
    expect(refused('/v1/a', patch(type))).toBe('unsupported_media');
  });

  it('names parameters by field and operator, with brackets as they are or encoded', () => {
    const { query } = typed('/v1/orders?recipientId=a&placed[gte]=1&status%5Bin%5D=a%2Cb&x%5bexists]=true&a-b_C=+');
    expect([...query]).toEqual([
      ['recipientId', 'a'],
      ['placed[gte]', '1'],
      ['status[in]', 'a,b'],
      ['x[exists]', 'true'],
      ['a-b_C', ' '],
    ]);
    expect(codeOf('/v1/orders?placed[gte]=1')).toBe('malformed_parameter');
  });

  it.each([
    '?a[b]=1&a%5Bb%5D=2',
    '?a=1&a=2',
    '?a[b][c]=1',
    '?a[]=1',
    '?[a]=1',
    '?a[$ne]=1',
    '?a[B]=1',
    '?a[b=1',
    '?a%5Bb=1',
    '?a.b=1',
    '?%61=1',
    '?a%00[b]=1',
    '?a;b=1',
    '?=1',
    '?',
    '?a=%ff',
    `?${'a'.repeat(65)}=1`,
  ])('has no other names: %s (B221)', (query) => {
    expect(refused(`/v1/orders${query}`)).toBe('malformed_parameter');
  });

  it('may end the root of a version with a slash, and nothing else', () => {
    expect(typed('/v1/').segments).toEqual(['v1']);
    expect(refused('/v1/orders/')).toBe('malformed_path');
    expect(refused('//')).toBe('malformed_path');
    expect(refused('/v1//')).toBe('malformed_path');
    expect(codeOf('/v1/')).toBe('malformed_path');
  });

  it.each(['If-Match', 'If-None-Match', 'Idempotency-Key', 'Origin'])('has one %s', (name) => {
    expect(refused('/v1', { headers: ['Host', 'a', name, '"a"', name.toLowerCase(), '"b"'] })).toBe(
      'malformed_request',
    );
  });
});
