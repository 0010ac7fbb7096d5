import type { Format } from '../../model.ts';

export interface SupabaseSqlDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const supabaseSqlFormat: Format<'supabase-sql'> = {
  name: 'supabase-sql',
  title: 'Supabase and PostgreSQL migrations (row level security, grants)',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
