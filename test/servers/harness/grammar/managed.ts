/** What the probes of src/probe/services/managed.ts may send, by service id. */
import { http, type Judge } from './http.ts';

const RANDOM = '[a-z][0-9a-f]{15}';
const PROJECT = '[a-z][a-z0-9-]{4,28}[a-z0-9]';
const BUCKET = '[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]';
const NAME = '[A-Za-z0-9_][\\w.-]{0,127}';

/** https://firebase.google.com/docs/firestore/reference/rest/v1/projects.databases.documents */
const DATABASE = `/v1/projects/${PROJECT}/databases/(?:\\(default\\)|[a-z0-9-]{4,63})/documents`;
const COUNT_OF_ALL =
  '\\{"structuredAggregationQuery":\\{"structuredQuery":\\{"from":\\[\\{"collectionId":"[\\w-]+"\\}\\]\\},' +
  '"aggregations":\\[\\{"alias":"n","count":\\{"upTo":"\\d{1,6}"\\}\\}\\]\\}\\}';

/** https://firebase.google.com/docs/reference/remote-config/rest */
const APP_INSTANCE = '\\{"appId":"[^"]{1,200}","appInstanceId":"postern"\\}';

/** https://learn.microsoft.com/rest/api/storageservices/list-blobs */
const CONTAINER = '(?:/[a-z0-9]{3,24})?/[a-z0-9$][a-z0-9-]{2,62}';

/** https://www.algolia.com/doc/rest-api/search/ */
const ALGOLIA = [
  ['x-algolia-application-id', '[A-Z0-9]{8,16}'],
  ['x-algolia-api-key', '[\\w-]+'],
] as const;
const ONE_BARE_HIT =
  '\\{"query":"","analytics":false,"clickAnalytics":false,"hitsPerPage":1,"attributesToRetrieve":\\[\\],' +
  '"attributesToHighlight":\\[\\],"attributesToSnippet":\\[\\]\\}';

/** https://docs.postgrest.org/en/stable/references/api/tables_views.html: `select` and `limit`, read by GET and HEAD. */
const REST = '(?:/rest/v1)?';
const ANON = ['apikey', '[\\w.-]+'] as const;
const ESTIMATE = ['prefer', 'count=estimated'] as const;

const appwriteQuery = (text: string) => `queries\\[\\]=${encodeURIComponent(text).replace(/[()]/g, '\\$&')}`;

export const managedGrammar: Readonly<Record<string, Judge>> = {
  firestore: http(`${DATABASE}/[\\w-]+\\?pageSize=1&mask\\.fieldPaths=__name__`, {
    method: 'POST',
    path: `${DATABASE}:runAggregationQuery`,
    body: COUNT_OF_ALL,
  }),
  'firebase-storage': http(
    `/v0/b/${PROJECT}(?:-${RANDOM})?\\.(?:appspot\\.com|firebasestorage\\.app)/o\\?maxResults=1000(?:&prefix=${NAME}%2F)?`,
  ),
  'firebase-remote-config': http({
    method: 'POST',
    path: `/v1/projects/${PROJECT}/namespaces/(?:firebase|${RANDOM}):fetch`,
    headers: [['x-goog-api-key', '[\\w-]+']],
    body: APP_INSTANCE,
  }),
  gcs: http(
    `/storage/v1/b/${BUCKET}/o\\?maxResults=1000&fields=items\\(name,size\\),nextPageToken`,
    `/storage/v1/b/${BUCKET}/iam/testPermissions\\?(?:permissions=storage\\.[A-Za-z.]+&?)+`,
  ),
  'azure-blob': http('/', {
    path: `${CONTAINER}\\?restype=container&comp=list&maxresults=1000`,
    headers: [['x-ms-version', '\\d{4}-\\d{2}-\\d{2}']],
  }),
  supabase: http(
    '/',
    `${REST}/`,
    { path: `${REST}/`, headers: [ANON] },
    `${REST}/${RANDOM}\\?select=\\*&limit=1`,
    { path: `${REST}/${RANDOM}\\?select=\\*&limit=1`, headers: [ANON] },
    { method: 'HEAD', path: `${REST}/\\w+\\?select=\\*&limit=1`, headers: [ESTIMATE] },
    { method: 'HEAD', path: `${REST}/\\w+\\?select=\\*&limit=1`, headers: [ANON, ESTIMATE] },
  ),
  appwrite: http('/', '/v1/health/version', {
    path:
      `/v1/databases/${NAME}/collections/${NAME}/documents\\?(?:${appwriteQuery('limit(1)')}|` +
      `${appwriteQuery('{"method":"limit","values":[1]}')}&${appwriteQuery('{"method":"select","values":["$id"]}')})`,
    headers: [['x-appwrite-project', NAME]],
  }),
  algolia: http(
    { path: '/1/keys/[\\w-]+', headers: ALGOLIA },
    { path: '/1/indexes', headers: ALGOLIA },
    { method: 'POST', path: `/1/indexes/${NAME}/query`, headers: ALGOLIA, body: ONE_BARE_HIT },
  ),
};
