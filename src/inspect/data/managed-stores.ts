/**
 * Managed back ends by the form of their host names. `id` is what the provider calls the resource. Sources are the
 * providers' own endpoint references.
 */
export interface StoreForm {
  kind: string;
  /** Matched against the lower-cased host; group 1 is the id unless `id` says otherwise. */
  host: RegExp;
  /** Matched against path and query; when set it must match, and its group 1 is the id. */
  path?: RegExp;
  source: string;
  /** Ids that are no resource of anyone. */
  not?: RegExp;
}

const BUCKET = '[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]';

export const STORE_FORMS: readonly StoreForm[] = [
  {
    kind: 'firebase-rtdb',
    host: /^([a-z0-9][a-z0-9-]{2,60})\.firebaseio(?:-demo|-staging)?\.com$/,
    source: 'https://firebase.google.com/docs/database/rest/start',
    not: /^(?:www|auth|s-[a-z0-9-]{1,40}|console)$/,
  },
  {
    kind: 'firebase-rtdb',
    host: /^([a-z0-9][a-z0-9-]{2,60})\.[a-z]{2,12}-[a-z]{2,14}\d{1,2}\.firebasedatabase\.app$/,
    source: 'https://firebase.google.com/docs/projects/locations#rtdb-locations',
  },
  {
    kind: 'firebase-storage',
    host: new RegExp(`^(${BUCKET}\\.firebasestorage\\.app)$`),
    source: 'https://firebase.google.com/docs/storage/web/start',
  },
  {
    kind: 'firebase-storage',
    host: /^firebasestorage\.googleapis\.com$/,
    path: new RegExp(`^/v0/b/(${BUCKET})(?:/|$)`),
    source: 'https://firebase.google.com/docs/storage',
  },
  {
    kind: 'firestore',
    host: /^firestore\.googleapis\.com$/,
    path: /^\/v1(?:beta\d)?\/projects\/([a-z][a-z0-9-]{4,29})\//,
    source: 'https://firebase.google.com/docs/firestore/use-rest-api',
  },
  {
    kind: 'cloud-functions',
    host: /^([a-z]{2,12}-[a-z]{2,14}\d{1,2}-[a-z][a-z0-9-]{4,29})\.cloudfunctions\.net$/,
    source: 'https://firebase.google.com/docs/functions/http-events',
  },
  {
    kind: 's3',
    host: new RegExp(
      `^(${BUCKET})\\.s3(?:[.-](?:accelerate|website|dualstack))?(?:[.-][a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]{4,9}-\\d)?\\.amazonaws\\.com(?:\\.cn)?$`,
    ),
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html',
  },
  {
    kind: 's3',
    host: /^s3(?:[.-](?:dualstack|external-1))?(?:[.-][a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]{4,9}-\d)?\.amazonaws\.com(?:\.cn)?$/,
    path: new RegExp(`^/(${BUCKET})(?:/|$|\\?)`),
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html',
  },
  {
    kind: 'gcs',
    host: new RegExp(`^(${BUCKET})\\.storage\\.googleapis\\.com$`),
    source: 'https://cloud.google.com/storage/docs/request-endpoints',
  },
  {
    kind: 'gcs',
    host: /^storage\.(?:googleapis|cloud\.google)\.com$/,
    path: new RegExp(`^/(?:v0/b/|storage/v1/b/)?(${BUCKET})(?:/|$|\\?)`),
    source: 'https://cloud.google.com/storage/docs/request-endpoints',
  },
  {
    kind: 'azure-blob',
    host: /^([a-z0-9]{3,24})\.(?:blob|dfs|web)\.(?:core\.windows\.net|core\.chinacloudapi\.cn|core\.usgovcloudapi\.net|storage\.azure\.net)$/,
    source: 'https://learn.microsoft.com/azure/storage/common/storage-account-overview',
  },
  {
    kind: 'azure-table',
    host: /^([a-z0-9]{3,24})\.(?:table|queue|file)\.core\.windows\.net$/,
    source: 'https://learn.microsoft.com/azure/storage/common/storage-account-overview',
  },
  {
    kind: 'azure-cosmos',
    host: /^([a-z0-9-]{3,44})\.(?:mongo\.|table\.|cassandra\.|gremlin\.)?(?:documents|cosmos|cosmosdb)\.azure\.com$/,
    source: 'https://learn.microsoft.com/azure/cosmos-db/',
  },
  {
    kind: 'azure-search',
    host: /^([a-z0-9-]{2,60})\.search\.windows\.net$/,
    source: 'https://learn.microsoft.com/rest/api/searchservice/',
  },
  {
    kind: 'azure-sql',
    host: /^([a-z0-9-]{1,63})\.(?:database\.windows\.net|(?:mysql|postgres|mariadb)\.database\.azure\.com)$/,
    source: 'https://learn.microsoft.com/azure/azure-sql/',
  },
  {
    kind: 'supabase',
    host: /^(?:db\.)?([a-z]{20})\.(?:functions\.)?supabase\.(?:co|in|net)$/,
    source: 'https://supabase.com/docs/guides/api',
  },
  {
    kind: 'cognito-user-pool',
    host: /^cognito-idp\.[a-z]{2}(?:-gov)?-[a-z]{4,9}-\d\.amazonaws\.com$/,
    path: /^\/([a-z]{2}(?:-gov)?-[a-z]{4,9}-\d_[A-Za-z0-9]{1,55})(?:\/|$)/,
    source: 'https://docs.aws.amazon.com/cognito/latest/developerguide/',
  },
  {
    kind: 'appsync',
    host: /^([a-z0-9]{26})\.appsync(?:-realtime)?-api\.[a-z]{2}(?:-gov)?-[a-z]{4,9}-\d\.amazonaws\.com$/,
    source: 'https://docs.aws.amazon.com/appsync/latest/devguide/',
  },
  {
    kind: 'api-gateway',
    host: /^([a-z0-9]{10})\.execute-api\.[a-z]{2}(?:-gov)?-[a-z]{4,9}-\d\.amazonaws\.com(?:\.cn)?$/,
    source: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/',
  },
  {
    kind: 'lambda-url',
    host: /^([a-z0-9]{32})\.lambda-url\.[a-z]{2}-[a-z]{4,9}-\d\.on\.aws$/,
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html',
  },
  {
    kind: 'opensearch',
    host: /^(?:search|vpc)-([a-z][a-z0-9-]{2,27}-[a-z0-9]{26})\.[a-z]{2}(?:-gov)?-[a-z]{4,9}-\d\.(?:es|aoss)\.amazonaws\.com$/,
    source: 'https://docs.aws.amazon.com/opensearch-service/latest/developerguide/',
  },
  {
    kind: 'rds',
    host: /^([a-z][a-z0-9-]{0,62})\.[a-z0-9-]{12,24}\.[a-z]{2}(?:-gov)?-[a-z]{4,9}-\d\.rds\.amazonaws\.com$/,
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/',
  },
  {
    kind: 'elasticache',
    host: /^([a-z0-9.-]{4,80})\.cache\.amazonaws\.com$/,
    source: 'https://docs.aws.amazon.com/AmazonElastiCache/latest/',
  },
  {
    kind: 'documentdb',
    host: /^([a-z0-9-]{1,63}\.(?:cluster-)?[a-z0-9-]{8,24})\.[a-z]{2}-[a-z]{4,9}-\d\.docdb\.amazonaws\.com$/,
    source: 'https://docs.aws.amazon.com/documentdb/latest/developerguide/',
  },
  {
    kind: 'aws-iot',
    host: /^([a-z0-9]{13,14})(?:-ats)?\.iot\.[a-z]{2}-[a-z]{4,9}-\d\.amazonaws\.com$/,
    source: 'https://docs.aws.amazon.com/iot/latest/developerguide/iot-connect-devices.html',
  },
  {
    kind: 'elastic-cloud',
    host: /^([a-z0-9-]{8,80})\.(?:(?:es|kb|ent-search|apm)\.)?[a-z0-9-]{3,40}\.(?:(?:aws|gcp|azure)\.)?(?:elastic-cloud\.com|found\.io|cloud\.es\.io)$/,
    source: 'https://www.elastic.co/guide/en/cloud/current/',
  },
  {
    kind: 'elastic-cloud',
    host: /^([a-f0-9]{32})\.[a-z0-9-]{3,40}(?:\.(?:aws|gcp|azure))?\.(?:found\.io|es\.io)$/,
    source: 'https://www.elastic.co/guide/en/cloud/current/',
  },
  {
    kind: 'bonsai',
    host: /^([a-z0-9-]{4,80})\.(?:[a-z0-9-]{2,20}\.)?bonsai(?:search\.net|\.io)$/,
    source: 'https://docs.bonsai.io/',
  },
  {
    kind: 'searchly',
    host: /^([a-z0-9-]{4,40})\.(?:[a-z0-9-]{2,12}\.)?searchly\.com$/,
    source: 'http://www.searchly.com/docs/',
  },
  {
    kind: 'mongodb-atlas',
    host: /^([a-z0-9-]{2,60}(?:\.[a-z0-9]{5,8})?)\.mongodb\.net$/,
    source: 'https://www.mongodb.com/docs/atlas/',
  },
  {
    kind: 'mongodb-atlas-data-api',
    host: /^(?:[a-z0-9.-]{1,40}\.)?(data)\.mongodb-api\.com$/,
    path: /^\/app\/([a-z0-9-]{4,40})\//,
    source: 'https://www.mongodb.com/docs/atlas/',
  },
  { kind: 'mlab', host: /^(ds\d{4,6})(?:-a\d)?\.mlab\.com$/, source: 'https://www.mongodb.com/docs/' },
  {
    kind: 'redis-cloud',
    host: /^(redis-\d{4,6})\.[a-z0-9.-]{4,60}\.(?:redislabs|redis-cloud|cloud\.redislabs|cloud\.rlrcp)\.com$/,
    source: 'https://redis.io/docs/latest/operate/rc/',
  },
  { kind: 'upstash', host: /^([a-z0-9-]{4,60})\.upstash\.io$/, source: 'https://upstash.com/docs/' },
  { kind: 'neon', host: /^(ep-[a-z0-9-]{4,60})\.[a-z0-9.-]{4,40}\.neon\.tech$/, source: 'https://neon.tech/docs/' },
  {
    kind: 'planetscale',
    host: /^([a-z0-9.-]{4,60})\.(?:connect\.)?psdb\.cloud$/,
    source: 'https://planetscale.com/docs',
  },
  {
    kind: 'aiven',
    host: /^([a-z0-9-]{3,64})\.(?:[a-z0-9-]{1,20}\.)?aivencloud\.com$/,
    source: 'https://aiven.io/docs',
  },
  {
    kind: 'cloudant',
    host: /^([a-z0-9-]{4,80})\.(?:cloudant\.com|cloudantnosqldb\.appdomain\.cloud)$/,
    source: 'https://cloud.ibm.com/docs/Cloudant',
  },
  {
    kind: 'couchbase-capella',
    host: /^(?:cb\.)?([a-z0-9_-]{8,40})\.(?:apps\.)?cloud\.couchbase\.com$/,
    source: 'https://docs.couchbase.com/cloud/',
  },
  {
    kind: 'algolia',
    host: /^([a-z0-9]{10})(?:-dsn|-\d)?\.(?:algolia\.net|algolianet\.com)$/,
    source: 'https://www.algolia.com/doc/rest-api/search',
  },
  {
    kind: 'typesense',
    host: /^([a-z0-9]{10,24})(?:-\d)?\.a\d\.typesense\.net$/,
    source: 'https://cloud.typesense.org/',
  },
  { kind: 'parse', host: /^(api)\.parse\.com$/, source: 'https://docs.parseplatform.org/rest/guide/' },
  { kind: 'parse', host: /^(parseapi)\.back4app\.com$/, source: 'https://www.back4app.com/docs/' },
  {
    kind: 'parse',
    host: /^([a-z0-9-]{2,60})\.(?:b4a\.io|b4a\.app|back4app\.io)$/,
    source: 'https://www.back4app.com/docs/',
  },
  {
    kind: 'backendless',
    host: /^(?:([a-z0-9-]{2,60})\.backendless\.app|(?:eu-)?(api)\.backendless\.com)$/,
    source: 'https://backendless.com/docs/',
  },
  { kind: 'appwrite', host: /^((?:[a-z]{2,6}\.)?cloud)\.appwrite\.io$/, source: 'https://appwrite.io/docs' },
  { kind: 'hasura', host: /^([a-z0-9-]{3,63})\.hasura\.app$/, source: 'https://hasura.io/docs/' },
  {
    kind: 'nhost',
    host: /^([a-z0-9]{20})\.(?:[a-z]{1,12}\.)?[a-z0-9-]{4,20}\.nhost\.run$/,
    source: 'https://docs.nhost.io/',
  },
  {
    kind: 'digitalocean-spaces',
    host: new RegExp(`^(${BUCKET})\\.[a-z]{3}\\d\\.(?:cdn\\.)?digitaloceanspaces\\.com$`),
    source: 'https://docs.digitalocean.com/products/spaces/',
  },
  {
    kind: 'digitalocean-database',
    host: /^([a-z0-9-]{4,80})\.[a-z]\.db\.ondigitalocean\.com$/,
    source: 'https://docs.digitalocean.com/products/databases/',
  },
  {
    kind: 'cloudflare-r2',
    host: /^([a-f0-9]{32})\.(?:[a-z]{2,8}\.)?r2\.cloudflarestorage\.com$/,
    source: 'https://developers.cloudflare.com/r2/api/s3/api/',
  },
  {
    kind: 'cloudflare-r2',
    host: /^(pub-[a-f0-9]{32})\.r2\.dev$/,
    source: 'https://developers.cloudflare.com/r2/buckets/public-buckets/',
  },
  {
    kind: 'backblaze-b2',
    host: new RegExp(`^(${BUCKET})\\.s3\\.[a-z]{2}-[a-z]{3,10}-\\d{3}\\.backblazeb2\\.com$`),
    source: 'https://www.backblaze.com/docs/',
  },
  {
    kind: 'wasabi',
    host: new RegExp(`^(${BUCKET})\\.s3(?:\\.[a-z0-9-]{4,20})?\\.wasabisys\\.com$`),
    source: 'https://docs.wasabi.com/',
  },
  {
    kind: 'alibaba-oss',
    host: new RegExp(`^(${BUCKET})\\.oss(?:-accelerate)?(?:-[a-z0-9-]{2,24})?\\.aliyuncs\\.com$`),
    source: 'https://www.alibabacloud.com/help/en/oss/',
  },
  {
    kind: 'tencent-cos',
    host: new RegExp(`^(${BUCKET}-\\d{6,12})\\.(?:cos|pic|file)\\.?[a-z0-9-]{0,20}\\.myqcloud\\.com$`),
    source: 'https://www.tencentcloud.com/document/product/436',
  },
  {
    kind: 'huawei-obs',
    host: new RegExp(`^(${BUCKET})\\.obs\\.[a-z0-9-]{4,20}\\.myhuaweicloud\\.(?:com|eu)$`),
    source: 'https://support.huaweicloud.com/obs/',
  },
  {
    kind: 'yandex-storage',
    host: new RegExp(`^(${BUCKET})\\.storage\\.yandexcloud\\.net$`),
    source: 'https://yandex.cloud/docs/storage/',
  },
  { kind: 'qiniu', host: /^([a-z0-9]{6,20})\.bkt\.clouddn\.com$/, source: 'https://developer.qiniu.com/kodo' },
];

/** Keys and resource names that say what their value is, in Android resources and Apple property lists. */
export const NAMED_STORES: ReadonlyMap<string, string> = new Map([
  ['google_storage_bucket', 'firebase-storage'],
  ['STORAGE_BUCKET', 'firebase-storage'],
  ['storageBucket', 'firebase-storage'],
  ['project_id', 'firebase-project'],
  ['PROJECT_ID', 'firebase-project'],
  ['projectId', 'firebase-project'],
  ['firebase_project_id', 'firebase-project'],
  ['google_app_id', 'google-app-id'],
  ['GOOGLE_APP_ID', 'google-app-id'],
]);
