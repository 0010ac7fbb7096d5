/**
 * What the app is signed for: its entitlements, and the profile it was provisioned with
 * (https://developer.apple.com/documentation/technotes/tn3125-inside-code-signing-provisioning-profiles). Of a profile
 * only kinds, counts and dates are told: it names devices, people and their certificates.
 */
import type { InspectSetting } from '../../../core/contract/inspect.ts';
import { type IosPackage, settingsOf } from './package.ts';
import { boolean, type Dictionary, dictionary, sorted, string, strings } from './plist-values.ts';

export function entitlementSettings(app: IosPackage): InspectSetting[] {
  const granted = dictionary(app.profile?.value.Entitlements);
  const own = app.entitlements;
  const entitlements = own ?? granted;
  const settings: InspectSetting[] = [];
  if (entitlements !== undefined) {
    const at = settingsOf(
      own !== undefined ? app.executable : (app.profile?.entry ?? app.entry),
      own !== undefined ? 'macho' : 'plist',
    );
    fromEntitlements(entitlements, at);
    settings.push(...at.settings);
  }
  if (app.profile !== undefined) {
    const at = settingsOf(app.profile.entry, 'plist');
    fromProfile(app.profile.value, granted ?? {}, at);
    settings.push(...at.settings);
  }
  return settings;
}

type Adder = ReturnType<typeof settingsOf>;

function fromEntitlements(entitlements: Dictionary, { keyed, declared }: Adder): void {
  keyed('entitlement.getTaskAllow', 'get-task-allow', boolean(entitlements['get-task-allow']), false);
  const groups = strings(entitlements['keychain-access-groups']).map(withoutTeam);
  declared('entitlement.keychainGroups', 'keychain-access-groups', sorted(groups));
  const shared = strings(entitlements['com.apple.security.application-groups']);
  declared('entitlement.appGroups', 'com.apple.security.application-groups', sorted(shared));
  const domains = strings(entitlements['com.apple.developer.associated-domains']);
  declared('associatedDomains', 'com.apple.developer.associated-domains', sorted(domains));
  declared('entitlement.push', 'aps-environment', string(entitlements['aps-environment']));
  const services = Object.keys(entitlements).filter((key) => key.startsWith('com.apple.'));
  declared('entitlements', 'com.apple.*', sorted(services));
}

/** `ABCDE12345.com.bluemarket.shop`: the team says nothing here. A group `ABCDE12345.*` stays `*`. */
function withoutTeam(group: string): string {
  return group.replace(/^[A-Z0-9]{10}\./, '');
}

function fromProfile(profile: Dictionary, granted: Dictionary, { declared }: Adder): void {
  const devices = Array.isArray(profile.ProvisionedDevices) ? profile.ProvisionedDevices.length : 0;
  declared('provisioning', 'embedded.mobileprovision', provisioningKind(profile, granted, devices));
  if (devices > 0) declared('provisioning.devices', 'ProvisionedDevices', devices);
  const expires = profile.ExpirationDate;
  if (expires instanceof Date && !Number.isNaN(expires.getTime())) {
    declared('provisioning.expires', 'ExpirationDate', expires.toISOString().slice(0, 10));
  }
}

function provisioningKind(profile: Dictionary, granted: Dictionary, devices: number): string {
  if (boolean(profile.ProvisionsAllDevices) === true) return 'enterprise';
  if (devices === 0) return 'app store';
  return boolean(granted['get-task-allow']) === true ? 'development' : 'ad hoc';
}
