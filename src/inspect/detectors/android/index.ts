/**
 * Settings of an Android app: what its manifest, the XML resources it refers to and its code declare, else the platform's
 * default for its target version (https://developer.android.com/guide/topics/manifest/application-element,
 * https://developer.android.com/privacy-and-security/security-config).
 */
import type { InspectSetting } from '../../../core/contract/inspect.ts';
import type { XmlElement } from '../../source.ts';
import { backupSettings } from './backup.ts';
import { callSettings } from './calls.ts';
import { componentSettings } from './components.ts';
import { deepLinkSettings } from './deep-links.ts';
import { child, text } from './element.ts';
import { type AndroidDocuments, androidFacts, createSettings } from './facts.ts';
import { manifestSettings } from './manifest.ts';
import { networkSettings } from './network.ts';
import { permissionSettings } from './permissions.ts';
import { providerSettings } from './providers.ts';

export type { AndroidDocuments } from './facts.ts';

export function androidSettings(documents: AndroidDocuments): InspectSetting[] {
  const facts = androidFacts(documents);
  const settings = createSettings();
  manifestSettings(facts, settings);
  backupSettings(facts, settings);
  componentSettings(facts, settings);
  providerSettings(facts, settings);
  deepLinkSettings(facts, settings);
  permissionSettings(facts, settings);
  networkSettings(facts, settings);
  callSettings(facts, settings);
  return settings.all;
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
