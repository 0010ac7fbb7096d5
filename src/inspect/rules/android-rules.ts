/** Rules about the manifest and the network security configuration of an Android app. */
import { settingHit } from './evidence.ts';
import type { InspectRule } from './inspect-rule.ts';

const ns = 'xmlns:android="http://schemas.android.com/apk/res/android"';
function manifest(application: string, targetSdk = 34): string {
  return `<manifest ${ns} package="com.bluemarket.shop"><uses-sdk android:targetSdkVersion="${targetSdk}"/><application ${application}/></manifest>`;
}

const debuggable: InspectRule = {
  id: 'inspect/android-debuggable',
  title: 'The app can be debugged',
  severity: 'high',
  owner: 'developer',
  description:
    '`android:debuggable` is true. Anyone with the device in hand runs code as the app and reads its private files, without root.',
  remediation:
    'Build the release variant (`debuggable false`), and remove `android:debuggable` from the manifest: the build tools set it.',
  references: ['https://developer.android.com/privacy-and-security/risks/android-debuggable'],
  cwe: ['CWE-489'],
  masvs: ['MASVS-RESILIENCE-4'],
  examples: {
    bad: [manifest('android:debuggable="true"')],
    good: [manifest('android:debuggable="false"'), manifest('')],
  },
  find: (inspection) =>
    settingHit(
      inspection,
      'android.debuggable',
      'false',
      () => 'The app can be debugged (android:debuggable is true).',
    ),
};

const allowBackup: InspectRule = {
  id: 'inspect/android-allow-backup',
  title: 'The app’s data may be backed up',
  severity: 'low',
  owner: 'developer',
  description:
    '`android:allowBackup` is true (or not set, which means true). The app’s private files go into cloud backups and, on older devices, out over `adb backup`.',
  remediation:
    'Set `android:allowBackup="false"`, or exclude what is personal with `dataExtractionRules` and `fullBackupContent`.',
  references: ['https://developer.android.com/privacy-and-security/risks/backup-best-practices'],
  cwe: ['CWE-530'],
  masvs: ['MASVS-STORAGE-2'],
  examples: {
    bad: [manifest('android:allowBackup="true"'), manifest('')],
    good: [manifest('android:allowBackup="false"')],
  },
  find: (inspection) =>
    settingHit(
      inspection,
      'android.allowBackup',
      'false',
      ({ source }) =>
        `The app’s data may be backed up (android:allowBackup is ${source === 'default' ? 'not set, so true' : 'true'}).`,
    ),
};

const cleartextTraffic: InspectRule = {
  id: 'inspect/android-cleartext-traffic',
  title: 'The app allows clear-text connections',
  severity: 'medium',
  owner: 'developer',
  description:
    'Connections without TLS are allowed for every server, by `android:usesCleartextTraffic`, by the `base-config` of the network security configuration, or because the app targets a version of Android that allows them. One forgotten `http:` address then goes out unnoticed.',
  remediation:
    'Set `cleartextTrafficPermitted="false"` in the `base-config` of the network security configuration (or `android:usesCleartextTraffic="false"`), target API level 28 or later, and list the few hosts that truly need it in a `domain-config`.',
  references: ['https://developer.android.com/privacy-and-security/security-config#CleartextTrafficPermitted'],
  cwe: ['CWE-319'],
  masvs: ['MASVS-NETWORK-1'],
  examples: {
    bad: [
      manifest('android:usesCleartextTraffic="true"'),
      manifest('', 27),
      '<network-security-config><base-config cleartextTrafficPermitted="true"/></network-security-config>',
    ],
    good: [
      manifest(''),
      manifest('android:usesCleartextTraffic="false"', 27),
      '<network-security-config><base-config cleartextTrafficPermitted="false"/></network-security-config>',
    ],
  },
  find(inspection) {
    // The effective value: with a configuration present the flag of the manifest no longer counts.
    return settingHit(inspection, 'android.networkSecurityConfig.cleartextBase', 'false', ({ source }) =>
      source === 'default' &&
      inspection.settings.some((one) => one.id === 'android.usesCleartextTraffic' && one.source === 'default')
        ? 'The app allows clear-text connections, because it targets Android 8 or less and does not forbid them.'
        : 'The app allows clear-text connections to every server.',
    );
  },
};

const userCa: InspectRule = {
  id: 'inspect/android-user-ca',
  title: 'The app trusts certificates that users install',
  severity: 'medium',
  owner: 'developer',
  description:
    'The network security configuration trusts `user` certificates (or the app targets Android 6 or less, where that is the default). Whoever talks a user into installing a certificate – or has the device for a minute – reads the app’s encrypted traffic.',
  remediation: 'Keep `<certificates src="user"/>` in `debug-overrides` only, and target API level 24 or later.',
  references: ['https://developer.android.com/privacy-and-security/security-config#TrustingAdditionalCas'],
  cwe: ['CWE-295'],
  masvs: ['MASVS-NETWORK-2'],
  examples: {
    bad: [
      '<network-security-config><base-config><trust-anchors><certificates src="system"/><certificates src="user"/></trust-anchors></base-config></network-security-config>',
      manifest('', 23),
    ],
    good: [
      manifest('', 24),
      '<network-security-config><debug-overrides><trust-anchors><certificates src="user"/></trust-anchors></debug-overrides></network-security-config>',
    ],
  },
  find: (inspection) =>
    settingHit(inspection, 'android.networkSecurityConfig.userCa', 'system certificates only', ({ source }) =>
      source === 'default'
        ? 'The app trusts certificates that users install, because it targets Android 6 or less.'
        : 'The app trusts certificates that users install.',
    ),
};

const exportedProvider: InspectRule = {
  id: 'inspect/android-exported-provider',
  title: 'A content provider is open to every app',
  severity: 'medium',
  owner: 'developer',
  description:
    'A content provider is exported and asks for no permission. Every other app on the device can read – often change – the data it serves.',
  remediation: 'Set `android:exported="false"`, or guard the provider with a signature-level `android:permission`.',
  references: ['https://developer.android.com/privacy-and-security/risks/content-providers'],
  cwe: ['CWE-926'],
  masvs: ['MASVS-PLATFORM-1'],
  examples: {
    bad: [
      `<manifest ${ns} package="a.b"><application><provider android:name=".P" android:exported="true"/></application></manifest>`,
    ],
    good: [
      `<manifest ${ns} package="a.b"><uses-sdk android:targetSdkVersion="34"/><application><provider android:name=".P"/></application></manifest>`,
      `<manifest ${ns} package="a.b"><application><provider android:name=".P" android:exported="true" android:permission="a.b.READ"/></application></manifest>`,
    ],
  },
  find: (inspection) =>
    settingHit(
      inspection,
      'android.exportedProviders',
      'not exported, or with a permission',
      ({ value }) => `Content providers open to every app: ${Array.isArray(value) ? value.join(', ') : ''}.`,
    ),
};

export const androidRules: readonly InspectRule[] = [
  debuggable,
  allowBackup,
  cleartextTraffic,
  userCa,
  exportedProvider,
];
