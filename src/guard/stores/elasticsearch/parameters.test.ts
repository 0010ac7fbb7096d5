import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationOf, isCount, keepAliveOf, readerOf } from './parameters.ts';
import { ROUTES } from './routes/table.ts';
import { compatGrantOf, contextOf, foundOf, jsonOf, plan, refusalOf, requestOf, storeOf } from './testing/fixture.ts';

const codeOf = (query: string, path = '/profiles/_search') =>
  refusalOf(() => plan(requestOf('GET', `${path}?${query}`)));

describe('query parameters', () => {
  it.each([
    ['B035', 'source=%7B%7D&source_content_type=application/json'],
    ['B035', 'source=%7B%7D'],
    ['B037', 'q=ssn:*'],
    ['B038', 'df=phone'],
    ['B038', 'analyzer=standard'],
    ['B038', 'lenient=true'],
    ['B038', 'default_operator=OR'],
    ['B042', 'profile=true'],
    ['B044', 'format=cbor'],
    ['B044', 'format=yaml'],
    ['B046', 'preference=_only_nodes:a'],
    ['B046', 'preference=_shards:0'],
    ['B046', 'preference=_local'],
    ['B046', 'routing=t2'],
    ['B047', 'size=-1'],
    ['B047', 'size=1e3'],
    ['B047', 'size=0x64'],
    ['B047', 'size=%D9%A3'],
    ['B047', 'size='],
    ['B047', 'size=01'],
    ['B047', 'size=99999999999'],
    ['B049', 'size=1&size=2'],
    ['B049', '_source=name&_source=ssn'],
    ['B051', '_SOURCE=ssn'],
    ['B051', '%5Bsize%5D=1'],
    ['B053', 'search_pipeline=x'],
    ['B054', 'suggest_field=phone&suggest_text=9'],
    ['B057', 'x=1'],
    ['B057', 'search_type=dfs_query_then_fetch'],
    ['B057', 'expand_wildcards=closed'],
    ['B057', 'ignore_unavailable=1'],
    ['B057', 'ccs_minimize_roundtrips=maybe'],
    ['B057', 'stats=group'],
    ['B057', '__proto__=1'],
    ['B057', 'constructor=1'],
  ])('%s: %s is refused', (_case, query) => {
    expect(codeOf(query)).toBe('malformed_parameter');
  });

  it.each([
    ['B047 a page beyond the rule', 'size=101', 'too_costly'],
    ['B047 a window beyond the rule', 'from=999999', 'too_costly'],
    ['B040 a field loader', 'docvalue_fields=phone', 'forbidden'],
    ['B040 a stored field', 'stored_fields=phone', 'malformed_parameter'],
    ['B042 an explanation', 'explain=true', 'unsupported_option'],
    ['B042 versions', 'version=true', 'unsupported_option'],
    ['B042 sequence numbers', 'seq_no_primary_term=true', 'unsupported_option'],
    ['B041 a sort over what is not listed', 'sort=ssn:asc', 'forbidden'],
    ['B050 a semicolon', 'size=1;q=ssn:1', 'malformed_parameter'],
  ])('%s is refused: %s', (_name, query, code) => {
    expect(codeOf(query)).toBe(code);
  });

  it.each([
    'pretty',
    'pretty=true&human=false&error_trace=true&include_source_on_error=true',
    'format=json',
    'ignore_unavailable=true&allow_no_indices=true&expand_wildcards=open,hidden&ignore_throttled=false',
    'search_type=query_then_fetch&batched_reduce_size=512&ccs_minimize_roundtrips=true&max_concurrent_shard_requests=5&pre_filter_shard_size=128',
    'request_cache=true',
    'size=1&from=2',
    'scroll=1m',
    'filter_path=hits.hits._source',
  ])('what clients say of themselves is taken: %s', (query) => {
    expect(codeOf(query)).toBe('planned');
  });

  it('B043, B046, B052, B056 reach the store in no word', async () => {
    const query =
      'pretty&human&error_trace=true&format=json&filter_path=took&ignore_unavailable=true&expand_wildcards=all&request_cache=true&batched_reduce_size=512';
    const store = storeOf(() => ({ json: foundOf({}) }));
    await plan(requestOf('GET', `/profiles/_search?${query}`)).run(store);
    expect(store.sent[0]?.path).toBe('/profiles/_search?request_cache=false');
  });

  it('B043 filter_path narrows what the client may see, and nothing else', async () => {
    const store = storeOf(() => ({ json: foundOf({ a: { tenant: 't1', name: 'Ann', ssn: 'CANARY' } }) }));
    const ask = async (path: string) =>
      jsonOf(await plan(requestOf('GET', `/profiles/_search?filter_path=${path}`)).run(store));
    expect(await ask('hits.hits._source')).toEqual({ hits: { hits: [{ _source: { tenant: 't1', name: 'Ann' } }] } });
    expect(await ask('hits.hits._source.ssn')).toEqual({});
    expect(await ask('took')).toEqual({ took: 3 });
  });

  it('B045 a scroll needs its own operation, and a life that the rule gives', () => {
    expect(codeOf('scroll=6m')).toBe('too_costly');
    expect(codeOf('scroll=-1')).toBe('malformed_parameter');
    const searcher = contextOf({ grants: [compatGrantOf({ operations: new Set(['search'] as const) })] });
    expect(refusalOf(() => plan(requestOf('GET', '/profiles/_search?scroll=1m'), searcher))).toBe('forbidden');
  });

  it.each([
    ['GET', '/profiles/_doc/1'],
    ['HEAD', '/profiles/_doc/1'],
    ['GET', '/profiles/_source/1'],
  ])('B040, B046 of %s %s choose neither parts nor shards nor versions', (method, path) => {
    for (const query of [
      '_source=ssn',
      '_source_includes=ssn',
      'stored_fields=phone',
      'routing=x',
      'preference=x',
      'version=3',
      'refresh=true',
    ])
      expect(refusalOf(() => plan(requestOf(method, `${path}?${query}`)))).toBe('malformed_parameter');
    expect(refusalOf(() => plan(requestOf(method, `${path}?realtime=true`)))).toBe('planned');
  });

  it('each have a reader in every route that lists them', () => {
    for (const { parameters } of ROUTES) for (const name of parameters) expect(readerOf(name)).toBeTypeOf('function');
    expect(() => readerOf('q')).toThrow('no reader');
  });
});

describe('values', () => {
  it('counts are plain decimals of an int', () => {
    expect(['0', '1', '2147483647'].every(isCount)).toBe(true);
    expect(['', '-1', '+1', '1.0', '1e3', '00', ' 1', '2147483648', '٣'].some(isCount)).toBe(false);
  });

  it('times are read as the stores read them, to the millisecond', () => {
    expect(durationOf('1m')).toBe(60_000);
    expect(durationOf('30s')).toBe(30_000);
    expect(durationOf('500ms')).toBe(500);
    expect(durationOf('2h')).toBe(7_200_000);
    expect(durationOf('1d')).toBe(86_400_000);
    for (const odd of ['', 'm', '1', '-1', '0', '0s', '1.5m', '1M', '1 m', '1m ', '123456789s', '1micros', '１m'])
      expect(durationOf(odd)).toBeUndefined();
  });

  it('times never outlast the rule', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 10 }), fc.nat(1_000_000), (text, limit) => {
        try {
          const life = keepAliveOf(text, limit);
          return life > 0 && life <= limit;
        } catch {
          return true;
        }
      }),
    );
    expect(keepAliveOf('5m', 300_000)).toBe(300_000);
    expect(() => keepAliveOf('301s', 300_000)).toThrow();
  });
});
