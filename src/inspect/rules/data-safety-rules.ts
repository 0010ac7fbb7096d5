/** Rules that hold the Data safety form of Google Play against what is found in the package. */
import type { InspectDeclaration, InspectLibrary } from '../../core/contract/inspect.ts';
import { placesOf } from './evidence.ts';
import type { Inspection, InspectRule, RuleHit } from './inspect-rule.ts';

const FORM = 'https://support.google.com/googleplay/android-developer/answer/10787469';
const PRIVACY = 'https://mas.owasp.org/MASVS/12-MASVS-PRIVACY/';

const HEAD =
  'Question ID (machine readable),Response ID (machine readable),Response value,Answer requirement,Human-friendly question label';
const form = (...answers: string[]) => [HEAD, ...answers].join('\n');
const NOTHING = form(
  'PSL_DATA_COLLECTION_COLLECTS_PERSONAL_DATA,,false,REQUIRED,"Does your app collect or share data?"',
);
const collects = (group: string, type: string, shared = false) =>
  form(
    'PSL_DATA_COLLECTION_COLLECTS_PERSONAL_DATA,,true,REQUIRED,"Does your app collect or share data?"',
    `PSL_DATA_TYPES_${group},PSL_${type},true,MULTIPLE_CHOICE,"Data types"`,
    `PSL_DATA_USAGE_RESPONSES:PSL_${type}:PSL_DATA_USAGE_COLLECTION_AND_SHARING,PSL_DATA_USAGE_ONLY_${shared ? 'SHARED' : 'COLLECTED'},true,MULTIPLE_CHOICE,"Usage"`,
  );
const asks = (permission: string) =>
  `<manifest package="com.bluemarket.shop"><uses-permission name="android.permission.${permission}"/><application/></manifest>`;

/** The form, where one was given. */
function formOf({ declarations }: Inspection): InspectDeclaration | undefined {
  return declarations.find(({ source }) => source === 'play-data-safety');
}

/** Libraries whose work is to tell a company about people, which the form calls sharing unless that company only serves the app. */
const SHARING = new Set(['advertising', 'attribution']);
const COLLECTING = new Set(['analytics', 'session-recording', 'crash-reporting', ...SHARING]);

function trackersFor(libraries: readonly InspectLibrary[], purposes: ReadonlySet<string>): InspectLibrary[] {
  return libraries.filter((one) => one.tracker && one.purposes.some((purpose) => purposes.has(purpose)));
}

function hitOf(inspection: Inspection, trackers: readonly InspectLibrary[], message: string): RuleHit[] {
  if (trackers.length === 0) return [];
  return [
    {
      asset: inspection.appAsset,
      locator: ['play-data-safety'],
      message: message.replace('{}', names(trackers)),
      confidence: 'firm',
      evidence: placesOf(
        inspection.path,
        trackers.flatMap(({ evidence }) => evidence.slice(0, 1)),
      ),
    },
  ];
}

function names(libraries: readonly InspectLibrary[]): string {
  const all = [...new Set(libraries.map(({ name }) => name))];
  return all.length > 8 ? `${all.slice(0, 8).join(', ')} and ${all.length - 8} more` : all.join(', ');
}

const nothingDeclared: InspectRule = {
  id: 'inspect/privacy-trackers-undeclared',
  title: 'The store listing declares no data, and the app contains trackers',
  severity: 'medium',
  owner: 'developer',
  description:
    'The Data safety form says that the app collects and shares no data, and the package contains libraries that report on the people who use it. What libraries collect is the app’s to declare.',
  remediation: 'Declare what the libraries collect (their makers publish it), or take them out.',
  references: [FORM, PRIVACY],
  cwe: ['CWE-359'],
  masvs: ['MASVS-PRIVACY-3'],
  examples: {
    bad: [`${NOTHING}\ncom.appsflyer.internal`],
    good: [`${NOTHING}\nokhttp3.internal`, `${collects('IDENTIFIERS', 'DEVICE_ID', true)}\ncom.appsflyer.internal`],
  },
  find(inspection) {
    const declared = formOf(inspection);
    if (declared === undefined || declared.data.length > 0) return [];
    return hitOf(
      inspection,
      trackersFor(inspection.libraries, COLLECTING),
      'The Data safety form declares no data at all, and the package contains {}.',
    );
  },
};

