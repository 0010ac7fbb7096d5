/** Google Cloud beyond Firebase: buckets, API Gateway, Cloud SQL. */
import { BUCKET, GOOGLE_PROJECT, GOOGLE_REGION } from './patterns.ts';
import type { StoreFamily } from './store-family.ts';

export const google: StoreFamily = {
  name: 'google',
  kinds: {
    gcs: {
      holds: 'files',
      reach: 'the list of objects and each object, where `allUsers` may read the bucket',
    },
    'cloud-endpoints': {
      holds: 'code',
      reach: 'whatever the API answers without a token',
    },
    'app-engine': { holds: 'code', reach: 'whatever the app answers without a login' },
    'cloud-sql': {
      holds: 'records',
      reach: 'a login of the database, where its network lets everyone in',
    },
  },
  hosts: [
    {
      kind: 'gcs',
      domains: ['storage.googleapis.com'],
      host: new RegExp(`^(${BUCKET})\\.storage\\.googleapis\\.com$`),
      source: 'https://cloud.google.com/storage/docs/request-endpoints',
      examples: {
        is: { 'https://bluemarket-media.storage.googleapis.com/a.jpg': 'bluemarket-media' },
        not: ['https://storage.googleapis.com/'],
      },
    },
    {
      kind: 'gcs',
      domains: ['storage.googleapis.com', 'storage.cloud.google.com'],
      host: /^storage\.(?:googleapis|cloud\.google)\.com$/,
      path: new RegExp(`^/(?:v0/b/|(?:upload/|download/)?storage/v1/b/)?(${BUCKET})(?:/|$|\\?)`),
      source: 'https://cloud.google.com/storage/docs/request-endpoints',
      examples: {
        is: {
          'https://storage.googleapis.com/bluemarket-media/a.jpg': 'bluemarket-media',
          'https://storage.googleapis.com/storage/v1/b/bluemarket-media/o': 'bluemarket-media',
        },
        not: ['https://storage.googleapis.com/?prefix=a', 'https://storage.googleapis.com/%s/x'],
      },
    },
    {
      kind: 'cloud-endpoints',
      domains: ['gateway.dev', 'cloud.goog'],
      host: new RegExp(
        `^([a-z][a-z0-9-]{2,62}-[a-z0-9]{8}\\.[a-z]{2}|[a-z][a-z0-9-]{0,60}\\.endpoints\\.${GOOGLE_PROJECT})\\.(?:[a-z]\\.)?(?:gateway\\.dev|cloud\\.goog)$`,
      ),
      source: 'https://cloud.google.com/api-gateway/docs/gateway-serving',
      examples: {
        is: {
          'https://shop-a1b2c3d4.uc.gateway.dev/hello': 'shop-a1b2c3d4.uc',
          'https://echo.endpoints.bluemarket-shop.cloud.goog/': 'echo.endpoints.bluemarket-shop',
        },
        not: ['https://gateway.dev/', 'https://www.cloud.goog/'],
      },
    },
    {
      kind: 'app-engine',
      domains: ['appspot.com'],
      host: new RegExp(`^(?:[a-z0-9.-]{1,60}-dot-)?(${GOOGLE_PROJECT})\\.(?:[a-z]{2}\\.r\\.)?appspot\\.com$`),
      // a bucket of Firebase is told by its bare name, without a scheme, before an address is looked for
      path: /^\//,
      not: /^(?:www|console)$/,
      source: 'https://cloud.google.com/appengine/docs/standard/how-requests-are-routed',
      examples: {
        is: {
          'https://bluemarket-shop.appspot.com/api/orders': 'bluemarket-shop',
          'https://v2-dot-bluemarket-shop.ew.r.appspot.com/': 'bluemarket-shop',
        },
        not: ['https://appspot.com/', 'https://a.appspot.com/'],
      },
    },
  ],
  values: [
    {
      kind: 'cloud-sql',
      mark: { start: '/cloudsql/' },
      value: new RegExp(`^/cloudsql/(${GOOGLE_PROJECT}:${GOOGLE_REGION}:[a-z][a-z0-9-]{0,97})$`),
      source: 'https://cloud.google.com/sql/docs/mysql/connect-app-engine-standard',
      examples: {
        is: { '/cloudsql/bluemarket-shop:europe-west1:orders': 'bluemarket-shop:europe-west1:orders' },
        not: ['/cloudsql/', '/cloudsql/INSTANCE_CONNECTION_NAME'],
      },
    },
  ],
};
