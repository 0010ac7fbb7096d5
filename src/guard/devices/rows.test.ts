import { describe, expect, it } from 'vitest';
import type { DeviceRow, DeviceStore } from '../contract/device.ts';
import { Refusal } from '../contract/refusal.ts';
import { createRows } from './rows.ts';
import { createMemoryDevices } from './testing/memory-store.ts';

const ROW: DeviceRow = {
  id: 'd1',
  jkt: 'j',
  subject: 's',
  facts: { id: 'd1', platform: 'ios', app: 'a', version: '1.0', format: 'app-attest', integrity: 'strong' },
  assertionKey: null,
  keyId: 'k',
  counter: 0,
  enrolledAt: 0,
  revokedAt: null,
};

/** A store over a network, which counts how often it is asked. */
async function distant() {
  const store = createMemoryDevices();
  await store.add(ROW);
  const asked = { times: 0, fails: false };
  const over: DeviceStore = {
    ...store,
    device: async (id) => {
      asked.times += 1;
      if (asked.fails) throw new Refusal('unavailable', 'store');
      return store.device(id);
    },
  };
  return { store, over, asked };
}

describe('the row of a device', () => {
  it('is asked for once in two seconds, also by requests at the same time, and then anew', async () => {
    const { store, over, asked } = await distant();
    const rows = createRows(over);
    const found = await Promise.all([rows.row('d1', 0), rows.row('d1', 1), rows.row('d1', 2)]);
    expect(found.map((row) => row?.revokedAt)).toEqual([null, null, null]);
    await store.revoke({ id: 'd1' }, 5);
    expect((await rows.row('d1', 1_999))?.revokedAt).toBeNull();
    expect(asked.times).toBe(1);
    expect((await rows.row('d1', 2_000))?.revokedAt).toBe(5);
    expect(asked.times).toBe(2);
  });

  it('is there without a promise once it was read', async () => {
    const { over } = await distant();
    const rows = createRows(over);
    await rows.row('d1', 0);
    expect(rows.row('d1', 1)).toMatchObject({ id: 'd1' });
  });

  it('that is not there, or could not be read, is asked for again at once', async () => {
    const { store, over, asked } = await distant();
    const rows = createRows(over);
    expect(await rows.row('d2', 0)).toBeUndefined();
    await store.add({ ...ROW, id: 'd2', keyId: 'k2' });
    expect(await rows.row('d2', 1)).toMatchObject({ id: 'd2' });
    asked.fails = true;
    await expect(rows.row('d1', 0)).rejects.toMatchObject({ code: 'unavailable' });
    asked.fails = false;
    expect(await rows.row('d1', 1)).toMatchObject({ id: 'd1' });
  });

  it('of a store on this machine is never kept', async () => {
    const { store } = await distant();
    const rows = createRows(store);
    expect(await rows.row('d1', 0)).toMatchObject({ revokedAt: null });
    await store.revoke({ id: 'd1' }, 5);
    expect(await rows.row('d1', 0)).toMatchObject({ revokedAt: 5 });
  });
});
