/** Rules that hold what an app declares to do with data against what is found in its package. */
import { settingHit } from './evidence.ts';
import type { InspectRule } from './inspect-rule.ts';
import { documents, infoPlist, listed, plistOf } from './ios-hit.ts';

const MANIFESTS = 'https://developer.apple.com/documentation/bundleresources/privacy-manifest-files';
const PRIVACY = 'https://mas.owasp.org/MASVS/12-MASVS-PRIVACY/';
const SDK_17 = '<key>DTSDKName</key><string>iphoneos17.2</string>';

const tracking = (on: boolean, domains = '') =>
  plistOf(
    `<key>NSPrivacyTracking</key><${on}/><key>NSPrivacyTrackingDomains</key><array>${domains}</array><key>NSPrivacyCollectedDataTypes</key><array/>`,
  );
const SDK_MANIFEST = tracking(true, '<string>track.bluemarket-ads.com</string>');
const collects = (type: string) =>
  plistOf(
    `<key>NSPrivacyCollectedDataTypes</key><array><dict><key>NSPrivacyCollectedDataType</key><string>NSPrivacyCollectedDataType${type}</string></dict></array>`,
  );
const accesses = (category: string) =>
  plistOf(
    `<key>NSPrivacyAccessedAPITypes</key><array><dict><key>NSPrivacyAccessedAPIType</key><string>NSPrivacyAccessedAPICategory${category}</string></dict></array>`,
  );
const ASKS_LOCATION = infoPlist(
  `${SDK_17}<key>NSLocationWhenInUseUsageDescription</key><string>To show shops near you</string>`,
);
const USES_DEFAULTS = plistOf(
  '<key>architectures</key><array/><key>runPaths</key><array/><key>signer</key><string></string><key>imports</key><array><string>_OBJC_CLASS_$_NSUserDefaults</string></array>',
);

const undeclaredTracking: InspectRule = {
  id: 'inspect/privacy-undeclared-tracking',
  title: 'The app says that it does not track, and names tracking domains',
  severity: 'medium',
  owner: 'developer',
  description:
    'The app’s privacy manifest says `NSPrivacyTracking` is false, while the package names domains that a privacy manifest in it lists in `NSPrivacyTrackingDomains`. iOS does not hold back connections to them as it would if the app asked for leave to track.',
  remediation:
    'Set `NSPrivacyTracking` to true, list the domains and ask with App Tracking Transparency; or take the library out.',
  references: [MANIFESTS, PRIVACY],
  cwe: ['CWE-359'],
  masvs: ['MASVS-PRIVACY-3'],
  examples: {
    bad: [
      documents({
        'Info.plist': infoPlist(SDK_17),
        'PrivacyInfo.xcprivacy': tracking(false),
        'Frameworks/Ads.framework/PrivacyInfo.xcprivacy': SDK_MANIFEST,
        Shop: 'https://track.bluemarket-ads.com/v1/event',
      }),
    ],
    good: [
      documents({
        'Info.plist': infoPlist(SDK_17),
        'PrivacyInfo.xcprivacy': tracking(true),
        'Frameworks/Ads.framework/PrivacyInfo.xcprivacy': SDK_MANIFEST,
        Shop: 'https://track.bluemarket-ads.com/v1/event',
      }),
      documents({
        'Info.plist': infoPlist(SDK_17),
        'PrivacyInfo.xcprivacy': tracking(false),
        'Frameworks/Ads.framework/PrivacyInfo.xcprivacy': SDK_MANIFEST,
        Shop: 'https://api.bluemarket-shop.com/v1/orders',
      }),
    ],
  },
  find: (inspection) =>
    settingHit(
      inspection,
      'ios.privacy.undeclaredTrackingDomains',
      'NSPrivacyTracking true, or no tracking domains',
      (setting) =>
        `The app declares that it does not track, and its package names the tracking domains ${listed(setting)}.`,
    ),
};

