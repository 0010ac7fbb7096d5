/** What every `DeviceStore` does, whatever it keeps its rows in. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DeviceRow, DeviceStore } from '../../guard/contract/device.ts';

export function newDevice(more: Partial<DeviceRow> = {}): DeviceRow {
  const id = randomBytes(16).toString('base64url');
  return {
    id,
    jkt: randomBytes(32).toString('base64url'),
    subject: randomBytes(32).toString('base64url'),
    facts: {
      id,
      platform: 'ios',
      app: 'org.example.shop',
      version: '5.2.0',
      format: 'app-attest',
      integrity: 'strong',
    },
    assertionKey: new Uint8Array(randomBytes(91)),
    keyId: randomBytes(32).toString('base64'),
    counter: 0,
    enrolledAt: AT,
    revokedAt: null,
    ...more,
  };
}

const AT = Date.parse('2027-01-04T10:00:00Z');
const token = () => randomBytes(24).toString('base64url');
const ids = (rows: readonly DeviceRow[]) => rows.map(({ id }) => id).sort();

/** @param open the same empty place, each time it is called within a test */
export function deviceSuite(open: () => Promise<DeviceStore>): void {
  let store: DeviceStore;
  let other: DeviceStore;

  beforeEach(async () => {
    store = await open();
    other = await open();
  });
  afterEach(async () => {
    await store.close();
    await other.close();
  });

  it('keeps a device as it was enrolled', async () => {
    const [ios, web] = [newDevice(), newDevice({ assertionKey: null, keyId: '' })];
    expect(await store.device(ios.id)).toBeUndefined();
    for (const row of [ios, web]) {
      expect(await store.add(row)).toBe(true);
      expect(await other.device(row.id)).toEqual(row);
    }
    expect(await store.device('')).toBeUndefined();
    expect(await store.device('x'.repeat(5000))).toBeUndefined();
  });

  it('enrols neither an id nor a key id twice', async () => {
    const row = newDevice();
    expect(await store.add(row)).toBe(true);
    expect(await other.add(newDevice({ id: row.id }))).toBe(false);
    expect(await other.add(newDevice({ keyId: row.keyId }))).toBe(false);
    expect(await store.device(row.id)).toEqual(row);
    expect(await store.add(newDevice({ keyId: '' }))).toBe(true);
    expect(await store.add(newDevice({ keyId: '' }))).toBe(true);
  });

  it('enrols a key id once when many try at once', async () => {
    const keyId = randomBytes(32).toString('base64');
    const tries = Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? store : other).add(newDevice({ keyId })));
    expect((await Promise.all(tries)).filter((added) => added)).toHaveLength(1);
  });

  it('knows the devices of a person', async () => {
    const subject = randomBytes(32).toString('base64url');
    const rows = [newDevice({ subject }), newDevice({ subject })];
    for (const row of [...rows, newDevice()]) await store.add(row);
    expect(ids(await other.devicesOf(subject))).toEqual(ids(rows));
    expect(await other.devicesOf('nobody')).toEqual([]);
  });

  it('accepts only a counter above the last one', async () => {
    const row = newDevice();
    await store.add(row);
    expect(await store.advance(row.id, 0)).toBe(false);
    expect(await store.advance(row.id, 1)).toBe(true);
    expect(await other.advance(row.id, 1)).toBe(false);
    expect(await other.advance(row.id, 4_294_967_295)).toBe(true);
    expect(await store.advance(row.id, 5)).toBe(false);
    expect(await store.advance('unknown', 5)).toBe(false);
    expect(await store.advance(row.id, Number.NaN)).toBe(false);
    expect((await store.device(row.id))?.counter).toBe(4_294_967_295);
  });

  it('accepts a counter once when it is sent many times at once', async () => {
    const row = newDevice();
    await store.add(row);
    const tries = Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? store : other).advance(row.id, 7));
    expect((await Promise.all(tries)).filter((accepted) => accepted)).toHaveLength(1);
  });

  it('revokes what fits all that was said, once', async () => {
    const subject = randomBytes(32).toString('base64url');
    const android = { ...newDevice().facts, platform: 'android', version: '4.9.0' } as const;
    const rows = {
      one: newDevice(),
      anna: newDevice({ subject }),
      old: newDevice({ subject, facts: android }),
      another: newDevice({ facts: android }),
    };
    for (const row of Object.values(rows)) await store.add(row);
    expect(await store.revoke({}, AT)).toBe(0);
    expect(await store.revoke({ id: 'unknown' }, AT)).toBe(0);
    expect(await store.revoke({ id: rows.one.id, platform: 'web' }, AT)).toBe(0);
    expect(await store.revoke({ id: rows.one.id }, AT)).toBe(1);
    expect(await other.revoke({ id: rows.one.id }, AT + 1)).toBe(0);
    expect(await other.device(rows.one.id)).toEqual({ ...rows.one, revokedAt: AT });
    expect(await other.revoke({ subject, version: '4.9.0' }, AT)).toBe(1);
    expect((await store.device(rows.anna.id))?.revokedAt).toBeNull();
    expect(await store.revoke({ platform: 'android', version: '4.9.0' }, AT)).toBe(1);
    expect(await store.revoke({ subject }, AT)).toBe(1);
    expect(await store.advance(rows.anna.id, 9)).toBe(false);
    expect((await store.devicesOf(subject)).map(({ revokedAt }) => revokedAt)).toEqual([AT, AT]);
  });

  it('lets a token be used once, until it ends', async () => {
    const [one, two] = [token(), 'x'.repeat(20_000)];
    const end = Date.now() + 60_000;
    expect(await store.useOnce(one, end)).toBe(true);
    expect(await store.useOnce(one, end)).toBe(false);
    expect(await other.useOnce(one, end + 1000)).toBe(false);
    expect(await other.useOnce(two, end)).toBe(true);
    expect(await store.useOnce(two, end)).toBe(false);
    // What has ended already is no proof of anything.
    expect(await store.useOnce(token(), Date.now() - 1)).toBe(false);
  });

  it('lets a token be used once when it is sent many times at once', async () => {
    const one = token();
    const tries = Array.from({ length: 40 }, (_, at) =>
      (at % 2 === 0 ? store : other).useOnce(one, Date.now() + 60_000),
    );
    expect((await Promise.all(tries)).filter((first) => first)).toHaveLength(1);
  });

  it('walks through all devices, each once', async () => {
    const rows = Array.from({ length: 11 }, () => newDevice());
    for (const row of rows) await store.add(row);
    const found: DeviceRow[] = [];
    for (let after: string | null = null; ; ) {
      const page: readonly DeviceRow[] = await other.devices(after, 3);
      found.push(...page);
      if (page.length < 3) break;
      after = page.at(-1)?.id ?? null;
    }
    expect(found.map(({ id }) => id)).toEqual(ids(rows));
  });
}
