/** Search engines as a service: Algolia, Meilisearch, Typesense, Elastic Cloud, Bonsai, Searchly. */
import { Buffer } from 'node:buffer';
import type { StoreFamily, StoreName } from './store-family.ts';

/**
 * A Cloud ID names a deployment: `name:base64`, the base64 of `domain[:port]$elasticsearch-id[$kibana-id]`.
 * https://www.elastic.co/docs/deploy-manage/deploy/elastic-cloud/find-cloud-id
 */
export function decodeCloudId(encoded: string): StoreName | undefined {
  const plain = Buffer.from(encoded, 'base64').toString('latin1');
  const match =
    /^([a-z0-9](?:[a-z0-9.-]{3,80})\.[a-z]{2,10})(?::(\d{2,5}))?\$([a-z0-9-]{8,64})(?:\$[a-z0-9-]{0,64})?$/.exec(plain);
  const [, domain, port, id] = match ?? [];
  if (domain === undefined || id === undefined) return undefined;
  const host = `${id}.${domain}`;
  return { id, url: `https://${host}${port === undefined || port === '443' ? '' : `:${port}`}`, host };
}

/** A Cloud ID of an invented deployment, for the examples. */
const CLOUD_ID = `bluemarket:${Buffer.from('eu-west-1.aws.found.io$0123456789abcdef0123456789abcdef$fedcba9876543210').toString('base64')}`;

const OPEN_INDEX = 'every index, where its security is off or the key of the package may read all';

