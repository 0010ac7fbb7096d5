import type { RuleSet } from '../../model.ts';
import { fileRules } from './files.ts';
import { objectRules } from './objects.ts';
import { plainRules } from './plain.ts';
import { policyRules } from './policies.ts';
import { tableRules } from './tables.ts';

export const supabaseSqlRules: RuleSet<'supabase-sql'> = {
  rules: [...tableRules, ...policyRules, ...objectRules, ...fileRules, ...plainRules],
  guidance: {
    fixes: {
      managed:
        'A migration that ran is never edited: `supabase migration new close-it`, write the statement into the new file, try it with `supabase db reset` and the app on the local stack, then `supabase db push`. In the hosted project the SQL editor takes the same statement; pull it back with `supabase db pull`, or the next push undoes it.',
      package:
        'Write the statement into a new migration of the tool that the project uses and apply it as the owner of the table; try it as the role of the application first.',
    },
    check:
      'With the key from the app, `curl "https://PROJECT.supabase.co/rest/v1/TABLE?select=*&limit=1" -H "apikey: KEY"` answers `[]` or 401, and `supabase db lint` and the security advisor of the dashboard name it no more; in psql `set role anon; select count(*) from public.X;` answers 0 or "permission denied".',
  },
  dropped: {
    'SB-GR-001':
      'in the schema public every table has ALL for anon by default, and supabase db dump writes the grant for each table: row level security decides, and a table without it has a finding of its own',
  },
};
