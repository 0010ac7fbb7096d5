/** Rules about the manifest of an Android app as a whole: its build, its backups, the versions it runs on. */
import { series } from '../../core/words.ts';
import { listHit, exampleManifest as manifest, mastg, named, risk, settingOf } from './android-hits.ts';
import { settingHit } from './evidence.ts';
import type { InspectRule } from './inspect-rule.ts';

const debuggable: InspectRule = {
  id: 'inspect/android-debuggable',
  title: 'The app can be debugged',
  severity: 'high',
  owner: 'developer',
  description:
    '`android:debuggable` is true. Anyone with the device in hand runs code as the app and reads its private files, without root.',
  remediation:
    'Build the release variant (`debuggable false`), and remove `android:debuggable` from the manifest: the build tools set it.',
  references: [risk('android-debuggable'), mastg('RESILIENCE', '0226')],
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

const testOnly: InspectRule = {
  id: 'inspect/android-test-only',
  title: 'The package is a test build',
  severity: 'low',
  owner: 'developer',
  description:
    '`android:testOnly` is true: the package was built for a device on a cable (“Run” in Android Studio). Stores refuse it, and such builds often carry test servers and logging.',
  remediation:
    'Publish what *Build › Generate Signed App Bundle* (or `./gradlew bundleRelease`) makes; it does not set `android:testOnly`.',
  references: ['https://developer.android.com/guide/topics/manifest/application-element#testOnly', risk('test-debug')],
  cwe: ['CWE-489'],
  masvs: ['MASVS-RESILIENCE-4'],
  examples: { bad: [manifest('android:testOnly="true"')], good: [manifest('android:testOnly="false"'), manifest('')] },
  find: (inspection) =>
    settingHit(
      inspection,
      'android.testOnly',
      'false',
      () => 'The package is a test build (android:testOnly is true).',
    ),
};

const backupRules = 'android:fullBackupContent="res/xml/b.xml" android:dataExtractionRules="res/xml/d.xml"';
const allowBackup: InspectRule = {
  id: 'inspect/android-allow-backup',
  title: 'All of the app’s private data may be backed up',
  severity: 'low',
  owner: 'developer',
  description:
    '`android:allowBackup` is true (or not set, which means true), and no rules say what is left out. The app’s private files – databases, preferences, tokens – go into cloud backups and, on older devices, out over `adb backup`.',
  remediation:
    'Set `android:allowBackup="false"`. Or leave out what is personal or secret: `android:dataExtractionRules="@xml/data_extraction_rules"` (Android 12 and later: `<data-extraction-rules><cloud-backup><exclude domain="sharedpref" path="session.xml"/></cloud-backup></data-extraction-rules>`) and `android:fullBackupContent="@xml/backup_rules"` (earlier: `<full-backup-content><exclude domain="sharedpref" path="session.xml"/></full-backup-content>`).',
  references: [risk('backup-best-practices'), mastg('STORAGE', '0262')],
  cwe: ['CWE-530'],
  masvs: ['MASVS-STORAGE-2'],
  examples: {
    bad: [
      manifest('android:allowBackup="true"'),
      manifest(''),
      `${manifest(backupRules)}\n<full-backup-content/>\n<data-extraction-rules><cloud-backup><exclude domain="sharedpref" path="s.xml"/></cloud-backup></data-extraction-rules>`,
    ],
    good: [
      manifest('android:allowBackup="false"'),
      manifest('android:fullBackupContent="false"'),
      `${manifest(backupRules)}\n<full-backup-content><exclude domain="sharedpref" path="s.xml"/></full-backup-content>\n<data-extraction-rules><cloud-backup><exclude domain="sharedpref" path="s.xml"/></cloud-backup></data-extraction-rules>`,
    ],
  },
  find(inspection) {
    const allowed = settingOf(inspection, 'allowBackup');
    if (allowed?.value !== true) return [];
    return settingHit(inspection, 'android.backupUnlimited', 'rules that leave out what is personal', ({ value }) => {
      const versions = Array.isArray(value) && value.length === 1 ? ` on ${value[0]}` : '';
      return `All of the app’s data may be backed up${versions} (android:allowBackup is ${allowed.source === 'default' ? 'not set, so true' : 'true'}).`;
    });
  },
};

const sharedUser: InspectRule = {
  id: 'inspect/android-shared-user-id',
  title: 'The app shares its user id with other apps',
  severity: 'low',
  owner: 'developer',
  description:
    '`android:sharedUserId` puts every app that is signed with the same key and names the same id into one sandbox: each reads the private files of the others and has all their permissions. A hole in the weakest is a hole in all. Deprecated since Android 10.',
  remediation:
    'Share data through a content provider that asks for a permission of level `signature`. For an app in use, add `android:sharedUserMaxSdkVersion="32"` beside `android:sharedUserId`: new installations then have a sandbox of their own.',
  references: ['https://developer.android.com/guide/topics/manifest/manifest-element#uid'],
  cwe: ['CWE-653'],
  masvs: ['MASVS-PLATFORM-1'],
  examples: {
    bad: [manifest('', { root: ' android:sharedUserId="com.bluemarket.uid"' })],
    good: [manifest('')],
  },
  find(inspection) {
    const setting = settingOf(inspection, 'sharedUserId');
    if (setting === undefined) return [];
    const text = String(setting.value);
    const at = setting.evidence[0];
    return [
      {
        asset: inspection.appAsset,
        locator: [setting.id],
        message: `The app shares the user id ${text} with other apps.`,
        confidence: 'firm',
        evidence: [
          {
            kind: 'setting',
            path: `${inspection.path}!${at?.entry ?? ''}`,
            pointer: at?.name ?? setting.id,
            actual: text,
            expected: 'not set',
          },
        ],
      },
    ];
  },
};

/** What each version of Android brought to every app; without it the app has to do without. */
const BROUGHT: readonly (readonly [since: number, what: string])[] = [
  [17, 'JavaScript bridges that reach only annotated methods'],
  [20, 'TLS 1.2 by default'],
  [23, 'permissions that are asked for when they are needed'],
  [24, 'the network security configuration that keeps out certificates of users'],
];

const minSdk: InspectRule = {
  id: 'inspect/android-min-sdk-outdated',
  title: 'The app runs on versions of Android that lack basic protection',
  severity: 'low',
  owner: 'developer',
  description:
    '`minSdkVersion` allows versions of Android that have had no security updates for years and lack what later versions do for every app. Before Android 7 (API level 24) the network security configuration is ignored; before Android 4.2 (API level 17) any page in a WebView with a JavaScript bridge runs code as the app.',
  remediation: 'Set `minSdk = 24` or later in `build.gradle.kts` (`android { defaultConfig { minSdk = 26 } }`).',
  references: [
    'https://developer.android.com/privacy-and-security/security-tips',
    'https://developer.android.com/about/dashboards',
    mastg('NETWORK', '0285'),
  ],
  cwe: ['CWE-1104'],
  masvs: ['MASVS-CODE-1'],
  examples: {
    bad: [manifest('', { min: 23 }), manifest('', { min: 15 }), '<manifest package="a.b"><application/></manifest>'],
    good: [manifest('', { min: 24 }), manifest('', { min: 31 })],
  },
  find(inspection) {
    const setting = settingOf(inspection, 'minSdkVersion');
    const value = setting?.value;
    if (setting === undefined || typeof value !== 'number' || value >= 24) return [];
    const missing = BROUGHT.filter(([since]) => value < since).map(([, what]) => what);
    const at = setting.evidence[0];
    return [
      {
        asset: inspection.appAsset,
        locator: [setting.id],
        message: `The app runs on Android API level ${value}${setting.source === 'default' ? ' (minSdkVersion is not set)' : ''}, which lacks ${series(missing)}.`,
        confidence: 'firm',
        evidence: [
          {
            kind: 'setting',
            path: `${inspection.path}!${at?.entry ?? ''}`,
            pointer: at?.name ?? setting.id,
            actual: `${value}${setting.source === 'default' ? ' (platform default)' : ''}`,
            expected: '24 or later',
          },
        ],
      },
    ];
  },
};

const singleTask = '<activity android:name=".Main" android:exported="true" android:launchMode="singleTask"';
const hijackableTask: InspectRule = {
  id: 'inspect/android-task-hijacking',
  title: 'Another app can put its screen into the app’s task',
  severity: 'low',
  owner: 'developer',
  description:
    'An exported activity is `singleTask` (or allows reparenting), keeps the app’s default task affinity, and runs on versions before Android 11. A malicious app that names the same affinity has its own screen – a false login – come up when the user opens the app (StrandHogg, CVE-2020-0096).',
  remediation:
    'Set `minSdk = 30`. Until then write `android:taskAffinity=""` on `<application>`, and use `singleTop` instead of `singleTask` where you can: this stops the first form of the attack.',
  references: [risk('strandhogg'), 'https://nvd.nist.gov/vuln/detail/CVE-2020-0096'],
  cwe: ['CWE-1021'],
  masvs: ['MASVS-PLATFORM-3'],
  examples: {
    bad: [
      manifest('', { inside: `${singleTask}/>` }),
      manifest('', {
        inside: '<activity android:name=".A" android:exported="true" android:allowTaskReparenting="true"/>',
      }),
    ],
    good: [
      manifest('', { inside: `${singleTask}/>`, min: 30 }),
      manifest('', { inside: `${singleTask} android:taskAffinity=""/>` }),
      manifest('android:taskAffinity=""', { inside: `${singleTask}/>` }),
      manifest('', { inside: '<activity android:name=".Main" android:launchMode="singleTask"/>' }),
    ],
  },
  find: (inspection) =>
    listHit(inspection, 'hijackableTasks', {
      expected: 'an empty task affinity, or Android 11 and later only',
      message: (names) => `On Android 10 and earlier another app can put its screen into the task of ${named(names)}.`,
    }),
};

export const androidManifestRules: readonly InspectRule[] = [
  debuggable,
  testOnly,
  allowBackup,
  sharedUser,
  minSdk,
  hijackableTask,
];
