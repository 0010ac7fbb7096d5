/** B. Query string. */
import { expect } from 'vitest';
import { type BypassCase, each } from './case.ts';

const search = (query: string) => `/profiles/_search?${query}`;
const searches = (...queries: string[]) => queries.map(search);

export const SECTION_B: readonly BypassCase[] = [
  {
    id: 'B035',
    title: 'the body in `source`',
    precedent: 'Elasticsearch RestRequest.contentOrSourceParam',
    attempts: each(
      'refused-400',
      search(
        'source=%7B%22query%22%3A%7B%22match_all%22%3A%7B%7D%7D%2C%22_source%22%3A%22ssn%22%7D&source_content_type=application/json',
      ),
      search('source=%7B%7D'),
      search('source_content_type=application/json'),
    ),
  },
  {
    id: 'B037',
    title: 'Lucene syntax in `q`',
    precedent: 'Elastic: search API',
    attempts: each(
      'refused-400',
      ...searches('q=ssn:CANARY*', 'q=*:*%20AND%20_exists_:phone', 'q=Lyon'),
      '/profiles/_count?q=ssn:*',
    ),
  },
  {
    id: 'B038',
    title: 'df, analyzer, lenient, default_operator',
    precedent: 'own',
    attempts: each(
      'refused-400',
      ...searches(
        'q=1&df=phone',
        'df=phone',
        'analyzer=standard',
        'lenient=true',
        'default_operator=AND',
        'analyze_wildcard=true',
      ),
    ),
  },
  {
    id: 'B040',
    title: 'fields loaded by parameter',
    precedent: 'own',
    attempts: each(
      'refused',
      ...searches(
        'stored_fields=phone',
        'docvalue_fields=phone',
        'fields=ssn',
        'docvalue_fields=*',
        'stored_fields=_source',
      ),
    ),
  },
  {
    id: 'B041',
    title: 'sort by parameter',
    precedent: 'own',
    attempts: [
      ...each('refused-403', ...searches('sort=ssn:asc', 'sort=phone.keyword', 'sort=email', 'sort=age:asc,ssn:desc')),
      ...each('refused', ...searches('sort=_script', 'sort=_id', 'sort=_seq_no')),
    ],
  },
  {
    id: 'B042',
    title: 'explain, profile, version',
    precedent: 'CVE-2021-22135',
    attempts: each('refused', ...searches('explain=true', 'profile=true', 'version=true', 'seq_no_primary_term=true')),
  },
  {
    id: 'B043',
    title: 'filter_path',
    precedent: 'own',
    attempts: each(
      'filtered',
      ...searches(
        'filter_path=hits.hits._source.phone',
        'filter_path=-_shards,-hits.total',
        'filter_path=**',
        'filter_path=hits.hits._source.*',
        'filter_path=hits.hits._source.name',
      ),
    ).map((one) => ({
      ...one,
      check: ({ upstream }) => {
        for (const { path } of upstream) expect(path).not.toContain('filter_path');
      },
    })),
  },
  {
    id: 'B044',
    title: 'the format of the answer',
    precedent: 'Elasticsearch: response formats',
    attempts: each(
      'refused',
      ...searches('format=cbor', 'format=smile', 'format=yaml'),
      { target: '/profiles/_search', headers: [['Accept', 'application/cbor']] },
      { target: '/profiles/_search', headers: [['Accept', 'application/yaml']] },
      { target: '/profiles/_search', headers: [['Accept', 'application/smile, application/cbor;q=0.5']] },
    ),
  },
  {
    id: 'B045',
    title: 'the scroll parameter',
    precedent: 'CVE-2020-7019',
    attempts: [
      {
        expect: 'filtered',
        sent: { target: search('scroll=1m'), body: {} },
        check: ({ json }) => {
          const { _scroll_id: id } = json as { _scroll_id: string };
          expect(Buffer.from(id, 'base64').toString('latin1')).not.toContain('scroll 0');
        },
      },
      ...each('refused', ...searches('scroll=1', 'scroll=9999h', 'scroll=-1m', 'scroll=')),
    ],
  },
  {
    id: 'B046',
    title: 'routing and preference',
    precedent: 'own',
    attempts: each(
      'refused-400',
      ...searches(
        'preference=_only_nodes:abc',
        'preference=_shards:0',
        'preference=_prefer_nodes:abc',
        'preference=_local',
        'routing=t2',
      ),
      '/profiles/_doc/v1?routing=t2',
    ),
  },
  {
    id: 'B047',
    title: 'tricks with size',
    precedent: 'own',
    attempts: each(
      'refused-400',
      ...searches(
        'size=1000000',
        'size=101',
        'size=-1',
        'size=1e3',
        'size=0x64',
        'size=%D9%A3',
        'from=999999',
        'from=1000&size=1',
        'size=',
        'size=1.5',
        'size=+5',
        'size=%205',
        'size=00000000000000000000005',
      ),
    ),
  },
  {
    id: 'B049',
    title: 'a repeated parameter',
    precedent: 'newer Elasticsearch keeps all values, older the last',
    attempts: each('refused-400', ...searches('size=1&size=100000', '_source=name&_source=ssn', 'size=1&siz%65=100')),
  },
  {
    id: 'B050',
    title: '`;` as a separator',
    precedent: 'Elasticsearch RestUtils.decodeQueryString',
    attempts: each('refused-400', ...searches('size=1;q=ssn:1', 'size=1%3Bq=1', ';')),
  },
  {
    id: 'B051',
    title: 'encoded and odd names',
    precedent: 'own',
    attempts: each(
      'refused-400',
      ...searches('%5fsource=ssn', '_source%00=ssn', '_SOURCE=ssn', '[size]=1', 'size[]=1', '=1', '&&', 'size'),
    ),
  },
  {
    id: 'B052',
    title: 'the request cache',
    precedent: 'DlsFlsRequestCacheTests',
    attempts: each('rewritten', ...searches('request_cache=true', 'request_cache=false')).map((one) => ({
      ...one,
      check: ({ upstream }) => {
        for (const { path } of upstream) expect(path).toContain('request_cache=false');
      },
    })),
  },
  {
    id: 'B053',
    title: 'pipelines',
    precedent: 'OpenSearch RenameFieldResponseProcessorTest',
    attempts: each(
      'refused-400',
      search('search_pipeline=x'),
      search('pipeline=x'),
      { target: '/profiles/_doc?pipeline=x', as: 'W', body: { name: 'x' } },
      { target: '/_bulk?pipeline=x', as: 'W', ndjson: true, body: [{ index: { _index: 'profiles' } }, { name: 'x' }] },
    ),
  },
  {
    id: 'B054',
    title: 'suggest in the URL',
    precedent: 'CVE-2021-22135',
    attempts: each('refused-400', search('suggest_field=phone&suggest_text=9'), search('suggest_mode=always')),
  },
  {
    id: 'B055',
    title: 'parameters that change the shape',
    precedent: 'own',
    attempts: [
      ...each('filtered', {
        target: search('rest_total_hits_as_int=true&typed_keys=true'),
        body: { aggs: { c: { terms: { field: 'city' } } } },
      }).map((one) => ({
        ...one,
        check: ({ json }: { json: unknown }) => {
          expect((json as { hits: { total: unknown } }).hits.total).toBe(12);
        },
      })),
      ...each('filtered', ...searches('pretty', 'human=true', 'pretty=true')),
    ],
  },
  {
    id: 'B056',
    title: 'detail of errors',
    precedent: 'Elasticsearch: true by default',
    attempts: each('rewritten', ...searches('error_trace=true', 'include_source_on_error=true')).map((one) => ({
      ...one,
      check: ({ upstream }) => {
        for (const { path } of upstream) expect(path).not.toMatch(/error_trace|include_source/);
      },
    })),
  },
  {
    id: 'B057',
    title: 'an unknown parameter',
    precedent: 'own',
    attempts: each(
      'refused-400',
      ...searches('x=1', 'terminate_after=1', 'force_synthetic_source=true', 'min_compatible_shard_node=7.0.0'),
    ),
  },
];
