import { describe, expect, it } from 'vitest';
import { Refusal } from '../contract/refusal.ts';
import type { JsonObject } from '../json/value.ts';
import { decryptDocument, referencesOf } from './decrypt.ts';
import { encryptColumns } from './encrypt.ts';
import { openKeys } from './people.ts';
import { ADA, BOB, harness, principal } from './testing/harness.ts';
import { createMemoryVault } from './testing/memory-vault.ts';
import { field, ORDERS, resource, schema } from './testing/resources.ts';

const PHONE = '+49 30 555-0142';
const ORDER = { status: 'open', phone: PHONE, note: 'CANARY-NOTE', recipientId: 'rita', recipientName: 'CANARY-NAME' };
const CANARIES = [PHONE, '+49305550142', '5550142', 'CANARY-NOTE', 'CANARY-NAME'];
const patch = (body: unknown) => ({ method: 'PATCH', body, headers: { 'if-match': '*' } });
const items = (json: unknown) => (json as { items: JsonObject[] }).items;

describe('encrypted fields', () => {
  it('reach the store as ciphertext alone, whatever is asked (B229)', async () => {
    const { ask, make, store } = harness();
    const { path } = await make(ORDER);
    await ask(path);
    await ask(path, patch({ phone: '+49 30 555 0143', note: 'CANARY-NOTE-2', recipientName: 'CANARY-NAME-2' }));
    await ask(path, patch({ recipientId: 'rolf' }));
    await ask('/v1/orders');
    await ask(`/v1/orders?phone=${encodeURIComponent(PHONE)}`);
    await ask(`/v1/orders?phone=${encodeURIComponent('+49 30 555 0143')}`);
    await ask('/v1/orders?recipientName=CANARY-NAME-2');
    await ask('/v1/orders/count?recipientName=CANARY-NAME-2');
    await ask(path, { method: 'DELETE' });
    const handed = store.handed.join('\n');
    expect(store.handed.length).toBeGreaterThan(8);
    for (const canary of [...CANARIES, '5550143', 'CANARY']) expect(handed).not.toContain(canary);
  });

  it('are no longer than they have to be, and stand beside the person’s pseudonym', async () => {
    const { make, store } = harness();
    const { id } = await make(ORDER);
    const columns = store.documents.get(id)?.columns ?? {};
    expect(columns.phone).toMatch(/^pv1\.[\w-]{40,80}$/);
    expect(columns.customer_ref).toMatch(/^[\w-]{22}$/);
    expect(columns.recipient_ref).toMatch(/^[\w-]{22}$/);
    expect(columns.recipient_ref).not.toBe(columns.customer_ref);
    expect(columns.recipientName_beacon).toMatch(/^[0-9a-f]{1,2}$/);
    expect(columns).not.toHaveProperty('phone_beacon');
  });

  it('show neither pseudonym nor beacon nor ciphertext', async () => {
    const { ask, make } = harness();
    const { path } = await make(ORDER);
    const { body, json } = await ask(path);
    expect(String(body)).not.toContain('pv1.');
    expect(String(body)).not.toContain('_ref');
    expect(json).toMatchObject(ORDER);
  });

  it('count a value that nobody has as a miss: values can be tried like ids (B217)', async () => {
    const { ask, make } = harness();
    await make(ORDER);
    const missesOf = async (path: string) => (await ask(path)).features?.misses;
    expect(await missesOf('/v1/orders?phone=%2B493055509')).toBe(1);
    expect(await missesOf('/v1/orders/count?phone=%2B493055509')).toBe(1);
    expect(await missesOf('/v1/orders?phone=0049305550142')).toBe(0);
    expect(await missesOf('/v1/orders?status=paid')).toBe(0);
  });

  it('are found by equal values however they are written, and by those of the caller’s documents alone', async () => {
    const { ask, make } = harness();
    const { id } = await make(ORDER);
    await make({ ...ORDER, phone: '+49 30 555 0199' });
    await make(ORDER, BOB);
    const found = await ask('/v1/orders?phone=0049305550142');
    expect(items(found.json).map((item) => item.id)).toEqual([id]);
    expect((await ask('/v1/orders/count?phone=0049305550142')).json).toEqual({ count: 1 });
    expect(items((await ask('/v1/orders?phone=%2B4930999')).json)).toEqual([]);
  });

  it('that nobody has are asked for all the same, so that time does not tell', async () => {
    const { ask, make, store } = harness();
    await make(ORDER, BOB);
    const calls = async (query: string) => {
      store.handed.length = 0;
      await ask(`/v1/orders?${query}`);
      return store.handed.map((call) => call.replace(/[\w-]{22}/g, 'REF').length);
    };
    expect(await calls('phone=%2B4930000')).toEqual(await calls('phone=0049305550142'));
  });

  it('found by a beacon are compared after decryption', async () => {
    const { ask, make, vault, store } = harness();
    vault.beacon = () => 'ff';
    const { id } = await make(ORDER);
    for (let at = 0; at < 5; at++) await make({ ...ORDER, recipientName: `Other ${at}` });
    const found = await ask('/v1/orders?recipientName=CANARY-NAME');
    expect(items(found.json).map((item) => item.id)).toEqual([id]);
    expect(found.documents).toHaveLength(1);
    expect([...store.documents.values()].every(({ columns }) => columns.recipientName_beacon === 'ff')).toBe(true);
  });

  it('fill a page over several fetches, go on where it ended, and give up in time', async () => {
    const { ask, make, vault, store } = harness();
    vault.beacon = () => 'ff';
    const wanted: string[] = [];
    for (let at = 0; at < 30; at++) {
      const { id } = await make({ ...ORDER, recipientName: at % 3 === 0 ? 'Wanted' : `Other ${at}` });
      if (at % 3 === 0) wanted.push(id);
    }
    const found: unknown[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null; pages++) {
      expect(pages).toBeLessThan(20);
      store.handed.length = 0;
      const page = await ask(`/v1/orders?recipientName=Wanted&size=4${cursor === '' ? '' : `&cursor=${cursor}`}`);
      expect(store.handed.length).toBeLessThanOrEqual(8);
      expect(items(page.json).length).toBeLessThanOrEqual(4);
      found.push(...items(page.json).map(({ id }) => id));
      cursor = (page.json as { next: string | null }).next;
    }
    expect([...found].sort()).toEqual(wanted.sort());
    expect((await ask('/v1/orders/count?recipientName=Wanted')).json).toEqual({ count: 10 });
  });

  it('whose look-up is stale are compared after decryption', async () => {
    const { ask, make, vault } = harness();
    const { path } = await make(ORDER);
    await ask(path, patch({ phone: '+49 30 555 0199' }));
    expect(vault.lookups()).toBe(2);
    expect(items((await ask(`/v1/orders?phone=${encodeURIComponent(PHONE)}`)).json)).toEqual([]);
    expect(items((await ask('/v1/orders?phone=%2B49305550199')).json)).toHaveLength(1);
  });

  it('of a person who was shredded are null, counted, and found no more; the other’s are as before', async () => {
    const { ask, make, vault, unreadable } = harness();
    const { path } = await make(ORDER);
    vault.shred('rita');
    expect((await ask(path)).json).toMatchObject({ phone: PHONE, recipientName: null });
    expect(unreadable).toEqual([['orders', 1]]);
    vault.shred('ada');
    expect((await ask(path)).json).toMatchObject({ phone: null, note: null, recipientName: null, status: 'open' });
    expect(items((await ask(`/v1/orders?phone=${encodeURIComponent(PHONE)}`)).json)).toEqual([]);
    expect((await ask('/v1/orders', { method: 'POST', body: ORDER })).status).toBe(410);
    expect((await ask(path, patch({ note: 'again' }))).status).toBe(410);
    expect((await ask(path, patch({ status: 'paid' }))).status).toBe(200);
    expect((await ask(path, patch({ note: null }))).status).toBe(200);
  });

  it('of somebody whom the document does not name are refused', async () => {
    const { ask, make, store } = harness();
    const body = { status: 'open', recipientName: 'Rita' };
    const refused = await ask('/v1/orders', { method: 'POST', body });
    expect(refused).toMatchObject({ status: 422, json: { errors: [{ pointer: '/recipientName' }] } });
    const { path } = await make({ status: 'open' });
    expect((await ask(path, patch({ recipientName: 'Rita' }))).status).toBe(422);
    expect((await ask(path, patch({ recipientName: 'Rita', recipientId: 'rita' }))).status).toBe(200);
    expect((await ask(path, patch({ recipientId: null }))).status).toBe(422);
    expect((await ask(path, patch({ recipientId: null, recipientName: null }))).status).toBe(422);
    expect(store.handed.join()).not.toContain('Rita');
  });

  it('are sealed anew when the document names another person from now on', async () => {
    const { ask, make, store, vault } = harness();
    const { path, id } = await make(ORDER);
    const before = store.documents.get(id)!.columns;
    expect((await ask(path, patch({ recipientId: 'rolf' }))).json).toMatchObject({ recipientName: 'CANARY-NAME' });
    const after = store.documents.get(id)!.columns;
    expect(after.recipient_ref).not.toBe(before.recipient_ref);
    expect(after.recipientName).not.toBe(before.recipientName);
    expect(after.phone).toBe(before.phone);
    vault.shred('rita');
    expect((await ask(path)).json).toMatchObject({ recipientName: 'CANARY-NAME' });
    vault.shred('rolf');
    expect((await ask(path)).json).toMatchObject({ recipientName: null });
  });

  it('moved to another field or person by the store’s side do not open', async () => {
    const { ask, make, store } = harness();
    const mine = await make(ORDER);
    const other = await make(ORDER, BOB);
    const mineColumns = store.documents.get(mine.id)!.columns;
    const otherColumns = store.documents.get(other.id)!.columns;
    store.documents.set(mine.id, { version: 1, columns: { ...mineColumns, note: mineColumns.phone! } });
    expect((await ask(mine.path)).json).toMatchObject({ note: null, phone: PHONE });
    store.documents.set(mine.id, { version: 1, columns: { ...mineColumns, phone: otherColumns.phone! } });
    expect((await ask(mine.path)).json).toMatchObject({ phone: null });
  });

  it('from before they were encrypted are shown until their person is gone', () => {
    const vault = createMemoryVault();
    const columns = { phone: PHONE, note: 'n' };
    const legacy = decryptDocument(ORDERS, columns, new Map(), vault);
    expect(legacy).toMatchObject({ plain: 2, unreadable: 0, columns });
    const named = decryptDocument(ORDERS, { ...columns, customer_ref: 'gone' }, new Map(), vault);
    expect(named).toMatchObject({ plain: 0, unreadable: 2, columns: { phone: null, note: null } });
  });

  it('of every type come back as they were', async () => {
    const declared = resource({
      subjects: [{ name: 'owner', reference: 'ref', from: 'owner' }],
      fields: [
        field('n', { schema: { type: 'number' }, encryption: { subject: 'owner' } }),
        field('b', { schema: { type: 'boolean' }, encryption: { subject: 'owner' } }),
        field('d', { schema: { type: 'date' }, encryption: { subject: 'owner' } }),
        field('list', { schema: { array: true }, encryption: { subject: 'owner', lookup: 'email' } }),
        field('o', { schema: { type: 'object' }, encryption: { subject: 'owner' } }),
      ],
    });
    const vault = createMemoryVault();
    const values = new Map<string, never>(
      Object.entries({
        n: 1.5,
        b: false,
        d: '2026-01-01T00:00:00.000Z',
        list: ['Ada@example.org', 'b@example.org'],
        o: { a: [1] },
      }) as never,
    );
    const keys = await openKeys(declared, values, ADA.claims, vault);
    const columns = await encryptColumns(declared, values, keys, vault);
    for (const name of values.keys()) expect(vault.isSealed(columns[name])).toBe(true);
    const opened = await vault.byReferences(referencesOf(declared, [columns]));
    const { columns: plain } = decryptDocument(declared, columns, opened, vault);
    expect(JSON.parse(JSON.stringify(plain))).toMatchObject(Object.fromEntries(values));
    expect(await vault.lookUp('orders.list', 'ada@example.org')).toEqual([columns.ref]);
    expect(vault.lookups()).toBe(2);
  });

  it('work alike with a vault that answers later', async () => {
    const { ask, make, vault } = harness();
    vault.later = true;
    const { path } = await make(ORDER);
    expect((await ask(path)).json).toMatchObject(ORDER);
    expect(items((await ask(`/v1/orders?phone=${encodeURIComponent(PHONE)}`)).json)).toHaveLength(1);
  });

  it('without a readable vault are unavailable, and the store gets nothing', async () => {
    const { ask, vault, store } = harness();
    vault.open = () => Promise.reject(new Refusal('unavailable'));
    expect((await ask('/v1/orders', { method: 'POST', body: ORDER })).status).toBe(503);
    expect(store.documents.size).toBe(0);
  });

  it('are not written where their look-up could not be remembered', async () => {
    const { ask, vault, store } = harness();
    vault.remember = () => Promise.reject(new Refusal('unavailable'));
    expect((await ask('/v1/orders', { method: 'POST', body: ORDER })).status).toBe(503);
    expect(store.documents.size).toBe(0);
  });
});

