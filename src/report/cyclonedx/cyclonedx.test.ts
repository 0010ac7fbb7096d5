import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { PackageURL } from 'packageurl-js';
import { expect, test } from 'vitest';
import { bluemarketInspectReport } from '../../../test/golden/fixtures/other-reports.ts';
import { render } from '../index.ts';

const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
const bomOf = async (report = bluemarketInspectReport()) => await render('cyclonedx', report, { toolVersion: '0.1.0' });

test('the inventory is CycloneDX 1.6, and a damaged one is not', async () => {
  const bom = await bomOf();
  expect(await validator.validate(bom)).toBeNull();
  expect(await validator.validate(bom.replace('"library"', '"thing"'))).not.toBeNull();
});

test('it names the app with its hash, its libraries and its own back ends', async () => {
  const bom = JSON.parse(await bomOf());
  expect(bom.metadata.component).toMatchObject({ name: 'com.bluemarket.shop', version: '3.2' });
  expect(bom.metadata.component.hashes[0].content).toBe(bluemarketInspectReport().app.sha256);
  expect(bom.components).toMatchObject([
    { group: 'com.appsflyer', name: 'af-android-sdk', supplier: { name: 'AppsFlyer' } },
    { group: 'com.squareup.okhttp3', name: 'okhttp', version: '4.9.0' },
  ]);
  expect(bom.components[0].properties).toContainEqual({ name: 'postern:tracker', value: 'true' });
  expect(bom.services.map(({ name }: { name: string }) => name)).toEqual([
    'api.bluemarket.example',
    'bluemarket-prod.firebaseio.example',
    'shop-search.bluemarket.example:9200',
  ]);
  expect(bom.services[2]).toMatchObject({
    endpoints: ['http://shop-search.bluemarket.example:9200/products/_search'],
    'x-trust-boundary': true,
  });
  expect(bom.dependencies[0].dependsOn).toHaveLength(2);
});

test('numbers of projects and senders, which nobody can call, are no services', async () => {
  const report = bluemarketInspectReport();
  const names = async () => JSON.parse(await bomOf(report)).services.map(({ name }: { name: string }) => name);
  const before = await names();
  const evidence = [{ entry: 'resources.arsc', via: 'resource' }];
  report.stores.push({ kind: 'fcm-sender', id: '100000000001', origin: 'app', evidence });
  expect(await names()).toEqual(before);
  const host = 'firebasestorage.googleapis.com';
  report.stores.push({ kind: 'firebase-storage', id: 'bluemarket.appspot.com', host, origin: 'app', evidence });
  expect(await names()).toContain('bluemarket.appspot.com');
});

test('its package URLs are read by another reader', async () => {
  for (const { purl } of JSON.parse(await bomOf()).components) {
    expect(PackageURL.fromString(purl).toString()).toBe(purl);
  }
});

test('addresses that are no IRI, and an app without a name, keep it valid', async () => {
  const report = bluemarketInspectReport();
  const [first] = report.endpoints;
  if (first === undefined) throw new Error('the fixture has no endpoint');
  report.endpoints = ['http://a.example/%zz', 'http://a.example/{id}', 'http://a.example/a b'].map((url) => ({
    ...first,
    url,
    host: 'a.example',
  }));
  report.app = { ...report.app, id: '', version: '', sha256: '' };
  report.app.sha256 = 'f'.repeat(64);
  expect(await validator.validate(await bomOf(report))).toBeNull();
});

test('the same report gives the same bytes', async () => {
  expect(await bomOf()).toBe(await bomOf());
});