const undeclaredData: InspectRule = {
  id: 'inspect/privacy-undeclared-data',
  title: 'The app asks for personal data that its privacy manifest does not mention',
  severity: 'low',
  owner: 'developer',
  description:
    'A usage description asks people for their location, contacts, photos …, and the app’s privacy manifest declares no such type in `NSPrivacyCollectedDataTypes`. That is right only if the data never leaves the device.',
  remediation:
    'If the data is sent anywhere, declare its type, purpose and whether it is linked to the person; if it is not used, remove the usage description and the code that asks.',
  references: [MANIFESTS, PRIVACY],
  cwe: ['CWE-359'],
  masvs: ['MASVS-PRIVACY-3'],
  examples: {
    bad: [documents({ 'Info.plist': ASKS_LOCATION, 'PrivacyInfo.xcprivacy': collects('EmailAddress') })],
    good: [
      documents({ 'Info.plist': ASKS_LOCATION, 'PrivacyInfo.xcprivacy': collects('CoarseLocation') }),
      ASKS_LOCATION,
    ],
  },
  find: (inspection) =>
    settingHit(
      inspection,
      'ios.privacy.undeclaredData',
      'declared in NSPrivacyCollectedDataTypes',
      (setting) => `The app asks for ${listed(setting)}, and its privacy manifest declares no such data.`,
    ).map((hit) => ({ ...hit, confidence: 'tentative' })),
};

const undeclaredApis: InspectRule = {
  id: 'inspect/privacy-undeclared-api',
  title: 'The app uses required-reason APIs without a declared reason',
  severity: 'low',
  owner: 'developer',
  description:
    'The executable uses functions with which a device can be recognised (time stamps of files, free disk space, time since start, user defaults), and no privacy manifest beside it declares why. Apple demands a reason for each.',
  remediation:
    'Add the categories and their reasons to `NSPrivacyAccessedAPITypes` of the app’s `PrivacyInfo.xcprivacy`.',
  references: [`${MANIFESTS}/describing-use-of-required-reason-api`, PRIVACY],
  cwe: ['CWE-359'],
  masvs: ['MASVS-PRIVACY-3'],
  examples: {
    bad: [documents({ 'Info.plist': infoPlist(SDK_17), 'Shop!binary.plist': USES_DEFAULTS })],
    good: [
      documents({
        'Info.plist': infoPlist(SDK_17),
        'Shop!binary.plist': USES_DEFAULTS,
        'PrivacyInfo.xcprivacy': accesses('UserDefaults'),
      }),
      documents({
        'Info.plist': infoPlist('<key>DTSDKName</key><string>iphoneos15.0</string>'),
        'Shop!binary.plist': USES_DEFAULTS,
      }),
    ],
  },
  find: (inspection) =>
    settingHit(
      inspection,
      'ios.privacy.undeclaredApis',
      'declared in NSPrivacyAccessedAPITypes',
      (setting) => `The app uses APIs that need a declared reason and has none for ${listed(setting)}.`,
    ),
};

const sdkManifest: InspectRule = {
  id: 'inspect/privacy-sdk-without-manifest',
  title: 'A library that must bring a privacy manifest has none',
  severity: 'low',
  owner: 'developer',
  description:
    'The app embeds a library of Apple’s list of commonly used SDKs, in a version without a privacy manifest: what it collects is declared nowhere. Such versions are old, and the store refuses them in new apps.',
  remediation: 'Update the library to a version that brings `PrivacyInfo.xcprivacy`.',
  references: ['https://developer.apple.com/support/third-party-SDK-requirements/', MANIFESTS],
  cwe: ['CWE-1104'],
  masvs: ['MASVS-PRIVACY-3', 'MASVS-CODE-3'],
  examples: {
    bad: [
      documents({
        'Info.plist': infoPlist(SDK_17),
        'Frameworks/Alamofire.framework/Info.plist': plistOf(
          '<key>CFBundleIdentifier</key><string>org.cocoapods.Alamofire</string>',
        ),
      }),
    ],
    good: [
      documents({
        'Info.plist': infoPlist(SDK_17),
        'Frameworks/Alamofire.framework/Info.plist': plistOf(
          '<key>CFBundleIdentifier</key><string>org.cocoapods.Alamofire</string>',
        ),
        'Frameworks/Alamofire.framework/PrivacyInfo.xcprivacy': tracking(false),
      }),
    ],
  },
  find: (inspection) =>
    settingHit(
      inspection,
      'ios.privacy.sdksWithoutManifest',
      'a privacy manifest in each',
      (setting) => `These libraries must bring a privacy manifest and have none: ${listed(setting)}.`,
    ),
};

export const privacyRules: readonly InspectRule[] = [undeclaredTracking, undeclaredData, undeclaredApis, sdkManifest];
