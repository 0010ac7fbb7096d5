/** Rules about the addresses by which web pages and other apps open an Android app. */
import { listHit, exampleManifest as manifest, named, risk } from './android-hits.ts';
import type { InspectRule } from './inspect-rule.ts';

function linked(data: string, attributes = ''): string {
  const filter = `<intent-filter${attributes}><action android:name="android.intent.action.VIEW"/><category android:name="android.intent.category.BROWSABLE"/>${data}</intent-filter>`;
  return manifest('', { inside: `<activity android:name=".Link" android:exported="true">${filter}</activity>` });
}

const unverifiedLink: InspectRule = {
  id: 'inspect/android-unverified-link',
  title: 'Web links of the app are not verified',
  severity: 'low',
  owner: 'developer',
  description:
    'The app answers `https` addresses without `android:autoVerify`. Any other app may claim the same addresses; before Android 12 the user is then asked which of them to open – with all that stands in the address, such as a code to sign in.',
  remediation:
    'Write `<intent-filter android:autoVerify="true">` and serve `https://<host>/.well-known/assetlinks.json` with the fingerprint of your signing certificate.',
  references: [
    'https://developer.android.com/training/app-links/verify-android-applinks',
    risk('unsafe-use-of-deeplinks'),
  ],
  cwe: ['CWE-939'],
  masvs: ['MASVS-PLATFORM-1'],
  examples: {
    bad: [linked('<data android:scheme="https" android:host="bluemarket-shop.com"/>')],
    good: [
      linked('<data android:scheme="https" android:host="bluemarket-shop.com"/>', ' android:autoVerify="true"'),
      linked('<data android:scheme="bluemarket" android:host="open"/>'),
    ],
  },
  find: (inspection) =>
    listHit(inspection, 'unverifiedLinks', {
      expected: 'android:autoVerify="true"',
      message: (hosts) => `Links to ${named(hosts)} are not verified: another app can claim them.`,
    }),
};

const customScheme: InspectRule = {
  id: 'inspect/android-custom-scheme',
  title: 'The app is opened by a scheme that any app can claim',
  severity: 'info',
  owner: 'developer',
  description:
    'The app answers addresses with a scheme of its own (`bluemarket://`). Nobody owns a scheme: another app may register it and receive what is meant for this one, and any web page may open the app with it.',
  remediation:
    'Use verified `https` links for what matters (signing in, payment). Take what comes by the scheme as a stranger’s input; use PKCE when a sign-in returns by it.',
  references: [risk('unsafe-use-of-deeplinks'), 'https://datatracker.ietf.org/doc/html/rfc8252#section-8.1'],
  cwe: ['CWE-939'],
  masvs: ['MASVS-PLATFORM-1'],
  examples: {
    bad: [linked('<data android:scheme="bluemarket" android:host="open"/>')],
    good: [linked('<data android:scheme="https" android:host="bluemarket-shop.com"/>')],
  },
  find: (inspection) =>
    listHit(inspection, 'customSchemes', {
      expected: 'verified https links',
      message: (schemes) => `The app is opened by a scheme that any app can claim: ${named(schemes)}.`,
    }),
};

const everyLink: InspectRule = {
  id: 'inspect/android-every-link',
  title: 'The app answers the links of every web site',
  severity: 'low',
  owner: 'developer',
  description:
    'An intent filter names `http` or `https` without a host. The app offers itself for every link on the device, as a browser does, and is handed addresses with other people’s tokens in them.',
  remediation: 'Name the host: `<data android:scheme="https" android:host="bluemarket-shop.com"/>`.',
  references: [risk('unsafe-use-of-deeplinks')],
  cwe: ['CWE-939'],
  masvs: ['MASVS-PLATFORM-1'],
  examples: {
    bad: [linked('<data android:scheme="https"/>'), linked('<data android:scheme="http" android:host="*"/>')],
    good: [linked('<data android:scheme="https" android:host="bluemarket-shop.com"/>', ' android:autoVerify="true"')],
  },
  find: (inspection) =>
    listHit(inspection, 'everyLink', {
      expected: 'a host',
      message: (names) => `The links of every web site may be opened with ${named(names)}.`,
    }),
};

const secretCode: InspectRule = {
  id: 'inspect/android-secret-code',
  title: 'The app answers a code typed on the phone’s keypad',
  severity: 'low',
  owner: 'developer',
  description:
    'The app listens for `android_secret_code`: `*#*#code#*#*` on the keypad opens it. Such doors lead to menus for tests, and whoever holds the phone can try them.',
  remediation: 'Remove the receiver from release builds.',
  references: [risk('test-debug')],
  cwe: ['CWE-489'],
  masvs: ['MASVS-RESILIENCE-4'],
  examples: {
    bad: [
      manifest('', {
        inside:
          '<receiver android:name=".Code" android:exported="true"><intent-filter><action android:name="android.provider.Telephony.SECRET_CODE"/><data android:scheme="android_secret_code" android:host="4636"/></intent-filter></receiver>',
      }),
    ],
    good: [linked('<data android:scheme="https" android:host="bluemarket-shop.com"/>')],
  },
  find: (inspection) =>
    listHit(inspection, 'secretCodes', {
      expected: 'none in a release',
      message: (codes) => `A code on the keypad opens the app: *#*#${codes[0]}#*#*.`,
    }),
};

export const androidLinkRules: readonly InspectRule[] = [unverifiedLink, customScheme, everyLink, secretCode];
