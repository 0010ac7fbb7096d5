import { hash } from 'node:crypto';
import type { Pool } from './postgresql-pool.ts';
import type { MemberRow, PurgeBoard } from './purge.ts';
import { ownReferenceBytes, referenceText } from './vault-rows.ts';

const BATCH = 256;

export interface PostgresqlBoard extends PurgeBoard {
  /** What is notified when a message was posted. */
  channel(): string;
}

/**
 * Purge messages and leases as rows. The row with the last number is locked by whoever posts until that is committed, so
 * that nobody sees a number before a smaller one.
 */
export function createPostgresqlBoard(pool: Pool): PostgresqlBoard {
  const { schema } = pool;
  // Names of channels are cut after 63 bytes.
  const channel = `postern_purge_${hash('sha256', schema, 'hex').slice(0, 16)}`;
  const after = {
    name: 'postern-purge-after',
    text: `SELECT number, reference FROM ${schema}.purge_messages WHERE number > $1 ORDER BY number LIMIT ${BATCH}`,
  };
  return {
    channel: () => channel,
    async enter(name, leaseMs) {
      const [row] = await pool.ask<{ seen: string }>(
        `INSERT INTO ${schema}.purge_members (name, renewals, lease_ms, seen, renewed_at)
         SELECT $1, 0, $2, number, $3 FROM ${schema}.purge_last
         ON CONFLICT (name) DO UPDATE SET renewals = purge_members.renewals + 1, seen = excluded.seen,
           lease_ms = excluded.lease_ms, renewed_at = excluded.renewed_at
         RETURNING seen`,
        [name, leaseMs, Date.now()],
      );
      return Number(row?.seen);
    },
    async renew(name, seen) {
      const rows = await pool.ask(
        `UPDATE ${schema}.purge_members SET renewals = renewals + 1, seen = $2, renewed_at = $3 WHERE name = $1
         RETURNING name`,
        [name, seen, Date.now()],
      );
      return rows.length === 1;
    },
    async leave(name) {
      await pool.ask(`DELETE FROM ${schema}.purge_members WHERE name = $1`, [name]);
    },
    async giveUp(name, renewals) {
      const rows = await pool.ask(
        `DELETE FROM ${schema}.purge_members WHERE name = $1 AND renewals = $2 RETURNING name`,
        [name, renewals],
      );
      return rows.length === 1;
    },
    async members() {
      const rows = await pool.ask<{
        name: string;
        renewals: string;
        lease_ms: number;
        seen: string;
        renewed_at: string;
      }>(`SELECT name, renewals, lease_ms, seen, renewed_at FROM ${schema}.purge_members ORDER BY name`);
      return rows.map(
        (row): MemberRow => ({
          name: row.name,
          renewals: Number(row.renewals),
          leaseMs: row.lease_ms,
          seen: Number(row.seen),
          renewedAt: Number(row.renewed_at),
        }),
      );
    },
    async post(reference) {
      const [row] = await pool.ask<{ number: string }>(
        `WITH next AS (UPDATE ${schema}.purge_last SET number = number + 1 RETURNING number),
         posted AS (INSERT INTO ${schema}.purge_messages (number, reference) SELECT number, $1 FROM next)
         SELECT number, pg_notify($2, '') FROM next`,
        [ownReferenceBytes(reference), channel],
      );
      return Number(row?.number);
    },
    async after(number) {
      const rows = await pool.ask<{ number: string; reference: Buffer }>(after, [number]);
      return rows.map((row) => ({ number: Number(row.number), reference: referenceText(row.reference) }));
    },
  };
}
