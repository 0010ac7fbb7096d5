/** What stays in the files of the embedded store after a key was dropped, and how large they are. */
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Data } from './data.ts';
import { createEmbeddedData } from './embedded.ts';
import { compactEmbedded } from './embedded-compact.ts';
import { type LivingRow, newId, newReference, newSubject } from './testing/rows.ts';

let folder: string;
let data: Data;
beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'postern-remains-')), 'data');
  data = await createEmbeddedData(folder);
});
afterEach(async () => {
  await data.close();
  rmSync(join(folder, '..'), { recursive: true });
});

async function addMany(count: number): Promise<LivingRow[]> {
  const rows = Array.from({ length: count }, () => newSubject());
  await Promise.all(rows.map((row) => data.vault.addSubject(row)));
  return rows;
}

async function shred({ id }: LivingRow): Promise<void> {
  await data.vault.tombstone(id, 1, newReference());
  await data.vault.dropKey(id);
}

const holds = (bytes: Uint8Array, at = folder) => readFileSync(join(at, 'data.mdb')).includes(Buffer.from(bytes));

describe('a dropped key', () => {
  it('is overwritten in the file', async () => {
    // As many as lie in one page: none was moved from one page to another.
    const rows = await addMany(20);
    for (const row of rows.slice(0, 10)) {
      await data.vault.addLookUp(newId(), row.reference);
      expect(holds(row.wrapped)).toBe(true);
      await shred(row);
      expect(holds(row.wrapped)).toBe(false);
    }
    for (const row of rows.slice(10)) expect(await data.vault.subject(row.id)).toEqual(row);
  });

  it('is nowhere in a file that was written anew, with its look-ups, and everybody else is', async () => {
    const rows = await addMany(3000);
    const tokens = rows.slice(0, 300).map(() => newId());
    await Promise.all(tokens.map((token, at) => data.vault.addLookUp(token, rows[at]?.reference ?? '')));
    const gone = rows.filter((_row, at) => at % 100 === 0);
    for (const row of gone) await shred(row);
    await data.close();
    const { bytesAfter, bytesBefore } = await compactEmbedded(folder);
    expect(bytesAfter).toBeLessThan(bytesBefore);
    for (const row of gone) expect(holds(row.wrapped)).toBe(false);
    for (const token of [tokens[0], tokens[100], tokens[200]]) {
      expect(holds(Buffer.from(token ?? '', 'base64url'))).toBe(false);
    }
    data = await createEmbeddedData(folder);
    for (const row of rows) {
      const kept = await data.vault.subject(row.id);
      if (gone.includes(row)) expect(kept).toMatchObject({ wrapped: null, shreddedAt: 1 });
      else expect(kept).toEqual(row);
    }
    expect(await data.vault.lookUp(tokens[1] ?? '')).toEqual([rows[1]?.reference]);
    expect(await data.vault.counts()).toMatchObject({ subjects: rows.length - gone.length, shredded: gone.length });
  });

  it('stays in a copy that was made before: only its epoch’s key makes that unreadable', async () => {
    const [row] = await addMany(1);
    if (row === undefined) throw new Error('no row');
    const copy = join(folder, '..', 'copy');
    mkdirSync(copy, { mode: 0o700 });
    copyFileSync(join(folder, 'data.mdb'), join(copy, 'data.mdb'));
    chmodSync(join(copy, 'data.mdb'), 0o600);
    await shred(row);
    expect([holds(row.wrapped), holds(row.wrapped, copy)]).toEqual([false, true]);
  });

  it('does not make the file grow with every one', async () => {
    const rows = await addMany(200);
    for (const row of rows.slice(0, 60)) await shred(row);
    const { size } = statSync(join(folder, 'data.mdb'));
    for (const row of rows.slice(60, 160)) await shred(row);
    expect(statSync(join(folder, 'data.mdb')).size).toBeLessThanOrEqual(size * 1.1);
  });
});

describe('a person', () => {
  it('takes a few hundred bytes', async () => {
    const used = async () => {
      await data.close();
      const { bytesAfter } = await compactEmbedded(folder);
      data = await createEmbeddedData(folder);
      return bytesAfter;
    };
    await addMany(4000);
    const before = await used();
    for (let at = 0; at < 4; at++) await addMany(4000);
    const each = ((await used()) - before) / 16_000;
    console.info(`bytes for each person more, in a compact file: ${Math.round(each)}`);
    expect(each).toBeLessThan(400);
  });
});
