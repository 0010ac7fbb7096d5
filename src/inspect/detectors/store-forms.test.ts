import { describe, expect, it } from 'vitest';
import { storeOfHost, storeOfString } from './store-forms.ts';

describe('storeOfHost', () => {
  it.each([
    ['https', 'bluemarket-shop.firebaseio.com', '/', 'firebase-rtdb', 'bluemarket-shop'],
    [
      'https',
      'bluemarket-shop-default-rtdb.europe-west1.firebasedatabase.app',
      '/',
      'firebase-rtdb',
      'bluemarket-shop-default-rtdb',
    ],
    ['https', 'bluemarket.asia-southeast1.firebasedatabase.app', '', 'firebase-rtdb', 'bluemarket'],
    [
      'https',
      'firebasestorage.googleapis.com',
      '/v0/b/bluemarket.appspot.com/o',
      'firebase-storage',
      'bluemarket.appspot.com',
    ],
    ['gs', 'bluemarket.firebasestorage.app', '', 'firebase-storage', 'bluemarket.firebasestorage.app'],
    ['gs', 'bluemarket-media', '', 'gcs', 'bluemarket-media'],
    ['https', 'storage.googleapis.com', '/bluemarket-media/a.jpg', 'gcs', 'bluemarket-media'],
    ['https', 'bluemarket-media.s3.amazonaws.com', '/a', 's3', 'bluemarket-media'],
    ['https', 'bluemarket.media.s3-eu-west-1.amazonaws.com', '/a', 's3', 'bluemarket.media'],
    ['https', 'bluemarket.s3.dualstack.us-east-2.amazonaws.com', '/a', 's3', 'bluemarket'],
    ['https', 's3.eu-central-1.amazonaws.com', '/bluemarket-media/x.png', 's3', 'bluemarket-media'],
    ['s3', 'bluemarket-media', '', 's3', 'bluemarket-media'],
    ['https', 'bluemarket.blob.core.windows.net', '/img', 'azure-blob', 'bluemarket'],
    ['https', 'abcdefghijklmnopqrst.supabase.co', '/rest/v1', 'supabase', 'abcdefghijklmnopqrst'],
    [
      'https',
      'cognito-idp.us-east-1.amazonaws.com',
      '/us-east-1_AbCdEfGhI',
      'cognito-user-pool',
      'us-east-1_AbCdEfGhI',
    ],
    ['https', 'a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com', '/prod', 'api-gateway', 'a1b2c3d4e5'],
    ['https', 'bluemarket.es.europe-west3.gcp.cloud.es.io', '', 'elastic-cloud', 'bluemarket'],
    ['mongodb+srv', 'cluster0.ab1cd.mongodb.net', '/shop', 'mongodb-atlas', 'cluster0.ab1cd'],
    ['https', 'ABCDEF0123-dsn.algolia.net'.toLowerCase(), '/1/indexes', 'algolia', 'abcdef0123'],
    ['https', 'api.parse.com', '/1/classes', 'parse', 'api'],
  ])('%s://%s%s is %s', (scheme, host, path, kind, id) => {
    expect(storeOfHost(scheme, host, path)).toMatchObject({ kind, id });
  });

  it.each([
    ['https', 's3.amazonaws.com', '/'],
    ['https', 'dynamodb.us-east-1.amazonaws.com', '/'],
    ['https', 'www.firebaseio.com', '/'],
    ['https', 'api.bluemarket.example', '/s3/x'],
    ['https', 'firebasestorage.googleapis.com', '/v0'],
    ['https', 'api.supabase.com', '/'],
  ])('%s://%s%s is none', (scheme, host, path) => {
    expect(storeOfHost(scheme, host, path)).toBeUndefined();
  });
});

describe('storeOfString', () => {
  const at = { entry: 'resources.arsc', via: 'resource' as const };
  it('knows identifiers by their form', () => {
    expect(storeOfString({ ...at, text: '1:123456789012:android:0123456789abcdef' })).toMatchObject({
      kind: 'google-app-id',
    });
    expect(storeOfString({ ...at, text: 'us-east-1:01234567-89ab-cdef-0123-456789abcdef' })).toMatchObject({
      kind: 'cognito-identity-pool',
    });
  });
  it('knows values by the name that holds them', () => {
    expect(storeOfString({ ...at, text: 'bluemarket-shop', name: 'string/project_id' })).toMatchObject({
      kind: 'firebase-project',
    });
    expect(storeOfString({ ...at, text: 'bluemarket-shop', name: 'string/app_name' })).toBeUndefined();
    expect(storeOfString({ entry: 'a.js', via: 'text', text: 'bluemarket-shop', name: 'projectId' })).toBeUndefined();
    expect(storeOfString({ ...at, text: 's3', name: 'string/s3' })).toBeUndefined();
  });
});
