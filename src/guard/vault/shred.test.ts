import { describe, expect, it } from 'vitest';
import { Refusal } from '../contract/refusal.ts';
import type { Reference, ShredRow, ValuePlace, Vault, VaultStore } from '../contract/vault.ts';
import type { VaultAdmin } from './admin.ts';
import type { DocumentCounts, SampleCiphertext, ShredOptions, ShredReport } from './shred.ts';
import { createMemoryEpochKeys, type MemoryEpochKeys } from './testing/memory-keys.ts';
import { createMemoryVaultStore, type MemoryVaultStoreOptions } from './testing/memory-store.ts';
import { createVault } from './vault.ts';

const DAY = 86_400_000;
const PHONE: ValuePlace = { store: 'elasticsearch', column: 'phone' };

async function open(
  store: VaultStore,
  keys: MemoryEpochKeys,
  gateway = 'one',
  now?: () => number,
): Promise<Vault & VaultAdmin> {
  return await createVault({ store, keys, gateway, cache: { subjects: 100, ttl: 60_000 }, ...(now && { now }) });
}

/** Documents of people in one resource, as a store of documents has them. */
class Documents {
  readonly rows: { reference: Reference; phone: string }[] = [];
  deletions = 0;
  retained = 0;

  add(reference: Reference, phone: string): void {
    this.rows.push({ reference, phone });
  }

  options(): ShredOptions {
    return {
      retain: DAY,
      deleteDocuments: async (reference) => {
        this.deletions++;
        const before = this.rows.filter((row) => row.reference === reference).length;
        for (let i = this.rows.length - 1, kept = 0; i >= 0; i--) {
          if (this.rows[i]?.reference !== reference || kept++ < this.retained) continue;
          this.rows.splice(i, 1);
        }
        const after = this.rows.filter((row) => row.reference === reference).length;
        return [counts({ before, deleted: before - after, after, retained: this.retained })];
      },
      sampleCiphertexts: async (reference) => this.samples(reference),
    };
  }

  samples(reference: Reference): SampleCiphertext[] {
    return this.rows.filter((row) => row.reference === reference).map(({ phone }) => ({ place: PHONE, text: phone }));
  }
}

function counts(changed: Partial<DocumentCounts>): DocumentCounts {
  return { resource: 'orders', before: 0, deleted: 0, after: 0, retained: 0, reason: null, ...changed };
}

interface World {
  readonly store: ReturnType<typeof createMemoryVaultStore>;
  readonly keys: MemoryEpochKeys;
  readonly vault: Vault & VaultAdmin;
  readonly documents: Documents;
}

async function world(options: MemoryVaultStoreOptions & { now?: () => number } = {}): Promise<World> {
  const store = createMemoryVaultStore(options);
  const keys = createMemoryEpochKeys({ epochMs: DAY, ...(options.now && { now: options.now }) });
  const vault = await open(store, keys, 'one', options.now);
  const documents = new Documents();
  for (const person of ['anna', 'berta']) {
    const key = await vault.open(person);
    for (let i = 0; i < 3; i++) documents.add(key.reference, vault.seal(key, PHONE, `+49305550${i}`));
    await vault.remember('orders.phone', person, key);
  }
  return { store, keys, vault, documents };
}

async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'none';
}

