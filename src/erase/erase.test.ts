import { describe, expect, it } from 'vitest';
import { subjectOfOwner } from '../guard/api/index.ts';
import { createMemoryResourceStore } from '../guard/api/testing/memory-resource-store.ts';
import { field, resource } from '../guard/api/testing/resources.ts';
import { Refusal } from '../guard/contract/refusal.ts';
import type { Resource, ResourceStore } from '../guard/contract/resource.ts';
import { type JsonObject, jsonObject } from '../guard/json/value.ts';
import { createVault } from '../guard/vault/index.ts';
import { createMemoryEpochKeys } from '../guard/vault/testing/memory-keys.ts';
import { createMemoryVaultStore } from '../guard/vault/testing/memory-store.ts';
import { type ErasureParts, erase, planErasure } from './index.ts';

const HOLD = {
  filter: { kind: 'term', field: 'invoiced', type: 'boolean', value: { literal: true } },
  reason: 'tax law, ten years',
} as const;
const SUBJECTS = [
  { name: 'owner', reference: 'customer_ref', from: 'owner' },
  { name: 'recipient', reference: 'recipient_ref', from: { field: 'recipientId' } },
] as const;
const FIELDS = [
  field('status'),
  field('recipientId'),
  field('phone', { encryption: { subject: 'owner', lookup: 'phone' }, write: ['create'] }),
];

async function setUp(parts: { resources?: readonly Resource[]; vault?: boolean } = {}) {
  const vault = await createVault({
    store: createMemoryVaultStore(),
    keys: createMemoryEpochKeys(),
    gateway: 'test',
    cache: { subjects: 100, ttl: 60_000 },
  });
  const [ann, ben] = [await vault.open('ann'), await vault.open('ben')];
  const phone = vault.seal(ann, { store: 'elasticsearch', column: 'phone' }, '+1 202 555 0141');
  const order = (customer: string, reference: string, more: Record<string, unknown> = {}): JsonObject =>
    jsonObject(Object.entries({ customer, customer_ref: reference, status: 'open', ...more }) as [string, string][]);
  const store = createMemoryResourceStore({
    a1: order('ann', ann.reference, { phone }),
    a2: order('ann', ann.reference),
    a3: order('ann', ann.reference, { invoiced: true, phone }),
    b1: order('ben', ben.reference, { recipientId: 'ann', recipient_ref: ann.reference }),
  });
  const resources = parts.resources ?? [resource({ subjects: SUBJECTS, fields: FIELDS })];
  const erasure: ErasureParts = {
    resources,
    stores: new Map([['shop', store]]),
    vault: parts.vault === false ? null : vault,
  };
  const receipts: unknown[] = [];
  const options = {
    retain: 1000,
    issueShredReceipt: async (report: unknown) => {
      receipts.push(report);
      return 'hash';
    },
  };
  return { vault, store, erasure, options, receipts, ann };
}

describe('the plan of an erasure', () => {
  it('counts what the person owns, what a hold keeps and where others speak of the person, and changes nothing', async () => {
    const { erasure, store } = await setUp({
      resources: [resource({ subjects: SUBJECTS, fields: FIELDS, hold: HOLD })],
    });
    const before = new Map(store.documents);
    expect(await planErasure('ann', erasure)).toEqual({
      resources: [
        {
          resource: 'resources.orders',
          upstream: 'shop',
          source: 'orders',
          owned: 3,
          held: 1,
          holdReason: HOLD.reason,
          mentioned: { recipient: 1 },
          mentionedHeld: 0,
          action: 'delete',
          problem: null,
        },
      ],
      key: 'kept',
      resumes: null,
    });
    expect(store.documents).toEqual(before);
  });

  it('says nothing personal of a store that cannot be asked, and erases nothing then', async () => {
    const { erasure, options, store } = await setUp();
    const broken: ResourceStore = { ...store, count: () => Promise.reject(new Refusal('upstream_down', 'x')) };
    const parts = { ...erasure, stores: new Map([['shop', broken]]) };
    const plan = await planErasure('ann', parts);
    expect(plan.resources[0]).toMatchObject({ owned: null, problem: 'the store cannot be reached' });
    await expect(erase('ann', parts, options)).rejects.toMatchObject({ code: 'unavailable' });
    expect(store.documents.size).toBe(4);
  });
});

