/** A device store in memory: the double of tests, and the plain reading of what `DeviceStore` promises. */
import type { DeviceRow, DeviceStore } from '../../contract/device.ts';

export interface MemoryDevicesOptions {
  /** ms since the epoch. */
  readonly now?: () => number;
}

/** Compares as every store does: by code units of ASCII ids. */
export function createMemoryDevices(options: MemoryDevicesOptions = {}): DeviceStore {
  const now = options.now ?? Date.now;
  const rows = new Map<string, DeviceRow>();
  const used = new Map<string, number>();
  return {
    async add(row) {
      if (rows.has(row.id)) return false;
      if (row.keyId !== '' && [...rows.values()].some(({ keyId }) => keyId === row.keyId)) return false;
      rows.set(row.id, copy(row));
      return true;
    },
    device(id) {
      const row = rows.get(id);
      return row && copy(row);
    },
    devicesOf(subject) {
      return [...rows.values()].filter((row) => row.subject === subject).map(copy);
    },
    async advance(id, counter) {
      const row = rows.get(id);
      if (!row || row.revokedAt !== null || !(counter > row.counter)) return false;
      rows.set(id, { ...row, counter });
      return true;
    },
    async revoke(match, at) {
      let revoked = 0;
      if (Object.values(match).every((wanted) => wanted === undefined)) return revoked;
      for (const row of rows.values()) {
        if (row.revokedAt !== null) continue;
        if (match.id !== undefined && match.id !== row.id) continue;
        if (match.subject !== undefined && match.subject !== row.subject) continue;
        if (match.platform !== undefined && match.platform !== row.facts.platform) continue;
        if (match.version !== undefined && match.version !== row.facts.version) continue;
        rows.set(row.id, { ...row, revokedAt: at });
        revoked++;
      }
      return revoked;
    },
    useOnce(token, expiresAt) {
      const time = now();
      for (const [one, end] of used) if (end <= time) used.delete(one);
      if (expiresAt <= time || used.has(token)) return false;
      used.set(token, expiresAt);
      return true;
    },
    async devices(after, limit) {
      return [...rows.values()]
        .filter(({ id }) => after === null || id > after)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit)
        .map(copy);
    },
    async close() {},
  };
}

function copy(row: DeviceRow): DeviceRow {
  return {
    ...row,
    facts: { ...row.facts },
    assertionKey: row.assertionKey === null ? null : Uint8Array.from(row.assertionKey),
  };
}
