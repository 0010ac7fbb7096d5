/** Rules about what an Android app opens to other apps: components, and the permissions that guard them (providers: android-provider-rules.ts). */
import { eachHit, listHit, exampleManifest as manifest, named, risk } from './android-hits.ts';
import type { InspectRule } from './inspect-rule.ts';

const component = (xml: string) => manifest('', { inside: xml });
const PERMISSION =
  '`<permission android:name="com.bluemarket.shop.INTERNAL" android:protectionLevel="signature"/>` beside `<application>` and `android:permission="com.bluemarket.shop.INTERNAL"` on the component';

const exportedService: InspectRule = {
  id: 'inspect/android-exported-service',
  title: 'A service is open to every app',
  severity: 'medium',
  owner: 'developer',
  description:
    'A service of the app is exported and asks for no permission: every app on the device can start or bind it and make it work with data of its choosing, under the app’s own name and rights.',
  remediation: `Set \`android:exported="false"\`. If other apps of yours use it: ${PERMISSION}.`,
  references: [risk('android-exported'), risk('access-control-to-exported-components')],
  cwe: ['CWE-926'],
  masvs: ['MASVS-PLATFORM-1'],
  examples: {
    bad: [
      component('<service android:name=".Sync" android:exported="true"/>'),
      manifest('', {
        target: 30,
        inside:
          '<service android:name=".Sync"><intent-filter><action android:name="com.bluemarket.SYNC"/></intent-filter></service>',
      }),
    ],
    good: [
      component('<service android:name=".Sync"/>'),
      component(
        '<service android:name=".Job" android:exported="true" android:permission="android.permission.BIND_JOB_SERVICE"/>',
      ),
      component('<service android:name=".Sync" android:exported="true" android:enabled="false"/>'),
      manifest('android:permission="com.bluemarket.shop.USE"', {
        inside: '<service android:name=".Sync" android:exported="true"/>',
      }),
    ],
  },
  find: (inspection) =>
    eachHit(inspection, 'exportedServices', {
      expected: 'not exported, or with a permission',
      message: ([name]) => `The service ${name} is open to every app on the device.`,
    }),
};

const exportedReceiver: InspectRule = {
  id: 'inspect/android-exported-receiver',
  title: 'Every app can send a broadcast receiver its messages',
  severity: 'medium',
  owner: 'developer',
  description:
    'A broadcast receiver of the app is exported, asks for no permission, and listens to messages that are not the system’s: every app on the device can send it some, with contents of its choosing.',
  remediation: `Set \`android:exported="false"\` (messages within the app still arrive). If other apps of yours send to it: ${PERMISSION}.`,
  references: [risk('insecure-broadcast-receiver'), risk('android-exported')],
  cwe: ['CWE-925'],
  masvs: ['MASVS-PLATFORM-1'],
  examples: {
    bad: [
      component(
        '<receiver android:name=".R" android:exported="true"><intent-filter><action android:name="com.bluemarket.PAY"/></intent-filter></receiver>',
      ),
      component('<receiver android:name=".R" android:exported="true"/>'),
    ],
    good: [
      component(
        '<receiver android:name=".Boot" android:exported="true"><intent-filter><action android:name="android.intent.action.BOOT_COMPLETED"/></intent-filter></receiver>',
      ),
      component('<receiver android:name=".R" android:exported="false"/>'),
    ],
  },
  find: (inspection) =>
    eachHit(inspection, 'exportedReceivers', {
      expected: 'not exported, or with a permission',
      message: ([name]) => `Every app on the device can send messages to the receiver ${name}.`,
    }),
};

const exportedActivity: InspectRule = {
  id: 'inspect/android-exported-activity',
  title: 'Screens of the app can be opened by every app',
  severity: 'low',
  owner: 'developer',
  description:
    'Activities are exported that neither stand among the icons nor answer an address or a standard request. Every app on the device can open them, past the login screen before them, with data of its choosing.',
  remediation: 'Set `android:exported="false"` on each; check the user’s session in those that must stay open.',
  references: [risk('android-exported'), risk('access-control-to-exported-components')],
  cwe: ['CWE-926'],
  masvs: ['MASVS-PLATFORM-1'],
  examples: {
    bad: [component('<activity android:name=".Transfer" android:exported="true"/>')],
    good: [
      component(
        '<activity android:name=".Main" android:exported="true"><intent-filter><action android:name="android.intent.action.MAIN"/><category android:name="android.intent.category.LAUNCHER"/></intent-filter></activity>',
      ),
      component(
        '<activity android:name=".Share" android:exported="true"><intent-filter><action android:name="android.intent.action.SEND"/></intent-filter></activity>',
      ),
      component('<activity android:name="com.facebook.CustomTabActivity" android:exported="true"/>'),
    ],
  },
  find: (inspection) =>
    listHit(inspection, 'exportedActivities', {
      expected: 'not exported',
      message: (names) => `Every app on the device can open ${named(names)}.`,
    }),
};