describe('shredding a person', () => {
  it('leaves nothing readable, and says so in counts and dates', async () => {
    let time = 1000;
    const { store, vault, documents } = await world({ now: () => time++ });
    const { reference } = await vault.open('anna');
    const steps: ShredRow['step'][] = [];
    const report = await vault.shredSubject('anna', { ...documents.options(), onStep: (step) => steps.push(step) });
    expect(steps).toEqual(['tombstone', 'documents', 'key', 'purge']);
    expect(report).toMatchObject({
      subject: vault.subjectId('anna'),
      hadKey: true,
      documents: [counts({ before: 3, deleted: 3 })],
      samples: { taken: 3, readableBefore: 3, triedAfter: 3, readableAfter: 0 },
      gateways: { confirmed: 1, expired: 0 },
      receipt: null,
    });
    const { tombstone, documents: deleted, key, purge } = report.times;
    expect(tombstone < deleted && deleted < key && key < purge).toBe(true);
    expect(report.liveUnreadableAt).toBe(purge);
    expect(await vault.find('anna')).toBeUndefined();
    expect((await vault.byReferences([reference])).size).toBe(0);
    expect(await vault.lookUp('orders.phone', 'anna')).toEqual([]);
    expect(await codeOf(() => vault.open('anna'))).toBe('erased');
    expect(store.backup().subjects.find((row) => row.reference === reference)).toMatchObject({ wrapped: null });
    // Nobody else lost anything.
    expect(await vault.lookUp('orders.phone', 'berta')).toHaveLength(1);
    expect(documents.rows).toHaveLength(3);
    const berta = await vault.open('berta');
    expect(documents.samples(berta.reference).map(({ place, text }) => vault.unseal(berta, place, text))).toHaveLength(
      3,
    );
  });

  it('makes a copy of the documents unreadable that was taken before', async () => {
    const { keys, store, vault, documents } = await world();
    const { reference } = await vault.open('anna');
    const copy = documents.samples(reference);
    await vault.shredSubject('anna', documents.options());
    const thief = await open(store, keys.clone(), 'thief');
    expect((await thief.byReferences([reference])).size).toBe(0);
    const berta = await thief.open('berta');
    for (const { place, text } of copy) expect(thief.unseal({ ...berta, reference }, place, text)).toBeUndefined();
  });

  it('writes down each step before the next, and a late write finds the person erased from the first on', async () => {
    const { store, keys, vault, documents } = await world();
    const other = await open(store, keys.clone(), 'two');
    await other.open('anna');
    const began = store.calls.length;
    const seen: [string, string][] = [];
    await vault.shredSubject('anna', {
      ...documents.options(),
      deleteDocuments: async (reference) => {
        seen.push(['documents', (await store.shred(vault.subjectId('anna')))?.step ?? 'none']);
        expect(await codeOf(() => other.open('anna'))).toBe('erased');
        expect(await codeOf(() => vault.open('anna'))).toBe('erased');
        return await documents.options().deleteDocuments(reference);
      },
      issueReceipt: async () => {
        seen.push(['receipt', (await store.shred(vault.subjectId('anna')))?.step ?? 'none']);
        return 'receipt 1';
      },
    });
    expect(seen).toEqual([
      ['documents', 'tombstone'],
      ['documents', 'key'],
      ['receipt', 'purge'],
    ]);
    const order = store.calls.slice(began).filter((call) => /tombstone|purge|saveShred|dropKey/.test(call));
    expect(order).toEqual([
      'tombstone',
      'purge',
      'saveShred',
      'saveShred',
      'dropKey',
      'saveShred',
      'purge',
      'dropKey',
      'saveShred',
      'saveShred',
    ]);
  });

  it('keeps the key when documents are left that nothing says may be kept', async () => {
    const { vault, documents } = await world();
    const left: ShredOptions = {
      ...documents.options(),
      deleteDocuments: async () => [counts({ before: 3, deleted: 2, after: 1 })],
    };
    expect(await codeOf(() => vault.shredSubject('anna', left))).toBe('conflict');
    expect(await vault.exportSubject('anna')).toMatchObject({ hasKey: true, shred: { step: 'tombstone' } });
    expect(await vault.pendingShreds()).toHaveLength(1);
    expect((await vault.shredSubject('anna', documents.options())).documents[0]?.after).toBe(0);
  });

  it('takes what was just being written: a document and a look-up that came after the first round', async () => {
    const { store, vault, documents } = await world();
    const { reference } = await vault.open('anna');
    const late = vault.seal(await vault.open('anna'), PHONE, '+49305559');
    let rounds = 0;
    const report = await vault.shredSubject('anna', {
      ...documents.options(),
      deleteDocuments: async (asked) => {
        const result = await documents.options().deleteDocuments(asked);
        if (++rounds === 1) documents.add(reference, late);
        await store.addLookUp('token of a gateway that was killed', reference);
        return result;
      },
    });
    expect(documents.samples(reference)).toEqual([]);
    expect(report.documents).toEqual([counts({ before: 3, deleted: 4 })]);
    expect(await store.lookUp('token of a gateway that was killed')).toEqual([]);
  });

  it('counts what is kept on purpose', async () => {
    const { vault, documents } = await world();
    documents.retained = 2;
    const report = await vault.shredSubject('anna', documents.options());
    expect(report.documents).toEqual([counts({ before: 3, deleted: 1, after: 2, retained: 2 })]);
  });

  it('of somebody whom the vault does not know leaves a tombstone', async () => {
    const { vault, documents } = await world();
    const report = await vault.shredSubject('clara', documents.options());
    expect(report).toMatchObject({ hadKey: false, backups: { epochs: [], due: null } });
    expect(report.backups.unreadableAt).toBe(report.times.purge);
    expect(await codeOf(() => vault.open('clara'))).toBe('erased');
  });

  it('once done only reports', async () => {
    const { store, vault, documents } = await world();
    const issued: ShredReport[] = [];
    const options = {
      ...documents.options(),
      issueReceipt: async (body: ShredReport) => {
        issued.push(body);
        return 'receipt 1';
      },
    };
    const first = await vault.shredSubject('anna', options);
    expect(first.receipt).toBe('receipt 1');
    const before = store.calls.filter((call) => /saveShred|purge|dropKey/.test(call)).length;
    expect(await vault.shredSubject('anna', options)).toEqual(first);
    expect(store.calls.filter((call) => /saveShred|purge|dropKey/.test(call))).toHaveLength(before);
    expect(issued).toHaveLength(1);
    expect(documents.deletions).toBe(2);
    expect(await vault.pendingShreds()).toEqual([]);
  });

  it('fails, and stays pending, when a gateway neither confirms nor loses its lease', async () => {
    let deaf = true;
    const { vault, documents } = await world({
      before: (call) => {
        if (call === 'purge' && deaf) throw new Refusal('unavailable', 'a gateway has not confirmed');
      },
    });
    expect(await codeOf(() => vault.shredSubject('anna', documents.options()))).toBe('unavailable');
    expect(documents.rows).toHaveLength(6);
    deaf = false;
    expect((await vault.shredSubject('anna', documents.options())).samples.readableAfter).toBe(0);
  });

  it('refuses to report when something can still be read', async () => {
    const { store, keys, documents } = await world();
    // A store that says it removed the key and did not.
    const lying: VaultStore = Object.assign(Object.create(store), { dropKey: async () => {} });
    const vault = await open(lying, keys.clone(), 'two');
    expect(await codeOf(() => vault.shredSubject('anna', documents.options()))).toBe('internal');
    const none = { ...documents.options(), sampleCiphertexts: async () => [] };
    expect(await codeOf(() => vault.shredSubject('berta', none))).toBe('internal');
  });
});

