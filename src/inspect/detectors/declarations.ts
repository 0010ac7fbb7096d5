/**
 * What the app and its libraries declare to do with data: `PrivacyInfo.xcprivacy`
 * (https://developer.apple.com/documentation/bundleresources/privacy-manifest-files).
 */
import type { InspectDeclaration } from '../../core/contract/inspect.ts';
import type { PlistValue } from '../source.ts';
import { compare } from './evidence.ts';
import { boolean, dictionary, sorted, string, strings } from './ios/plist-values.ts';

/** Most entries kept of one list of a manifest: Apple defines fewer than fifty of each. */
const MOST = 500;

export function declarationsOf(plists: readonly { entry: string; value: PlistValue }[]): InspectDeclaration[] {
  return plists
    .filter(({ entry }) => entry.endsWith('.xcprivacy'))
    .map(({ entry, value }) => privacyManifest(entry, value))
    .sort((a, b) => compare(a.entry, b.entry));
}

export function privacyManifest(entry: string, value: PlistValue): InspectDeclaration {
  const manifest = dictionary(value);
  const sdk = sdkOf(entry);
  const tracking = boolean(manifest?.NSPrivacyTracking);
  return {
    source: 'privacy-manifest',
    entry,
    ...(sdk === undefined ? {} : { sdk }),
    ...(tracking === undefined ? {} : { tracking }),
    trackingDomains: sorted(strings(manifest?.NSPrivacyTrackingDomains)).slice(0, MOST),
    data: list(manifest?.NSPrivacyCollectedDataTypes).flatMap((one) => collected(one)),
    apis: list(manifest?.NSPrivacyAccessedAPITypes).flatMap((one) => accessed(one)),
  };
}

function list(value: PlistValue | undefined): PlistValue[] {
  return Array.isArray(value) ? value.slice(0, MOST) : [];
}

function collected(value: PlistValue): InspectDeclaration['data'] {
  const one = dictionary(value);
  const type = string(one?.NSPrivacyCollectedDataType);
  if (type === undefined) return [];
  const linked = boolean(one?.NSPrivacyCollectedDataTypeLinked);
  const tracking = boolean(one?.NSPrivacyCollectedDataTypeTracking);
  return [
    {
      type: type.replace(/^NSPrivacyCollectedDataType/, ''),
      ...(linked === undefined ? {} : { linked }),
      ...(tracking === undefined ? {} : { tracking }),
      purposes: purposes(one?.NSPrivacyCollectedDataTypePurposes),
    },
  ];
}

function purposes(value: PlistValue | undefined): string[] {
  return sorted(strings(value).map((purpose) => purpose.replace(/^NSPrivacyCollectedDataTypePurpose/, '')));
}

function accessed(value: PlistValue): InspectDeclaration['apis'] {
  const one = dictionary(value);
  const category = string(one?.NSPrivacyAccessedAPIType);
  if (category === undefined) return [];
  const reasons = sorted(strings(one?.NSPrivacyAccessedAPITypeReasons));
  return [{ category: category.replace(/^NSPrivacyAccessedAPICategory/, ''), reasons }];
}

/** The framework or resource bundle that the manifest stands in; none for the app's own and its extensions'. */
export function sdkOf(entry: string): string | undefined {
  const name = /([^/]{1,200})\.(?:framework|bundle)\/(?:[^/]{1,80}\/){0,3}[^/]*$/.exec(entry)?.[1];
  // `FirebaseCore_Privacy.bundle` (CocoaPods), `Firebase_FirebaseCore.bundle` (Swift packages: package, then target)
  return name?.replace(/[_-]?Privacy$/i, '').replace(/^[^_]+_(?=.)/, (prefix) => (isPackagePrefix(name) ? '' : prefix));
}

/** Names of plug-ins hold an underscore too: `shared_preferences_ios`. */
function isPackagePrefix(name: string): boolean {
  return /^[A-Z][A-Za-z]*_[A-Z]/.test(name) && !/Privacy$/.test(name);
}
