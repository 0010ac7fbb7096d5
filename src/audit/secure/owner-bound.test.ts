import { beforeAll, describe, expect, it } from 'vitest';
import { auditText, prepareFormats } from '../index.ts';
import { secureFirebase } from './firebase.ts';
import { secureSupabase } from './supabase.ts';

beforeAll(() => prepareFormats(['firestore.rules', 'storage.rules', 'firebase-rtdb', 'supabase-sql']));

describe('owner-bound variants', () => {
  it('of Firebase raise no finding of the audit', () => {
    const { files, steps } = secureFirebase({
      collections: [
        { name: 'users', ownerField: null },
        { name: 'notes', ownerField: 'ownerId' },
      ],
      places: ['profiles'],
      folders: ['avatars'],
    });
    expect(files.map(({ path }) => path)).toEqual(['firestore.rules', 'database.rules.json', 'storage.rules']);
    for (const { path, text } of files) {
      const { report } = auditText(text, { path });
      expect(report.files.map(({ status }) => status)).toEqual(['read']);
      expect(report.findings, path).toEqual([]);
    }
    expect(steps.at(-1)?.command).toBe('firebase deploy --only firestore:rules,database,storage');
  });

  it('of Supabase clear the findings of the tables that they are about', () => {
    const before =
      '=== supabase/migrations/1_make.sql\ncreate table public.notes (id int, email text, user_id uuid);\ncreate table public.prices (id int, user_id uuid);\n';
    const { files } = secureSupabase({
      migration: '2_own_rows',
      tables: [
        { name: 'notes', ownerColumn: 'user_id', may: 'write' },
        { name: 'prices', ownerColumn: 'user_id', may: 'read' },
      ],
      buckets: ['avatars'],
    });
    expect(auditText(before).report.findings).toHaveLength(2);
    const after = files.map(({ path, text }) => `=== ${path}\n${text}`).join('');
    const { report } = auditText(before + after);
    expect(report.files.map(({ status }) => status)).toEqual(['read', 'read']);
    expect(report.findings).toEqual([]);
  });

  it('refuse names that would be more than names', () => {
    expect(() => secureFirebase({ collections: [{ name: 'a/{b=**}', ownerField: null }] })).toThrow(RangeError);
    expect(() => secureFirebase({ collections: [] })).toThrow(RangeError);
    expect(() => secureFirebase({ collections: [], folders: ['a'], uploadType: "x') || true" })).toThrow(RangeError);
    expect(() =>
      secureSupabase({ migration: '1', tables: [{ name: 'a"; drop', ownerColumn: 'b', may: 'read' }] }),
    ).toThrow(RangeError);
    expect(() => secureSupabase({ migration: '../1', tables: [], buckets: ['a'] })).toThrow(RangeError);
  });
});