export const search: StoreFamily = {
  name: 'search',
  kinds: {
    algolia: {
      holds: 'records',
      reach: 'with the search key of the package: every index that the key may search, record by record',
    },
    meilisearch: { holds: 'records', reach: OPEN_INDEX },
    typesense: {
      holds: 'records',
      reach: 'with the key of the package: every collection it may search',
    },
    'elastic-cloud': {
      holds: 'records',
      reach: 'with a key or password of the package: every index it may read',
    },
    bonsai: { holds: 'records', reach: OPEN_INDEX },
    searchly: { holds: 'records', reach: OPEN_INDEX },
    'elastic-app-search': {
      holds: 'records',
      reach: 'with the search key of the package: every document of its engine',
    },
  },
  hosts: [
    {
      kind: 'algolia',
      domains: ['algolia.net', 'algolianet.com', 'algolia.io'],
      host: /^([a-z0-9]{10})(?:-dsn|-\d)?\.(?:algolia\.net|algolianet\.com|algolia\.io)$/,
      source: 'https://www.algolia.com/doc/rest-api/search',
      examples: {
        is: {
          'https://abcdef0123-dsn.algolia.net/1/indexes': 'abcdef0123',
          'https://abcdef0123-1.algolianet.com': 'abcdef0123',
        },
        not: ['https://www.algolia.com/', 'https://insights.algolia.io/', 'https://places-dsn.algolia.net/'],
      },
    },
    {
      kind: 'meilisearch',
      domains: ['meilisearch.io', 'meilisearch.com'],
      host: /^(ms-[0-9a-f]{8,16}-\d{1,8})\.(?:[a-z]{3}|[a-z]{2}-[a-z]{3,9}-\d)\.meilisearch\.(?:io|com)$/,
      source: 'https://www.meilisearch.com/docs/learn/getting_started/cloud_quick_start',
      examples: {
        is: { 'https://ms-0123456789ab-1234.fra.meilisearch.io/indexes/orders/search': 'ms-0123456789ab-1234' },
        not: ['https://www.meilisearch.com/docs', 'https://cloud.meilisearch.com/'],
      },
    },
    {
      kind: 'typesense',
      domains: ['typesense.net'],
      host: /^([a-z0-9]{10,24})(?:-\d)?\.a\d\.typesense\.net$/,
      source: 'https://cloud.typesense.org/',
      examples: {
        is: { 'https://abcdefghij012345-1.a1.typesense.net/collections': 'abcdefghij012345' },
        not: ['https://typesense.net/'],
      },
    },
    {
      kind: 'elastic-cloud',
      domains: ['elastic-cloud.com', 'found.io', 'es.io'],
      host: /^([a-z0-9-]{8,80})\.(?:(?:es|kb|ent-search|apm)\.)?[a-z0-9-]{3,40}\.(?:(?:aws|gcp|azure)\.)?(?:elastic-cloud\.com|elastic\.cloud|found\.io|cloud\.es\.io)$/,
      source: 'https://www.elastic.co/guide/en/cloud/current/',
      examples: {
        is: {
          'https://bluemarket.es.europe-west3.gcp.cloud.es.io:9243': 'bluemarket',
          'https://0123456789abcdef0123456789abcdef.eu-west-1.aws.found.io:9243/': '0123456789abcdef0123456789abcdef',
        },
        not: ['https://cloud.elastic.co/', 'https://found.io/'],
      },
    },
    {
      kind: 'elastic-cloud',
      domains: ['elastic.cloud'],
      host: /^([a-z0-9-]{4,80})\.(?:(?:es|kb|ingest)\.)[a-z0-9-]{3,40}\.(?:aws|gcp|azure)\.elastic\.cloud$/,
      source: 'https://www.elastic.co/docs/solutions/search/serverless-elasticsearch-get-started',
      examples: {
        is: { 'https://bluemarket-a1b2c3.es.eu-west-1.aws.elastic.cloud': 'bluemarket-a1b2c3' },
        not: ['https://elastic.cloud/'],
      },
    },
    {
      kind: 'bonsai',
      domains: ['bonsaisearch.net', 'bonsai.io'],
      host: /^([a-z0-9-]{4,80})\.(?:[a-z0-9-]{2,20}\.)?bonsai(?:search\.net|\.io)$/,
      not: /^(?:docs|status|app|api|blog)$/,
      source: 'https://docs.bonsai.io/',
      examples: {
        is: { 'https://bluemarket-123.eu-west-1.bonsaisearch.net': 'bluemarket-123' },
        not: ['https://docs.bonsai.io/', 'https://bonsai.io/'],
      },
    },
    {
      kind: 'searchly',
      domains: ['searchly.com'],
      host: /^([a-z0-9-]{4,40})\.(?:[a-z0-9-]{2,12}\.)?searchly\.com$/,
      source: 'http://www.searchly.com/docs/',
      examples: {
        is: { 'https://dori-us-east-1.searchly.com/orders': 'dori-us-east-1' },
        not: ['http://www.searchly.com/docs/'],
      },
    },
    {
      kind: 'elastic-app-search',
      domains: ['swiftype.com', 'ent-search.io'],
      host: /^(host-[a-z0-9]{6})\.api\.swiftype\.com$/,
      source: 'https://swiftype.com/documentation/app-search/',
      examples: {
        is: { 'https://host-a1b2c3.api.swiftype.com/api/as/v1/': 'host-a1b2c3' },
        not: ['https://api.swiftype.com/'],
      },
    },
  ],
  values: [
    {
      kind: 'elastic-cloud',
      mark: { has: ':', least: 44 },
      value: /^[\w .-]{0,80}:([A-Za-z0-9+/]{40,240}={0,2})$/,
      read: ([, encoded]) => (encoded === undefined ? undefined : decodeCloudId(encoded)),
      source: 'https://www.elastic.co/docs/deploy-manage/deploy/elastic-cloud/find-cloud-id',
      examples: {
        is: { [CLOUD_ID]: '0123456789abcdef0123456789abcdef' },
        not: [
          'sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
          'bluemarket:ZXUtd2VzdC0xLmF3cy5mb3VuZC5pb3dpdGhvdXRhbnlkb2xsYXI=',
        ],
      },
    },
  ],
  names: [
    {
      kind: 'algolia',
      keys: [
        'algolia_app_id',
        'algoliaAppId',
        'ALGOLIA_APP_ID',
        'algolia_application_id',
        'algoliaApplicationId',
        'ALGOLIA_APPLICATION_ID',
        'AlgoliaAppId',
        'AlgoliaApplicationID',
        'algoliaAppID',
      ],
      value: /^([A-Z0-9]{10})$/,
      read: ([, id]) =>
        id === undefined
          ? undefined
          : {
              id: id.toLowerCase(),
              url: `https://${id.toLowerCase()}-dsn.algolia.net`,
              host: `${id.toLowerCase()}-dsn.algolia.net`,
            },
      source: 'https://www.algolia.com/doc/guides/security/api-keys/',
      examples: {
        is: { 'algolia_app_id=ABCDEF0123': 'abcdef0123' },
        not: ['algolia_app_id=your_app_id', 'app_id=ABCDEF0123'],
      },
    },
  ],
};
