/** Databases as a service: MongoDB Atlas, Couchbase, CouchDB (Cloudant), Redis, SQL. */
import type { StoreFamily } from './store-family.ts';

const LOGIN = 'a login of the database, where its network lets everyone in';

export const databases: StoreFamily = {
  name: 'databases',
  kinds: {
    'mongodb-atlas': { holds: 'records', reach: LOGIN },
    'mongodb-atlas-data-api': {
      holds: 'records',
      reach: 'with the key of the package: every collection it may read',
    },
    'atlas-app-services': {
      holds: 'records',
      reach: 'an anonymous or new account, where the app admits it, and the collections its rules open',
    },
    mlab: { holds: 'records', reach: LOGIN },
    'redis-cloud': {
      holds: 'records',
      reach: 'every key, where it asks for no password',
    },
    upstash: {
      holds: 'records',
      reach: 'with the token of the package: every key it may read',
    },
    neon: { holds: 'records', reach: LOGIN },
    planetscale: { holds: 'records', reach: LOGIN },
    cockroachdb: { holds: 'records', reach: LOGIN },
    turso: {
      holds: 'records',
      reach: 'with the token of the package: every table it may read',
    },
    aiven: { holds: 'records', reach: LOGIN },
    cloudant: {
      holds: 'records',
      reach: 'every document of a database that `_reader` is given to everyone',
    },
    'couchbase-capella': {
      holds: 'records',
      reach: 'an account, where its App Services let everyone sign up',
    },
    'digitalocean-database': { holds: 'records', reach: LOGIN },
    fauna: { holds: 'records', reach: 'with the secret of the package: whatever its role may read' },
    astra: {
      holds: 'records',
      reach: 'with the token of the package: every table it may read',
    },
    influxdb: {
      holds: 'records',
      reach: 'with the token of the package: every bucket it may read',
    },
    airtable: {
      holds: 'records',
      reach: 'with the token of the package: every table of the base',
    },
  },
  hosts: [
    {
      kind: 'mongodb-atlas',
      domains: ['mongodb.net'],
      host: /^([a-z0-9-]{2,60}(?:\.[a-z0-9]{5,8})?)\.mongodb\.net$/,
      source: 'https://www.mongodb.com/docs/atlas/',
      examples: {
        is: { 'mongodb+srv://cluster0.ab1cd.mongodb.net/shop': 'cluster0.ab1cd' },
        not: ['https://mongodb.net/', 'https://cloud.mongodb.com/'],
      },
    },
    {
      kind: 'mongodb-atlas-data-api',
      domains: ['mongodb-api.com'],
      host: /^(?:[a-z0-9.-]{1,40}\.)?(data)\.mongodb-api\.com$/,
      path: /^\/app\/([a-z0-9-]{4,40})\//,
      source: 'https://www.mongodb.com/docs/atlas/app-services/data-api/',
      examples: {
        is: { 'https://eu-west-1.aws.data.mongodb-api.com/app/data-abcde/endpoint/data/v1': 'data-abcde' },
        not: ['https://data.mongodb-api.com/'],
      },
    },
    {
      kind: 'atlas-app-services',
      domains: ['mongodb.com'],
      host: /^(?:[a-z0-9.-]{1,40}\.)?(realm|stitch|services\.cloud)\.mongodb\.com$/,
      path: /^\/api\/client\/v2\.0\/app\/([a-z0-9-]{4,60})(?:\/|$)/,
      source: 'https://www.mongodb.com/docs/atlas/app-services/',
      examples: {
        is: {
          'https://realm.mongodb.com/api/client/v2.0/app/bluemarket-abcde/auth/providers/anon-user/login':
            'bluemarket-abcde',
        },
        not: ['https://realm.mongodb.com/', 'https://realm.mongodb.com/api/client/v2.0/app/%s/location'],
      },
    },
    {
      kind: 'mlab',
      domains: ['mlab.com'],
      host: /^(ds\d{4,6})(?:-a\d)?\.mlab\.com$/,
      source: 'https://www.mongodb.com/docs/guides/atlas/',
      examples: { is: { 'mongodb://ds012345.mlab.com:12345/shop': 'ds012345' }, not: ['https://mlab.com/'] },
    },
    {
      kind: 'redis-cloud',
      domains: ['redislabs.com', 'redis-cloud.com', 'rlrcp.com'],
      host: /^(redis-\d{4,6})\.[a-z0-9.-]{4,60}\.(?:redislabs|redis-cloud|cloud\.redislabs|cloud\.rlrcp)\.com$/,
      source: 'https://redis.io/docs/latest/operate/rc/',
      examples: {
        is: { 'redis://redis-12345.c1.eu-west-1-1.ec2.cloud.redislabs.com:12345': 'redis-12345' },
        not: ['https://app.redislabs.com/'],
      },
    },
    {
      kind: 'upstash',
      domains: ['upstash.io'],
      host: /^([a-z0-9-]{4,60})\.upstash\.io$/,
      not: /^(?:console|docs|www|api|status)$/,
      source: 'https://upstash.com/docs/',
      examples: {
        is: { 'https://eu1-blue-market-12345.upstash.io/get/x': 'eu1-blue-market-12345' },
        not: ['https://console.upstash.io/'],
      },
    },
    {
      kind: 'neon',
      domains: ['neon.tech'],
      host: /^(ep-[a-z0-9-]{4,60})\.[a-z0-9.-]{4,40}\.neon\.tech$/,
      source: 'https://neon.tech/docs/',
      examples: {
        is: { 'postgres://ep-blue-market-123456.eu-central-1.aws.neon.tech/shop': 'ep-blue-market-123456' },
        not: ['https://console.neon.tech/'],
      },
    },
    {
      kind: 'planetscale',
      domains: ['psdb.cloud'],
      host: /^([a-z0-9.-]{4,60})\.(?:connect\.)?psdb\.cloud$/,
      source: 'https://planetscale.com/docs',
      examples: { is: { 'mysql://aws.connect.psdb.cloud/shop': 'aws.connect' }, not: ['https://psdb.cloud/'] },
    },
    {
      kind: 'cockroachdb',
      domains: ['cockroachlabs.cloud'],
      host: /^([a-z0-9-]{3,60}-\d{1,8}\.[a-z0-9.-]{2,30})\.cockroachlabs\.cloud$/,
      source: 'https://www.cockroachlabs.com/docs/cockroachcloud/connect-to-your-cluster',
      examples: {
        is: { 'postgresql://blue-market-1234.abc.cockroachlabs.cloud:26257/shop': 'blue-market-1234.abc' },
        not: ['https://www.cockroachlabs.cloud/'],
      },
    },
    {
      kind: 'turso',
      domains: ['turso.io'],
      host: /^([a-z0-9-]{4,100})(?:\.[a-z0-9-]{4,30})?\.turso\.io$/,
      not: /^(?:docs|www|api|auth)$/,
      source: 'https://docs.turso.tech/sdk/http/quickstart',
      examples: {
        is: { 'libsql://orders-bluemarket.turso.io': 'orders-bluemarket' },
        not: ['https://turso.io/', 'https://docs.turso.io/'],
      },
    },
    {
      kind: 'aiven',
      domains: ['aivencloud.com'],
      host: /^([a-z0-9-]{3,64})\.(?:[a-z0-9-]{1,20}\.)?aivencloud\.com$/,
      source: 'https://aiven.io/docs',
      examples: {
        is: { 'mysql://orders-bluemarket.a.aivencloud.com:12345/defaultdb': 'orders-bluemarket' },
        not: ['https://aivencloud.com/'],
      },
    },
    {
      kind: 'cloudant',
      domains: ['cloudant.com', 'appdomain.cloud'],
      host: /^([a-z0-9-]{4,80})\.(?:cloudant\.com|cloudantnosqldb\.appdomain\.cloud)$/,
      not: /^(?:docs|www|blog|console)$/,
      source: 'https://cloud.ibm.com/docs/Cloudant',
      examples: {
        is: { 'https://bluemarket-bluemix.cloudantnosqldb.appdomain.cloud/orders': 'bluemarket-bluemix' },
        not: ['https://docs.cloudant.com/'],
      },
    },
    {
      kind: 'couchbase-capella',
      domains: ['cloud.couchbase.com'],
      host: /^(?:cb\.)?([a-z0-9_-]{8,40})\.(?:apps\.)?cloud\.couchbase\.com$/,
      source: 'https://docs.couchbase.com/cloud/',
      examples: {
        is: { 'wss://abcdefghij012345.apps.cloud.couchbase.com:4984/orders': 'abcdefghij012345' },
        not: ['https://cloud.couchbase.com/'],
      },
    },
    {
      kind: 'digitalocean-database',
      domains: ['db.ondigitalocean.com'],
      host: /^([a-z0-9-]{4,80})\.[a-z]\.db\.ondigitalocean\.com$/,
      source: 'https://docs.digitalocean.com/products/databases/',
      examples: {
        is: { 'mysql://orders-do-user-123456-0.a.db.ondigitalocean.com:25060/shop': 'orders-do-user-123456-0' },
        not: ['https://ondigitalocean.com/'],
      },
    },
    {
      kind: 'fauna',
      domains: ['fauna.com', 'faunadb.com'],
      host: /^((?:db|graphql)(?:\.(?:eu|us|preview))?)\.(?:fauna|faunadb)\.com$/,
      source: 'https://docs.fauna.com/',
      examples: { is: { 'https://db.eu.fauna.com/': 'db.eu' }, not: ['https://docs.fauna.com/'] },
    },
    {
      kind: 'astra',
      domains: ['apps.astra.datastax.com'],
      host: /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}-[a-z0-9-]{4,30})\.apps\.astra\.datastax\.com$/,
      source: 'https://docs.datastax.com/en/astra-db-serverless/',
      examples: {
        is: {
          'https://01234567-89ab-cdef-0123-456789abcdef-europe-west1.apps.astra.datastax.com/api':
            '01234567-89ab-cdef-0123-456789abcdef-europe-west1',
        },
        not: ['https://astra.datastax.com/'],
      },
    },
    {
      kind: 'influxdb',
      domains: ['cloud2.influxdata.com'],
      host: /^([a-z0-9-]{5,40}\.(?:aws|gcp|azure))\.cloud2\.influxdata\.com$/,
      path: /^\/api\/v2\//,
      source: 'https://docs.influxdata.com/influxdb/cloud/',
      examples: {
        is: { 'https://eu-central-1-1.aws.cloud2.influxdata.com/api/v2/query': 'eu-central-1-1.aws' },
        not: ['https://cloud2.influxdata.com/'],
      },
    },
    {
      kind: 'airtable',
      domains: ['api.airtable.com'],
      host: /^api\.airtable\.com$/,
      path: /^\/v0\/(app[A-Za-z0-9]{14})(?:\/|$)/,
      source: 'https://airtable.com/developers/web/api/introduction',
      examples: {
        is: { 'https://api.airtable.com/v0/appAbCdEfGhIjKlMn/Orders': 'appAbCdEfGhIjKlMn' },
        not: ['https://api.airtable.com/v0/'],
      },
    },
  ],
  names: [
    {
      kind: 'atlas-app-services',
      keys: ['realm_app_id', 'realmAppId', 'REALM_APP_ID', 'stitch_app_id', 'stitch_client_app_id'],
      value: /^([a-z0-9_-]{2,40}-[a-z]{5})$/,
      source: 'https://www.mongodb.com/docs/atlas/app-services/apps/',
      examples: {
        is: { 'realm_app_id=bluemarket-abcde': 'bluemarket-abcde' },
        not: ['realm_app_id=YOUR_APP_ID', 'app_id=bluemarket-abcde'],
      },
    },
  ],
};
