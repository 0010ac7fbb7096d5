import type { Format } from '../../model.ts';

export interface SupabaseConfigDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const supabaseConfigFormat: Format<'supabase-config'> = {
  name: 'supabase-config',
  title: 'Supabase project (config.toml)',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
