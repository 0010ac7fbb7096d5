/**
 * XML resources that a manifest points to and whose meaning belongs to its own: the network security configuration, the
 * rules of backups, the folders that a FileProvider shares. Their names say nothing (shrinkers rename them), the
 * references do.
 */
import type { ResourceXmlPurpose, XmlElement } from '../source.ts';

/** Path in the archive -> what the manifest names it for. */
export type ManifestDocuments = Map<string, Set<ResourceXmlPurpose>>;

const OF_APPLICATION: readonly (readonly [attribute: string, purpose: ResourceXmlPurpose])[] = [
  ['networkSecurityConfig', 'network-security-config'],
  ['fullBackupContent', 'full-backup-content'],
  ['dataExtractionRules', 'data-extraction-rules'],
];

/** What an app names here at most: a FileProvider or two per library. */
const MOST = 200;

export function manifestDocuments(manifest: XmlElement): ManifestDocuments {
  const found: ManifestDocuments = new Map();
  const add = (path: unknown, purpose: ResourceXmlPurpose) => {
    // an unresolved reference is `@0x7f…`; `fullBackupContent` may be a plain false
    if (typeof path !== 'string' || path === '' || /^[@?]/.test(path) || found.size >= MOST) return;
    found.set(path, (found.get(path) ?? new Set()).add(purpose));
  };
  for (const application of manifest.children) {
    if (application.name !== 'application') continue;
    for (const [attribute, purpose] of OF_APPLICATION) add(application.attributes[attribute], purpose);
    for (const provider of application.children) {
      if (provider.name !== 'provider') continue;
      for (const { name, attributes } of provider.children) {
        if (name === 'meta-data' && isFileProviderPaths(attributes.name))
          add(attributes.resource, 'file-provider-paths');
      }
    }
  }
  return found;
}

/** The name is the same for androidx.core.content.FileProvider and the support library's before it. */
export function isFileProviderPaths(name: unknown): boolean {
  return name === 'android.support.FILE_PROVIDER_PATHS';
}
