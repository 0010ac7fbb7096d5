/** Rules about how iOS protects what an app sends and keeps: its Info.plist and its signature. */
import { settingHit } from './evidence.ts';
import type { InspectRule } from './inspect-rule.ts';
import { documents, infoPlist, listed, plistOf, settingHitWhen, settingValue } from './ios-hit.ts';

const APPLE = 'https://developer.apple.com/documentation/bundleresources';
const ATS = `${APPLE}/information-property-list/nsapptransportsecurity`;

function ats(body: string): string {
  return infoPlist(`<key>NSAppTransportSecurity</key><dict>${body}</dict>`);
}
function domain(host: string, body: string): string {
  return `<key>NSExceptionDomains</key><dict><key>${host}</key><dict>${body}</dict></dict>`;
}

const arbitraryLoads: InspectRule = {
  id: 'inspect/ios-ats-disabled',
  title: 'App Transport Security is switched off',
  severity: 'medium',
  owner: 'developer',
  description:
    '`NSAllowsArbitraryLoads` is true (or the app is linked against an SDK before iOS 9): connections without TLS, or with weak TLS, are allowed to every server. Not raised where iOS ignores the key, because a narrower one stands beside it.',
  remediation:
    'Remove `NSAllowsArbitraryLoads`, serve the back end over TLS 1.2 or later, and list the few hosts that cannot yet in `NSExceptionDomains`.',
  references: [ATS],
  cwe: ['CWE-319'],
  masvs: ['MASVS-NETWORK-1'],
  examples: {
    bad: [
      ats('<key>NSAllowsArbitraryLoads</key><true/>'),
      infoPlist('<key>DTSDKName</key><string>iphoneos8.4</string>'),
    ],
    good: [
      ats('<key>NSAllowsArbitraryLoads</key><false/>'),
      infoPlist('<key>DTSDKName</key><string>iphoneos17.0</string>'),
      ats('<key>NSAllowsArbitraryLoads</key><true/><key>NSAllowsLocalNetworking</key><true/>'),
    ],
  },
  find: (inspection) =>
    settingValue(inspection, 'ios.ats.arbitraryLoadsIgnoredFor') !== undefined
      ? []
      : settingHit(inspection, 'ios.ats.arbitraryLoads', 'false', ({ source }) =>
          source === 'default'
            ? 'App Transport Security protects no connection, because the app is built with an SDK before iOS 9.'
            : 'App Transport Security is switched off for every server.',
        ),
};

const exception: InspectRule = {
  id: 'inspect/ios-ats-exception',
  title: 'App Transport Security is switched off for some servers',
  severity: 'low',
  owner: 'developer',
  description:
    '`NSExceptionDomains` allows plain HTTP to some servers. What the app sends there can be read and changed on the way.',
  remediation: 'Serve these hosts over TLS and remove their exceptions.',
  references: [`${ATS}/nsexceptiondomains`],
  cwe: ['CWE-319'],
  masvs: ['MASVS-NETWORK-1'],
  examples: {
    bad: [ats(domain('bluemarket-shop.com', '<key>NSExceptionAllowsInsecureHTTPLoads</key><true/>'))],
    good: [ats(domain('bluemarket-shop.com', '<key>NSIncludesSubdomains</key><true/>'))],
  },
  find: (inspection) =>
    settingHit(
      inspection,
      'ios.ats.exception',
      'no exceptions',
      (setting) => `App Transport Security allows plain HTTP to ${listed(setting)}.`,
    ),
};

