/** What every `VaultStore` does, whatever it keeps its rows in. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ShredRow, SubjectRow, VaultStore } from '../../guard/contract/vault.ts';
import { newId, newReference, newSubject } from './rows.ts';

const AT = Date.parse('2027-01-04T10:00:00Z');

/** ms, within which a purge message reaches everyone. */
const patience = 10_000;

/**
 * @param open the same empty place, each time it is called within a test: two stores of one test are two gateways
 * @param kind a double knows neither leases nor late writes
 */
export function vaultSuite(open: () => Promise<VaultStore>, kind: 'store' | 'double' = 'store'): void {
  let store: VaultStore;
  let other: VaultStore;
  const opened: VaultStore[] = [];
  async function openOne(): Promise<VaultStore> {
    const one = await open();
    opened.push(one);
    return one;
  }

  beforeEach(async () => {
    store = await openOne();
    other = await openOne();
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });

  it('finds a person by id and by reference, from every gateway', async () => {
    const row = newSubject();
    expect(await store.subject(row.id)).toBeUndefined();
    expect(await store.addSubject(row)).toEqual(row);
    for (const one of [store, other]) {
      expect(await one.subject(row.id)).toEqual(row);
      expect(await one.subjectOf(row.reference)).toEqual(row);
    }
    expect(await store.subjectOf(newReference())).toBeUndefined();
  });

  it('finds many by their references, without those that it does not know', async () => {
    const rows = [newSubject(), newSubject(), newSubject()];
    for (const row of rows) await store.addSubject(row);
    const found = await other.subjectsOf([
      newReference(),
      ...rows.map(({ reference }) => reference),
      '',
      'not a reference',
      `${rows[0]?.reference}A`,
    ]);
    expect(sorted(found)).toEqual(sorted(rows));
    expect(await store.subjectsOf([])).toEqual([]);
  });

  it('gives out one key when many make one at once', async () => {
    const id = newId();
    const rows = Array.from({ length: 40 }, () => newSubject({ id }));
    const kept = await Promise.all(rows.map((row, at) => (at % 2 === 0 ? store : other).addSubject(row)));
    const [first] = kept;
    expect(rows).toContainEqual(first);
    for (const row of kept) expect(row).toEqual(first);
    expect(await store.subject(id)).toEqual(first);
    expect((await store.counts()).subjects).toBe(1);
    // The losers' references lead nowhere.
    const losers = rows.filter(({ reference }) => reference !== first?.reference);
    expect(await store.subjectsOf(losers.map(({ reference }) => reference))).toEqual([]);
  });

  it('keeps the key of a person with a tombstone, until it is dropped', async () => {
    const row = newSubject();
    await store.addSubject(row);
    const marked = await store.tombstone(row.id, AT, newReference());
    expect(marked).toEqual({ ...row, shreddedAt: AT });
    expect(await other.tombstone(row.id, AT + 5000, newReference())).toEqual(marked);
    expect(await other.addSubject(newSubject({ id: row.id }))).toEqual(marked);
    await other.dropKey(row.id);
    const gone = await store.subject(row.id);
    expect(gone).toMatchObject({ id: row.id, reference: row.reference, wrapped: null, shreddedAt: AT });
    expect(await store.addSubject(newSubject({ id: row.id }))).toEqual(gone);
    await store.dropKey(row.id);
    expect(await other.subjectOf(row.reference)).toEqual(gone);
  });

  it('makes a tombstone for a person that it never knew', async () => {
    const [id, reference] = [newId(), newReference()];
    const row = await store.tombstone(id, AT, reference);
    expect(row).toMatchObject({ id, reference, wrapped: null, shreddedAt: AT });
    expect(await other.addSubject(newSubject({ id }))).toEqual(row);
    expect(await other.subject(id)).toEqual(row);
    await store.dropKey(newId());
  });

  it('lets a tombstone and a new key meet in one order only', async () => {
    for (let round = 0; round < 20; round++) {
      const row = newSubject();
      const [added, marked] = await Promise.all([store.addSubject(row), other.tombstone(row.id, AT, newReference())]);
      const kept = await store.subject(row.id);
      expect(kept?.shreddedAt).toBe(AT);
      if (added.shreddedAt === null) expect(marked).toEqual({ ...row, shreddedAt: AT });
      else expect(marked).toEqual(added);
      expect(kept).toEqual(marked);
    }
  });

  it('replaces wrapped keys of the epoch that was meant, and none that changed meanwhile', async () => {
    const [old, moved, dropped] = [newSubject(), newSubject({ epoch: 8 }), newSubject()];
    for (const row of [old, moved, dropped]) await store.addSubject(row);
    await store.tombstone(dropped.id, AT, newReference());
    await store.dropKey(dropped.id);
    const wrapped = new Uint8Array(60).fill(9);
    const change = (row: SubjectRow) => ({ id: row.id, from: 7, epoch: 9, wrapped });
    expect(await store.rewrap([old, moved, dropped, newSubject()].map(change))).toBe(1);
    expect(await other.subject(old.id)).toEqual({ ...old, epoch: 9, wrapped });
    expect(await other.subject(moved.id)).toEqual(moved);
    expect((await other.subject(dropped.id))?.wrapped).toBeNull();
    expect(await store.rewrap([])).toBe(0);
  });

  it('replaces each wrapped key once when two gateways rotate at once', async () => {
    const rows = Array.from({ length: 30 }, () => newSubject());
    for (const row of rows) await store.addSubject(row);
    const change = (fill: number) =>
      rows.map(({ id }) => ({ id, from: 7, epoch: 8, wrapped: new Uint8Array(60).fill(fill) }));
    const replaced = await Promise.all([store.rewrap(change(1)), other.rewrap(change(2).reverse())]);
    expect(replaced.reduce((sum, one) => sum + one, 0)).toBe(rows.length);
    for (const row of await store.subjectsOf(rows.map(({ reference }) => reference))) {
      expect(row.epoch).toBe(8);
      expect([1, 2]).toContain(row.wrapped?.[0]);
    }
  });

  it('walks through all that have a key, each once, also by epoch', async () => {
    const rows = Array.from({ length: 25 }, (_, at) => newSubject({ epoch: 5 + (at % 2) }));
    for (const row of rows) await store.addSubject(row);
    const [first] = rows;
    if (first === undefined) throw new Error('no row');
    await store.tombstone(first.id, AT, newReference());
    await store.dropKey(first.id);
    await store.tombstone(newId(), AT, newReference());
    const walk = async (epoch?: number) => {
      const found: SubjectRow[] = [];
      for (let after: string | null = null; ; ) {
        const page: readonly SubjectRow[] = await store.subjects(after, 4, epoch);
        found.push(...page);
        if (page.length < 4) return found;
        after = page.at(-1)?.id ?? null;
      }
    };
    expect(sorted(await walk())).toEqual(sorted(rows.slice(1)));
    expect(sorted(await walk(6))).toEqual(sorted(rows.filter(({ epoch }) => epoch === 6)));
    expect(await walk(4)).toEqual([]);
    expect(await store.subjects(null, 0)).toEqual([]);
  });

  it('counts people, shredded ones, and the keys of each epoch', async () => {
    expect(await store.counts()).toEqual({ subjects: 0, shredded: 0, byEpoch: new Map() });
    const rows = [newSubject({ epoch: 1 }), newSubject({ epoch: 2 }), newSubject({ epoch: 2 })];
    for (const row of rows) await store.addSubject(row);
    const [one, two] = rows;
    if (!one || !two) throw new Error('no rows');
    await store.tombstone(newId(), AT, newReference());
    await other.tombstone(two.id, AT, newReference());
    const before = await store.counts();
    // A key with a tombstone still is a key that its epoch's can open.
    expect([before.shredded, before.byEpoch]).toEqual([
      2,
      new Map([
        [1, 1],
        [2, 2],
      ]),
    ]);
    await other.dropKey(two.id);
    await other.dropKey(two.id);
    await store.rewrap([{ id: one.id, from: 1, epoch: 3, wrapped: one.wrapped }]);
    expect(await other.counts()).toEqual({
      subjects: 2,
      shredded: 2,
      byEpoch: new Map([
        [2, 1],
        [3, 1],
      ]),
    });
  });

  it('remembers who has a value, and forgets it again', async () => {
    const [anna, ben] = [newSubject(), newSubject()];
    for (const row of [anna, ben]) await store.addSubject(row);
    const [phone, mail] = [newId(), newId()];
    await store.addLookUp(phone, anna.reference);
    await store.addLookUp(phone, anna.reference);
    await other.addLookUp(phone, ben.reference);
    await other.addLookUp(mail, ben.reference);
    expect([...(await other.lookUp(phone))].sort()).toEqual([anna.reference, ben.reference].sort());
    expect(await store.lookUp(mail)).toEqual([ben.reference]);
    expect(await store.lookUp(newId())).toEqual([]);
    await other.removeLookUp(phone, ben.reference);
    await other.removeLookUp(phone, ben.reference);
    expect(await store.lookUp(phone)).toEqual([anna.reference]);
    expect(await store.lookUp(mail)).toEqual([ben.reference]);
  });

  it('takes every look-up row away with the key, and no one else’s', async () => {
    const [anna, ben] = [newSubject(), newSubject()];
    for (const row of [anna, ben]) await store.addSubject(row);
    const tokens = Array.from({ length: 5 }, newId);
    for (const token of tokens) {
      await store.addLookUp(token, anna.reference);
      await store.addLookUp(token, ben.reference);
    }
    await store.tombstone(anna.id, AT, newReference());
    await other.dropKey(anna.id);
    for (const token of tokens) expect(await store.lookUp(token)).toEqual([ben.reference]);
  });

  it('goes on with a shred from the step that was done', async () => {
    const row: ShredRow = {
      id: newId(),
      reference: newReference(),
      step: 'tombstone',
      times: { tombstone: AT },
      epoch: 7,
      notes: '{"removed":{"orders":3}}',
    };
    expect(await store.shred(row.id)).toBeUndefined();
    await store.saveShred(row);
    await store.saveShred({ ...row, id: newId(), reference: null, epoch: null, step: 'receipt', times: {} });
    expect(await other.shred(row.id)).toEqual(row);
    expect(await other.shreds()).toEqual([row]);
    const later: ShredRow = { ...row, step: 'key', times: { ...row.times, documents: AT + 1, key: AT + 2 } };
    await other.saveShred(later);
    expect(await store.shreds()).toEqual([later]);
    await store.saveShred({ ...later, step: 'receipt' });
    expect(await other.shreds()).toEqual([]);
    expect((await other.shred(row.id))?.step).toBe('receipt');
  });

  it('has nobody to tell when no gateway is there', async () => {
    expect(await store.purge(newReference(), patience)).toEqual({ confirmed: 0, expired: 0 });
  });

  it('tells every gateway to forget a key, and waits for all of them', async () => {
    const heard: string[] = [];
    const members = [
      await store.join('a', 60_000, (reference) => heard.push(`a ${reference}`)),
      await other.join('b', 60_000, (reference) => heard.push(`b ${reference}`)),
      await other.join('b', 60_000, (reference) => heard.push(`c ${reference}`)),
    ];
    for (const member of members) expect(member.held()).toBe(true);
    const [first, second] = [newReference(), newReference()];
    expect(await store.purge(first, patience)).toEqual({ confirmed: 3, expired: 0 });
    expect(heard.sort()).toEqual([`a ${first}`, `b ${first}`, `c ${first}`]);
    await members[2]?.leave();
    expect(members[2]?.held()).toBe(false);
    heard.length = 0;
    expect(await other.purge(second, patience)).toEqual({ confirmed: 2, expired: 0 });
    expect(heard.sort()).toEqual([`a ${second}`, `b ${second}`]);
  });

  it('does not tell a gateway what was purged before it came', async () => {
    await store.purge(newReference(), patience);
    const heard: string[] = [];
    await other.join('a', 60_000, (reference) => heard.push(reference));
    const reference = newReference();
    expect(await store.purge(reference, patience)).toEqual({ confirmed: 1, expired: 0 });
    expect(heard).toEqual([reference]);
  });

  if (kind === 'double') return;

  it('lets nobody remember a value of a person who was shredded', async () => {
    const row = newSubject();
    await store.addSubject(row);
    await store.tombstone(row.id, AT, newReference());
    const token = newId();
    await expect(other.addLookUp(token, row.reference)).rejects.toMatchObject({ code: 'erased' });
    expect(await store.lookUp(token)).toEqual([]);
  });

  it('lets no two people have one reference', async () => {
    const row = newSubject();
    await store.addSubject(row);
    await expect(store.addSubject(newSubject({ reference: row.reference }))).rejects.toMatchObject({
      code: 'internal',
    });
    await expect(other.tombstone(newId(), AT, row.reference)).rejects.toMatchObject({ code: 'internal' });
    expect(await store.subjectOf(row.reference)).toEqual(row);
  });

  it('refuses while a gateway that holds a lease does not confirm', async () => {
    await other.join('deaf', 60_000, () => {
      throw new Error('cannot forget');
    });
    await expect(store.purge(newReference(), 200)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('waits for the lease of a gateway that cannot forget, and that one holds none from then on', async () => {
    const member = await other.join('deaf', 400, () => {
      throw new Error('cannot forget');
    });
    expect(member.held()).toBe(true);
    expect(await store.purge(newReference(), patience)).toEqual({ confirmed: 0, expired: 1 });
    expect(member.held()).toBe(false);
  });

  it('keeps a lease for as long as the gateway is there', async () => {
    const member = await store.join('a', 300, () => {});
    const until = performance.now() + 1000;
    const lost: number[] = [];
    while (performance.now() < until) {
      if (!member.held()) lost.push(performance.now());
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(lost).toEqual([]);
  });
}

function sorted(rows: readonly SubjectRow[]): SubjectRow[] {
  return [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
}
