/** Rules about content providers of an Android app: who may ask them, and for what. */
import { eachHit, listHit, exampleManifest as manifest, named, risk } from './android-hits.ts';
import type { InspectRule } from './inspect-rule.ts';

const component = (xml: string) => manifest('', { inside: xml });

const exportedProvider: InspectRule = {
  id: 'inspect/android-exported-provider',
  title: 'A content provider is open to every app',
  severity: 'medium',
  owner: 'developer',
  description:
    'A content provider is exported, and reading it or writing to it asks for no permission (`readPermission` guards reading only). Every other app on the device can read – often change – the data it serves.',
  remediation:
    'Set `android:exported="false"`. If other apps of yours need it: `<permission android:name="com.bluemarket.shop.INTERNAL" android:protectionLevel="signature"/>` beside `<application>` and `android:permission="com.bluemarket.shop.INTERNAL"` on the provider (it covers reading and writing).',
  references: [risk('android-exported'), 'https://developer.android.com/guide/topics/manifest/provider-element'],
  cwe: ['CWE-926'],
  masvs: ['MASVS-PLATFORM-1'],
  examples: {
    bad: [
      component('<provider android:name=".P" android:exported="true"/>'),
      component(
        '<provider android:name=".P" android:exported="true" android:readPermission="com.bluemarket.shop.READ"/>',
      ),
    ],
    good: [
      component('<provider android:name=".P"/>'),
      component('<provider android:name=".P" android:exported="true" android:permission="com.bluemarket.shop.USE"/>'),
      component('<provider android:name="androidx.core.content.FileProvider" android:exported="false"/>'),
    ],
  },
  find: (inspection) =>
    eachHit(inspection, 'exportedProviders', {
      expected: 'not exported, or with a permission',
      message: ([name]) => `The content provider ${name} is open to every app on the device.`,
    }),
};

const fileProvider =
  '<provider android:name="androidx.core.content.FileProvider" android:exported="false" android:grantUriPermissions="true"><meta-data android:name="android.support.FILE_PROVIDER_PATHS" android:resource="res/xml/paths.xml"/></provider>';
const fileProviderRoot: InspectRule = {
  id: 'inspect/android-file-provider-root',
  title: 'A FileProvider can share every file the app can read',
  severity: 'medium',
  owner: 'developer',
  description:
    'The paths of a FileProvider contain `root-path`: the root of the device. Whoever brings the app to share a file – by an address it opens, a name it is handed – has any file the app can read, its databases and tokens among them.',
  remediation: 'Replace `root-path` by the one folder that is shared: `<cache-path name="shared" path="shared/"/>`.',
  references: [risk('file-providers'), 'https://developer.android.com/reference/androidx/core/content/FileProvider'],
  cwe: ['CWE-668'],
  masvs: ['MASVS-STORAGE-2', 'MASVS-PLATFORM-1'],
  examples: {
    bad: [`${component(fileProvider)}\n<paths><root-path name="root" path="/"/></paths>`],
    good: [
      `${component(fileProvider)}\n<paths><cache-path name="shared" path="shared/"/><external-path name="e" path="."/></paths>`,
    ],
  },
  find: (inspection) =>
    listHit(inspection, 'fileProviderRoots', {
      expected: 'one folder of the app',
      message: (paths) => `A FileProvider can share every file the app can read (${named(paths)}).`,
    }),
};

const fileProviderFolder: InspectRule = {
  id: 'inspect/android-file-provider-private-folder',
  title: 'A FileProvider can share all private files of the app',
  severity: 'info',
  owner: 'developer',
  description:
    'The paths of a FileProvider name the whole of a private folder. What is put there later can be shared as well, by mistake or by a trick.',
  remediation: 'Name the one folder in it that is shared: `<files-path name="shared" path="shared/"/>`.',
  references: [risk('file-providers')],
  cwe: ['CWE-668'],
  masvs: ['MASVS-STORAGE-2'],
  examples: {
    bad: [`${component(fileProvider)}\n<paths><files-path name="all" path="."/></paths>`],
    good: [`${component(fileProvider)}\n<paths><files-path name="shared" path="shared/"/></paths>`],
  },
  find: (inspection) =>
    listHit(inspection, 'fileProviderPrivateFolders', {
      expected: 'one folder in it',
      message: (paths) => `A FileProvider can share a private folder as a whole (${named(paths)}).`,
    }),
};

const grantsEveryPath: InspectRule = {
  id: 'inspect/android-provider-grants-every-path',
  title: 'A content provider may grant access to every path',
  severity: 'low',
  owner: 'developer',
  description:
    'A `grant-uri-permission` covers all paths of a content provider: one grant that goes to the wrong app can be for anything the provider holds.',
  remediation: 'Name the part that is shared: `<grant-uri-permission android:pathPrefix="/attachments/"/>`.',
  references: [
    'https://developer.android.com/guide/topics/manifest/grant-uri-permission-element',
    risk('content-resolver'),
  ],
  cwe: ['CWE-732'],
  masvs: ['MASVS-PLATFORM-1'],
  examples: {
    bad: [
      component(
        '<provider android:name=".P" android:exported="false"><grant-uri-permission android:pathPrefix="/"/></provider>',
      ),
    ],
    good: [
      component(
        '<provider android:name=".P" android:exported="false"><grant-uri-permission android:pathPrefix="/attachments/"/></provider>',
      ),
    ],
  },
  find: (inspection) =>
    listHit(inspection, 'grantsEveryPath', {
      expected: 'the part that is shared',
      message: (names) => `Access to every path may be granted by ${named(names)}.`,
    }),
};

export const androidProviderRules: readonly InspectRule[] = [
  exportedProvider,
  fileProviderRoot,
  fileProviderFolder,
  grantsEveryPath,
];
