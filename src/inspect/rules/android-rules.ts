/** All rules about the settings of an Android app. */
import { androidCodeRules } from './android-code-rules.ts';
import { androidComponentRules } from './android-component-rules.ts';
import { androidCryptoRules } from './android-crypto-rules.ts';
import { androidLinkRules } from './android-link-rules.ts';
import { androidManifestRules } from './android-manifest-rules.ts';
import { androidNetworkRules } from './android-network-rules.ts';
import { androidPermissionRules } from './android-permission-rules.ts';
import { androidProviderRules } from './android-provider-rules.ts';
import type { InspectRule } from './inspect-rule.ts';

export const androidRules: readonly InspectRule[] = [
  ...androidManifestRules,
  ...androidComponentRules,
  ...androidProviderRules,
  ...androidLinkRules,
  ...androidNetworkRules,
  ...androidPermissionRules,
  ...androidCodeRules,
  ...androidCryptoRules,
];
