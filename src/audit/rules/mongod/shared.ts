/** What the rules for mongod.conf share. */
import { type Exposure, exposureOf } from '../../containers/exposure.ts';
import { listening } from '../../formats/mongod/effective.ts';
import type { MongodDocument } from '../../formats/mongod/read.ts';
import { addSetting, replaceValue } from '../../formats/settings/edit.ts';
import type { Setting } from '../../formats/settings/read.ts';
import type { Fix, Runtime } from '../../model.ts';
import type { Source, Span } from '../../source.ts';

export const MONGODB_REFERENCES = {
  options: 'https://www.mongodb.com/docs/manual/reference/configuration-options/',
  enable: 'https://www.mongodb.com/docs/manual/tutorial/enable-authentication/',
  checklist: 'https://www.mongodb.com/docs/manual/administration/security-checklist/',
  parameters: 'https://www.mongodb.com/docs/manual/reference/parameters/',
  keyFile: 'https://www.mongodb.com/docs/manual/core/security-internal-authentication/',
  image: 'https://github.com/docker-library/mongo/blob/master/docker-entrypoint.sh',
} as const;

/** Who reaches mongod: its containers' ports where it runs in containers, its own addresses otherwise. */
export function exposure(document: MongodDocument, runtimes: readonly Runtime[]): Exposure {
  if (runtimes.length === 0) {
    const { on } = listening(document);
    return on === 'everywhere' ? 'public' : on === 'loopback' ? 'loopback' : 'network';
  }
  const levels = runtimes.map(({ declared }) => exposureOf(declared));
  return (['public', 'network', 'loopback'] as const).find((level) => levels.includes(level)) ?? 'none';
}

/** Where a finding about something that is not written is shown. */
export function firstPlace(document: MongodDocument, key: string): Span {
  const [section] = key.split('.', 1);
  const near = [...document.settings.values()].find((setting) => setting.key.startsWith(`${section}.`));
  return near?.entry ?? document.settings.values().next().value?.entry ?? { start: 0, end: 0 };
}

/** Sets a value, in the words of the file's form. */
export function setTo(
  source: Source,
  document: MongodDocument,
  setting: Setting | null,
  change: { path: string[]; value: string; option: string },
  details: Omit<Fix, 'edits'>,
): Fix | null {
  if (document.form === 'yaml') {
    return setting
      ? replaceValue(setting, change.value, details)
      : addSetting(source, document, change.path, change.value, details);
  }
  if (setting) return { ...details, edits: [{ ...setting.entry, text: change.option }] };
  if (!document.complete) return null;
  const { text, eol } = source;
  const before = text === '' || text.endsWith('\n') ? '' : eol;
  return { ...details, edits: [{ start: text.length, end: text.length, text: `${before}${change.option}${eol}` }] };
}
