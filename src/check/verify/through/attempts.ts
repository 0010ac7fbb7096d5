/**
 * What is asked at a gateway. All of it only reads, and asks for no document: sizes are 0, and what could be answered are
 * names and counts. The attempts are well-known ways around a filter.
 */
import type { ExactRequest } from '../../../net/index.ts';

export interface Attempt extends ExactRequest {
  /** Short, for reports. */
  readonly name: string;
  /** May be answered as well, if with no more documents than the own search has: a gateway may read `_all` as what one may see. */
  readonly narrowable?: boolean;
}

/** No document, and how many there are, to the last. */
const COUNTED = 'size=0&track_total_hits=true';

/** What the signed-in control may do: the same search that the attempts begin from. */
export function controlRequest(index: string): Attempt {
  return get('search', 'a search in the own index', `/${encodeURIComponent(index)}/_search?${COUNTED}`);
}

/** What a stranger asks: what the probe asks at the origin, and the search of the control. */
export function strangerRequests(index: string): readonly Attempt[] {
  const own = encodeURIComponent(index);
  return [
    get('banner', 'product and version', '/'),
    get('list', 'names of indices', '/_cat/indices?format=json'),
    get('search', 'a search in one index', `/${own}/_search?size=0`),
    get('search everywhere', 'a search in all indices', '/_search?size=0'),
    get('mapping', 'names of fields', `/${own}/_mapping`),
    get('absent path', 'a path that no store has', '/postern-absent-path'),
    post('posted search', 'a search with a body', `/${own}/_search`, { size: 0, query: { match_all: {} } }),
  ];
}

/** What the signed-in control asks and must not be given. */
export function bypassAttempts(index: string): readonly Attempt[] {
  const own = encodeURIComponent(index);
  const search = (name: string, describes: string, body: object) => post(name, describes, `/${own}/_search`, body);
  return [
    get('other index', 'an index that the user has no right to', '/.security/_search?size=0'),
    get('second index', 'one index more than the own', `/${own},.security/_search?size=0`),
    narrowable(get('search everywhere', 'a search in all indices', `/_search?${COUNTED}`)),
    narrowable(get('all indices', 'a search in _all', `/_all/_search?${COUNTED}`)),
    narrowable(get('encoded _all', '_all in disguise', `/%5Fall/_search?${COUNTED}`)),
    narrowable(get('wildcard', 'every index by a wildcard', `/*/_search?${COUNTED}`)),
    get('empty index', 'a path with an empty segment', `//${own}/_search?size=0`),
    search('global aggregation', 'an aggregation that leaves the filter', { size: 0, aggs: { all: { global: {} } } }),
    search('terms look-up', 'values from a document of another index', {
      size: 0,
      query: { terms: { postern: { index: '.security', id: '1', path: 'postern' } } },
    }),
    search('script field', 'a field that a script computes', {
      size: 0,
      script_fields: { postern: { script: { source: '1' } } },
    }),
    search('script query', 'a filter that a script computes', { size: 0, query: { script: { script: 'true' } } }),
    search('runtime mapping', 'a field that the request defines', {
      size: 0,
      runtime_mappings: { postern: { type: 'keyword' } },
    }),
    search('top-level knn', 'a second search beside the filtered one', {
      size: 0,
      knn: { field: 'postern', query_vector: [1], k: 1, num_candidates: 1 },
    }),
    {
      name: 'duplicate key',
      describes: 'a body that two readers read differently',
      path: `/${own}/_search`,
      body: '{"size":0,"size":0}',
    },
    get(
      'source parameter',
      'a body in the address',
      `/${own}/_search?source=${encodeURIComponent('{"size":0}')}&source_content_type=application%2Fjson`,
    ),
    post('raw scroll id', 'a scroll that the gateway did not open', '/_search/scroll', {
      scroll_id: 'DXF1ZXJ5QW5kRmV0Y2gBAAAAAAAAAD4WYm9laVYtZndUQlNsdDcwakFMNjU1QQ==',
    }),
    get('_cat/indices', 'names of indices', '/_cat/indices?format=json'),
    post('_sql', 'another query language', '/_sql?format=json', { query: 'SHOW TABLES' }),
    get('_mapping', 'names of all fields', `/${own}/_mapping`),
    get('_nodes', 'the cluster itself', '/_nodes/http'),
  ];
}

function narrowable(attempt: Attempt): Attempt {
  return { ...attempt, narrowable: true };
}

function get(name: string, describes: string, path: string): Attempt {
  return { name, describes: `GET ${path} – ${describes}`, path };
}

function post(name: string, describes: string, path: string, body: object): Attempt {
  return { name, describes: `POST ${path} – ${describes}`, path, body: JSON.stringify(body) };
}
