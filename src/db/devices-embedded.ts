/**
 * Devices in an environment.
 *
 *   devices             id                   → JSON
 *   devices-by-key      key id               → id
 *   devices-by-subject  subject, id            a set
 *   used                SHA-256 of a token   → end (f64)
 *   used-until          end (u64), SHA-256   → nothing: what to forget first
 */
import type { DeviceRow, DeviceStore } from '../guard/contract/device.ts';
import { Refusal } from '../guard/contract/refusal.ts';
import { decodeDevice, encodeDevice, matches, usedToken } from './device-rows.ts';
import { type Environment, entries, membersOf, PRESENT, setKey } from './embedded-environment.ts';

/** Tokens forgotten with each one remembered: more than one, so that none pile up. */
const FORGET = 8;
const KEY_LIMIT = 500;
const STRIDE = 1000;

export function createEmbeddedDevices(environment: Environment, now: () => number = Date.now): DeviceStore {
  const devices = environment.table('devices');
  const byKey = environment.table('devices-by-key');
  const bySubject = environment.table('devices-by-subject');
  const used = environment.table('used');
  const usedUntil = environment.table('used-until');
  const { read, write } = environment;

  function get(key: Buffer): DeviceRow | undefined {
    const bytes = devices.getBinaryFast(key);
    return bytes && decodeDevice(bytes.toString('utf8', 0, bytes.length));
  }

  function put(row: DeviceRow): void {
    devices.put(Buffer.from(row.id), Buffer.from(encodeDevice(row)));
  }

  function forgetOld(time: number): void {
    for (const { key } of entries(usedUntil, { limit: FORGET })) {
      if (Number(key.readBigUInt64BE()) > time) return;
      usedUntil.remove(key);
      used.remove(key.subarray(8));
    }
  }

  return {
    add(row) {
      const [id, keyId, subject] = [
        textKey(row.id),
        row.keyId === '' ? null : textKey(row.keyId),
        textKey(row.subject),
      ];
      return write(() => {
        if (devices.doesExist(id) || (keyId && byKey.doesExist(keyId))) return false;
        put(row);
        if (keyId) byKey.put(keyId, id);
        bySubject.put(setKey(subject, id), PRESENT);
        return true;
      });
    },
    device: (id) => (isKey(id) ? read(() => get(Buffer.from(id))) : undefined),
    devicesOf: (subject) =>
      !isKey(subject)
        ? []
        : read(() =>
            membersOf(bySubject, Buffer.from(subject))
              .map(get)
              .filter((row) => row !== undefined),
          ),
    async advance(id, counter) {
      if (!isKey(id)) return false;
      return await write(() => {
        const row = get(Buffer.from(id));
        if (row === undefined || row.revokedAt !== null || !(counter > row.counter)) return false;
        put({ ...row, counter });
        return true;
      });
    },
    async revoke(match, at) {
      if (Object.values(match).every((wanted) => wanted === undefined)) return 0;
      const revokeAll = (ids: readonly Buffer[]) =>
        write(() => {
          let revoked = 0;
          for (const id of ids) {
            const row = get(id);
            if (row === undefined || !matches(row, match)) continue;
            put({ ...row, revokedAt: at });
            revoked++;
          }
          return revoked;
        });
      if (match.id !== undefined) return isKey(match.id) ? await revokeAll([Buffer.from(match.id)]) : 0;
      const { subject } = match;
      if (subject !== undefined) {
        if (!isKey(subject)) return 0;
        return await revokeAll(read(() => membersOf(bySubject, Buffer.from(subject))));
      }
      let revoked = 0;
      for (let after: Buffer | undefined; ; ) {
        const rows = read(() =>
          entries(devices, { ...(after && { start: after, exclusiveStart: true }), limit: STRIDE }),
        );
        const wanted = rows.filter(({ value }) => matches(decodeDevice(value.toString('utf8')), match));
        if (wanted.length > 0) revoked += await revokeAll(wanted.map(({ key }) => key));
        if (rows.length < STRIDE) return revoked;
        after = rows.at(-1)?.key;
      }
    },
    useOnce(token, expiresAt) {
      const key = usedToken(token);
      return write(() => {
        const time = now();
        forgetOld(time);
        const end = used.getBinary(key)?.readDoubleLE();
        if (expiresAt <= time || (end !== undefined && end > time)) return false;
        if (end !== undefined) usedUntil.remove(untilKey(end, key));
        const bytes = Buffer.alloc(8);
        bytes.writeDoubleLE(Math.ceil(expiresAt));
        used.put(key, bytes);
        usedUntil.put(untilKey(Math.ceil(expiresAt), key), Buffer.of(1));
        return true;
      });
    },
    async devices(after, limit) {
      const start = after === null || after === '' ? undefined : Buffer.from(after);
      return read(() => entries(devices, { ...(start && { start, exclusiveStart: true }), limit })).map(({ value }) =>
        decodeDevice(value.toString('utf8')),
      );
    },
    async close() {},
  };
}

/** @throws Refusal `internal` */
function textKey(text: string): Buffer {
  if (!isKey(text)) throw new Refusal('internal', 'devices: an id has another length');
  return Buffer.from(text);
}

function isKey(text: string): boolean {
  const length = Buffer.byteLength(text);
  return length > 0 && length <= KEY_LIMIT;
}

function untilKey(end: number, token: Buffer): Buffer {
  const key = Buffer.alloc(8 + token.length);
  key.writeBigUInt64BE(BigInt(Math.ceil(end)));
  token.copy(key, 8);
  return key;
}