const cleartextHosts: InspectRule = {
  id: 'inspect/ios-cleartext-permitted',
  title: 'iOS lets the app talk to its servers in clear text',
  severity: 'medium',
  owner: 'developer',
  description:
    'The app names servers with `http:` or `ws:`, and App Transport Security – its general keys and its exceptions for the host, taken together – lets these connections through. Whoever shares the network reads and changes them.',
  remediation:
    'Use `https:` (`wss:`) for these servers and take away what lets clear text through: `NSAllowsArbitraryLoads`, or the exception for the host.',
  references: [ATS, 'https://mas.owasp.org/MASVS/06-MASVS-NETWORK/'],
  cwe: ['CWE-319'],
  masvs: ['MASVS-NETWORK-1'],
  examples: {
    bad: [
      documents({
        'Info.plist': ats('<key>NSAllowsArbitraryLoads</key><true/>'),
        Shop: 'http://api.bluemarket-shop.com/v1/orders',
      }),
      documents({
        'Info.plist': ats(
          domain(
            'bluemarket-shop.com',
            '<key>NSIncludesSubdomains</key><true/><key>NSExceptionAllowsInsecureHTTPLoads</key><true/>',
          ),
        ),
        Shop: 'http://api.bluemarket-shop.com/v1/orders',
      }),
    ],
    good: [
      documents({ 'Info.plist': ats(''), Shop: 'http://api.bluemarket-shop.com/v1/orders' }),
      documents({
        'Info.plist': ats(`<key>NSAllowsArbitraryLoads</key><true/>${domain('api.bluemarket-shop.com', '')}`),
        Shop: 'http://api.bluemarket-shop.com/v1/orders',
      }),
      documents({
        'Info.plist': ats('<key>NSAllowsArbitraryLoads</key><true/>'),
        Shop: 'https://api.bluemarket-shop.com/v1/orders',
      }),
    ],
  },
  find: (inspection) =>
    settingHit(
      inspection,
      'ios.ats.cleartextHosts',
      'clear text refused',
      (setting) => `iOS lets the app talk in clear text to ${listed(setting)}.`,
    ),
};

const weakTls: InspectRule = {
  id: 'inspect/ios-ats-weak-tls',
  title: 'The app accepts outdated TLS from some servers',
  severity: 'low',
  owner: 'developer',
  description:
    'An exception of App Transport Security lowers `NSExceptionMinimumTLSVersion` to TLS 1.0 or 1.1 (RFC 8996).',
  remediation: 'Serve these hosts with TLS 1.2 or later and remove `NSExceptionMinimumTLSVersion`.',
  references: [`${ATS}/nsexceptiondomains`, 'https://www.rfc-editor.org/rfc/rfc8996'],
  cwe: ['CWE-326'],
  masvs: ['MASVS-NETWORK-1'],
  examples: {
    bad: [ats(domain('bluemarket-shop.com', '<key>NSExceptionMinimumTLSVersion</key><string>TLSv1.0</string>'))],
    good: [ats(domain('bluemarket-shop.com', '<key>NSExceptionMinimumTLSVersion</key><string>TLSv1.3</string>'))],
  },
  find: (inspection) =>
    settingHit(
      inspection,
      'ios.ats.weakTls',
      'TLS 1.2 or later',
      (setting) => `The app accepts TLS 1.0 or 1.1 from ${listed(setting)}.`,
    ),
};

const extensions: InspectRule = {
  id: 'inspect/ios-ats-extension',
  title: 'App Transport Security is switched off in an extension',
  severity: 'medium',
  owner: 'developer',
  description:
    'An extension of the app (widget, keyboard, notification service …) has an Info.plist of its own, and there `NSAllowsArbitraryLoads` is true: its connections need no TLS, whatever the app itself demands.',
  remediation: 'Remove `NSAllowsArbitraryLoads` from the Info.plist of the extension too.',
  references: [ATS],
  cwe: ['CWE-319'],
  masvs: ['MASVS-NETWORK-1'],
  examples: {
    bad: [
      documents({
        'Info.plist': infoPlist(''),
        'PlugIns/Widget.appex/Info.plist': ats('<key>NSAllowsArbitraryLoads</key><true/>'),
      }),
    ],
    good: [documents({ 'Info.plist': infoPlist(''), 'PlugIns/Widget.appex/Info.plist': ats('') })],
  },
  find: (inspection) =>
    settingHit(
      inspection,
      'ios.ats.extensions',
      'false',
      (setting) => `App Transport Security is switched off in ${listed(setting)}.`,
    ),
};

