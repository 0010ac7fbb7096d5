import { describe, expect, it } from 'vitest';
import { INSPECT_SCHEMA, inspectReportSchema } from '../../src/core/contract/inspect.ts';
import { own, reportOf } from './inspect-support.ts';

const MANIFEST = `<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="com.bluemarket.shop" android:versionName="3.2">
  <uses-sdk android:minSdkVersion="24" android:targetSdkVersion="34"/>
  <application android:label="Blue Market" android:allowBackup="false" android:usesCleartextTraffic="true"/></manifest>`;

const STRINGS = [
  'http://shop-search.bluemarket.example:9200/customers/_search',
  'mongodb://shop:s3cret-of-shop@db.bluemarket.example:27017/shop',
  'https://api.bluemarket.example/v3/',
  { text: 'https://api.bluemarket.example/v3/', entry: 'classes2.dex' },
  '/api/v3/orders',
  '/data/local/tmp/su',
  'https://graph.facebook.com/v12.0',
  'http://schemas.android.com/apk/res/android',
  'https://stackoverflow.com/a/1',
  {
    text: 'bluemarket-shop.appspot.com',
    entry: 'resources.arsc',
    via: 'resource' as const,
    name: 'string/google_storage_bucket',
  },
  {
    text: 'https://bluemarket-shop.firebaseio.com',
    entry: 'resources.arsc',
    via: 'resource' as const,
    name: 'string/firebase_database_url',
  },
];

describe('the report of a package', () => {
  it('has the shape that outside scripts rely on', async () => {
    const report = await reportOf({ manifest: MANIFEST, strings: STRINGS });
    expect(inspectReportSchema.parse(report)).toEqual(report);
    expect(report.schema).toBe(INSPECT_SCHEMA);
    expect(report.app).toMatchObject({
      platform: 'android',
      id: 'com.bluemarket.shop',
      version: '3.2',
      name: 'Blue Market',
    });
  });

  it('lists what is the app’s own first, each endpoint once with every entry that holds it', async () => {
    const report = await reportOf({ manifest: MANIFEST, strings: STRINGS });
    expect(own(report)).toEqual([
      'http://shop-search.bluemarket.example:9200/customers/_search',
      'https://api.bluemarket.example/v3/',
      'https://bluemarket-shop.firebaseio.com/',
      'mongodb://shop:***@db.bluemarket.example/shop',
      '/api/v3/orders',
    ]);
    const api = report.endpoints.find(({ url }) => url === 'https://api.bluemarket.example/v3/');
    expect(api?.evidence.map(({ entry }) => entry)).toEqual(['classes.dex', 'classes2.dex']);
    expect(report.stores.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'firebase-rtdb bluemarket-shop',
      'firebase-storage bluemarket-shop.appspot.com',
    ]);
  });

  it('is the same whatever the order in which strings were read', async () => {
    const forward = await reportOf({ manifest: MANIFEST, strings: STRINGS });
    const backward = await reportOf({ manifest: MANIFEST, strings: [...STRINGS].reverse() });
    expect(backward).toEqual(forward);
  });

  it('never holds a secret unless asked, and then not in findings either', async () => {
    const report = await reportOf({ manifest: MANIFEST, strings: STRINGS });
    expect(JSON.stringify(report)).not.toContain('s3cret-of-shop');
    const revealed = await reportOf({ manifest: MANIFEST, strings: STRINGS, reveal: true });
    expect(revealed.credentials.map(({ value }) => value)).toEqual(['s3cret-of-shop']);
    expect(JSON.stringify(revealed.findings)).not.toContain('s3cret-of-shop');
    expect(revealed.findings.map(({ fingerprint }) => fingerprint)).toEqual(
      report.findings.map(({ fingerprint }) => fingerprint),
    );
  });

  it('names its findings worst first, with their owner', async () => {
    const report = await reportOf({ manifest: MANIFEST, strings: STRINGS });
    expect(report.findings.map(({ rule, severity, owner }) => `${severity} ${rule} ${owner}`)).toEqual([
      'critical inspect/password-in-url developer',
      'high inspect/data-store-in-app developer',
      'high inspect/data-store-in-app developer',
      'medium inspect/android-cleartext-traffic developer',
      'info inspect/managed-store developer',
      'info inspect/managed-store developer',
    ]);
  });

  it('keeps the fingerprints when other strings come and entries are renamed', async () => {
    const before = await reportOf({ manifest: MANIFEST, strings: STRINGS });
    const after = await reportOf({
      manifest: MANIFEST,
      strings: [
        'https://other.bluemarket.example/',
        ...STRINGS.map((one) => (typeof one === 'string' ? { text: one, entry: 'classes9.dex', offset: 9 } : one)),
      ],
    });
    expect(after.findings.map(({ fingerprint }) => fingerprint)).toEqual(
      before.findings.map(({ fingerprint }) => fingerprint),
    );
  });
});

describe('keys in addresses', () => {
  it('are told apart, also when one begins like another', async () => {
    const url = (key: string) => `https://api.weather-maps.com/v1?key=${key}`;
    const report = await reportOf({ strings: [url('a1b2c3d4e5'), url('a1b2c3d4e5f6')], reveal: true });
    expect(report.credentials.map(({ value }) => value).sort()).toEqual(['a1b2c3d4e5', 'a1b2c3d4e5f6']);
  });

  it('of a known form are one credential, not two', async () => {
    const key = `AIza${'Sy0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV'}`;
    const report = await reportOf({ strings: [`https://maps.shop-tools.com/v1?key=${key}`] });
    expect(report.credentials.map(({ provider, kind }) => `${provider} ${kind}`)).toEqual(['google api-key']);
    expect(JSON.stringify(report)).not.toContain(key);
    const wrapped = Buffer.from(`https://maps.shop-tools.com/v1?key=${key}`).toString('base64');
    const inBase64 = await reportOf({ strings: [wrapped] });
    expect(inBase64.credentials.map(({ provider, kind }) => `${provider} ${kind}`)).toEqual(['google api-key']);
    expect(JSON.stringify(inBase64)).not.toContain(wrapped);
  });
});
