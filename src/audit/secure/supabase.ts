/** Supabase: a new migration that switches row level security on and gives each user their own rows. */
import { assertPlainName, type SecuredVariant } from './model.ts';

export interface SupabaseOptions {
  tables: readonly OwnedTable[];
  /** Buckets in which each user has a folder named by their id. */
  buckets?: readonly string[];
  /** Name of the file, without its folder; begins with a time so that it runs last. */
  migration: string;
}

export interface OwnedTable {
  schema?: string;
  name: string;
  /** The column that holds the id of the owner. */
  ownerColumn: string;
  /** `read`: the app shows, the back end (service role) writes. */
  may: 'read' | 'write';
}

/**
 * Owner-bound policies as a migration of its own: one that was deployed is never edited. The other policies of a table
 * stay: they are OR-ed with these, so that what is too wide must be dropped by name.
 *
 * @throws RangeError for names that are not plain, or without a table or bucket
 */
export function secureSupabase({ tables, buckets = [], migration }: SupabaseOptions): SecuredVariant {
  assertPlainName('migration', migration.replace(/\.sql$/, ''));
  for (const { schema = 'public', name, ownerColumn } of tables) {
    assertPlainName('schema', schema);
    assertPlainName('table', name);
    assertPlainName('owner column', ownerColumn);
  }
  for (const bucket of buckets) assertPlainName('bucket', bucket, '.');
  if (tables.length + buckets.length === 0) throw new RangeError('table: name at least one table or bucket');
  const path = `supabase/migrations/${migration.replace(/\.sql$/, '')}.sql`;
  const text = [...tables.map(tableText), ...buckets.map(bucketText)].join('\n');
  return {
    files: [{ path, text, mode: 0o644, how: 'create' }],
    steps: [
      {
        title: 'Look for policies that are too wide',
        command: `supabase db dump --schema public | grep -n 'CREATE POLICY'`,
        why: 'Policies of a table are OR-ed: an old one that says true keeps the table open. Drop it in this migration.',
      },
      {
        title: 'Try it on the local stack',
        command: 'supabase db reset',
        why: 'It runs all migrations from the beginning; then use the app as two different users.',
      },
      { title: 'Bring it to the project', command: 'supabase db push', why: 'It runs the migrations that are new.' },
    ],
    proof: tables.slice(0, 1).map(({ name }) => ({
      title: 'The key from the app alone reads nothing',
      command: `curl -s "https://$PROJECT.supabase.co/rest/v1/${name}?select=*&limit=1" -H "apikey: $ANON_KEY"`,
      answers: '[], or permission denied',
    })),
  };
}

function tableText({ schema = 'public', name, ownerColumn, may }: OwnedTable): string {
  const table = `"${schema}"."${name}"`;
  const own = `(select auth.uid()) = "${ownerColumn}"`;
  const policy = (command: string, clauses: string): string =>
    `create policy "own rows: ${command}" on ${table} for ${command} to authenticated ${clauses};`;
  const writes = [
    policy('insert', `with check (${own})`),
    policy('update', `using (${own}) with check (${own})`),
    policy('delete', `using (${own})`),
  ];
  return [
    `alter table ${table} enable row level security;`,
    `revoke all on ${table} from anon;`,
    policy('select', `using (${own})`),
    ...(may === 'write' ? writes : [`revoke insert, update, delete, truncate on ${table} from authenticated;`]),
    '',
  ].join('\n');
}

function bucketText(bucket: string): string {
  const own = `bucket_id = '${bucket}' and (storage.foldername(name))[1] = (select auth.uid())::text`;
  return [
    `update storage.buckets set public = false where id = '${bucket}';`,
    `create policy "own files: ${bucket}" on storage.objects for all to authenticated using (${own}) with check (${own});`,
    '',
  ].join('\n');
}
