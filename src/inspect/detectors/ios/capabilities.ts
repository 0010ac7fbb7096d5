/**
 * What the app offers to others and asks for: URL schemes, shared files, background work, personal data
 * (https://developer.apple.com/documentation/bundleresources/information-property-list).
 */
import type { InspectSetting } from '../../../core/contract/inspect.ts';
import { type IosPackage, settingsOf } from './package.ts';
import { boolean, dictionary, sorted, string, strings } from './plist-values.ts';

/** Keys with which an app asks for personal data -> what it asks for. Without the key, iOS ends the app that asks. */
const USAGE_DESCRIPTIONS: readonly (readonly [key: RegExp, what: string])[] = [
  [/^NSLocation.{0,40}UsageDescription$/, 'location'],
  [/^NSContactsUsageDescription$/, 'contacts'],
  [/^NSCalendars.{0,20}UsageDescription$/, 'calendar'],
  [/^NSReminders.{0,20}UsageDescription$/, 'reminders'],
  [/^NSPhotoLibrary.{0,20}UsageDescription$/, 'photos'],
  [/^NSCameraUsageDescription$/, 'camera'],
  [/^NSMicrophoneUsageDescription$/, 'microphone'],
  [/^NSSpeechRecognitionUsageDescription$/, 'speech'],
  [/^NSHealth.{0,40}UsageDescription$/, 'health'],
  [/^NSMotionUsageDescription$/, 'motion'],
  [/^NSBluetooth.{0,20}UsageDescription$/, 'bluetooth'],
  [/^NSLocalNetworkUsageDescription$/, 'local network'],
  [/^NSFaceIDUsageDescription$/, 'face recognition'],
  [/^NSUserTrackingUsageDescription$/, 'tracking'],
  [/^NSHomeKitUsageDescription$/, 'home'],
  [/^NSAppleMusicUsageDescription$/, 'media library'],
  [/^NSSiriUsageDescription$/, 'Siri'],
];

/** What the app asks the person for, by its usage descriptions. */
export function askedFor({ info }: IosPackage): string[] {
  return sorted(
    Object.keys(info).flatMap((key) => USAGE_DESCRIPTIONS.find(([pattern]) => pattern.test(key))?.[1] ?? []),
  );
}

export function capabilitySettings(app: IosPackage): InspectSetting[] {
  const { info } = app;
  const { settings, keyed, declared } = settingsOf(app.entry, 'plist');
  const types = Array.isArray(info.CFBundleURLTypes) ? info.CFBundleURLTypes : [];
  const schemes = types.flatMap((type) => strings(dictionary(type)?.CFBundleURLSchemes));
  declared('urlSchemes', 'CFBundleURLTypes', sorted(schemes));
  declared('queriedSchemes', 'LSApplicationQueriesSchemes', sorted(strings(info.LSApplicationQueriesSchemes)));
  keyed('fileSharing', 'UIFileSharingEnabled', boolean(info.UIFileSharingEnabled), false);
  const inPlace = boolean(info.LSSupportsOpeningDocumentsInPlace);
  keyed('documentsInPlace', 'LSSupportsOpeningDocumentsInPlace', inPlace, false);
  declared('backgroundModes', 'UIBackgroundModes', sorted(strings(info.UIBackgroundModes)));
  declared('asksFor', '…UsageDescription', askedFor(app));
  declared('minimumVersion', 'MinimumOSVersion', string(info.MinimumOSVersion));
  const extensions = app.plists.filter(
    ({ entry }) => entry.startsWith(app.folder) && /\.appex\/Info\.plist$/.test(entry),
  );
  const names = extensions.map(({ entry }) => entry.slice(app.folder.length, -'/Info.plist'.length));
  declared('extensions', 'PlugIns', sorted(names.map((name) => name.slice(name.lastIndexOf('/') + 1))));
  return settings;
}
