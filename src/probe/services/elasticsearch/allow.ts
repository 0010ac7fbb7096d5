import { type AllowList, allowHttp } from '../../../net/allow-list.ts';

/**
 * One index by its exact name, as `encodeURIComponent` writes it: no `_all` (or `%5Fall`), no wildcard, no list, no date
 * math, no further path segment.
 */
const INDEX = "(?![_.-]|%2B)(?:[A-Za-z0-9_.~!'()-]|%(?:2[456B]|3[BD]|40|5[BDE]|60|7[BDF]|[89A-F][0-9A-F])){1,255}";

/** What both search engines are asked. */
const SHARED: readonly [string, RegExp][] = [
  ['GET / – product and version', /\//],
  [
    'GET /_cat/indices?format=json&bytes=b&h=index,docs.count,store.size,status – names, counts and sizes of indices',
    /\/_cat\/indices\?format=json&bytes=b&h=index,docs\.count,store\.size,status(?:&expand_wildcards=open)?/,
  ],
  ['GET /<random> – the control request, which must fail', /\/[a-z][0-9a-f]{15}/],
  [
    'GET /<index>/_search?size=0&terminate_after=1 – whether documents may be read, without reading one',
    new RegExp(`\\/${INDEX}\\/_search\\?size=0&terminate_after=1`),
  ],
  [
    'GET /_search?size=0 – where the list of indices is refused: whether a search over all is answered, without documents',
    /\/_search\?size=0/,
  ],
  ['GET /<index>/_mapping – field names', new RegExp(`\\/${INDEX}\\/_mapping`)],
  [
    'GET /_cat/plugins?format=json&h=component – whether a plug-in guards writing',
    /\/_cat\/plugins\?format=json&h=component/,
  ],
  [
    'GET /_all/_settings/index.blocks.* – read-only indices',
    /\/_all\/_settings\/index\.blocks\.\*\?flat_settings=true/,
  ],
];

const ELASTICSEARCH: readonly [string, RegExp][] = [
  ['GET /_xpack?categories=features – whether security is switched on', /\/_xpack\?categories=features/],
  ['GET /_security/user/_privileges – what the anonymous user may do', /\/_security\/user\/_privileges/],
];

const OPENSEARCH: readonly [string, RegExp][] = [
  ['GET /_plugins/_security/authinfo – the roles of the anonymous user', /\/_plugins\/_security\/authinfo/],
];

function listOf(requests: readonly [string, RegExp][]): AllowList {
  return allowHttp(
    requests.map(([describes]) => describes),
    requests.map(([, path]) => path),
  );
}

export const elasticsearchAllow = listOf([...SHARED, ...ELASTICSEARCH]);
export const opensearchAllow = listOf([...SHARED, ...OPENSEARCH]);

/** The positive controls: who the owner's login is; behind a gateway that has no such handler, the banner. */
export const elasticsearchControlAllow = allowHttp(
  ['GET /_security/_authenticate with the owner’s credentials, else GET / – that the authorized way works'],
  [/\/_security\/_authenticate/, /\//],
);
export const opensearchControlAllow = allowHttp(
  ['GET /_plugins/_security/authinfo with the owner’s credentials, else GET / – that the authorized way works'],
  [/\/_plugins\/_security\/authinfo/, /\//],
);
