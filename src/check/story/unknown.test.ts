import { expect, it } from 'vitest';
import { bluemarketInspectReport } from '../../../test/golden/fixtures/other-reports.ts';
import { namedStores } from './unknown.ts';

it('a managed kind that keeps no records is no store that nobody asked', () => {
  const report = bluemarketInspectReport();
  const [store] = report.stores;
  if (store === undefined) throw new Error('the fixture has no store');
  const kinds = ['firestore', 's3', 'cloud-run', 'cognito-user-pool', 'aws-iot', 'firebase-project', 'not-known'];
  report.endpoints = [];
  report.stores = kinds.map((kind) => ({ ...store, kind, id: kind, host: `${kind}.provider.com`, origin: 'app' }));
  const named = namedStores([{ path: 'app.apk', report }] as unknown as Parameters<typeof namedStores>[0]);
  expect(named.map(({ service }) => service).sort()).toEqual(['firestore', 'not-known', 's3']);
});
