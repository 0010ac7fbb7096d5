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