describe('an erasure', () => {
  it("deletes the person's documents, shreds the key, and leaves everybody else's", async () => {
    const { erasure, options, store, receipts, vault, ann } = await setUp();
    const done = await erase('ann', erasure, options);
    expect(done).toMatchObject({
      kind: 'shredded',
      report: {
        documents: [{ resource: 'resources.orders', before: 3, deleted: 3, after: 0, retained: 0, reason: null }],
        samples: { taken: 2, readableBefore: 2, triedAfter: 2, readableAfter: 0 },
      },
    });
    expect([...store.documents.keys()]).toEqual(['b1']);
    expect(receipts).toHaveLength(1);
    expect(JSON.stringify(receipts)).not.toContain('ann');
    expect((await vault.byReferences([ann.reference])).size).toBe(0);
    expect(await vault.knows(ann.reference)).toBe(true);
    expect(await vault.knows('A'.repeat(22))).toBe(false);
    await expect(async () => vault.open('ann')).rejects.toMatchObject({ code: 'erased' });
    expect(await planErasure('ann', erasure)).toMatchObject({ key: 'shredded', resources: [{ owned: 0 }] });
  });

  it('keeps what a legal hold keeps, readable, and goes on when the hold is over', async () => {
    const held = resource({ subjects: SUBJECTS, fields: FIELDS, hold: HOLD });
    const { erasure, options, store, vault } = await setUp({ resources: [held] });
    expect(await erase('ann', erasure, options)).toMatchObject({
      kind: 'documents',
      key: 'kept',
      documents: [{ before: 3, deleted: 2, after: 1, retained: 1, reason: HOLD.reason }],
    });
    expect([...store.documents.keys()]).toEqual(['a3', 'b1']);
    expect(await vault.find('ann')).toBeDefined();
    const later = { ...erasure, resources: [resource({ subjects: SUBJECTS, fields: FIELDS })] };
    expect(await erase('ann', later, options)).toMatchObject({ kind: 'shredded' });
    expect([...store.documents.keys()]).toEqual(['b1']);
  });

  it('leaves documents that are declared as kept, with unreadable fields, and says so', async () => {
    const { erasure, options, store } = await setUp({
      resources: [resource({ subjects: SUBJECTS, fields: FIELDS, erase: false })],
    });
    expect(await erase('ann', erasure, options)).toMatchObject({
      kind: 'shredded',
      report: {
        documents: [{ before: 3, deleted: 0, after: 3, retained: 3, reason: expect.stringContaining('kept') }],
      },
    });
    expect(store.documents.size).toBe(4);
  });

  it('goes on where it was stopped, and counts what it deletes once', async () => {
    const { erasure, options, store } = await setUp();
    let removed = 0;
    const failing: ResourceStore = {
      ...store,
      remove: (...args) => {
        removed++;
        return removed === 2 ? Promise.reject(new Refusal('upstream_down', 'x')) : store.remove(...args);
      },
    };
    const broken = { ...erasure, stores: new Map([['shop', failing]]) };
    await expect(erase('ann', broken, options)).rejects.toMatchObject({ code: 'upstream_down' });
    expect(await planErasure('ann', erasure)).toMatchObject({ key: 'shred', resumes: 'tombstone' });
    expect(await erase('ann', erasure, options)).toMatchObject({ kind: 'shredded' });
    expect([...store.documents.keys()]).toEqual(['b1']);
  });

  it('gives up, and keeps the key, where documents keep arriving', async () => {
    const { erasure, options, store, ann, vault } = await setUp();
    let n = 0;
    const filling: ResourceStore = {
      ...store,
      async remove(...args) {
        const gone = await store.remove(...args);
        store.documents.set(`late-${n++}`, {
          version: 1,
          columns: jsonObject([
            ['customer', 'ann'],
            ['customer_ref', ann.reference],
          ]),
        });
        // Some rest for whoever reads until nothing is found.
        return n > 400 ? 'absent' : gone;
      },
    };
    const parts = { ...erasure, stores: new Map([['shop', filling]]) };
    await expect(erase('ann', parts, options)).rejects.toMatchObject({ code: 'conflict' });
    expect(await vault.exportSubject('ann')).toMatchObject({ hasKey: true });
  });

  it('without a vault deletes documents alone', async () => {
    const plain = resource({ fields: [field('status')] });
    const { erasure, options, store } = await setUp({ resources: [plain], vault: false });
    expect(await erase('ann', erasure, options)).toMatchObject({
      kind: 'documents',
      key: 'none',
      documents: [{ before: 3, deleted: 3, after: 0 }],
    });
    expect([...store.documents.keys()]).toEqual(['b1']);
  });

  it('finds people by their pseudonym where the owner is one', async () => {
    const base = resource({ subjects: SUBJECTS, fields: FIELDS });
    const pseudonymous = resource({
      subjects: SUBJECTS,
      fields: FIELDS,
      owner: { column: 'customer_ref', type: 'keyword', claim: ['sub'], pseudonym: true },
    });
    expect(base.owner?.pseudonym).toBe(false);
    const { erasure, options, store } = await setUp({ resources: [pseudonymous] });
    await erase('ann', erasure, options);
    expect([...store.documents.keys()]).toEqual(['b1']);
    expect(await planErasure('nobody', erasure)).toMatchObject({ key: 'none', resources: [{ owned: 0 }] });
  });
});

