/** Microsoft Azure: storage accounts, Cosmos DB, search, SQL, hubs. */
import type { StoreFamily } from './store-family.ts';

/** `devstoreaccount1` is the storage emulator's, with a key that is the same on every machine. */
const EMULATOR = /^devstoreaccount1$/;

export const azure: StoreFamily = {
  name: 'azure',
  kinds: {
    'azure-blob': {
      holds: 'files',
      reach: 'the list of blobs and each blob of a container with public access',
    },
    'azure-table': {
      holds: 'records',
      reach: 'nothing without a key or a signature (SAS) of the package',
    },
    'azure-cosmos': {
      holds: 'records',
      reach: 'nothing without a key; with one from the package, every document',
    },
    'azure-search': {
      holds: 'records',
      reach: 'with the query key of the package: every document of every index',
    },
    'azure-sql': {
      holds: 'records',
      reach: 'a login of the database, where its firewall lets everyone in',
    },
    'azure-functions': {
      holds: 'code',
      reach: 'whatever the app answers without a key',
    },
    'azure-api-management': {
      holds: 'code',
      reach: 'whatever the API answers without a key',
    },
    'azure-service-bus': {
      holds: 'messages',
      reach: 'with the shared access key of the package: messages read or sent',
    },
    'azure-iot': {
      holds: 'messages',
      reach: 'with the key of the package: messages of its devices',
    },
    'azure-signalr': {
      holds: 'messages',
      reach: 'with a token: messages of its hub',
    },
  },
  hosts: [
    {
      kind: 'azure-blob',
      domains: ['core.windows.net', 'core.chinacloudapi.cn', 'core.usgovcloudapi.net', 'storage.azure.net'],
      host: /^([a-z0-9]{3,24})(?:\.z\d{1,2})?\.(?:blob|dfs|web)\.(?:core\.windows\.net|core\.chinacloudapi\.cn|core\.usgovcloudapi\.net|storage\.azure\.net)$/,
      not: EMULATOR,
      source: 'https://learn.microsoft.com/azure/storage/common/storage-account-overview',
      examples: {
        is: {
          'https://bluemarket.blob.core.windows.net/img': 'bluemarket',
          'https://bluemarket.z6.web.core.windows.net/': 'bluemarket',
        },
        not: ['https://blob.core.windows.net/', 'https://devstoreaccount1.blob.core.windows.net/'],
      },
    },
    {
      kind: 'azure-table',
      domains: ['core.windows.net'],
      host: /^([a-z0-9]{3,24})\.(?:table|queue|file)\.core\.windows\.net$/,
      not: EMULATOR,
      source: 'https://learn.microsoft.com/azure/storage/common/storage-account-overview',
      examples: {
        is: { 'https://bluemarket.table.core.windows.net/orders': 'bluemarket' },
        not: ['https://devstoreaccount1.table.core.windows.net/', 'https://table.core.windows.net/'],
      },
    },
    {
      kind: 'azure-cosmos',
      domains: ['azure.com'],
      host: /^([a-z0-9-]{3,44})\.(?:mongo\.|table\.|cassandra\.|gremlin\.)?(?:documents|cosmos|cosmosdb)\.azure\.com$/,
      source: 'https://learn.microsoft.com/azure/cosmos-db/',
      examples: {
        is: {
          'https://bluemarket.documents.azure.com:443/': 'bluemarket',
          'mongodb://bluemarket.mongo.cosmos.azure.com:10255/': 'bluemarket',
        },
        not: ['https://portal.azure.com/', 'https://cosmos.azure.com/'],
      },
    },
    {
      kind: 'azure-search',
      domains: ['search.windows.net'],
      host: /^([a-z0-9-]{2,60})\.search\.windows\.net$/,
      source: 'https://learn.microsoft.com/rest/api/searchservice/',
      examples: {
        is: { 'https://bluemarket.search.windows.net/indexes/orders/docs': 'bluemarket' },
        not: ['https://search.windows.net/'],
      },
    },
    {
      kind: 'azure-sql',
      domains: ['database.windows.net', 'database.azure.com'],
      host: /^([a-z0-9-]{1,63})\.(?:database\.windows\.net|(?:mysql|postgres|mariadb)\.database\.azure\.com)$/,
      source: 'https://learn.microsoft.com/azure/azure-sql/',
      examples: {
        is: { 'mysql://bluemarket.mysql.database.azure.com:3306/shop': 'bluemarket' },
        not: ['https://database.windows.net/', 'https://mysql.database.azure.com/'],
      },
    },
    {
      kind: 'azure-functions',
      domains: ['azurewebsites.net'],
      host: /^([a-z0-9][a-z0-9-]{1,58})(?:\.[a-z0-9]{2,20}-\d{2})?\.azurewebsites\.net$/,
      source: 'https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger',
      examples: {
        is: { 'https://bluemarket-api.azurewebsites.net/api/orders': 'bluemarket-api' },
        not: ['https://azurewebsites.net/'],
      },
    },
    {
      kind: 'azure-api-management',
      domains: ['azure-api.net'],
      host: /^([a-z][a-z0-9-]{1,49})\.azure-api\.net$/,
      source: 'https://learn.microsoft.com/azure/api-management/',
      examples: { is: { 'https://bluemarket.azure-api.net/orders': 'bluemarket' }, not: ['https://azure-api.net/'] },
    },
    {
      kind: 'azure-service-bus',
      domains: ['servicebus.windows.net'],
      host: /^([a-z][a-z0-9-]{4,49})\.servicebus\.windows\.net$/,
      source: 'https://learn.microsoft.com/azure/service-bus-messaging/',
      examples: {
        is: { 'sb://bluemarket.servicebus.windows.net/': 'bluemarket' },
        not: ['https://servicebus.windows.net/'],
      },
    },
    {
      kind: 'azure-iot',
      domains: ['azure-devices.net'],
      host: /^([a-z0-9][a-z0-9-]{1,49})\.azure-devices\.net$/,
      source: 'https://learn.microsoft.com/azure/iot-hub/',
      examples: {
        is: { 'mqtts://bluemarket.azure-devices.net:8883': 'bluemarket' },
        not: ['https://azure-devices.net/'],
      },
    },
    {
      kind: 'azure-signalr',
      domains: ['service.signalr.net', 'webpubsub.azure.com'],
      host: /^([a-z][a-z0-9-]{1,62})\.(?:service\.signalr\.net|webpubsub\.azure\.com)$/,
      source: 'https://learn.microsoft.com/azure/azure-signalr/',
      examples: {
        is: { 'https://bluemarket.service.signalr.net/client': 'bluemarket' },
        not: ['https://service.signalr.net/'],
      },
    },
  ],
  values: [
    {
      kind: 'azure-blob',
      mark: { has: 'AccountName=', least: 24 },
      value: /^(?:[^\0]{0,300};)?\s{0,2}AccountName=([a-z0-9]{3,24})(?:;[^\0]{0,600})?$/,
      read: ([, id]) =>
        id === undefined || EMULATOR.test(id)
          ? undefined
          : { id, url: `https://${id}.blob.core.windows.net`, host: `${id}.blob.core.windows.net` },
      source: 'https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string',
      examples: {
        is: {
          'DefaultEndpointsProtocol=https;AccountName=bluemarket;AccountKey=x;EndpointSuffix=core.windows.net':
            'bluemarket',
        },
        not: [
          'DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=x',
          'AccountName=',
          'AccountName={name};AccountKey={key}',
        ],
      },
    },
    {
      kind: 'azure-sql',
      mark: { has: '.database.windows.net', least: 40 },
      value:
        /^(?:[^\0]{0,200}[;=])?(?:Server|Data Source|Addr(?:ess)?)\s{0,2}=\s{0,2}(?:tcp:)?([a-z0-9-]{1,63})\.database\.windows\.net[,;][^\0]{0,400}$/i,
      read: ([, id]) => (id === undefined ? undefined : { id, host: `${id}.database.windows.net` }),
      source: 'https://learn.microsoft.com/azure/azure-sql/database/connect-query-content-reference-guide',
      examples: {
        is: { 'Server=tcp:bluemarket.database.windows.net,1433;Initial Catalog=shop;User ID=app;': 'bluemarket' },
        not: ['Server=tcp:{server}.database.windows.net,1433;', '.database.windows.net'],
      },
    },
  ],
};
