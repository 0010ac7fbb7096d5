/** Rules about managed data stores that a package names. */
import { assetId } from '../../core/asset.ts';
import { serviceTitle } from '../../core/words.ts';
import { storeKind } from '../data/stores/index.ts';
import { placesOf } from './evidence.ts';
import type { InspectRule, RuleHit } from './inspect-rule.ts';

const managedStore: InspectRule = {
  id: 'inspect/managed-store',
  title: 'The app uses a managed data store',
  severity: 'info',
  owner: 'developer',
  description:
    'The package names a managed data store (a Firebase database, a bucket, an identity pool …). Its address is public by design; whether its data is depends on its access rules alone, which the package does not show.',
  remediation:
    'Put the store in the scope of `postern.yaml`, so that `postern check` asks it what a stranger gets; and see that its rules demand a signed-in user and give each user their own records only.',
  references: [
    'https://firebase.google.com/docs/database/security',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html',
  ],
  cwe: ['CWE-1220'],
  masvs: ['MASVS-STORAGE-1'],
  examples: {
    bad: [
      'https://bluemarket-shop.firebaseio.com',
      'https://bluemarket-media.s3.eu-west-1.amazonaws.com/a.jpg',
      'gs://bluemarket-shop.appspot.com',
    ],
    good: ['https://hacker-news.firebaseio.com/v0/', 'https://api.bluemarket-shop.com/', 's3'],
  },
  find(inspection) {
    return inspection.stores
      .filter((store) => store.origin === 'app' && holdsData(store.kind))
      .map(
        (store): RuleHit => ({
          asset: assetId('store', store.kind, store.id),
          locator: [store.kind, store.id],
          message: `The app uses ${serviceTitle(store.kind)}: ${store.id}. ${reachOf(store.kind)}`.trimEnd(),
          confidence: 'firm',
          evidence: placesOf(inspection.path, store.evidence, store.id),
        }),
      );
  },
};

/** Names of apps and projects hold nothing, and what runs code has no access rules of its own to see to. */
function holdsData(kind: string): boolean {
  const holds = storeKind(kind)?.holds;
  return holds !== 'nothing' && holds !== 'code' && kind !== 'aws-iot';
}

function reachOf(kind: string): string {
  const reach = storeKind(kind)?.reach;
  return reach === undefined ? '' : `A stranger reaches there: ${reach}.`;
}

export const storeRules: readonly InspectRule[] = [managedStore];
