import { describe, expect, it } from 'vitest';
import { createMemoryResourceStore } from '../api/testing/memory-resource-store.ts';
import { createMemoryVault } from '../api/testing/memory-vault.ts';
import { field, resource } from '../api/testing/resources.ts';
import type { ResourceStore } from '../contract/resource.ts';
import { type Json, jsonObject } from '../json/value.ts';
import { encryptExisting, verifyEncrypted } from './index.ts';

const RESOURCE = resource({
  subjects: [{ name: 'owner', reference: 'customer_ref', from: 'owner' }],
  fields: [field('status'), field('phone', { encryption: { subject: 'owner', lookup: 'phone' } })],
});
const PHONE = '+12025550141';

function fill(count: number, more: Readonly<Record<string, Readonly<Record<string, Json>>>> = {}) {
  const documents: Record<string, ReturnType<typeof jsonObject>> = {};
  for (let n = 0; n < count; n++) {
    documents[`d${n}`] = jsonObject([
      ['customer', `user-${n % 7}`],
      ['status', 'open'],
      ['phone', PHONE],
    ]);
  }
  for (const [id, columns] of Object.entries(more)) documents[id] = jsonObject(Object.entries(columns));
  return createMemoryResourceStore(documents);
}

describe('encrypting what is there', () => {
  it('seals every value under its person, so that it is found and nothing is left in plain', async () => {
    const store = fill(450, { none: { customer: 'user-1', status: 'open' } });
    const vault = createMemoryVault();
    const told: number[] = [];
    const done = await encryptExisting(
      { resource: RESOURCE, store, vault },
      { dryRun: false, onProgress: ({ seen }) => told.push(seen) },
    );
    expect(done).toEqual({ seen: 451, encrypted: 450, untouched: 1, skipped: {} });
    expect(told).toEqual([200, 400, 451]);
    for (const [id, { columns }] of store.documents) {
      if (id === 'none') continue;
      expect(vault.isSealed(columns.phone)).toBe(true);
      expect(columns).toMatchObject({ status: 'open', customer_ref: expect.any(String) });
    }
    expect(await verifyEncrypted({ resource: RESOURCE, store, vault })).toEqual({
      documents: 451,
      sealed: 450,
      plain: 0,
      unreadable: 0,
    });
    expect(await vault.lookUp('orders.phone', PHONE)).toHaveLength(7);
  });

  it('changes nothing in a dry run', async () => {
    const store = fill(10);
    const vault = createMemoryVault();
    const done = await encryptExisting({ resource: RESOURCE, store, vault }, { dryRun: true });
    expect(done).toEqual({ seen: 10, encrypted: 10, untouched: 0, skipped: {} });
    expect(store.handed.some((call) => call.startsWith('update'))).toBe(false);
    expect(await verifyEncrypted({ resource: RESOURCE, store, vault })).toMatchObject({ sealed: 0, plain: 10 });
  });

  it('goes on after it was stopped, and a second run finds nothing to do', async () => {
    const store = fill(300);
    const vault = createMemoryVault();
    const parts = { resource: RESOURCE, store, vault };
    const stop = new AbortController();
    await expect(
      encryptExisting(parts, { dryRun: false, signal: stop.signal, onProgress: () => stop.abort() }),
    ).rejects.toThrow();
    const sealed = [...store.documents.values()].filter(({ columns }) => vault.isSealed(columns.phone)).length;
    expect(sealed).toBe(200);
    expect(await encryptExisting(parts, { dryRun: false })).toMatchObject({ encrypted: 100, untouched: 200 });
    expect(await encryptExisting(parts, { dryRun: false })).toMatchObject({ encrypted: 0, untouched: 300 });
  });

  it('loses nothing that is written meanwhile', async () => {
    const store = fill(5);
    const vault = createMemoryVault();
    let raced = 0;
    const racing: ResourceStore = {
      ...store,
      async update(scope, id, version, columns) {
        if (raced++ < 5) {
          const before = store.documents.get(id);
          if (before) {
            const changed = jsonObject([...Object.entries(before.columns), ['status', 'paid']]);
            store.documents.set(id, { version: before.version + 1, columns: changed });
          }
        }
        return store.update(scope, id, version, columns);
      },
    };
    const done = await encryptExisting({ resource: RESOURCE, store: racing, vault }, { dryRun: false });
    expect(done).toMatchObject({ encrypted: 5, skipped: {} });
    for (const { columns } of store.documents.values()) {
      expect(columns.status).toBe('paid');
      expect(vault.isSealed(columns.phone)).toBe(true);
    }
  });

  it('leaves in plain, and counts, what is nobody’s', async () => {
    const store = fill(1, { orphan: { status: 'open', phone: PHONE } });
    const vault = createMemoryVault();
    const parts = { resource: RESOURCE, store, vault };
    expect(await encryptExisting(parts, { dryRun: false })).toMatchObject({ encrypted: 1, skipped: { 'no owner': 1 } });
    expect(await verifyEncrypted(parts)).toMatchObject({ sealed: 1, plain: 1 });
  });

  it('puts a pseudonym in the owner’s place where the declaration says so', async () => {
    const pseudonymous = resource({
      subjects: [{ name: 'owner', reference: 'customer', from: 'owner' }],
      owner: { column: 'customer', type: 'keyword', claim: ['sub'], pseudonym: true },
      fields: [field('phone', { encryption: { subject: 'owner' } })],
    });
    const store = fill(3);
    const vault = createMemoryVault();
    await encryptExisting({ resource: pseudonymous, store, vault }, { dryRun: false });
    const owners = [...store.documents.values()].map(({ columns }) => columns.customer);
    expect(owners).toEqual(await Promise.all([0, 1, 2].map(async (n) => (await vault.find(`user-${n}`))?.reference)));
    expect(await encryptExisting({ resource: pseudonymous, store, vault }, { dryRun: false })).toMatchObject({
      encrypted: 0,
    });
  });

  describe('of owners by their pseudonym', () => {
    const owner = { column: 'customer', type: 'keyword', claim: ['sub'], pseudonym: true } as const;
    const subjects = [{ name: 'owner', reference: 'customer_ref', from: 'owner' }] as const;
    const encryption = { subject: 'owner' };
    const before = resource({ subjects, owner, fields: [field('phone', { encryption })] });
    const after = resource({
      subjects,
      owner,
      fields: [field('phone', { encryption }), field('status', { encryption })],
    });

    it('seals another field later, under the same keys', async () => {
      const store = fill(3);
      const vault = createMemoryVault();
      await encryptExisting({ resource: before, store, vault }, { dryRun: false });
      const owners = [...store.documents.values()].map(({ columns }) => columns.customer);
      const parts = { resource: after, store, vault };
      expect(await encryptExisting(parts, { dryRun: false })).toMatchObject({ encrypted: 3, skipped: {} });
      expect(await verifyEncrypted(parts)).toMatchObject({ sealed: 6, plain: 0, unreadable: 0 });
      expect([...store.documents.values()].map(({ columns }) => columns.customer)).toEqual(owners);
    });

    it('takes the pseudonym of someone who was shredded for nobody’s name', async () => {
      const store = fill(1);
      const vault = createMemoryVault();
      await encryptExisting({ resource: before, store, vault }, { dryRun: false });
      const there = store.documents.get('d0')?.columns;
      vault.shred('user-0');
      const done = await encryptExisting({ resource: after, store, vault }, { dryRun: false });
      expect(done).toMatchObject({ encrypted: 0, skipped: { 'no key': 1 } });
      expect(store.documents.get('d0')?.columns).toEqual(there);
    });
  });
});