describe('several people', () => {
  const declared = resource({
    subjects: [
      { name: 'owner', reference: 'owner_ref', from: 'owner' },
      { name: 'guest', reference: 'guest_ref', from: { field: 'guest.id' } },
    ],
    fields: [
      field('guest', {
        schema: { type: 'object', members: new Map([['id', schema()]]) },
        write: ['create', 'update'],
        nullable: true,
      }),
      field('email', {
        filters: ['eq'],
        write: ['create', 'update'],
        encryption: { subject: 'guest', lookup: 'email' },
      }),
      field('diet', {
        schema: {
          type: 'object',
          members: new Map([
            ['meat', schema({ type: 'boolean' })],
            ['note', schema()],
          ]),
        },
        write: ['create', 'update'],
        encryption: { subject: 'guest' },
      }),
    ],
  });
  const EMAIL = 'Ada@Example.org';

  it('with one value are all found, in the caller’s documents alone', async () => {
    const { ask, make } = harness({ resources: [declared] });
    const mine = [await make({ guest: { id: 'g1' }, email: EMAIL }), await make({ guest: { id: 'g2' }, email: EMAIL })];
    await make({ guest: { id: 'g3' }, email: EMAIL }, BOB);
    await make({ guest: { id: 'g1' }, email: 'other@example.org' });
    const found = items((await ask('/v1/orders?email=ada@example.org')).json).map(({ id }) => id);
    expect(found.sort()).toEqual(mine.map(({ id }) => id).sort());
  });

  it('who are too many are refused where documents are nobody’s, not asked for', async () => {
    const { ask, vault, store } = harness({ resources: [{ ...declared, owner: null }] });
    vault.lookUp = () => Array.from({ length: 1001 }, (_, at) => `reference-${at}`);
    expect((await ask('/v1/orders?email=ada@example.org')).status).toBe(400);
    expect(store.handed).toEqual([]);
  });

  it('who are too many hide nothing from an owner: anyone could have named them', async () => {
    const { ask, make, vault } = harness({ resources: [declared] });
    const { id } = await make({ guest: { id: 'g1' }, email: EMAIL });
    await make({ guest: { id: 'g1' }, email: 'other@example.org' });
    await make({ guest: { id: 'g1' }, email: EMAIL }, BOB);
    vault.lookUp = () => Array.from({ length: 1001 }, (_, at) => `reference-${at}`);
    expect(items((await ask('/v1/orders?email=ada@example.org')).json)).toMatchObject([{ id }]);
    expect((await ask('/v1/orders/count?email=ada@example.org')).json).toEqual({ count: 1 });
  });

  it('have members of objects that are merged in plain and sealed again', async () => {
    const { ask, make, store } = harness({ resources: [declared] });
    const { path } = await make({ guest: { id: 'g1' }, diet: { meat: true, note: 'CANARY' } });
    const { json } = await ask(path, patch({ diet: { meat: false } }));
    expect(json).toMatchObject({ diet: { meat: false, note: 'CANARY' } });
    expect((await ask(path, patch({ diet: { note: null } }))).json).toMatchObject({ diet: { meat: false } });
    expect(store.handed.join()).not.toContain('CANARY');
  });

  it('are named by a member of an object, whose change seals anew', async () => {
    const { ask, make, vault } = harness({ resources: [declared] });
    const { path } = await make({ guest: { id: 'g1' }, email: EMAIL });
    await ask(path, patch({ guest: { id: 'g2' } }));
    vault.shred('g1');
    expect((await ask(path)).json).toMatchObject({ guest: { id: 'g2' }, email: EMAIL });
    expect(items((await ask('/v1/orders?email=ada@example.org')).json)).toHaveLength(1);
  });

  it('whose data was shredded before the document names another are cleared, not kept unreadable', async () => {
    const { ask, make, vault, store } = harness({ resources: [declared] });
    const { path, id } = await make({ guest: { id: 'g1' }, email: EMAIL });
    vault.shred('g1');
    expect((await ask(path, patch({ guest: { id: 'g2' } }))).json).toMatchObject({ email: null });
    expect(store.documents.get(id)?.columns.email).toBeNull();
  });
});

describe('an owner under a pseudonym', () => {
  const declared = resource({
    owner: { column: 'who', type: 'keyword', claim: ['sub'], pseudonym: true },
    subjects: [{ name: 'owner', reference: 'who', from: 'owner' }],
    fields: [field('status', { write: ['create', 'update'] }), field('who')],
  });

  it('is in the store under it alone, and sees the own documents alone', async () => {
    const { ask, make, store, vault } = harness({ resources: [declared] });
    const { path, id } = await make({ status: 'x' });
    expect(store.documents.get(id)?.columns.who).toMatch(/^[\w-]{22}$/);
    expect(store.handed.join()).not.toContain('ada');
    expect((await ask(path)).json).toEqual({ id, status: 'x' });
    expect((await ask(path, { as: BOB })).status).toBe(404);
    expect(items((await ask('/v1/orders', { as: principal('never-seen') })).json)).toEqual([]);
    expect((await ask(path, patch({ status: 'y' }))).json).toEqual({ id, status: 'y' });
    vault.shred('ada');
    expect((await ask(path)).status).toBe(404);
    expect((await ask('/v1/orders', { method: 'POST', body: { status: 'x' } })).status).toBe(410);
  });
});
