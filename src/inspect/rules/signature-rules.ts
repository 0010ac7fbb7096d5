/** Rules about who signed an APK and how. Read, not verified. */
import type { InspectSignature } from '../../core/contract/inspect.ts';
import { placesOf } from './evidence.ts';
import type { Inspection, InspectRule, RuleHit } from './inspect-rule.ts';

const debugKey: InspectRule = {
  id: 'inspect/android-debug-signature',
  title: 'The package is signed with a debug key',
  severity: 'high',
  owner: 'developer',
  description:
    'The certificate is the one that the build tools make for development (`CN=Android Debug`), or the test key that is published with the Android sources. Its key has no password worth the name and lies on developers’ machines, for older samples even in public; who has it publishes updates that devices install over this app.',
  remediation: 'Sign releases with a key of your own that is kept in a key store or by Play App Signing.',
  references: ['https://developer.android.com/studio/publish/app-signing#debug-mode'],
  cwe: ['CWE-321'],
  masvs: ['MASVS-RESILIENCE-2'],
  examples: {
    bad: ['signed v2 by CN=Android Debug, O=Android, for API level 24 and later'],
    good: ['signed v2 by CN=Bluemarket, O=Bluemarket, for API level 24 and later'],
  },
  find(inspection) {
    // a development certificate of Apple's is the developer's own; `inspect/ios-debuggable` tells such builds
    const made = inspection.signatures.filter(({ scheme, debug }) => debug && scheme !== 'ios');
    const published = made.some(({ weak }) => weak.includes('key is published'));
    const key = published
      ? 'the test key of the Android sources, which everybody has'
      : 'the debug key of the build tools';
    return hit(inspection, made, 'debug', `The package is signed with ${key}.`);
  },
};

/** Android 8.1 came with the fix of December 2017; 7.0 is the first that knows scheme v2. */
const FIXED_IN = 27;

const outdatedScheme: InspectRule = {
  id: 'inspect/android-v1-signature-only',
  title: 'Only the outdated signature scheme v1 is used',
  severity: 'medium',
  owner: 'developer',
  description:
    'The package is signed with scheme v1 (JAR signing) alone, and runs on devices before Android 8.1. There, code can be put before the archive without breaking the signature (Janus, CVE-2017-13156): a changed app installs as an update of this one and gets its data.',
  remediation:
    'Sign with `apksigner`, which adds schemes v2 and v3, and raise `minSdkVersion` to 24: before Android 7.0 a device looks at v1 only, whatever else the package holds.',
  references: [
    'https://source.android.com/docs/security/bulletin/2017-12-01',
    'https://source.android.com/docs/security/features/apksigning',
  ],
  cwe: ['CWE-347'],
  masvs: ['MASVS-RESILIENCE-2'],
  examples: {
    bad: [
      'signed v1 by CN=Bluemarket, O=Bluemarket, for API level 21 and later',
      'signed v1 by CN=Bluemarket, O=Bluemarket, for API level 26 and later',
    ],
    good: [
      'signed v1 v2 by CN=Bluemarket, O=Bluemarket, for API level 21 and later',
      'signed v1 by CN=Bluemarket, O=Bluemarket, for API level 27 and later',
      'signed v3 by CN=Bluemarket, O=Bluemarket, for API level 21 and later',
    ],
  },
  find(inspection) {
    const minSdk = inspection.settings.find(({ id }) => id === 'android.minSdkVersion');
    const manifest = minSdk?.evidence[0]?.entry;
    // an app bundle is signed with v1 too, but what is made of it is signed again
    if (typeof minSdk?.value !== 'number' || minSdk.value >= FIXED_IN || !manifest?.endsWith('AndroidManifest.xml'))
      return [];
    const archive = manifest.slice(0, manifest.lastIndexOf('!') + 1);
    if (manifest !== `${archive}AndroidManifest.xml`) return [];
    const own = inspection.signatures.filter(({ entry }) => entry.slice(0, entry.lastIndexOf('!') + 1) === archive);
    if (own.some(({ scheme }) => scheme !== 'v1')) return [];
    const message = `The package is signed with scheme v1 only and runs on Android from API level ${minSdk.value}.`;
    return hit(inspection, own, 'v1', message);
  },
};

const weakSignature: InspectRule = {
  id: 'inspect/android-weak-signature',
  title: 'The package is signed with a weak key or digest',
  severity: 'low',
  owner: 'developer',
  description:
    'The signature uses MD5 or SHA-1, or a key below 112 bits of strength (RSA of less than 2048 bits). Whoever can compute a collision or the key signs changed packages in the app’s name.',
  remediation:
    'Sign with RSA of 2048 bits or more, or ECDSA, and SHA-256. The key of a published app can be rotated with signature scheme v3.',
  references: [
    'https://source.android.com/docs/security/features/apksigning/v3',
    'https://doi.org/10.6028/NIST.SP.800-131Ar2',
  ],
  cwe: ['CWE-326', 'CWE-328'],
  masvs: ['MASVS-CRYPTO-1'],
  examples: {
    bad: [
      'signed v1 v2 by CN=Bluemarket, O=Bluemarket, with RSA key of 1024 bits, for API level 24 and later',
      'signed v1 by CN=Bluemarket, O=Bluemarket, with MD5 digest, for API level 21 and later',
    ],
    good: ['signed v1 v2 by CN=Bluemarket, O=Bluemarket, for API level 24 and later'],
  },
  find(inspection) {
    const found = inspection.signatures.filter(
      ({ scheme, debug, weak }) => scheme !== 'ios' && !debug && weak.length > 0,
    );
    // beside a newer scheme the digests of v1 protect nothing on devices that know the newer one
    const newer = inspection.signatures.some(({ scheme }) => scheme !== 'v1' && scheme !== 'ios');
    const counts = found.filter(
      ({ scheme, weak }) => !newer || scheme !== 'v1' || weak.some((one) => / key /.test(one)),
    );
    const what = [...new Set(counts.flatMap(({ weak }) => weak))].sort().join(', ');
    return hit(inspection, counts, 'weak', `The signature of the package is weak: ${what}.`);
  },
};

function hit(
  { path, appAsset }: Inspection,
  signatures: readonly InspectSignature[],
  locator: string,
  message: string,
): RuleHit[] {
  if (signatures.length === 0) return [];
  const places = signatures.map(({ entry }) => ({ entry, via: 'signature' }));
  return [{ asset: appAsset, locator: [locator], message, confidence: 'firm', evidence: placesOf(path, places) }];
}

export const signatureRules: readonly InspectRule[] = [debugKey, outdatedScheme, weakSignature];
