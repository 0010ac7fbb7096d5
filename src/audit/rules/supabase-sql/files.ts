/** Rules on buckets and the policies of their files. */
import { keyOf, PRIVILEGES } from '../../formats/supabase-sql/state.ts';
import { type AuditRule, defineRule } from '../../model.ts';
import { openings, placeOf, pointerOf, written } from './policies.ts';
import { hitAt, SUPABASE_REFERENCES, supabaseOf } from './shared.ts';

const shared = { format: 'supabase-sql', owner: 'developer', topic: 'authorization' } as const;

export const fileRules: readonly AuditRule<'supabase-sql'>[] = [
  defineRule<'supabase-sql'>({
    ...shared,
    id: 'audit/supabase-bucket-public',
    aliases: ['SB-ST-001'],
    title: 'A bucket is public',
    severity: 'low',
    description:
      'Files of a public bucket are served to everybody who knows or guesses their address, past all policies. That is right for pictures of products, and wrong for what users upload about themselves.',
    remediation:
      'In a new migration: `update storage.buckets set public = false where id = …;`, and give out signed addresses.',
    references: ['https://supabase.com/docs/guides/storage/buckets/fundamentals', SUPABASE_REFERENCES.storage],
    verified: {
      by: 'source',
      how: 'https://supabase.com/docs/guides/storage/buckets/fundamentals – for public buckets access controls are bypassed for retrieving and serving files',
    },
    cwe: ['CWE-732'],
    examples: {
      bad: [
        "insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true);\n",
        "insert into storage.buckets (id, name) values ('docs', 'docs');\nupdate storage.buckets set public = true where id = 'docs';\n",
      ],
      good: [
        "insert into storage.buckets (id, name, public) values ('avatars', 'avatars', false);\n",
        "insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true);\nupdate storage.buckets set public = false where id = 'avatars';\n",
      ],
    },
    *check({ document }) {
      const project = supabaseOf(document);
      if (project === null) return;
      for (const bucket of project.state.buckets.values()) {
        if (!bucket.isPublic) continue;
        const personal =
          /document|passport|invoice|contract|medical|private|receipt|identity|kyc|resume|\bcv\b|report|statement|backup|evidence/i.test(
            bucket.id,
          );
        yield hitAt(project, bucket.place, {
          pointer: `storage.buckets ${bucket.id}`,
          actual: 'public',
          expected: `update storage.buckets set public = false where id = '${bucket.id.replaceAll("'", "''")}';`,
          message: `Everybody who knows the address of a file in the bucket ${bucket.id} gets it.`,
          severity: personal ? 'medium' : 'low',
        });
      }
    },
  }),
  defineRule<'supabase-sql'>({
    ...shared,
    id: 'audit/supabase-storage-policy-open',
    aliases: ['SB-ST-002'],
    title: 'A policy opens the files of a bucket',
    severity: 'high',
    description:
      'The policy on `storage.objects` asks for the bucket at most: everybody it holds for reads the list of all files, replaces or deletes those of others, or fills the bucket.',
    remediation:
      "In a new migration bind it to the owner: `using (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid())::text)`, `to authenticated`.",
    references: [SUPABASE_REFERENCES.storage, SUPABASE_REFERENCES.rls],
    verified: {
      by: 'source',
      how: 'https://supabase.com/docs/guides/storage/security/access-control – access to files is decided by the policies of storage.objects',
    },
    cwe: ['CWE-863'],
    examples: {
      bad: [
        "create policy a on storage.objects for delete using (bucket_id = 'avatars');\n",
        'create policy a on storage.objects for all to authenticated using (true) with check (true);\n',
        "create policy a on storage.objects for insert with check (bucket_id = 'avatars');\n",
      ],
      good: [
        "create policy a on storage.objects for all to authenticated using (bucket_id = 'avatars' and (storage.foldername(name))[1] = auth.uid()::text);\n",
        "create policy a on storage.objects for select using (bucket_id = 'avatars');\n",
        "create policy a on storage.objects for update to authenticated using (bucket_id = 'avatars' and owner = auth.uid());\n",
        "create policy a on storage.objects for insert to authenticated with check (bucket_id = 'avatars' and auth.uid() = owner);\n",
      ],
    },
    *check({ document }) {
      const project = supabaseOf(document);
      if (project === null) return;
      const table = project.state.tables.get(keyOf('storage', 'objects'));
      if (table === undefined) return;
      const seen = new Set<string>();
      for (const role of ['anon', 'authenticated'] as const) {
        for (const { policy, commands: all } of openings(project, [table], role)) {
          // Reading is what public buckets are for; adding with an account is what most are for.
          const commands = all.filter(
            (command) => command === 'update' || command === 'delete' || (command === 'insert' && role === 'anon'),
          );
          if (commands.length === 0 || seen.has(policy.name)) continue;
          seen.add(policy.name);
          const place = placeOf(policy, commands);
          yield hitAt(project, place, {
            pointer: pointerOf({ table, policy }),
            actual: written(place),
            expected: 'a condition on whose file it is',
            message: `${role === 'anon' ? 'Everybody with the key from the app' : 'Everybody who signs up'} may ${commands.join(', ')} files of all users${PRIVILEGES.length === all.length ? ', and list them' : ''}.`,
            severity: commands.some((command) => command !== 'insert')
              ? role === 'anon'
                ? 'critical'
                : 'high'
              : 'medium',
          });
        }
      }
    },
  }),
];
