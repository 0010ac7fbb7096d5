/**
 * The vault's rows in PostgreSQL. Every change is one statement: what must not change meanwhile is locked in it, as rows,
 * and whoever waited sees what the other one did (read committed).
 */
import { Refusal } from '../guard/contract/refusal.ts';
import type { SubjectId, SubjectRow } from '../guard/contract/vault.ts';
import type { StoredVault } from './data.ts';
import type { Pool } from './postgresql-pool.ts';
import { createPurging } from './purge.ts';
import { createPostgresqlBoard } from './purge-postgresql.ts';
import { decodeShred, encodeShred } from './shred-rows.ts';
import { idBytes, idText, ownReferenceBytes, referenceBytes, referenceText, tokenBytes } from './vault-rows.ts';

interface Row {
  readonly id: Buffer;
  readonly reference: Buffer;
  readonly epoch: number;
  readonly wrapped: Buffer | null;
  readonly shredded_at: string | null;
}

const COLUMNS = 'id, reference, epoch, wrapped, shredded_at';

/** @param pollMs how often gateways look for purge messages that no notification told them of */
export function createPostgresqlVault(pool: Pool, pollMs: number): StoredVault {
  const { schema } = pool;
  const board = createPostgresqlBoard(pool);
  const purging = createPurging(board, pollMs);
  let listening = false;

  const byId = { name: 'postern-subject', text: `SELECT ${COLUMNS} FROM ${schema}.subjects WHERE id = $1` };
  const byReferences = {
    name: 'postern-subjects-of',
    text: `SELECT ${COLUMNS} FROM ${schema}.subjects WHERE reference = ANY ($1::bytea[])`,
  };
  const lookUp = {
    name: 'postern-look-up',
    text: `SELECT reference FROM ${schema}.look_ups WHERE token = $1 ORDER BY reference`,
  };

  async function subject(id: SubjectId): Promise<SubjectRow | undefined> {
    const [row] = await pool.ask<Row>(byId, [idBytes(id)]);
    return row && subjectRow(row);
  }

  async function subjectsOf(references: readonly string[]): Promise<readonly SubjectRow[]> {
    const known = [...new Set(references)].map(referenceBytes).filter((bytes) => bytes !== undefined);
    return known.length === 0 ? [] : (await pool.ask<Row>(byReferences, [known])).map(subjectRow);
  }

  return {
    subject,
    subjectOf: async (reference) => (await subjectsOf([reference]))[0],
    subjectsOf,

    async addSubject(row) {
      const id = idBytes(row.id);
      const [added] = await pool.ask<Row>(
        `INSERT INTO ${schema}.subjects (${COLUMNS}) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO NOTHING RETURNING ${COLUMNS}`,
        [id, ownReferenceBytes(row.reference), row.epoch, row.wrapped && Buffer.from(row.wrapped), row.shreddedAt],
      );
      if (added) return subjectRow(added);
      // Rows are never deleted: the one that was in the way is there.
      const known = await subject(row.id);
      if (known === undefined) throw new Refusal('unavailable', 'data: a row went away');
      return known;
    },

    async tombstone(id, at, reference) {
      const [row] = await pool.ask<Row>(
        `INSERT INTO ${schema}.subjects AS known (${COLUMNS}) VALUES ($1, $2, 0, NULL, $3)
         ON CONFLICT (id) DO UPDATE SET shredded_at = coalesce(known.shredded_at, excluded.shredded_at)
         RETURNING ${COLUMNS}`,
        [idBytes(id), ownReferenceBytes(reference), at],
      );
      if (row === undefined) throw new Refusal('unavailable', 'data: a row went away');
      return subjectRow(row);
    },

    async dropKey(id) {
      await pool.ask(
        `WITH dropped AS (UPDATE ${schema}.subjects SET wrapped = NULL WHERE id = $1 RETURNING reference)
         DELETE FROM ${schema}.look_ups USING dropped WHERE look_ups.reference = dropped.reference`,
        [idBytes(id)],
      );
    },

    async rewrap(rows) {
      if (rows.length === 0) return 0;
      const replaced = await pool.ask(
        `UPDATE ${schema}.subjects AS known SET epoch = wanted.epoch, wrapped = wanted.wrapped
         FROM unnest($1::bytea[], $2::integer[], $3::integer[], $4::bytea[]) AS wanted (id, before, epoch, wrapped)
         WHERE known.id = wanted.id AND known.epoch = wanted.before AND known.wrapped IS NOT NULL
         RETURNING known.epoch`,
        [
          rows.map(({ id }) => idBytes(id)),
          rows.map(({ from }) => from),
          rows.map(({ epoch }) => epoch),
          rows.map(({ wrapped }) => Buffer.from(wrapped)),
        ],
      );
      return replaced.length;
    },

    async subjects(after, limit, epoch) {
      const rows = await pool.ask<Row>(
        `SELECT ${COLUMNS} FROM ${schema}.subjects
         WHERE wrapped IS NOT NULL AND id > $1 ${epoch === undefined ? '' : 'AND epoch = $3'}
         ORDER BY id LIMIT $2`,
        [after === null ? Buffer.alloc(0) : idBytes(after), limit, ...(epoch === undefined ? [] : [epoch])],
      );
      return rows.map(subjectRow);
    },

    async counts() {
      const rows = await pool.ask<{ epoch: number | null; keys: string; people: string; shredded: string }>(
        `SELECT NULL::integer AS epoch, '0' AS keys, count(*) AS people,
           (SELECT count(*) FROM ${schema}.subjects WHERE shredded_at IS NOT NULL) AS shredded FROM ${schema}.subjects
         UNION ALL
         SELECT epoch, count(*)::text, 0, 0 FROM ${schema}.subjects WHERE wrapped IS NOT NULL GROUP BY epoch`,
      );
      const total = rows.find(({ epoch }) => epoch === null);
      const shredded = Number(total?.shredded ?? 0);
      const byEpoch = new Map<number, number>();
      for (const { epoch, keys } of rows) if (epoch !== null) byEpoch.set(epoch, Number(keys));
      return { subjects: Number(total?.people ?? 0) - shredded, shredded, byEpoch };
    },

    async lookUp(token) {
      const rows = await pool.ask<{ reference: Buffer }>(lookUp, [tokenBytes(token)]);
      return rows.map(({ reference }) => referenceText(reference));
    },

    async addLookUp(token, reference) {
      // A write that comes late must not leave a trace of somebody who was shredded meanwhile: the row is locked.
      const [person] = await pool.ask<{ shredded_at: string | null }>(
        `WITH person AS MATERIALIZED (SELECT shredded_at FROM ${schema}.subjects WHERE reference = $2 FOR SHARE),
         added AS (
           INSERT INTO ${schema}.look_ups (token, reference)
           SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM person WHERE shredded_at IS NOT NULL)
           ON CONFLICT DO NOTHING
         )
         SELECT shredded_at FROM person`,
        [tokenBytes(token), ownReferenceBytes(reference)],
      );
      if (person && person.shredded_at !== null) throw new Refusal('erased', 'vault: the person was shredded');
    },

    async removeLookUp(token, reference) {
      await pool.ask(`DELETE FROM ${schema}.look_ups WHERE token = $1 AND reference = $2`, [
        tokenBytes(token),
        ownReferenceBytes(reference),
      ]);
    },

    async shred(id) {
      const [row] = await pool.ask<{ body: string }>(`SELECT body FROM ${schema}.shreds WHERE id = $1`, [idBytes(id)]);
      return row && decodeShred(id, row.body);
    },

    async saveShred(row) {
      await pool.ask(
        `INSERT INTO ${schema}.shreds (id, done, body) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET done = excluded.done, body = excluded.body`,
        [idBytes(row.id), row.step === 'receipt', encodeShred(row)],
      );
    },

    async shreds() {
      const rows = await pool.ask<{ id: Buffer; body: string }>(
        `SELECT id, body FROM ${schema}.shreds WHERE NOT done ORDER BY id`,
      );
      return rows.map(({ id, body }) => decodeShred(idText(id), body));
    },

    async join(gateway, leaseMs, onPurge) {
      if (!listening) pool.listen(board.channel(), purging.wake);
      listening = true;
      return await purging.join(gateway, leaseMs, onPurge);
    },
    purge: purging.purge,
    async gateways() {
      return (await board.members()).map(({ name, leaseMs, renewedAt }) => ({ name, leaseMs, renewedAt }));
    },
    close: purging.close,
  };
}

function subjectRow(row: Row): SubjectRow {
  return {
    id: idText(row.id),
    reference: referenceText(row.reference),
    epoch: row.epoch,
    wrapped: row.wrapped && Uint8Array.from(row.wrapped),
    shreddedAt: row.shredded_at === null ? null : Number(row.shredded_at),
  };
}