const notShared: InspectRule = {
  id: 'inspect/privacy-sharing-undeclared',
  title: 'The store listing declares that no data is shared, and the app contains advertising or attribution SDKs',
  severity: 'medium',
  owner: 'developer',
  description:
    'The Data safety form names no data that is shared with other companies, and the package contains libraries of advertising networks or attribution services, which send identifiers of the device to their makers.',
  remediation: 'Declare what these libraries share and for what, or take them out.',
  references: [FORM, PRIVACY],
  cwe: ['CWE-359'],
  masvs: ['MASVS-PRIVACY-3'],
  examples: {
    bad: [`${collects('PERSONAL', 'EMAIL')}\ncom.applovin.sdk`],
    good: [
      `${collects('IDENTIFIERS', 'DEVICE_ID', true)}\ncom.applovin.sdk`,
      `${collects('PERSONAL', 'EMAIL')}\nio.sentry.android`,
    ],
  },
  find(inspection) {
    const declared = formOf(inspection);
    if (declared === undefined || declared.data.length === 0 || declared.data.some(({ shared }) => shared)) return [];
    return hitOf(
      inspection,
      trackersFor(inspection.libraries, SHARING),
      'The Data safety form declares no data as shared, and the package contains {}.',
    );
  },
};

/** What a permission opens (detectors/android/permission-names.ts) and the answers of the form that would name it. */
const PERMISSIONS: readonly (readonly [permissions: string, what: string, types: string])[] = [
  [
    'ACCESS_FINE_LOCATION ACCESS_COARSE_LOCATION ACCESS_BACKGROUND_LOCATION',
    'location',
    'APPROX_LOCATION PRECISE_LOCATION',
  ],
  ['READ_CONTACTS GET_ACCOUNTS', 'contacts', 'CONTACTS'],
  ['READ_CALENDAR', 'calendar', 'CALENDAR'],
  ['READ_SMS RECEIVE_SMS READ_CALL_LOG', 'text messages and calls', 'SMS_CALL_LOG'],
  ['RECORD_AUDIO', 'sound recordings', 'AUDIO OTHER_AUDIO'],
  ['CAMERA READ_MEDIA_IMAGES READ_MEDIA_VIDEO', 'photos and films', 'PHOTOS VIDEOS'],
  ['BODY_SENSORS ACTIVITY_RECOGNITION', 'health and fitness', 'HEALTH FITNESS'],
];

const notDeclared: InspectRule = {
  id: 'inspect/privacy-permission-undeclared',
  title: 'The app asks for personal data that its store listing does not mention',
  severity: 'low',
  owner: 'developer',
  description:
    'The manifest asks for a permission that opens personal data, and the Data safety form names no data of that kind. That is right only if the data never leaves the device.',
  remediation:
    'If the data is sent anywhere, declare it; if it is not used, remove the permission and the code that asks for it.',
  references: [FORM, PRIVACY],
  cwe: ['CWE-359'],
  masvs: ['MASVS-PRIVACY-3'],
  examples: {
    bad: [`${NOTHING}\n${asks('ACCESS_FINE_LOCATION')}`, `${collects('PERSONAL', 'EMAIL')}\n${asks('READ_CONTACTS')}`],
    good: [
      `${collects('LOCATION', 'APPROX_LOCATION')}\n${asks('ACCESS_COARSE_LOCATION')}`,
      `${NOTHING}\n${asks('INTERNET')}`,
      asks('ACCESS_FINE_LOCATION'),
    ],
  },
  find(inspection) {
    const declared = formOf(inspection);
    const setting = inspection.settings.find(({ id }) => id === 'android.personalPermissions');
    if (declared === undefined || setting === undefined || !Array.isArray(setting.value)) return [];
    const asked = new Set(setting.value.map((name) => name.replace('android.permission.', '')));
    const types = new Set(declared.data.map(({ type }) => type));
    const missing = PERMISSIONS.filter(
      ([permissions, , answers]) =>
        permissions.split(' ').some((name) => asked.has(name)) && !answers.split(' ').some((type) => types.has(type)),
    ).map(([, what]) => what);
    if (missing.length === 0) return [];
    return [
      {
        asset: inspection.appAsset,
        locator: ['play-data-safety'],
        message: `The app asks for ${missing.join(', ')}, and the Data safety form declares no such data.`,
        confidence: 'tentative',
        evidence: placesOf(inspection.path, setting.evidence.slice(0, 1), setting.value.join(', ')),
      },
    ];
  },
};

export const dataSafetyRules: readonly InspectRule[] = [nothingDeclared, notShared, notDeclared];
