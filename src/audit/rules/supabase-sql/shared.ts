/** What the rules on Supabase migrations share. */
import type { SqlProject, SupabaseSqlDocument } from '../../formats/supabase-sql/read.ts';
import type { SqlPlace, SqlTable } from '../../formats/supabase-sql/state.ts';
import type { Hit } from '../../model.ts';

export const SUPABASE_REFERENCES = {
  rls: 'https://supabase.com/docs/guides/database/postgres/row-level-security',
  api: 'https://supabase.com/docs/guides/api/securing-your-api',
  advisors: 'https://supabase.com/docs/guides/database/database-advisors',
  policy: 'https://www.postgresql.org/docs/current/sql-createpolicy.html',
  storage: 'https://supabase.com/docs/guides/storage/security/access-control',
  view: 'https://www.postgresql.org/docs/current/sql-createview.html',
  functions: 'https://supabase.com/docs/guides/database/functions',
} as const;

/** The project, where it is one of Supabase. */
export function supabaseOf(document: SupabaseSqlDocument): SqlProject | null {
  return document.project?.supabase === true ? document.project : null;
}

export function hitAt(project: SqlProject, place: SqlPlace, rest: Omit<Hit, 'span' | 'source'>): Hit {
  // Without numbers in the names of the files, which comes last is a guess.
  return {
    ...rest,
    span: place.span,
    source: place.source,
    ...(project.ordered ? {} : { confidence: 'tentative' as const }),
  };
}

/** Tables of the API, in the order in which they are made. */
export function apiTables(project: SqlProject, kind: SqlTable['kind'] = 'table'): SqlTable[] {
  return [...project.state.tables.values()].filter((table) => table.kind === kind && project.exposed.has(table.schema));
}

/** Names of columns that hold what one would not publish about people. */
const PERSONAL =
  /(?:^|_)(?:e_?mails?|phones?|phone_number|mobile|telephone|whatsapp|street|postal_address|home_address|address|address_line_?\d?|zip_?code|birth_?date|date_of_birth|birthday|dob|ssn|passport\w*|national_id|tax_id|iban|bank_account|password|password_hash|passwd|secret|api_key|access_token|refresh_token|salary|income|diagnos[ie]s|medical\w*|health\w*|blood_type|emergency_contact)$/i;

export function personalColumns(table: SqlTable): string[] {
  return table.columns
    .map(({ name }) => name)
    .filter((name) => PERSONAL.test(name.replace(/([a-z])([A-Z])/g, '$1_$2')));
}

export function fullName({ schema, name }: { schema: string; name: string }): string {
  return `${quoted(schema)}.${quoted(name)}`;
}

function quoted(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
