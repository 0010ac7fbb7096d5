/** Settings of an iOS app: its Info.plist and those of its extensions, its signature, its executable, its privacy manifests. */
import type { InspectSetting } from '../../core/contract/inspect.ts';
import type { PlistValue } from '../source.ts';
import type { AppIdentity } from './android/index.ts';
import { binarySettings } from './ios/binary-settings.ts';
import { capabilitySettings } from './ios/capabilities.ts';
import { entitlementSettings } from './ios/entitlement-settings.ts';
import { createIosPackage, type IosPackage } from './ios/package.ts';
import { dictionary, string } from './ios/plist-values.ts';
import { privacySettings } from './ios/privacy-settings.ts';
import { transportSettings } from './ios/transport-security.ts';

/** The Info.plist of the app itself, not of an extension, framework or bundle inside it. */
export function isAppInfoPlist(entry: string): boolean {
  const inner = entry.slice(entry.lastIndexOf('!') + 1);
  return /^(?:(?![^/]*\.app\/)[^/]{1,80}\/){0,2}[^/]{1,200}\.app\/Info\.plist$/.test(inner) || inner === 'Info.plist';
}

export function iosIdentity(info: PlistValue): AppIdentity {
  const plist = dictionary(info);
  const name = string(plist?.CFBundleDisplayName) ?? string(plist?.CFBundleName);
  return {
    id: string(plist?.CFBundleIdentifier) ?? '',
    version: string(plist?.CFBundleShortVersionString) ?? string(plist?.CFBundleVersion) ?? '',
    ...(name === undefined ? {} : { name }),
  };
}

/**
 * @param entry of the app's Info.plist
 * @param others every property list of the package, and the endpoints found in it
 */
export function iosSettings(
  entry: string,
  info: PlistValue,
  others: Partial<Pick<IosPackage, 'plists' | 'endpoints'>> = {},
): InspectSetting[] {
  const app = createIosPackage(entry, info, others.plists ?? [], others.endpoints ?? []);
  return [
    ...transportSettings(app),
    ...capabilitySettings(app),
    ...entitlementSettings(app),
    ...binarySettings(app),
    ...privacySettings(app),
  ];
}
