/** What is in force of a setting: the containers that mount the file may overrule it. */
import type { Container } from '../../containers/model.ts';
import type { Runtime } from '../../model.ts';
import type { Setting, SettingsDocument } from './read.ts';

export type Effective =
  | { state: 'set'; values: readonly string[]; setting: Setting | null }
  | { state: 'absent' }
  | { state: 'unknown'; reason: string };

/** How a container overrules settings; null: it does not, `value: null`: it does with something not known. */
export type OverrideOf = (service: Container, key: string) => { value: string | null } | null;

/**
 * The setting as the program sees it. `setting` is null when containers decide it: then it is judged where they are
 * declared.
 */
export function effective(
  { settings, complete }: SettingsDocument,
  runtimes: readonly Runtime[],
  key: string,
  overrideOf: OverrideOf,
): Effective {
  const overrides = runtimes.map(({ service }) => overrideOf(service, key));
  const [first] = overrides;
  if (first && overrides.every((override) => override !== null)) {
    if (overrides.some((override) => override?.value === null)) return unknown('its value comes from a variable');
    // Where containers disagree, what the first says stands for all; each is judged on its own as a container.
    return { state: 'set', values: [first.value ?? ''], setting: null };
  }
  const setting = settings.get(key);
  if (setting?.variable) return unknown('its value comes from a variable');
  if (setting && setting.values.length > 0) return { state: 'set', values: setting.values, setting };
  if (!complete) return unknown('the file could not be read whole');
  if (runtimes.some(({ service }) => !service.environmentComplete))
    return unknown('variables of its container may set it, which were not read');
  return { state: 'absent' };
}

function unknown(reason: string): Effective {
  return { state: 'unknown', reason };
}

/** `-E name=value`, and variables: by the setting's own name, or `ES_SETTING_NAME` in images of Elasticsearch. */
export function searchOverride(service: Container, key: string): { value: string | null } | null {
  // Dots become underscores and underscores double: `ES_SETTING_XPACK_SECURITY_ENABLED`.
  const escaped = `ES_SETTING_${key.replaceAll('_', '__').replaceAll('.', '_').toUpperCase()}`;
  const variable = service.environment.find(({ name }) => name === key || name === escaped);
  if (variable) return { value: variable.value };
  const words = [...(service.entrypoint?.words ?? []), ...(service.command?.words ?? [])];
  for (const [index, word] of words.entries()) {
    const option = word === '-E' ? words[index + 1] : word.startsWith('-E') ? word.slice(2).trim() : undefined;
    if (option?.startsWith(`${key}=`)) return { value: option.slice(key.length + 1) };
  }
  return null;
}
