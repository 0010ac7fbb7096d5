import type { AllowList } from '../../../net/allow-list.ts';
import { allowHttp } from '../../../net/allow-list.ts';
import { allowRequests, type Placeholder, type RequestTemplate } from '../../../net/request-templates.ts';
import { FIELD, LIST, OPEN_ONLY, PEOPLE } from './requests.ts';

/**
 * One index by its exact name, as `encodeURIComponent` writes it: no `_all` (or `%5Fall`), no wildcard, no list, no date
 * math, no further path segment.
 */
const INDEX: Placeholder = {
  pattern: /(?![_.-]|%2B)(?:[A-Za-z0-9_.~!'()-]|%(?:2[456B]|3[BD]|40|5[BDE]|60|7[BDF]|[89A-F][0-9A-F])){1,255}/,
  example: 'orders',
};

const PLACEHOLDERS: Readonly<Record<string, Placeholder>> = {
  index: INDEX,
  field: { pattern: FIELD, example: 'email' },
  fields: { pattern: new RegExp(`${FIELD.source}(?:,${FIELD.source}){0,39}`), example: 'email,city' },
  most: { pattern: /[1-5]/, example: '5' },
};

/** What both search engines are asked. */
const SHARED: readonly RequestTemplate[] = [
  { path: '/', why: 'product and version' },
  { path: LIST + OPEN_ONLY, why: 'names, counts and sizes of indices' },
  { path: LIST, why: 'the same, of versions before 7.7' },
  { path: '/<nonce>', why: 'the control request, which must fail' },
  {
    path: '/<index>/_search?size=0&terminate_after=1',
    why: 'whether documents may be read, without reading one',
  },
  {
    path: '/_search?size=0',
    why: 'where the list of indices is refused: whether a search over all is answered, without documents',
  },
  { path: '/<index>/_mapping', why: 'field names and types' },
  {
    path: `/<index>/_search?${PEOPLE.before}<field>${PEOPLE.after}`,
    why: 'how many different values a field has that tells people apart, without documents',
  },
  { path: '/_cat/plugins?format=json&h=component', why: 'whether a plug-in guards writing' },
  { path: '/_all/_settings/index.blocks.*?flat_settings=true', why: 'read-only indices' },
];

export const elasticsearchAllow = allowRequests(
  [
    ...SHARED,
    { path: '/_xpack?categories=features', why: 'whether security is switched on' },
    { path: '/_security/user/_privileges', why: 'what the anonymous user may do' },
  ],
  PLACEHOLDERS,
);

export const opensearchAllow = allowRequests(
  [...SHARED, { path: '/_plugins/_security/authinfo', why: 'the roles of the anonymous user' }],
  PLACEHOLDERS,
);

/** With `--sample`. */
export const searchSampling = allowRequests(
  [
    {
      path: '/<index>/_search?size=<most>&_source_includes=<fields>&terminate_after=<most>&timeout=2s',
      why: 'up to five values of each field, classified in memory and dropped',
    },
  ],
  PLACEHOLDERS,
);

/** The positive controls: who the owner's login is; behind a gateway that has no such handler, the banner. */
export const elasticsearchControlAllow: AllowList = allowHttp(
  ['GET /_security/_authenticate with the owner’s credentials, else GET / – that the authorized way works'],
  [/\/_security\/_authenticate/, /\//],
);
export const opensearchControlAllow: AllowList = allowHttp(
  ['GET /_plugins/_security/authinfo with the owner’s credentials, else GET / – that the authorized way works'],
  [/\/_plugins\/_security\/authinfo/, /\//],
);
