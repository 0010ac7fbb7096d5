import type { Format } from '../../model.ts';

export interface AppSettingsDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const appSettingsFormat: Format<'app-settings'> = {
  name: 'app-settings',
  title: 'settings of the back end (.env, Spring, Laravel, Django, Node)',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
