import type { DeviceRow, DeviceStore } from '../guard/contract/device.ts';
import { decodeDevice, encodeDevice, usedToken } from './device-rows.ts';
import type { Pool } from './postgresql-pool.ts';

interface Row {
  readonly body: string;
  readonly counter: string;
  readonly revoked_at: string | null;
}

const COLUMNS = 'body, counter, revoked_at';
/** Gateways' clocks differ: for one of them a token may not have ended yet. */
const MARGIN_MS = 5 * 60_000;
const FORGET_EACH = 64;
const FORGET = 1000;

/** Devices in PostgreSQL: each change is one statement that names what it expects. */
export function createPostgresqlDevices(pool: Pool, now: () => number = Date.now): DeviceStore {
  const { schema } = pool;
  const byId = { name: 'postern-device', text: `SELECT ${COLUMNS} FROM ${schema}.devices WHERE id = $1` };
  let uses = 0;

  function forgetOld(time: number): void {
    if (uses++ % FORGET_EACH !== 0) return;
    pool
      .ask(
        `DELETE FROM ${schema}.used_tokens WHERE token IN (
           SELECT token FROM ${schema}.used_tokens WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
        [time - MARGIN_MS, FORGET],
      )
      // The next ones forget them.
      .catch(() => {});
  }

  return {
    async add(row) {
      const rows = await pool.ask(
        `INSERT INTO ${schema}.devices (id, key_id, subject, platform, version, counter, revoked_at, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id`,
        [
          row.id,
          row.keyId === '' ? null : row.keyId,
          row.subject,
          row.facts.platform,
          row.facts.version,
          row.counter,
          row.revokedAt,
          encodeDevice(row),
        ],
      );
      return rows.length === 1;
    },
    async device(id) {
      const [row] = await pool.ask<Row>(byId, [id]);
      return row && deviceRow(row);
    },
    async devicesOf(subject) {
      const rows = await pool.ask<Row>(`SELECT ${COLUMNS} FROM ${schema}.devices WHERE subject = $1 ORDER BY id`, [
        subject,
      ]);
      return rows.map(deviceRow);
    },
    async advance(id, counter) {
      if (!Number.isSafeInteger(counter)) return false;
      const rows = await pool.ask(
        `UPDATE ${schema}.devices SET counter = $2 WHERE id = $1 AND counter < $2 AND revoked_at IS NULL RETURNING id`,
        [id, counter],
      );
      return rows.length === 1;
    },
    async revoke({ id, subject, platform, version }, at) {
      const wanted = [id ?? null, subject ?? null, platform ?? null, version ?? null];
      if (wanted.every((value) => value === null)) return 0;
      const rows = await pool.ask(
        `UPDATE ${schema}.devices SET revoked_at = $1 WHERE revoked_at IS NULL
           AND ($2::text IS NULL OR id = $2) AND ($3::text IS NULL OR subject = $3)
           AND ($4::text IS NULL OR platform = $4) AND ($5::text IS NULL OR version = $5) RETURNING 1`,
        [at, ...wanted],
      );
      return rows.length;
    },
    async useOnce(token, expiresAt) {
      const time = now();
      if (expiresAt <= time) return false;
      forgetOld(time);
      const rows = await pool.ask(
        `INSERT INTO ${schema}.used_tokens (token, ends_at) VALUES ($1, $2)
         ON CONFLICT (token) DO UPDATE SET ends_at = excluded.ends_at WHERE used_tokens.ends_at <= $3
         RETURNING 1`,
        [usedToken(token), Math.ceil(expiresAt), time - MARGIN_MS],
      );
      return rows.length === 1;
    },
    async devices(after, limit) {
      const rows = await pool.ask<Row>(`SELECT ${COLUMNS} FROM ${schema}.devices WHERE id > $1 ORDER BY id LIMIT $2`, [
        after ?? '',
        limit,
      ]);
      return rows.map(deviceRow);
    },
    async close() {},
  };
}

function deviceRow({ body, counter, revoked_at }: Row): DeviceRow {
  return {
    ...decodeDevice(body),
    counter: Number(counter),
    revokedAt: revoked_at === null ? null : Number(revoked_at),
  };
}
