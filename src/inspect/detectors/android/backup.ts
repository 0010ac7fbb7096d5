/**
 * Backups: what of the app's private files leaves the device.
 *
 * Android 6 to 11 read `fullBackupContent` (false: none; a resource: what to include and exclude), Android 12 and later
 * `dataExtractionRules` where it is declared, for cloud backups and transfers apart. A list without any rule, and a
 * missing one, mean everything. https://developer.android.com/identity/data/autobackup
 */
import type { XmlElement } from '../../source.ts';
import { boolean, child, text } from './element.ts';
import { type AndroidFacts, inXml, type Settings } from './facts.ts';

export function backupSettings(facts: AndroidFacts, settings: Settings): void {
  const { application, manifest, resources, minSdk } = facts;
  const attributes = application?.attributes ?? {};
  const at = (name: string) => inXml(manifest.entry, `application@${name}`);
  settings.value('allowBackup', boolean(attributes.allowBackup), true, at('allowBackup'));
  const full = attributes.fullBackupContent;
  const rules = text(attributes.dataExtractionRules);
  if (full !== undefined)
    settings.value('fullBackupContent', boolean(full) ?? String(full), null, at('fullBackupContent'));
  if (rules !== undefined) settings.value('dataExtractionRules', rules, null, at('dataExtractionRules'));
  if (boolean(attributes.allowBackup) === false) return;

  const fullDocument = resources.find(({ purpose }) => purpose === 'full-backup-content');
  const rulesDocument = resources.find(({ purpose }) => purpose === 'data-extraction-rules');
  // what is declared and could not be read is not held against the app
  const older =
    boolean(full) === false || (fullDocument !== undefined ? isLimited(fullDocument.root) : isResource(full));
  const cloud = child(rulesDocument?.root, 'cloud-backup');
  const newer = rules === undefined ? older : rulesDocument === undefined || (cloud !== undefined && isLimited(cloud));
  const unlimited = [
    ...(older || minSdk >= 31 ? [] : ['Android 11 and earlier']),
    ...(newer ? [] : ['Android 12 and later']),
  ];
  settings.list('backupUnlimited', unlimited, [at(rules === undefined ? 'fullBackupContent' : 'dataExtractionRules')]);
}

/** Any rule narrows: an include lets nothing else in, an exclude takes something out. */
function isLimited(list: XmlElement): boolean {
  return list.children.some(({ name }) => name === 'include' || name === 'exclude');
}

function isResource(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && boolean(value) === undefined;
}
