import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'supabase-sql',
    text: '-- Tabelle für Leute\ncreate table public."Leute" (id uuid primary key references auth.users, email text, note text default \'ä;$$\');\nalter table public."Leute" enable row level security;\ncreate policy "Ünlesbar" on public."Leute" for select using ( true );\ncreate table if not exists open (id int); /* /* x */ ; */\ncreate policy w on open for all to anon using (true);\ndo $$ begin create policy d on public."Leute" for update to authenticated using ((select auth.uid()) = id) with check (true); exception when duplicate_object then null; end $$;\ncreate view v as select id, email from auth.users u where u.email is not null;\ncreate or replace function public.del(n int) returns void language plpgsql security definer as $f$ begin delete from open where id = n; end; $f$;\ninsert into storage.buckets (id, name, public) values (\'bilder\', \'bilder\', true);\ncreate policy s on storage.objects for delete using (bucket_id = \'bilder\');\ncreate role app login password \'changeit-example\';\n',
    pointed: [
      ['audit/supabase-policy-everybody-reads-personal-data', 'true'],
      ['audit/supabase-table-without-rls', 'open'],
      ['audit/supabase-row-given-away', 'true'],
      ['audit/supabase-view-shows-accounts', 'auth.users'],
      ['audit/supabase-definer-function-callable', 'public.del'],
      ['audit/supabase-definer-search-path', 'public.del'],
      ['audit/supabase-bucket-public', 'true'],
      ['audit/supabase-storage-policy-open', "bucket_id = 'bilder'"],
      ['audit/postgresql-password-in-sql', "'changeit-example'"],
    ],
  },
];
