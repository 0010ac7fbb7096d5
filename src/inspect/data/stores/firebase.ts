/** Firebase: a project, and what lies in it. */
import { GOOGLE_PROJECT, GOOGLE_REGION } from './patterns.ts';
import type { StoreFamily, StoreName } from './store-family.ts';

const PROJECT = new RegExp(`^(${GOOGLE_PROJECT})$`);
const GOOGLE_FILE = /google-?services|firebase/i;

/** The default bucket of a project: `<project>.appspot.com`, since October 2024 `<project>.firebasestorage.app`. */
export function firebaseBucket(bucket: string): StoreName {
  return {
    id: bucket,
    url: `https://firebasestorage.googleapis.com/v0/b/${bucket}`,
    host: 'firebasestorage.googleapis.com',
  };
}

/** The project that a name of Firebase contains: of the default bucket, of the domain where users sign in. */
export function projectInName(kind: string, id: string): string | undefined {
  if (kind === 'firebase-storage') return /^(.{6,30})\.(?:appspot\.com|firebasestorage\.app)$/.exec(id)?.[1];
  return kind === 'firebase-hosting' && PROJECT.test(id) ? id : undefined;
}

export const firebase: StoreFamily = {
  name: 'firebase',
  kinds: {
    'firebase-rtdb': {
      holds: 'records',
      reach: 'the whole tree of records by `GET /.json`, where its rules let everyone read',
    },
    'firebase-storage': {
      holds: 'files',
      reach: 'the list of files and each file, where its rules let everyone read',
    },
    firestore: {
      holds: 'records',
      reach: 'the documents of a collection whose rules let everyone read',
    },
    'firebase-remote-config': {
      holds: 'records',
      reach: 'every parameter of the app’s template: the API key and the app id of the package are all it asks for',
    },
    'cloud-functions': {
      holds: 'code',
      reach: 'whatever the function answers without a token',
    },
    'cloud-run': { holds: 'code', reach: 'whatever the service answers without a token' },
    'firebase-hosting': {
      holds: 'code',
      reach: 'the pages, and `/__/firebase/init.json` with the configuration of the project',
    },
    'firebase-project': {
      holds: 'nothing',
      reach: 'nothing by itself; it names the database, the bucket and the functions of the project',
    },
    'google-app-id': {
      holds: 'nothing',
      reach: 'nothing by itself; with the API key of the package, the Remote Config of the app',
    },
  },
  hosts: [
    {
      kind: 'firebase-rtdb',
      domains: ['firebaseio.com', 'firebaseio-demo.com', 'firebaseio-staging.com'],
      host: /^([a-z0-9][a-z0-9-]{2,60})\.firebaseio(?:-demo|-staging)?\.com$/,
      source: 'https://firebase.google.com/docs/database/rest/start',
      // `s-usc1c-nss-201` and the like are servers that all databases share
      not: /^(?:www|auth|s-[a-z0-9-]{1,40}|console)$/,
      examples: {
        is: { 'https://bluemarket-shop.firebaseio.com/': 'bluemarket-shop' },
        not: [
          'https://www.firebaseio.com/',
          'https://s-usc1c-nss-201.firebaseio.com/.ws',
          'https://firebaseio.com/',
          'https://bluemarket.firebaseio.com.example/',
        ],
      },
    },
    {
      kind: 'firebase-rtdb',
      domains: ['firebasedatabase.app'],
      host: new RegExp(`^([a-z0-9][a-z0-9-]{2,60})\\.${GOOGLE_REGION}\\.firebasedatabase\\.app$`),
      source: 'https://firebase.google.com/docs/projects/locations#rtdb-locations',
      examples: {
        is: {
          'https://bluemarket-default-rtdb.europe-west1.firebasedatabase.app/users.json': 'bluemarket-default-rtdb',
          'https://bluemarket.asia-southeast1.firebasedatabase.app': 'bluemarket',
        },
        not: ['https://s-gke-euw1-nssi3-2.firebasedatabase.app/', 'https://europe-west1.firebasedatabase.app/'],
      },
    },
    {
      kind: 'firebase-storage',
      domains: ['firebasestorage.app'],
      host: /^([a-z0-9][a-z0-9._-]{1,61}[a-z0-9]\.firebasestorage\.app)$/,
      source: 'https://firebase.google.com/docs/storage/web/start',
      examples: {
        is: { 'https://bluemarket.firebasestorage.app': 'bluemarket.firebasestorage.app' },
        not: ['https://firebasestorage.app/'],
      },
    },
    {
      kind: 'firebase-storage',
      domains: ['firebasestorage.googleapis.com'],
      host: /^firebasestorage\.googleapis\.com$/,
      path: /^\/v0\/b\/([a-z0-9][a-z0-9._-]{1,61}[a-z0-9])(?:\/|$)/,
      source: 'https://firebase.google.com/docs/storage',
      examples: {
        is: { 'https://firebasestorage.googleapis.com/v0/b/bluemarket.appspot.com/o/a.jpg': 'bluemarket.appspot.com' },
        not: ['https://firebasestorage.googleapis.com/v0'],
      },
    },
    {
      kind: 'firestore',
      domains: ['firestore.googleapis.com'],
      host: /^firestore\.googleapis\.com$/,
      path: new RegExp(`^/v1(?:beta\\d)?/projects/(${GOOGLE_PROJECT})(?:/|$)`),
      source: 'https://firebase.google.com/docs/firestore/use-rest-api',
      examples: {
        is: {
          'https://firestore.googleapis.com/v1/projects/bluemarket/databases/(default)/documents/users': 'bluemarket',
        },
        not: ['https://firestore.googleapis.com/', 'https://firestore.googleapis.com/v1/projects/%s/databases/'],
      },
    },
    {
      kind: 'firebase-remote-config',
      domains: ['firebaseremoteconfig.googleapis.com'],
      host: /^firebaseremoteconfig\.googleapis\.com$/,
      path: /^\/v1\/projects\/([a-z0-9-]{6,30})\/(?:namespaces|remoteConfig)/,
      source: 'https://firebase.google.com/docs/reference/remote-config/rest',
      examples: {
        is: {
          'https://firebaseremoteconfig.googleapis.com/v1/projects/123456789012/namespaces/firebase:fetch':
            '123456789012',
        },
        not: ['https://firebaseremoteconfig.googleapis.com/v1/projects/%s/namespaces/%s:fetch'],
      },
    },
    {
      kind: 'cloud-functions',
      domains: ['cloudfunctions.net'],
      host: new RegExp(`^(${GOOGLE_REGION}-${GOOGLE_PROJECT})\\.cloudfunctions\\.net$`),
      source: 'https://firebase.google.com/docs/functions/http-events',
      examples: {
        is: { 'https://us-central1-bluemarket.cloudfunctions.net/api': 'us-central1-bluemarket' },
        not: ['https://cloudfunctions.net/', 'https://www.cloudfunctions.net/'],
      },
    },
    {
      // functions of the second generation and services: `name-hash-xx.a.run.app`, since 2024 `name-number.region.run.app`
      kind: 'cloud-run',
      domains: ['run.app'],
      host: new RegExp(
        `^([a-z][a-z0-9-]{0,62}-[a-z0-9]{10}-[a-z]{2}\\.a|[a-z][a-z0-9-]{0,62}-\\d{6,14}\\.${GOOGLE_REGION})\\.run\\.app$`,
      ),
      source: 'https://cloud.google.com/run/docs/triggering/https-request',
      examples: {
        is: {
          'https://orders-abcdefghij-ew.a.run.app/': 'orders-abcdefghij-ew.a',
          'https://orders-123456789012.europe-west1.run.app/v1': 'orders-123456789012.europe-west1',
        },
        not: ['https://run.app/', 'https://console.run.app/'],
      },
    },
    {
      kind: 'firebase-hosting',
      domains: ['firebaseapp.com', 'web.app'],
      host: /^([a-z0-9][a-z0-9-]{3,62})\.(?:firebaseapp\.com|web\.app)$/,
      source: 'https://firebase.google.com/docs/hosting/full-config',
      not: /^(?:www|your-?app|your-?project(?:-id)?)$/,
      examples: {
        is: {
          'https://bluemarket.firebaseapp.com/__/auth/handler': 'bluemarket',
          'https://bluemarket.web.app': 'bluemarket',
        },
        not: ['https://www.firebaseapp.com/', 'https://web.app/'],
      },
    },
  ],
  values: [
    {
      kind: 'google-app-id',
      mark: { start: '1:' },
      value: /^(1:\d{6,15}:(?:android|ios|web|windows):[0-9a-f]{6,40})$/,
      source: 'https://firebase.google.com/docs/projects/learn-more#config-files-objects',
      examples: {
        is: { '1:123456789012:android:0123456789abcdef': '1:123456789012:android:0123456789abcdef' },
        not: ['1:2:android:ab', '1:123456789012:android:', '11:123456789012:ios:0123456789abcdef'],
      },
    },
    {
      kind: 'firebase-storage',
      mark: { end: '.appspot.com' },
      value: /^([a-z0-9][a-z0-9.-]{2,60}\.appspot\.com)$/,
      read: ([, bucket]) => (bucket === undefined ? undefined : firebaseBucket(bucket)),
      source: 'https://firebase.google.com/docs/storage/android/start',
      examples: {
        is: { 'bluemarket-shop.appspot.com': 'bluemarket-shop.appspot.com' },
        not: ['appspot.com', 'https://bluemarket.appspot.com'],
      },
    },
    {
      kind: 'firebase-storage',
      mark: { end: '.firebasestorage.app' },
      value: /^([a-z0-9][a-z0-9.-]{2,60}\.firebasestorage\.app)$/,
      read: ([, bucket]) => (bucket === undefined ? undefined : firebaseBucket(bucket)),
      source: 'https://firebase.google.com/docs/storage/android/start',
      examples: {
        is: { 'bluemarket-shop.firebasestorage.app': 'bluemarket-shop.firebasestorage.app' },
        not: ['com.bluemarket.app', 'firebasestorage.app'],
      },
    },
  ],
  names: [
    {
      kind: 'firebase-storage',
      keys: ['google_storage_bucket', 'STORAGE_BUCKET', 'storageBucket', 'storage_bucket', 'firebase_storage_bucket'],
      value: /^(?:gs:\/\/)?([a-z0-9][a-z0-9._-]{2,80})$/,
      read: ([, bucket]) => (bucket === undefined ? undefined : firebaseBucket(bucket)),
      source: 'https://firebase.google.com/docs/projects/learn-more#config-files-objects',
      examples: {
        is: { 'google_storage_bucket=bluemarket-media': 'bluemarket-media' },
        not: ['google_storage_bucket=Your bucket', 'bucket=bluemarket-media'],
      },
    },
    {
      kind: 'firebase-project',
      keys: ['PROJECT_ID', 'firebase_project_id', 'FIREBASE_PROJECT_ID', 'firebaseProjectId'],
      value: PROJECT,
      source: 'https://firebase.google.com/docs/projects/learn-more#config-files-objects',
      examples: {
        is: { 'PROJECT_ID=bluemarket-shop': 'bluemarket-shop' },
        not: ['PROJECT_ID=Blue Market', 'app_name=bluemarket-shop'],
      },
    },
    {
      kind: 'firebase-project',
      keys: ['project_id', 'projectId'],
      value: PROJECT,
      entry: GOOGLE_FILE,
      resource: true,
      source: 'https://developers.google.com/android/guides/google-services-plugin',
      examples: {
        is: { 'project_id=bluemarket-shop': 'bluemarket-shop' },
        not: ['project_id=1234567', 'project_id=your_project'],
      },
    },
  ],
};
