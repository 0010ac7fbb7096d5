/**
 * Settings of an Android app: what its manifest and network security configuration declare, else the platform's default
 * for its target version (https://developer.android.com/guide/topics/manifest/application-element,
 * https://developer.android.com/privacy-and-security/security-config).
 */
import type { EntryEvidence, InspectSetting } from '../../core/contract/inspect.ts';
import type { XmlElement } from '../source.ts';

export interface AndroidDocuments {
  manifest: { entry: string; root: XmlElement };
  networkSecurityConfig?: { entry: string; root: XmlElement };
}

type Value = InspectSetting['value'];

export function androidSettings({ manifest, networkSecurityConfig }: AndroidDocuments): InspectSetting[] {
  const { root, entry } = manifest;
  const application = child(root, 'application');
  const sdk = child(root, 'uses-sdk');
  const settings: InspectSetting[] = [];
  const minSdk = integer(sdk?.attributes.minSdkVersion);
  const targetSdk = integer(sdk?.attributes.targetSdkVersion) ?? minSdk ?? 1;

  const add = (id: string, declared: Value | undefined, fallback: Value, at: EntryEvidence) => {
    settings.push({
      id: `android.${id}`,
      value: declared ?? fallback,
      source: declared === undefined ? 'default' : 'declared',
      evidence: [at],
    });
  };
  const inManifest = (name: string): EntryEvidence => ({ entry, via: 'xml', name });
  const flag = (id: string, fallback: boolean) => {
    add(id, boolean(application?.attributes[id]), fallback, inManifest(`application@${id}`));
  };

  flag('debuggable', false);
  flag('allowBackup', true);
  // cleartext is off by default from Android 9 (API level 28)
  flag('usesCleartextTraffic', targetSdk < 28);
  add('minSdkVersion', minSdk, 1, inManifest('uses-sdk@minSdkVersion'));
  add(
    'targetSdkVersion',
    integer(sdk?.attributes.targetSdkVersion),
    targetSdk,
    inManifest('uses-sdk@targetSdkVersion'),
  );
  if (application !== undefined) exportedComponents(application, targetSdk, add, inManifest);
  addTrust(networkSecurityConfig, targetSdk, boolean(application?.attributes.usesCleartextTraffic), add, entry);
  return settings;
}

type Add = (id: string, declared: Value | undefined, fallback: Value, at: EntryEvidence) => void;

function addTrust(
  config: AndroidDocuments['networkSecurityConfig'],
  targetSdk: number,
  usesCleartext: boolean | undefined,
  add: Add,
  manifestEntry: string,
): void {
  if (config === undefined) {
    // Without a configuration, apps that target Android 6 or less trust what the user installs.
    const at: EntryEvidence = { entry: manifestEntry, via: 'xml', name: 'uses-sdk@targetSdkVersion' };
    add('networkSecurityConfig.cleartextBase', undefined, usesCleartext ?? targetSdk < 28, at);
    add('networkSecurityConfig.userCa', undefined, targetSdk < 24, at);
    return;
  }
  const { root, entry } = config;
  const base = child(root, 'base-config');
  const at = (name: string): EntryEvidence => ({ entry, via: 'xml', name });
  const cleartext = boolean(base?.attributes.cleartextTrafficPermitted);
  // with a configuration present, usesCleartextTraffic is ignored from API level 24 on
  add('networkSecurityConfig.cleartextBase', cleartext, targetSdk < 28, at('base-config@cleartextTrafficPermitted'));
  const domains = descendants(root, 'domain-config');
  const trusting = [base, ...domains].filter((scope) => scope !== undefined && trustsUser(scope));
  const baseDeclares = base !== undefined && child(base, 'trust-anchors') !== undefined;
  const userCa = trusting.length > 0 ? true : baseDeclares ? false : undefined;
  add('networkSecurityConfig.userCa', userCa, targetSdk < 24, at('trust-anchors/certificates@src'));
  const inClear = domains
    .filter((scope) => boolean(scope.attributes.cleartextTrafficPermitted) === true)
    .flatMap(domainNames);
  if (inClear.length > 0)
    add(
      'networkSecurityConfig.cleartextDomains',
      [...new Set(inClear)].sort(),
      [],
      at('domain-config@cleartextTrafficPermitted'),
    );
  const pinned = domains.filter((scope) => child(scope, 'pin-set') !== undefined).flatMap(domainNames);
  if (pinned.length > 0)
    add('networkSecurityConfig.pinnedDomains', [...new Set(pinned)].sort(), [], at('domain-config/pin-set'));
}

function trustsUser(scope: XmlElement): boolean {
  const anchors = child(scope, 'trust-anchors');
  return anchors?.children.some((one) => one.name === 'certificates' && one.attributes.src === 'user') ?? false;
}

function domainNames(scope: XmlElement): string[] {
  return scope.children
    .filter((one) => one.name === 'domain')
    .map((one) => one.text.trim())
    .filter(Boolean);
}

const COMPONENTS = new Set(['activity', 'activity-alias', 'service', 'receiver', 'provider']);

/** Components that other apps may call; those of them that ask for no permission, without the launcher's activity. */
function exportedComponents(
  application: XmlElement,
  targetSdk: number,
  add: Add,
  at: (name: string) => EntryEvidence,
): void {
  let exported = 0;
  const providers: string[] = [];
  const guarded = text(application.attributes.permission);
  for (const component of application.children) {
    if (!COMPONENTS.has(component.name)) continue;
    if (!isExported(component, targetSdk)) continue;
    exported++;
    const { permission, readPermission, name } = component.attributes;
    if (component.name !== 'provider' || text(permission) || text(readPermission) || guarded) continue;
    providers.push(text(name) ?? '?');
  }
  add('exportedComponents', exported, 0, at('application/*@exported'));
  if (providers.length > 0) add('exportedProviders', providers.sort(), [], at('provider@exported'));
}

/** Not declared: exported when it has an intent filter (before API level 31); providers up to API level 16 always. */
function isExported(component: XmlElement, targetSdk: number): boolean {
  const declared = boolean(component.attributes.exported);
  if (declared !== undefined) return declared;
  if (component.name === 'provider') return targetSdk <= 16;
  return targetSdk < 31 && component.children.some((one) => one.name === 'intent-filter');
}

export interface AppIdentity {
  id: string;
  version: string;
  name?: string;
}

export function androidIdentity(root: XmlElement): AppIdentity {
  const name = text(child(root, 'application')?.attributes.label);
  const versionName = text(root.attributes.versionName);
  const versionCode = root.attributes.versionCode;
  return {
    id: text(root.attributes.package) ?? '',
    version: versionName ?? (versionCode === undefined ? '' : String(versionCode)),
    ...(name === undefined || name.startsWith('@') ? {} : { name }),
  };
}

function child(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((one) => one.name === name);
}

function descendants(element: XmlElement, name: string, depth = 0): XmlElement[] {
  if (depth > 20) return [];
  return element.children.flatMap((one) => [...(one.name === name ? [one] : []), ...descendants(one, name, depth + 1)]);
}

function boolean(value: string | number | boolean | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 1 || value === -1) return true;
  return value === 'false' || value === 0 ? false : undefined;
}

function integer(value: string | number | boolean | undefined): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined;
  return typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : undefined;
}

function text(value: string | number | boolean | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : String(value);
}
