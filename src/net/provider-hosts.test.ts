import { describe, expect, it } from 'vitest';
import { PROVIDER_HOSTS } from './provider-hosts.ts';
import { createScope, type ScopeEntry } from './scope.ts';

const environment = { now: () => new Date('2026-06-01T00:00:00Z'), resolveTxt: async () => [], trustedKeys: [] };
const entry = (provider: string, id: string, host: string, more: Partial<ScopeEntry> = {}): ScopeEntry => ({
  host,
  addresses: [],
  resolve: 'dns',
  authority: { project: { provider, id } },
  ...more,
});

describe('a host that all customers of a provider share', () => {
  it.each<[string, string, string, string]>([
    ['firestore', 'bluemarket-1', 'firestore.googleapis.com', 'projectId'],
    ['firebase-storage', 'bluemarket-1', 'firebasestorage.googleapis.com', 'projectId'],
    ['firebase-remote-config', 'bluemarket-1', 'firebaseremoteconfig.googleapis.com', 'projectId'],
    ['gcs', 'app.uploads_1', 'storage.googleapis.com', 'bucket'],
    ['s3', 'app-uploads', 's3.eu-west-1.amazonaws.com', 'bucket'],
    ['s3', 'app-uploads', 's3.dualstack.eu-west-1.amazonaws.com', 'bucket'],
    ['s3', 'app-uploads', 'app-uploads.s3.dualstack.eu-west-1.amazonaws.com', 'bucket'],
    ['algolia', 'BLUEMARKET1', 'bluemarket1-dsn.algolia.net', 'appId'],
    ['appwrite', 'bluemarket', 'fra.cloud.appwrite.io', 'projectId'],
  ])('%s: %s on %s becomes the identifier that every request carries', async (provider, id, host, name) => {
    const scope = await createScope([entry(provider, id, host)], environment);
    expect(scope.refused).toEqual([]);
    expect(scope.targets[0]?.identifiers).toEqual({ [name]: id });
  });

  it('cannot be asked for another project by listing it', async () => {
    const stolen = entry('firestore', 'bluemarket', 'firestore.googleapis.com', {
      identifiers: { projectId: 'rival', apiKey: 'AIza' },
    });
    const scope = await createScope([stolen], environment);
    expect(scope.targets[0]?.identifiers).toEqual({ projectId: 'bluemarket', apiKey: 'AIza' });
  });

  it('is the target of each project by itself', async () => {
    const host = 'firestore.googleapis.com';
    const ids = ['bluemarket', 'bluemarket-test'];
    const scope = await createScope(
      ids.map((id) => entry('firestore', id, host)),
      environment,
    );
    expect(scope.findAll('FIRESTORE.googleapis.com.').map(({ project }) => project)).toEqual(ids);
    expect(scope.find(host)?.project).toBe('bluemarket');
    expect(scope.find(host, 'bluemarket-test')?.identifiers).toEqual({ projectId: 'bluemarket-test' });
    expect(scope.find(host, 'rival')).toBeUndefined();
  });

  it.each([
    ['s3', 'app-uploads', 'app-uploads.s3.eu-west-1.amazonaws.com'],
    ['algolia', 'BLUEMARKET1', 'bluemarket1-dsn.algolia.net'],
    ['firebase', 'bluemarket', 'bluemarket-default-rtdb.firebaseio.com'],
    ['supabase', 'abcdefghijklmnopqrst', 'abcdefghijklmnopqrst.supabase.co'],
  ])('is not one that bears the id: %s, %s, %s', async (provider, id, host) => {
    const scope = await createScope([entry(provider, id, host)], environment);
    expect(scope.targets).toHaveLength(1);
    expect(scope.targets[0]).not.toHaveProperty('project');
  });
});

describe('a host that a provider makes from an id', () => {
  it.each<[string, string, string]>([
    ['supabase', 'abcdefghijklmnopqrst', 'abcdefghijklmnopqrst.supabase.co'],
    ['azure', 'shopaccount', 'shopaccount.blob.core.windows.net'],
    ['azure', 'shopaccount', 'shopaccount.z01.blob.storage.azure.net'],
    ['algolia', 'BLUEMARKET1', 'BLUEMARKET1.algolia.net'],
  ])('%s: %s owns %s', async (provider, id, host) => {
    expect((await createScope([entry(provider, id, host)], environment)).refused).toEqual([]);
  });
});

describe('a host or an id of another form', () => {
  it.each<[string, string, string]>([
    ['firestore', 'bluemarket', 'firestore.googleapis.com.evil.example'],
    ['firestore', 'bluemarket/databases', 'firestore.googleapis.com'],
    ['firestore', '.*', 'firestore.googleapis.com'],
    ['firebase-storage', 'bluemarket', 'storage.googleapis.com'],
    ['gcs', '../x', 'storage.googleapis.com'],
    ['gcs', 'app-uploads', 'www.googleapis.com'],
    ['s3', 'app-uploads', 'rival.s3.amazonaws.com'],
    ['s3', 'app-uploads', 's3.eu.west.1.amazonaws.com'],
    ['s3', 'app-uploads', 'xs3.amazonaws.com'],
    ['supabase', 'abcdefghijklmnopqrst', 'zzzzzzzzzzzzzzzzzzzz.supabase.co'],
    ['supabase', 'a', 'a.supabase.co'],
    ['azure', 'shopaccount', 'rival.blob.core.windows.net'],
    ['azure', 'shopaccount', 'shopaccount.queue.core.windows.net'],
    ['algolia', 'BLUEMARKET1', 'rival-dsn.algolia.net'],
    ['appwrite', 'bluemarket', 'appwrite.io'],
    ['appwrite', 'bluemarket', 'a.b.cloud.appwrite.io'],
  ])('%s: %s has nothing to say about %s', async (provider, id, host) => {
    const scope = await createScope([entry(provider, id, host)], environment);
    expect(scope.targets).toEqual([]);
    expect(scope.refused[0]?.error.code).toBe('E_AUTHORITY');
  });

  it('is told with the hosts that the provider has', () => {
    for (const [name, { describes, id }] of Object.entries(PROVIDER_HOSTS)) {
      expect(describes, name).toMatch(/\w+\.\w+/);
      expect(id.source.startsWith('^') && id.source.endsWith('$'), name).toBe(true);
    }
  });
});