describe('a shred that was killed', () => {
  it('after or before any change goes on where it was, to the same end', async () => {
    let points = 0;
    for (let crash = 1; ; crash++) {
      let count = 0;
      let armed = false;
      const hook = () => {
        if (armed && ++count === crash) throw new Error('killed');
      };
      const { store, keys, vault, documents } = await world({
        before: (call) => void (/tombstone|purge|saveShred|dropKey/.test(call) && hook()),
        done: hook,
      });
      const receipts = new Set<string>();
      const options: ShredOptions = {
        ...documents.options(),
        deleteDocuments: async (reference) => {
          hook();
          const result = await documents.options().deleteDocuments(reference);
          hook();
          return result;
        },
        issueReceipt: async ({ subject }) => {
          hook();
          receipts.add(subject);
          hook();
          return 'receipt 1';
        },
      };
      const { reference } = await vault.open('anna');
      const copy = documents.samples(reference);
      armed = true;
      const whole = await vault.shredSubject('anna', options).then(
        () => true,
        () => false,
      );
      armed = false;
      if (whole) {
        expect(points).toBe(crash - 1);
        break;
      }
      points++;
      const again = await open(store, keys.clone(), 'again');
      // The receipt names a subject that the operator need not know any more.
      const pending = await again.pendingShreds();
      expect(pending.every(({ id }) => id === again.subjectId('anna'))).toBe(true);
      const report = await again.shredSubject('anna', { ...options, sampleCiphertexts: async () => copy });
      expect(report).toMatchObject({ receipt: 'receipt 1', hadKey: true, samples: { readableAfter: 0 } });
      expect(report.backups.epochs).toEqual([1]);
      expect(documents.samples(reference)).toEqual([]);
      expect(receipts.size).toBe(1);
      expect((await again.byReferences([reference])).size).toBe(0);
      expect(await codeOf(() => again.open('anna'))).toBe('erased');
      expect(await again.pendingShreds()).toEqual([]);
    }
    expect(points).toBeGreaterThan(20);
  });
});

