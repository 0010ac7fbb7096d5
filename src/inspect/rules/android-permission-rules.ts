/** Rules about the permissions an Android app asks for, held against where its data go. */
import { PERSONAL_PERMISSIONS, POWERFUL_PERMISSIONS, SENSITIVE_DATA } from '../detectors/android/permission-names.ts';
import { storeOf } from '../detectors/schemes.ts';
import { listHit, listOf, exampleManifest as manifest, mastg, named } from './android-hits.ts';
import type { Inspection, InspectRule } from './inspect-rule.ts';

const asking = (...names: string[]) =>
  manifest('', {
    beside: names.map((name) => `<uses-permission android:name="android.permission.${name}"/>`).join(''),
  });
const inClear = (name: string) =>
  `${manifest('android:usesCleartextTraffic="true"', { beside: `<uses-permission android:name="android.permission.${name}"/>` })}\nhttp://api.bluemarket-shop.com/v1`;

function kindsOf(permissions: readonly string[]): string[] {
  return [...new Set(permissions.map((name) => PERSONAL_PERMISSIONS.get(name) ?? name))].sort();
}

/** Own servers that whoever shares the network, or the internet, can read from. */
function openServers(inspection: Inspection): string[] {
  const stores = inspection.endpoints
    .filter(
      ({ origin, host, scheme, port }) => origin === 'app' && host !== undefined && storeOf(scheme, port) !== undefined,
    )
    .map(({ host = '' }) => host);
  return [...new Set([...listOf(inspection, 'cleartextHosts'), ...stores])].sort();
}

const personalData: InspectRule = {
  id: 'inspect/android-personal-permissions',
  title: 'The app may read personal data of the device',
  severity: 'info',
  owner: 'developer',
  description:
    'The app asks for permissions that open personal data: contacts, messages, the exact location, the microphone. Together with a server it reaches in clear text, or a data store it reaches directly, that data is at stake.',
  remediation:
    'Remove every `<uses-permission>` that no feature needs (`tools:node="remove"` for those a library brings); ask for the coarse form (`ACCESS_COARSE_LOCATION`, the photo picker, the contact picker) where it does; and close the servers that the other findings name.',
  references: [
    'https://developer.android.com/training/permissions/evaluating',
    mastg('PRIVACY', '0254'),
    mastg('PRIVACY', '0255'),
  ],
  cwe: ['CWE-250'],
  masvs: ['MASVS-PRIVACY-1'],
  examples: {
    bad: [asking('READ_CONTACTS', 'ACCESS_FINE_LOCATION'), inClear('READ_SMS')],
    good: [
      asking('INTERNET', 'CAMERA'),
      manifest('', {
        beside: '<uses-permission android:name="android.permission.READ_CONTACTS" android:maxSdkVersion="22"/>',
      }),
    ],
  },
  find(inspection) {
    const kinds = kindsOf(listOf(inspection, 'personalPermissions')).filter((kind) => SENSITIVE_DATA.has(kind));
    if (kinds.length === 0) return [];
    const servers = openServers(inspection);
    return listHit(inspection, 'personalPermissions', {
      expected: 'those that a feature needs',
      message: () =>
        servers.length === 0
          ? `The app may read ${named(kinds)}.`
          : `The app may read ${named(kinds)}, and talks to servers that are open to others: ${named(servers)}.`,
      // that these data go to those servers is likely, and not seen
      ...(servers.length === 0 ? {} : { severity: 'medium', confidence: 'tentative' }),
    });
  },
};

const powerful: InspectRule = {
  id: 'inspect/android-powerful-permissions',
  title: 'The app asks for power over other apps or the system',
  severity: 'low',
  owner: 'developer',
  description:
    'The app asks for permissions that reach beyond itself: to list or install apps, to draw over them, to read all shared files. Stores ask for a reason, and whoever takes over the app has them too.',
  remediation:
    'Replace them by the narrow form: `<queries>` for `QUERY_ALL_PACKAGES`, the system’s file picker or MediaStore for `MANAGE_EXTERNAL_STORAGE`, in-app updates for `REQUEST_INSTALL_PACKAGES`, a notification or bubble for `SYSTEM_ALERT_WINDOW`; remove what a library brings with `tools:node="remove"`.',
  references: [
    'https://developer.android.com/training/package-visibility',
    'https://developer.android.com/training/data-storage/manage-all-files',
    mastg('PRIVACY', '0254'),
  ],
  cwe: ['CWE-250'],
  masvs: ['MASVS-PRIVACY-1', 'MASVS-PLATFORM-1'],
  examples: {
    bad: [asking('QUERY_ALL_PACKAGES'), asking('SYSTEM_ALERT_WINDOW', 'MANAGE_EXTERNAL_STORAGE')],
    good: [asking('INTERNET', 'VIBRATE')],
  },
  find: (inspection) =>
    listHit(inspection, 'powerfulPermissions', {
      expected: 'not asked for',
      message: (names) => `The app may ${named(names.map((name) => POWERFUL_PERMISSIONS.get(name) ?? name))}.`,
    }),
};

export const androidPermissionRules: readonly InspectRule[] = [personalData, powerful];
