/**
 * Settings of an iOS app from its Info.plist: App Transport Security
 * (https://developer.apple.com/documentation/bundleresources/information-property-list/nsapptransportsecurity) and what
 * opens its files to others.
 */
import type { InspectSetting } from '../../core/contract/inspect.ts';
import type { PlistValue } from '../source.ts';
import type { AppIdentity } from './settings-android.ts';

type Dictionary = { [key: string]: PlistValue };

/** The Info.plist of the app itself, not of an extension, framework or bundle inside it. */
export function isAppInfoPlist(entry: string): boolean {
  const inner = entry.slice(entry.lastIndexOf('!') + 1);
  return /^(?:[^/]{1,80}\/)?Payload\/[^/]{1,200}\.app\/Info\.plist$/.test(inner) || inner === 'Info.plist';
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

export function iosSettings(entry: string, info: PlistValue): InspectSetting[] {
  const plist = dictionary(info) ?? {};
  const settings: InspectSetting[] = [];
  const add = (
    id: string,
    key: string,
    declared: InspectSetting['value'] | undefined,
    fallback: InspectSetting['value'],
  ) => {
    settings.push({
      id: `ios.${id}`,
      value: declared ?? fallback,
      source: declared === undefined ? 'default' : 'declared',
      evidence: [{ entry, via: 'plist', name: key }],
    });
  };
  const ats = dictionary(plist.NSAppTransportSecurity);
  add(
    'ats.arbitraryLoads',
    'NSAppTransportSecurity/NSAllowsArbitraryLoads',
    boolean(ats?.NSAllowsArbitraryLoads),
    atsOffByDefault(plist),
  );
  for (const [id, key] of [
    ['ats.arbitraryLoadsInWebContent', 'NSAllowsArbitraryLoadsInWebContent'],
    ['ats.arbitraryLoadsForMedia', 'NSAllowsArbitraryLoadsForMedia'],
    ['ats.localNetworking', 'NSAllowsLocalNetworking'],
  ] as const) {
    const value = boolean(ats?.[key]);
    if (value !== undefined) add(id, `NSAppTransportSecurity/${key}`, value, false);
  }
  const exceptions = insecureDomains(dictionary(ats?.NSExceptionDomains));
  if (exceptions.length > 0) add('ats.exception', 'NSAppTransportSecurity/NSExceptionDomains', exceptions, []);
  add('fileSharing', 'UIFileSharingEnabled', boolean(plist.UIFileSharingEnabled), false);
  const minimum = string(plist.MinimumOSVersion);
  if (minimum !== undefined) add('minimumVersion', 'MinimumOSVersion', minimum, null);
  return settings;
}

/** App Transport Security applies to apps linked against the iOS 9 SDK or later. */
function atsOffByDefault(plist: Dictionary): boolean {
  const major = /^iphoneos(\d{1,2})\./.exec(string(plist.DTSDKName) ?? '')?.[1];
  return major !== undefined && Number(major) < 9;
}

/** Domains for which plain HTTP or weak TLS is allowed. */
function insecureDomains(domains: Dictionary | undefined): string[] {
  if (domains === undefined) return [];
  const allowing = Object.entries(domains).filter(([, value]) => {
    const rules = dictionary(value);
    return Object.entries(rules ?? {}).some(
      ([key, setting]) => /AllowsInsecureHTTPLoads$/.test(key) && setting === true,
    );
  });
  return allowing.map(([domain]) => domain).sort();
}

function dictionary(value: PlistValue | undefined): Dictionary | undefined {
  if (
    typeof value !== 'object' ||
    value === null ||
    Array.isArray(value) ||
    value instanceof Date ||
    value instanceof Uint8Array
  )
    return undefined;
  return value;
}

function string(value: PlistValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function boolean(value: PlistValue | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'YES' || value === 'true' ? true : value === 'NO' || value === 'false' ? false : undefined;
}
