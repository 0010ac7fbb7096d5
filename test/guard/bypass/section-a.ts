/** A. Path and index expressions. */
import { expect } from 'vitest';
import { type BypassCase, each } from './case.ts';

const onlyProfiles: NonNullable<BypassCase['attempts'][number]['check']> = ({ upstream }) => {
  for (const { path } of upstream) expect(path).toMatch(/^\/profiles\/_search/);
};

export const SECTION_A: readonly BypassCase[] = [
  {
    id: 'B001',
    title: 'no index',
    precedent: 'Elastic: wildcard behaviour',
    attempts: each('rewritten', '/_search').map((one) => ({ ...one, check: onlyProfiles })),
  },
  {
    id: 'B002',
    title: '_all',
    precedent: 'Elastic: wildcard behaviour',
    attempts: each('rewritten', '/_all/_search').map((one) => ({ ...one, check: onlyProfiles })),
  },
  {
    id: 'B003',
    title: 'encoded _all',
    precedent: 'Elasticsearch PathTrie: decodes after matching',
    attempts: each('rewritten', '/%5Fall/_search').map((one) => ({ ...one, check: onlyProfiles })),
  },
  {
    id: 'B004',
    title: 'star and encoded star',
    precedent: 'Elastic: wildcard behaviour',
    attempts: each('rewritten', '/*/_search', '/%2A/_search', '/**/_search').map((one) => ({
      ...one,
      check: onlyProfiles,
    })),
  },
  {
    id: 'B005',
    title: 'prefix wildcard that matches more',
    precedent: 'CVE-2022-35980',
    attempts: each('rewritten', '/prof*/_search', '/*rofile*/_search').map((one) => ({ ...one, check: onlyProfiles })),
  },
  {
    id: 'B006',
    title: 'list with a forbidden member',
    precedent: 'own',
    attempts: each('refused-403', '/profiles,orders/_search', '/profiles%2Corders/_search', '/orders,profiles/_search'),
  },
  {
    id: 'B007',
    title: 'exclusion syntax',
    precedent: 'own',
    attempts: each('refused-400', '/*,-orders/_search', '/-profiles/_search', '/profiles,-orders/_search'),
  },
  {
    id: 'B008',
    title: 'date math',
    precedent: 'OpenSearch DateMathTest; x-pack 13_index_datemath.yml',
    attempts: each(
      'refused-400',
      '/%3Cprofiles-%7Bnow%2Fd%7D%3E/_search',
      '/<profiles-{now/d}>/_search',
      '/<profiles>/_search',
    ),
  },
  {
    id: 'B010',
    title: 'selector suffix',
    precedent: 'failure store',
    attempts: each(
      'refused-400',
      '/profiles::failures/_search',
      '/profiles::data/_search',
      '/profiles%3A%3Adata/_search',
    ),
  },
  {
    id: 'B011',
    title: 'leading empty segment',
    precedent: 'Elasticsearch PathTrie',
    attempts: each('refused-400', '//_search', '//profiles/_search', '///profiles/_search'),
  },
  {
    id: 'B012',
    title: 'inner empty segment',
    precedent: 'Elasticsearch PathTrie',
    attempts: each('refused-400', '/profiles//_search', '/profiles//_doc/v1'),
  },
  {
    id: 'B013',
    title: 'trailing slashes',
    precedent: 'Elasticsearch PathTrie',
    attempts: each('refused-400', '/profiles/_search/', '/profiles/_search///'),
  },
  {
    id: 'B014',
    title: 'dot segments',
    precedent: 'Envoy CVE-2019-9901',
    attempts: each(
      'refused-400',
      '/profiles/../orders/_search',
      '/profiles/%2e%2e/orders/_search',
      '/./profiles/_search',
      '/profiles/.%2e/orders/_search',
    ),
  },
  {
    id: 'B016',
    title: 'encoded slash and backslash',
    precedent: 'CVE-2021-29492 (Envoy)',
    attempts: each(
      'refused',
      '/profiles%2F_search',
      '/a%2F..%2Forders/_search',
      '/profiles\\_search',
      '/profiles%5C_search',
      '/orders%2F_search/_search',
    ),
  },
  {
    id: 'B017',
    title: 'double encoding',
    precedent: 'Envoy',
    attempts: each('refused-400', '/%255Fall/_search', '/profiles%252Corders/_search', '/%25%35%46all/_search'),
  },
  {
    id: 'B018',
    title: 'the store reads %% as %',
    precedent: 'Elasticsearch RestUtils.decode',
    attempts: each(
      'refused-400',
      '/profiles%%2Corders/_search',
      '/%%5Fall/_search',
      '/profiles%/_search',
      '/profiles%2/_search',
    ),
  },
  {
    id: 'B020',
    title: 'bad and overlong UTF-8',
    precedent: 'own',
    attempts: each('refused-400', '/%c0%af/_search', '/%ff/_search', '/%ed%a0%80/_search', '/profiles%00/_search'),
  },
  {
    id: 'B021',
    title: 'plus in the path',
    precedent: 'elastic/elasticsearch#5341',
    attempts: each('refused-400', '/pro+files/_search'),
  },
  {
    id: 'B022',
    title: 'forms of the request target',
    precedent: 'own',
    attempts: each(
      'refused',
      'http://x/orders/_search',
      { method: 'OPTIONS', target: '*' },
      { method: 'CONNECT', target: 'a:1' },
      'orders/_search',
      '',
    ),
  },
  {
    id: 'B023',
    title: 'fragment in the target',
    precedent: 'Elasticsearch RestUtils; CVE-2023-45539 (HAProxy)',
    attempts: each('refused-400', '/profiles/_search#/_all/_search', '/profiles/_search?size=1#&size=9'),
  },
  {
    id: 'B026',
    title: "an alias that matches a role's pattern",
    precedent: 'CVE-2022-35980',
    attempts: each('refused-403', '/people/_search', '/me/_search', '/me/_doc/v1', '/people/_count'),
  },
  {
    id: 'B027',
    title: 'backing index of a data stream',
    precedent: 'CVE-2022-41918',
    attempts: each('refused', '/.ds-logs-app-2026.11.22-000001/_search', '/logs-app/_search', '/.ds-*/_search'),
  },
  {
    id: 'B028',
    title: 'system and hidden indices',
    precedent: 'own',
    attempts: [
      ...each(
        'refused',
        '/.kibana/_search',
        '/.security-7/_search',
        '/.async-search/_search',
        '/.tasks/_search',
        '/.*/_search',
      ),
      ...each('refused', { target: '/.security-7/_search', as: 'admin' }, { target: '/.kibana/_search', as: 'admin' }),
    ],
  },
  {
    id: 'B029',
    title: 'a literal that is routed as a variable',
    precedent: 'Elasticsearch PathTrie',
    attempts: [
      ...each('refused', '/profiles/%5Fsearch', '/%5Fsearch', {
        method: 'POST',
        target: '/profiles/%5Fsearch',
        body: {},
      }),
      ...each('refused-400', '/profiles/_doc/%5Fsearch'),
    ],
  },
  {
    id: 'B030',
    title: 'typed routes of version 7',
    precedent: 'own',
    attempts: [
      ...each('refused', '/profiles/_doc/_search?typed_keys=1', '/profiles/user/1', '/profiles/user/_search'),
      ...each('refused', {
        target: '/profiles/_search',
        headers: [['Accept', 'application/vnd.elasticsearch+json;compatible-with=7']],
      }),
    ],
  },
  {
    id: 'B031',
    title: 'unusual methods',
    precedent: 'http-garden: methods as longest prefix',
    attempts: each(
      'refused',
      { method: 'HEAD', target: '/profiles/_search' },
      { method: 'OPTIONS', target: '/profiles/_search' },
      { method: 'PATCH', target: '/profiles/_doc/v1' },
      { method: 'TRACE', target: '/profiles/_search' },
      { method: 'QUERY', target: '/profiles/_search' },
      { method: 'get', target: '/profiles/_search' },
      { method: 'DELETE', target: '/profiles/_search', headers: [['X-HTTP-Method-Override', 'GET']] },
    ),
  },
  {
    id: 'B032',
    title: 'whether an index exists',
    precedent: 'Elastic: multi document APIs',
    attempts: each(
      'refused-403',
      '/orders/_search',
      '/nosuch/_search',
      '/canaryidx-1/_search',
      '/orders/_count',
      '/nosuch/_count',
    ).map((one) => ({
      ...one,
      check: ({ answer }) =>
        expect(answer.body).toBe(
          '{"error":{"root_cause":[{"type":"security_exception","reason":"not permitted"}],"type":"security_exception","reason":"not permitted"},"status":403}',
        ),
    })),
  },
  {
    id: 'B033',
    title: 'the index inside the body beats the URL',
    precedent: 'Elastic: URL-based access control',
    attempts: [
      {
        expect: 'filtered',
        sent: {
          target: '/profiles/_msearch',
          ndjson: true,
          body: [{ index: 'orders' }, {}, {}, { query: { match_all: {} }, size: 1 }],
        },
        check: ({ json, upstream }) => {
          const { responses } = json as { responses: { status: number }[] };
          expect(responses.map(({ status }) => status)).toEqual([403, 200]);
          expect(JSON.stringify(upstream)).not.toContain('orders');
        },
      },
    ],
  },
  {
    id: 'B034',
    title: 'an unknown route',
    precedent: 'ReadonlyREST: ES|QL leak',
    attempts: each('refused-403', '/profiles/_new_api_in_10x', '/_new_api', '/_nodes/_new', {
      method: 'POST',
      target: '/_query',
      body: {},
    }),
  },
];