const exportedOfLibrary: InspectRule = {
  id: 'inspect/android-exported-by-library',
  title: 'A library’s component is open to every app',
  severity: 'low',
  owner: 'developer',
  description:
    'A component that comes with a library is exported and asks for no permission. The manifest of the app has the last word on it.',
  remediation:
    'If the app does not need it from outside, overrule it: `<service android:name="net.uploads.UploadService" android:exported="false" tools:replace="android:exported"/>`.',
  references: [risk('android-exported'), 'https://developer.android.com/build/manage-manifests'],
  cwe: ['CWE-926'],
  masvs: ['MASVS-PLATFORM-1'],
  examples: {
    bad: [component('<service android:name="net.uploads.UploadService" android:exported="true"/>')],
    good: [
      component(
        '<activity android:name="androidx.biometric.DeviceCredentialHandlerActivity" android:exported="true"/>',
      ),
      component(
        '<service android:name="net.uploads.UploadService" android:exported="true" android:permission="android.permission.BIND_JOB_SERVICE"/>',
      ),
    ],
  },
  find: (inspection) =>
    listHit(inspection, 'exportedOfLibraries', {
      expected: 'not exported, or with a permission',
      message: (names) => `Components of libraries are open to every app: ${named(names)}.`,
      confidence: 'tentative',
    }),
};

const weakPermission = '<permission android:name="com.bluemarket.shop.USE"/>';
const weaklyGuarded: InspectRule = {
  id: 'inspect/android-weakly-guarded-component',
  title: 'A component is guarded by a permission that every app can have',
  severity: 'medium',
  owner: 'developer',
  description:
    'An exported component asks for a permission of level `normal` (the default of `protectionLevel`), which every app gets on installation, or `dangerous`, which it gets when the user nods. It keeps nobody out.',
  remediation:
    'Define the permission with `android:protectionLevel="signature"`: then only apps signed with your key get it.',
  references: [
    risk('custom-permissions'),
    'https://developer.android.com/guide/topics/manifest/permission-element#plevel',
  ],
  cwe: ['CWE-276'],
  masvs: ['MASVS-PLATFORM-1'],
  examples: {
    bad: [
      manifest('', {
        beside: weakPermission,
        inside: '<service android:name=".S" android:exported="true" android:permission="com.bluemarket.shop.USE"/>',
      }),
      component(
        '<service android:name=".S" android:exported="true" android:permission="android.permission.INTERNET"/>',
      ),
    ],
    good: [
      manifest('', {
        beside: '<permission android:name="com.bluemarket.shop.USE" android:protectionLevel="signature"/>',
        inside: '<service android:name=".S" android:exported="true" android:permission="com.bluemarket.shop.USE"/>',
      }),
      component('<service android:name=".S" android:exported="true" android:permission="com.partner.bank.USE"/>'),
    ],
  },
  find: (inspection) =>
    eachHit(inspection, 'weaklyGuardedComponents', {
      expected: 'a permission of level signature',
      message: ([what]) => `A permission that every app can have guards ${what}.`,
    }),
};

const weakCustomPermission: InspectRule = {
  id: 'inspect/android-weak-permission',
  title: 'The app defines a permission that every app gets',
  severity: 'info',
  owner: 'developer',
  description:
    'The app defines a permission without a `protectionLevel`, or with `normal`: every app that asks for it has it, without a question to the user.',
  remediation:
    'Write `android:protectionLevel="signature"` on the `<permission>`, or remove it when nothing asks for it.',
  references: [risk('custom-permissions')],
  cwe: ['CWE-276'],
  masvs: ['MASVS-PLATFORM-1'],
  examples: {
    bad: [manifest('', { beside: weakPermission })],
    good: [
      manifest('', {
        beside: '<permission android:name="com.bluemarket.shop.USE" android:protectionLevel="signature"/>',
      }),
    ],
  },
  find: (inspection) =>
    listHit(inspection, 'weakPermissions', {
      expected: 'protectionLevel signature',
      message: (names) => `Every app that asks for it gets the permission ${named(names)}.`,
    }),
};

export const androidComponentRules: readonly InspectRule[] = [
  exportedService,
  exportedReceiver,
  exportedActivity,
  exportedOfLibrary,
  weaklyGuarded,
  weakCustomPermission,
];
