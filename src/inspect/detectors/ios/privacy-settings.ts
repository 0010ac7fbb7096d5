/** What the privacy manifests declare against what was found in the package. */
import type { InspectDeclaration, InspectSetting } from '../../../core/contract/inspect.ts';
import { PRIVACY_MANIFEST_SDKS } from '../../data/privacy-manifest-sdks.ts';
import { declarationsOf } from '../declarations.ts';
import { askedFor } from './capabilities.ts';
import { type IosPackage, sdkMajor, settingsOf } from './package.ts';
import { sorted } from './plist-values.ts';

/** Apple asks for manifests of apps built with the SDK of iOS 17 and later. */
const FIRST_SDK = 17;

/** What a person is asked for -> declared types any of which covers it. What an app rarely sends away is left out. */
const COLLECTED: Readonly<Record<string, readonly string[]>> = {
  location: ['PreciseLocation', 'CoarseLocation'],
  contacts: ['Contacts'],
  photos: ['PhotosorVideos'],
  microphone: ['AudioData'],
  health: ['Health', 'Fitness'],
  motion: ['Fitness', 'OtherDataTypes'],
};

/** Imported symbol -> category of required-reason API. */
const REASON_APIS: readonly (readonly [symbol: RegExp, category: string])[] = [
  [
    /^_(?:f|l)?stat$|^_fstatat$|^_f?getattrlist(?:at|bulk)?$|^_NSFile(?:Creation|Modification)Date$|^_NSURL(?:ContentModification|Creation)DateKey$/,
    'FileTimestamp',
  ],
  [/^_f?stat(?:v)?fs$|^_NSFileSystem(?:Free)?Size$|^_NSURLVolume/, 'DiskSpace'],
  [/^_mach_absolute_time$/, 'SystemBootTime'],
  [/^_OBJC_CLASS_\$_NSUserDefaults$/, 'UserDefaults'],
];

export function privacySettings(app: IosPackage): InspectSetting[] {
  const manifests = declarationsOf(app.plists).filter(({ entry }) => entry.startsWith(app.folder));
  const own = manifests.find(({ entry }) => entry === `${app.folder}PrivacyInfo.xcprivacy`);
  const asked = (sdkMajor(app) ?? 0) >= FIRST_SDK;
  if (!asked && manifests.length === 0) return [];
  const { settings, declared, effective, keyed } = settingsOf(own?.entry ?? app.entry, 'plist');
  keyed('privacy.manifest', 'PrivacyInfo.xcprivacy', own === undefined ? undefined : true, false);
  declared('privacy.tracking', 'NSPrivacyTracking', own?.tracking);
  effective('privacy.undeclaredTrackingDomains', 'NSPrivacyTracking', trackingDomains(app, own, manifests));
  effective('privacy.undeclaredData', 'NSPrivacyCollectedDataTypes', undeclaredData(app, own));
  if (asked) {
    effective('privacy.undeclaredApis', 'NSPrivacyAccessedAPITypes', undeclaredApis(app, manifests));
    effective('privacy.sdksWithoutManifest', 'PrivacyInfo.xcprivacy', sdksWithout(app, manifests));
  }
  return settings;
}

/** Domains that some manifest calls tracking ones and that the package names, while the app says that it does not track. */
function trackingDomains(
  { endpoints }: IosPackage,
  own: InspectDeclaration | undefined,
  manifests: readonly InspectDeclaration[],
): string[] {
  if (own?.tracking !== false) return [];
  const hosts = new Set(endpoints.map(({ host }) => host?.toLowerCase()));
  const domains = manifests.flatMap((one) => one.trackingDomains).map((domain) => domain.toLowerCase());
  return sorted(
    domains.filter((domain) => [...hosts].some((host) => host === domain || host?.endsWith(`.${domain}`) === true)),
  );
}

function undeclaredData(app: IosPackage, own: InspectDeclaration | undefined): string[] {
  if (own === undefined) return [];
  const types = new Set(own.data.map(({ type }) => type));
  return askedFor(app).filter((what) => COLLECTED[what]?.some((type) => types.has(type)) === false);
}

/** Of the executable and what is linked into it, whose manifests stand in bundles beside it. */
function undeclaredApis({ binary, folder }: IosPackage, manifests: readonly InspectDeclaration[]): string[] {
  if (binary === undefined) return [];
  const covering = manifests.filter(({ entry }) => !entry.startsWith(`${folder}Frameworks/`));
  const known = new Set(covering.flatMap(({ apis }) => apis.map(({ category }) => category)));
  const used = binary.imports.flatMap((name) => REASON_APIS.find(([symbol]) => symbol.test(name))?.[1] ?? []);
  return sorted(used.filter((category) => !known.has(category)));
}

function sdksWithout({ plists, folder }: IosPackage, manifests: readonly InspectDeclaration[]): string[] {
  const frameworks = plists.flatMap(
    ({ entry }) =>
      (entry.startsWith(folder) && /\/Frameworks\/([^/]{1,200})\.framework\/Info\.plist$/.exec(entry)?.[1]) || [],
  );
  const having = new Set(manifests.flatMap(({ sdk, entry }) => [sdk, frameworkOf(entry)]));
  return sorted(frameworks.filter((name) => PRIVACY_MANIFEST_SDKS.has(name) && !having.has(name)));
}

/** A manifest may stand in a bundle inside the framework. */
function frameworkOf(entry: string): string | undefined {
  return /\/Frameworks\/([^/]{1,200})\.framework\//.exec(entry)?.[1];
}
