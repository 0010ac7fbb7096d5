/** C. Body encoding and what readers of JSON disagree about. */
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { type BypassCase, bodies, each } from './case.ts';

const search = '/profiles/_search';
const deep = (depth: number) => `${'{"bool":{"must":'.repeat(depth)}{"match_all":{}}${'}}'.repeat(depth)}`;
const typed = (...values: string[]) =>
  values.map((value) => ({ target: search, body: '{}', headers: [['Content-Type', value]] as const }));

export const SECTION_C: readonly BypassCase[] = [
  {
    id: 'B058',
    title: 'a duplicate key',
    precedent: 'JSON.parse keeps the last; Elasticsearch refuses; other versions differ',
    attempts: bodies(
      'refused-400',
      '{"query":{"term":{"tenant":"t1"}},"query":{"match_all":{}}}',
      '{"size":1,"size":100}',
      '{"query":{"bool":{"filter":[],"filter":[{"match_all":{}}]}}}',
    ),
  },
  {
    id: 'B059',
    title: 'a duplicate key by an escape',
    precedent: 'own',
    attempts: bodies(
      'refused-400',
      '{"query":{"match_all":{}},"\\u0071uery":{"match_all":{}}}',
      '{"\\u0073ize":1,"size":2}',
    ),
  },
  {
    id: 'B060',
    title: 'keys of the prototype',
    precedent: 'own',
    attempts: bodies(
      'refused-400',
      '{"__proto__":{"size":9999}}',
      '{"constructor":{"prototype":{"size":1}}}',
      '{"query":{"__proto__":{"match_all":{}}}}',
      '{"\\u005f_proto__":{"size":1}}',
    ),
  },
  {
    id: 'B061',
    title: 'comments',
    precedent: 'Elasticsearch allows comments',
    attempts: bodies(
      'refused-400',
      '{"size":1/*,"query":{"match_all":{}}*/}',
      '{"size":1} // x',
      '# x\n{}',
      '{"size":/**/1}',
    ),
  },
  {
    id: 'B062',
    title: 'data after the document',
    precedent: 'own',
    attempts: bodies('refused-400', '{"size":1}{"query":{"match_all":{}}}', '{} garbage', '{}\0', '{},', '{}[]'),
  },
  {
    id: 'B064',
    title: 'integers beyond 2^53',
    precedent: 'own',
    attempts: [
      ...bodies('rewritten', '{"query":{"term":{"age":9007199254740993}}}').map((one) => ({
        ...one,
        check: ({ upstream }: { upstream: { body: string | null }[] }) =>
          expect(upstream[0]?.body).toContain('9007199254740993'),
      })),
      ...bodies('rewritten', '{"sort":[{"age":"asc"}],"search_after":[9007199254740993]}').map((one) => ({
        ...one,
        check: ({ upstream }: { upstream: { body: string | null }[] }) =>
          expect(upstream[0]?.body).toContain('[9007199254740993]'),
      })),
    ],
  },
  {
    id: 'B065',
    title: 'the range of numbers',
    precedent: 'JSONTestSuite i_number_*',
    attempts: bodies(
      'refused-400',
      '{"query":{"range":{"age":{"gte":1e400}}}}',
      `{"query":{"term":{"age":${'9'.repeat(400)}}}}`,
      '{"size":NaN}',
      '{"size":Infinity}',
      '{"size":01}',
      '{"size":+1}',
      '{"size":.5}',
      '{"size":0x10}',
    ),
  },
  {
    id: 'B066',
    title: 'depth and size',
    precedent: 'CVE-2023-31419',
    attempts: [
      ...bodies(
        'refused-400',
        '['.repeat(10_000),
        `{"query":${deep(10_000)}}`,
        `{"query":${deep(40)}}`,
        `{"a":${'['.repeat(100_000)}`,
      ),
      ...bodies('refused', `{"query":{"term":{"city":"${'x'.repeat(2_000_000)}"}}}`),
    ],
  },
  {
    id: 'B067',
    title: 'invalid Unicode',
    precedent: 'JSONTestSuite i_string_*',
    attempts: bodies(
      'refused-400',
      '{"query":{"term":{"city":"\\ud800"}}}',
      '{"query":{"term":{"city":"\\udc00x"}}}',
      Buffer.from([...Buffer.from('{"query":{"term":{"city":"'), 0xff, ...Buffer.from('"}}}')]),
      Buffer.from([...Buffer.from('{"query":{"term":{"city":"'), 0xc0, 0xaf, ...Buffer.from('"}}}')]),
      Buffer.from([0xef, 0xbb, 0xbf, ...Buffer.from('{}')]),
      Buffer.from('{}', 'utf16le'),
    ),
  },
  {
    id: 'B069',
    title: 'content types and charsets',
    precedent: 'Elasticsearch: media types',
    attempts: each(
      'refused',
      ...typed(
        'application/json;charset=utf-7',
        'application/json/yaml',
        'application/yaml',
        'application/cbor',
        'application/smile',
        'text/plain',
        'application/x-www-form-urlencoded',
        'application/json, application/yaml',
      ),
      {
        target: search,
        body: '{}',
        headers: [
          ['Content-Type', 'application/json'],
          ['Content-Type', 'application/yaml'],
        ],
      },
    ),
  },
  {
    id: 'B070',
    title: 'a compressed request',
    precedent: 'Netty CVE-2025-58057',
    attempts: [
      ...['gzip, gzip', 'deflate', 'br', 'zstd', 'compress', 'x-gzip', 'identity, gzip'].map((coding) => ({
        expect: 'refused' as const,
        sent: { target: search, body: gzipSync('{}'), headers: [['Content-Encoding', coding]] as const },
      })),
      // One coding is undone by the listener, within bounds; a request that comes here still coded is refused.
      {
        expect: 'refused',
        sent: { target: search, body: gzipSync('{"query":{"match_all":{}}}'), headers: [['Content-Encoding', 'gzip']] },
      },
      {
        expect: 'refused',
        sent: { target: search, body: gzipSync(Buffer.alloc(10_000_000, 32)), headers: [['Content-Encoding', 'gzip']] },
      },
    ],
  },
  {
    id: 'B071',
    title: 'GET, DELETE and HEAD with a body',
    precedent: 'own',
    attempts: [
      ...each('rewritten', { method: 'GET', target: search, body: { query: { term: { city: 'Lyon' } } } }).map(
        (one) => ({
          ...one,
          check: ({ upstream }: { upstream: { method: string }[] }) =>
            expect(upstream.map(({ method }) => method)).toEqual(['POST']),
        }),
      ),
      ...each(
        'refused',
        { method: 'HEAD', target: search, body: {} },
        { method: 'HEAD', target: '/profiles/_doc/v1', body: {} },
      ),
    ],
  },
  {
    id: 'B072',
    title: 'a body where none belongs',
    precedent: 'own',
    attempts: each(
      'refused-400',
      { method: 'GET', target: '/profiles/_doc/v1', body: {} },
      { method: 'GET', target: '/', body: {} },
      { method: 'DELETE', target: '/profiles/_doc/v1', as: 'W', body: {} },
    ),
  },
  {
    id: 'B073',
    title: 'the frame of NDJSON',
    precedent: 'own',
    attempts: [
      ...[
        '{"index":"profiles"}\r\n{}\r\n',
        '{"index":"profiles"}\n{}',
        '{"index":"profiles"}\n\n{}\n',
        '{"index":"profiles"}\u2028{}\n',
        '{"index":"profiles"}\0\n{}\n',
        '["profiles"]\n{}\n',
        '{"index":"profiles"}\n',
        '\n{"index":"profiles"}\n{}\n',
        '{"index":"profiles"} {"index":"orders"}\n{}\n',
        '{"index":\n"profiles"}\n{}\n',
      ].map((body) => ({ expect: 'refused-400' as const, sent: { target: '/_msearch', ndjson: true, body } })),
      // A line separator inside a string is a character, not the end of a line.
      {
        expect: 'filtered',
        sent: {
          target: '/_msearch',
          ndjson: true,
          body: '{"index":"profiles"}\n{"query":{"term":{"city":"a\u2028b"}}}\n',
        },
      },
    ],
  },
  {
    id: 'B074',
    title: 'case and other names of keys',
    precedent: 'Elasticsearch: parse fields',
    attempts: bodies(
      'refused-400',
      { Query: { match_all: {} } },
      { _SOURCE: ['ssn'] },
      { aggs: {}, aggregations: {} },
      { 'query ': { match_all: {} } },
    ),
  },
];