describe('the date of backups', () => {
  it('is when the epoch’s key is destroyed: first expected, then done', async () => {
    let time = 10;
    const { vault, documents } = await world({ now: () => time });
    const options = { ...documents.options(), issueReceipt: async () => 'receipt 1' };
    const report = await vault.shredSubject('anna', options);
    expect(report.backups).toEqual({ epochs: [1], unreadableAt: null, due: 10 + DAY + DAY });
    time = 10 + 2 * DAY;
    await vault.rotate({ retain: DAY, settle: 0 });
    expect((await vault.shredSubject('anna', options)).backups).toEqual({ epochs: [1], unreadableAt: time, due: null });
  });

  it('counts older epochs whose keys stand, and a newer one while rows are being moved', async () => {
    const { keys, vault, documents } = await world();
    await keys.begin();
    await keys.begin();
    await keys.retire(1);
    const report = await vault.shredSubject('anna', documents.options());
    expect(report.backups.epochs).toEqual([1, 2, 3]);
  });

  it('says that a backup of the store from before is readable until then, and not after', async () => {
    const { store, keys, vault, documents } = await world();
    const { reference } = await vault.open('anna');
    const copy = documents.samples(reference);
    const backup = store.backup();
    await vault.shredSubject('anna', documents.options());
    const attacker = async () => {
      const stolen = createMemoryVaultStore();
      stolen.restore(backup);
      const other = await open(stolen, keys.clone(), 'attacker');
      const key = (await other.byReferences([reference])).get(reference);
      return key && copy.map(({ place, text }) => other.unseal(key, place, text));
    };
    expect(await attacker()).toEqual(['+493055500', '+493055501', '+493055502']);
    await vault.rotate({ force: true, settle: 0 });
    expect(await attacker()).toBeUndefined();
  });
});

describe('what the vault knows of a person', () => {
  it('is told without keys and values', async () => {
    const { vault, documents } = await world();
    const { reference } = await vault.open('anna');
    const told = await vault.exportSubject('anna');
    expect(told).toMatchObject({
      id: vault.subjectId('anna'),
      reference,
      shreddedAt: null,
      hasKey: true,
      epoch: { epoch: 1 },
      shred: null,
    });
    expect(JSON.stringify(told)).not.toMatch(/anna|wrapped|555/);
    await vault.shredSubject('anna', documents.options());
    expect(await vault.exportSubject('anna')).toMatchObject({ hasKey: false, shred: { step: 'purge' } });
    expect(await vault.exportSubject('nobody')).toBeUndefined();
  });
});
