import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { InspectReport } from '../core/contract/inspect.ts';
import { createScope } from '../net/index.ts';
import { proposedTargets, targetsYaml } from './scope-proposals.ts';
import { app } from './testing/world.ts';

const store = (kind: string, id: string, host?: string, origin: 'app' | 'sdk' = 'app') => ({
  kind,
  id,
  ...(host === undefined ? {} : { host }),
  origin,
  evidence: [],
});

function report(more: Partial<InspectReport>): InspectReport {
  return app('com.bluemarket.shop', '3.2', [], more).report;
}

const STORES = [
  store('firebase-project', 'bluemarket'),
  store('firebase-rtdb', 'bluemarket', 'bluemarket-default-rtdb.europe-west1.firebasedatabase.app'),
  store('firebase-storage', 'bluemarket.appspot.com', 'firebasestorage.googleapis.com'),
  store('google-app-id', '1:1:android:1'),
  store('supabase', 'abcdefghabcdefghabcd', 'abcdefghabcdefghabcd.supabase.co'),
  store('s3', 'bluemarket-media', 'bluemarket-media.s3.amazonaws.com'),
  store('gcs', 'bluemarket-media'),
  store('algolia', 'SHOPAPP123'),
  store('firebase-project', 'of-an-sdk', undefined, 'sdk'),
];

const credential = (provider: string, sensitivity: 'public' | 'secret', value: string) => ({
  provider,
  kind: 'key',
  origin: 'app' as const,
  mask: '…',
  hash: '0',
  sensitivity,
  value,
  evidence: [],
});

describe('proposedTargets', () => {
  it('makes entries that the scope accepts once the owner took them over', async () => {
    const targets = proposedTargets(report({ stores: STORES }));
    const { targets: entries } = parse(`targets:\n${targetsYaml(targets)}`);
    expect(entries.map(({ managedService }: { managedService: string }) => managedService).sort()).toEqual([
      'algolia',
      'firebase-remote-config',
      'firebase-rtdb',
      'firebase-storage',
      'firestore',
      'gcs',
      's3',
      'supabase',
    ]);
    const scope = await createScope(
      entries.map((one: { host: string; authority: { provider: string; project: string } }) => ({
        host: one.host,
        addresses: [],
        resolve: 'dns',
        authority: { project: { provider: one.authority.provider, id: one.authority.project } },
      })),
      { now: () => new Date(), resolveTxt: () => Promise.resolve([]), trustedKeys: [] },
    );
    expect(scope.refused.map(({ host, error }) => `${host}: ${error.message}`)).toEqual([]);
  });

  it('takes what is public by design, and never a secret', () => {
    const credentials = [
      credential('supabase', 'public', 'sb_publishable_x'),
      credential('supabase', 'secret', 'sb_secret_y'),
    ];
    const text = targetsYaml(proposedTargets(report({ stores: STORES, credentials })));
    expect(text).toContain('anonKey: "sb_publishable_x"');
    expect(text).not.toContain('sb_secret_y');
    expect(text).toContain('searchKey: "<searchKey>"');
  });

  it('proposes nothing of an SDK', () => {
    expect(targetsYaml(proposedTargets(report({ stores: STORES })))).not.toContain('of-an-sdk');
  });
});
