/** Rules about the Info.plist of an iOS app. */
import { settingHit } from './evidence.ts';
import type { InspectRule } from './inspect-rule.ts';

function plist(body: string): string {
  return `<plist version="1.0"><dict><key>CFBundleIdentifier</key><string>com.bluemarket.shop</string>${body}</dict></plist>`;
}
function ats(body: string): string {
  return plist(`<key>NSAppTransportSecurity</key><dict>${body}</dict>`);
}

const arbitraryLoads: InspectRule = {
  id: 'inspect/ios-ats-disabled',
  title: 'App Transport Security is switched off',
  severity: 'medium',
  owner: 'developer',
  description:
    '`NSAllowsArbitraryLoads` is true (or the app is linked against an SDK before iOS 9): connections without TLS, or with weak TLS, are allowed to every server.',
  remediation:
    'Remove `NSAllowsArbitraryLoads`, serve the back end over TLS 1.2 or later, and list the few hosts that cannot yet in `NSExceptionDomains`.',
  references: [
    'https://developer.apple.com/documentation/bundleresources/information-property-list/nsapptransportsecurity',
  ],
  cwe: ['CWE-319'],
  masvs: ['MASVS-NETWORK-1'],
  examples: {
    bad: [ats('<key>NSAllowsArbitraryLoads</key><true/>'), plist('<key>DTSDKName</key><string>iphoneos8.4</string>')],
    good: [
      ats('<key>NSAllowsArbitraryLoads</key><false/>'),
      plist('<key>DTSDKName</key><string>iphoneos17.0</string>'),
    ],
  },
  find: (inspection) =>
    settingHit(
      inspection,
      'ios.ats.arbitraryLoads',
      'false',
      () => 'App Transport Security is switched off for every server.',
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
  references: [
    'https://developer.apple.com/documentation/bundleresources/information-property-list/nsapptransportsecurity/nsexceptiondomains',
  ],
  cwe: ['CWE-319'],
  masvs: ['MASVS-NETWORK-1'],
  examples: {
    bad: [
      ats(
        '<key>NSExceptionDomains</key><dict><key>bluemarket-shop.com</key><dict><key>NSExceptionAllowsInsecureHTTPLoads</key><true/></dict></dict>',
      ),
    ],
    good: [
      ats(
        '<key>NSExceptionDomains</key><dict><key>bluemarket-shop.com</key><dict><key>NSIncludesSubdomains</key><true/></dict></dict>',
      ),
    ],
  },
  find: (inspection) =>
    settingHit(
      inspection,
      'ios.ats.exception',
      'no exceptions',
      ({ value }) =>
        `App Transport Security allows plain HTTP to ${Array.isArray(value) ? value.join(', ') : 'some servers'}.`,
    ),
};

export const iosRules: readonly InspectRule[] = [arbitraryLoads, exception];