describe('a legal hold on documents of others', () => {
  it('keeps the key of whom they speak of, too: what must be kept must stay readable', async () => {
    const fields = [...FIELDS, field('recipientName', { encryption: { subject: 'recipient' } })];
    const { erasure, options, store, ann, vault } = await setUp({
      resources: [resource({ subjects: SUBJECTS, fields, hold: HOLD })],
    });
    const place = { store: 'elasticsearch', column: 'recipientName' } as const;
    const columns = [
      ['customer', 'ben'],
      ['recipientId', 'ann'],
      ['recipient_ref', ann.reference],
      ['recipientName', vault.seal(ann, place, 'Ann')],
      ['invoiced', true],
    ] as const;
    store.documents.delete('a3');
    store.documents.set('b2', { version: 1, columns: jsonObject(columns) });
    expect(await planErasure('ann', erasure)).toMatchObject({ key: 'kept', resources: [{ mentionedHeld: 1 }] });
    expect(await erase('ann', erasure, options)).toMatchObject({ kind: 'documents', key: 'kept' });
    expect([...store.documents.keys()]).toEqual(['b1', 'b2']);
    expect((await vault.byReferences([ann.reference])).size).toBe(1);
  });
});

describe('documents of a person whose key was destroyed before', () => {
  it('are deleted: they came back with a backup, or were never encrypted', async () => {
    const { erasure, options, store, receipts } = await setUp();
    const backup = new Map(store.documents);
    await erase('ann', erasure, options);
    for (const [id, document] of backup) store.documents.set(id, document);
    expect(await erase('ann', erasure, options)).toMatchObject({
      kind: 'documents',
      key: 'shredded',
      documents: [{ before: 3, deleted: 3, after: 0 }],
    });
    expect([...store.documents.keys()]).toEqual(['b1']);
    expect(receipts).toHaveLength(1);
  });

  it('are deleted when only the key had been, with `vault shred --keep-documents`', async () => {
    const { erasure, options, store, vault } = await setUp();
    await vault.shredSubject('ann', {
      retain: 1000,
      deleteDocuments: async () => [],
      issueReceipt: async () => 'hash',
    });
    expect(store.documents.size).toBe(4);
    expect(await erase('ann', erasure, options)).toMatchObject({ kind: 'documents', key: 'shredded' });
    expect([...store.documents.keys()]).toEqual(['b1']);
  });

  it('are deleted when that had gone up to its receipt', async () => {
    const { erasure, options, store, vault } = await setUp();
    await vault.shredSubject('ann', { retain: 1000, deleteDocuments: async () => [] });
    await erase('ann', erasure, options);
    expect([...store.documents.keys()]).toEqual(['b1']);
  });
});

describe('who is meant', () => {
  const uuids = (parts: object = {}) =>
    resource({
      subjects: SUBJECTS,
      fields: FIELDS,
      owner: { column: 'customer', type: 'uuid', claim: ['sub'], pseudonym: false },
      ...parts,
    });

  it.each(['0x2A', '042', '4.2e1', ' 42', '42.0', '+42', '9007199254740993'])(
    'is nobody in a resource of numbers, where the name reads %j',
    async (subject) => {
      const numbers = resource({
        fields: [field('status')],
        owner: { column: 'customer', type: 'number', claim: ['sub'], pseudonym: false },
      });
      const { erasure, options, store } = await setUp({ resources: [numbers], vault: false });
      store.documents.clear();
      for (const customer of [42, 9007199254740992])
        store.documents.set(`n${customer}`, { version: 1, columns: jsonObject([['customer', customer]]) });
      await erase(subject, erasure, options);
      expect(store.documents.size).toBe(2);
    },
  );

  it('is one person, however the letters of a UUID are written: documents and key go together', async () => {
    const lower = '0b5f3a50-6a4e-4d6c-9b1c-7e2f8a9d1c3e';
    const { erasure, options, vault } = await setUp({ resources: [uuids()] });
    const key = await vault.open(subjectOfOwner(uuids().owner!, jsonObject([['sub', lower.toUpperCase()]])));
    expect(await erase(lower.toUpperCase(), erasure, options)).toMatchObject({ report: { hadKey: true } });
    expect((await vault.byReferences([key.reference])).size).toBe(0);
    const { erasure: again, options: more, vault: other } = await setUp({ resources: [uuids()] });
    await other.open(subjectOfOwner(uuids().owner!, jsonObject([['sub', lower.toUpperCase()]])));
    expect(await erase(lower, again, more)).toMatchObject({ report: { hadKey: true } });
  });
});