const debuggable: InspectRule = {
  id: 'inspect/ios-debuggable',
  title: 'The app lets a debugger in',
  severity: 'medium',
  owner: 'developer',
  description:
    'The app is signed with the entitlement `get-task-allow`: anyone with the device can attach a debugger, read its memory and change what it does. The store refuses such a build; it goes out by other ways.',
  remediation:
    'Build the release configuration and sign it with a distribution profile, which leaves `get-task-allow` out.',
  references: [
    'https://developer.apple.com/documentation/technotes/tn3125-inside-code-signing-provisioning-profiles',
    'https://mas.owasp.org/MASVS/11-MASVS-RESILIENCE/',
  ],
  cwe: ['CWE-489'],
  masvs: ['MASVS-RESILIENCE-4'],
  examples: {
    bad: [
      documents({
        'Info.plist': infoPlist(''),
        'Shop!entitlements.plist': plistOf('<key>get-task-allow</key><true/>'),
      }),
    ],
    good: [
      documents({
        'Info.plist': infoPlist(''),
        'Shop!entitlements.plist': plistOf('<key>get-task-allow</key><false/>'),
      }),
    ],
  },
  find: (inspection) =>
    settingHit(
      inspection,
      'ios.entitlement.getTaskAllow',
      'false',
      () => 'The app is signed so that a debugger may attach to it (get-task-allow).',
    ),
};

const keychainWildcard: InspectRule = {
  id: 'inspect/ios-keychain-wildcard',
  title: 'The app may read the keychain items of all apps of its team',
  severity: 'low',
  owner: 'developer',
  description:
    '`keychain-access-groups` holds a group that ends in `*`: every app that the same team signs shares its passwords and tokens with this one. A weakness of one app opens them all.',
  remediation: 'List the one or two groups that the app really shares, by name.',
  references: [`${APPLE}/entitlements/keychain-access-groups`],
  cwe: ['CWE-732'],
  masvs: ['MASVS-STORAGE-1'],
  examples: {
    bad: [
      documents({
        'Info.plist': infoPlist(''),
        'Shop!entitlements.plist': plistOf(
          '<key>keychain-access-groups</key><array><string>ABCDE12345.*</string></array>',
        ),
      }),
    ],
    good: [
      documents({
        'Info.plist': infoPlist(''),
        'Shop!entitlements.plist': plistOf(
          '<key>keychain-access-groups</key><array><string>ABCDE12345.com.bluemarket.shop</string></array>',
        ),
      }),
    ],
  },
  find(inspection) {
    // a profile's wildcard is what the app may ask for; only the signature says what it has
    const setting = inspection.settings.find(({ id }) => id === 'ios.entitlement.keychainGroups');
    if (setting?.evidence[0]?.via !== 'macho') return [];
    const isWildcard = (value: typeof setting.value) =>
      Array.isArray(value) && value.some((group) => group.endsWith('*'));
    return settingHitWhen(
      inspection,
      setting.id,
      isWildcard,
      'groups by name',
      () => 'The app shares the keychain with every app of its team (a group that ends in *).',
    );
  },
};

const sharedFiles: InspectRule = {
  id: 'inspect/ios-file-sharing',
  title: 'The files of the app are open to a computer and the Files app',
  severity: 'low',
  owner: 'developer',
  description:
    '`UIFileSharingEnabled` is true: everything in the app’s Documents folder can be copied off the device with a cable, and with `LSSupportsOpeningDocumentsInPlace` it is shown in the Files app. Databases and caches are often kept there by mistake.',
  remediation:
    'Remove the key unless people are meant to exchange documents; keep databases, tokens and caches in Application Support.',
  references: [`${APPLE}/information-property-list/uifilesharingenabled`],
  cwe: ['CWE-552'],
  masvs: ['MASVS-STORAGE-2'],
  examples: {
    bad: [infoPlist('<key>UIFileSharingEnabled</key><true/>')],
    good: [infoPlist('<key>UIFileSharingEnabled</key><false/>'), infoPlist('')],
  },
  find: (inspection) =>
    settingHit(
      inspection,
      'ios.fileSharing',
      'false',
      () => 'The Documents folder of the app can be copied off the device.',
    ),
};

export const iosRules: readonly InspectRule[] = [
  arbitraryLoads,
  exception,
  cleartextHosts,
  weakTls,
  extensions,
  debuggable,
  keychainWildcard,
  sharedFiles,
];
