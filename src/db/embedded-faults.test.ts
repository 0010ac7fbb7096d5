/** The embedded store when processes are killed, disks are full, and files are not what they should be. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open as openLmdb } from 'lmdb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refusal } from '../guard/contract/refusal.ts';
import type { Data } from './data.ts';
import { createEmbeddedData } from './embedded.ts';
import { compactEmbedded } from './embedded-compact.ts';
import { buildWriter, type Child, startChild } from './testing/child.ts';
import { newDevice } from './testing/device-suite.ts';
import { newId, newReference, newSubject } from './testing/rows.ts';

let programs: string;
let program: string;
let folder: string;
const opened: Data[] = [];
const children: Child[] = [];

beforeAll(async () => {
  programs = mkdtempSync(join(tmpdir(), 'postern-writer-'));
  program = await buildWriter(programs);
});
afterAll(() => {
  rmSync(programs, { recursive: true });
});
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'postern-embedded-')), 'data');
});
afterEach(async () => {
  for (const child of children.splice(0)) await child.kill();
  for (const data of opened.splice(0)) await data.close();
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

async function data(at = folder): Promise<Data> {
  const one = await createEmbeddedData(at);
  opened.push(one);
  return one;
}

function child(...args: string[]): Child {
  const one = startChild(program, ...args);
  children.push(one);
  return one;
}

/** Everything that a child was promised is there. */
async function expectKept(store: Data, lines: readonly string[]): Promise<number> {
  let people = 0;
  for (const line of lines) {
    const [first = '', reference = '', what] = line.split(' ');
    if (what === 'look-up') expect(await store.vault.lookUp(first)).toEqual([reference]);
    else if (reference !== '') {
      people++;
      expect(await store.vault.subject(first)).toMatchObject({ id: first, reference, shreddedAt: null });
      expect((await store.vault.subjectOf(reference))?.id).toBe(first);
    }
  }
  return people;
}

describe('processes on one folder', () => {
  it('see at once what another one was promised', async () => {
    const store = await data();
    const writer = child('write', folder);
    await writer.said(200);
    const seen = [...writer.lines];
    expect(await expectKept(store, seen)).toBeGreaterThan(50);
    const row = newSubject();
    await store.vault.addSubject(row);
    expect(await store.vault.subject(row.id)).toEqual(row);
  });

  it('lose nothing that was promised when they are killed while they write', async () => {
    const witness = await data();
    let people = 0;
    for (let round = 0; round < 8; round++) {
      const writers = [child('write', folder), child('write', folder)];
      await Promise.all(writers.map((writer) => writer.said(40 + round * 25)));
      await Promise.all(writers.map((writer) => writer.kill()));
      // Nobody else is held up by what a killed process held.
      const row = newSubject();
      await witness.vault.addSubject(row);
      for (const store of [witness, await data()]) {
        for (const { lines } of writers) people += await expectKept(store, lines.slice(0, -1));
      }
    }
    expect(people).toBeGreaterThan(300);
    // Counts and rows agree: a transaction is there wholly or not at all.
    const { subjects } = await witness.vault.counts();
    expect((await witness.vault.subjects(null, 1_000_000)).length).toBe(subjects);
  }, 120_000);

  it('keep the file from being replaced under them', async () => {
    const writer = child('write', folder);
    await writer.said(50);
    await expect(compactEmbedded(folder)).rejects.toMatchObject({
      code: 'E_GUARD',
      message: `the store is in use by process ${writer.process.pid}`,
    });
    const said = writer.lines.length;
    await writer.said(said + 20);
    await writer.kill();
    await compactEmbedded(folder);
    await expectKept(await data(), writer.lines.slice(0, -1));
  });

  it('forget a key in every process, and wait for one that was killed until its lease is over', async () => {
    const store = await data();
    const [one, two] = [child('member', folder, '60000'), child('member', folder, '700')];
    await Promise.all([one.said(2), two.said(2)]);
    const [first, second] = [newReference(), newReference()];
    expect(await store.vault.purge(first, 10_000)).toEqual({ confirmed: 2, expired: 0 });
    for (const { lines } of [one, two]) expect(lines).toEqual(['ready', 'held', `forget ${first}`]);
    expect((await store.vault.gateways()).map(({ name }) => name.split('#')[0])).toEqual(['child', 'child']);
    await two.kill();
    expect(await store.vault.purge(second, 10_000)).toEqual({ confirmed: 1, expired: 1 });
    expect(one.lines.at(-1)).toBe(`forget ${second}`);
    expect(await store.vault.gateways()).toHaveLength(1);
  });
});

describe('a full disk', () => {
  it('is refused, loses nothing, and is over when there is room again', async (context) => {
    const mount = mkdtempSync(join(tmpdir(), 'postern-full-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mount], { stdio: 'ignore' });
    } catch {
      rmSync(mount, { recursive: true });
      console.warn('SKIPPED: a small file system cannot be mounted here (not root)');
      return context.skip();
    }
    // The library prints why a commit failed.
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
    try {
      const ballast = join(mount, 'ballast');
      writeFileSync(ballast, Buffer.alloc(512 * 1024));
      const store = await data(join(mount, 'data'));
      const kept: string[] = [];
      const refused: unknown[] = [];
      const add = async (rows: readonly ReturnType<typeof newSubject>[]) => {
        const results = await Promise.allSettled(rows.map((row) => store.vault.addSubject(row)));
        for (const [at, result] of results.entries()) {
          if (result.status === 'fulfilled') kept.push(rows[at]?.id ?? '');
          else refused.push(result.reason);
        }
      };
      while (refused.length === 0) await add(Array.from({ length: 20 }, () => newSubject()));
      // One alone may still find room, until that is full too.
      for (let inARow = 0; inARow < 3; ) {
        const before = refused.length;
        await add([newSubject()]);
        inARow = refused.length > before ? inARow + 1 : 0;
      }
      for (const reason of refused) {
        expect(reason).toBeInstanceOf(Refusal);
        // A page of which only a part found room is an EIO.
        const detail = expect.stringMatching(/^data: the store cannot be written \((ENOSPC|EIO)\)$/);
        expect(reason).toMatchObject({ code: 'unavailable', detail });
      }
      expect(kept.length).toBeGreaterThan(50);
      for (const id of kept) expect((await store.vault.subject(id))?.wrapped).not.toBeNull();
      rmSync(ballast);
      const row = newSubject();
      expect(await store.vault.addSubject(row)).toEqual(row);
      expect(await store.devices.add(newDevice())).toBe(true);
      for (const id of kept) expect((await store.vault.subject(id))?.wrapped).not.toBeNull();
      expect((await store.vault.counts()).subjects).toBe((await store.vault.subjects(null, 100_000)).length);
    } finally {
      printed.mockRestore();
      for (const one of opened.splice(0)) await one.close();
      execFileSync('umount', [mount]);
      rmSync(mount, { recursive: true });
    }
  });
});

describe('a folder and its files', () => {
  const refused = (at = folder) =>
    createEmbeddedData(at).then(
      (one) => one.close(),
      (error: unknown) => error,
    );

  it('are closed to others', async () => {
    await data();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of ['data.mdb', 'lock.mdb']) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(['data.mdb', 'lock.mdb']);
  });

  it('are refused where others can look in', async () => {
    mkdirSync(folder, { mode: 0o755 });
    chmodSync(folder, 0o755);
    expect(await refused()).toMatchObject({
      code: 'E_GUARD',
      message: `${folder} is open to others (mode 0755)`,
      hint: expect.stringContaining(`chmod go= ${folder}`),
    });
    chmodSync(folder, 0o700);
    await (await createEmbeddedData(folder)).close();
    chmodSync(join(folder, 'data.mdb'), 0o640);
    expect(await refused()).toMatchObject({ code: 'E_GUARD', message: expect.stringContaining('data.mdb is open to') });
  });

  it('are refused where no folder can be', async () => {
    mkdirSync(join(folder, '..'), { recursive: true });
    writeFileSync(folder, '');
    expect(await refused()).toMatchObject({ code: 'E_GUARD', message: expect.stringContaining('cannot be used (') });
    expect(await refused(join(folder, 'inside'))).toMatchObject({ code: 'E_GUARD' });
  });

  it.each<[string, (file: string) => void, string]>([
    ['foreign', (file) => writeFileSync(file, Buffer.alloc(20_000, 'hello')), 'is not a data file of Postern'],
    ['of a few bytes', (file) => writeFileSync(file, 'SQLite format 3\0'), 'is not a data file of Postern'],
    [
      'of another version of the library',
      (file) => patch(file, 28, 99),
      'was written by another version of the store (99)',
    ],
    ['cut off', (file) => truncateSync(file, 4096 * 3), 'is damaged: 12288 bytes of'],
    ['cut off after its first page', (file) => truncateSync(file, 4096), 'is damaged'],
    ['cut off within its first page', (file) => truncateSync(file, 100), 'is not a data file of Postern'],
  ])('are refused when the file is %s, and left as they are', async (_what, harm, message) => {
    const store = await createEmbeddedData(folder);
    for (let at = 0; at < 50; at++) await store.vault.addSubject(newSubject());
    await store.close();
    const file = join(folder, 'data.mdb');
    harm(file);
    const before = readFileSync(file);
    expect(await refused()).toMatchObject({ code: 'E_GUARD', message: expect.stringContaining(message) });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('are refused when another program’s data are in them', async () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const root = openLmdb({ path: folder });
    await root.put('something', 'else');
    await root.close();
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o600);
    expect(await refused()).toMatchObject({
      code: 'E_GUARD',
      message: expect.stringContaining('holds the data of another program'),
    });
  });

  it('are refused when a newer version wrote them', async () => {
    await (await createEmbeddedData(folder)).close();
    const root = openLmdb<Buffer, Buffer>({ path: folder, keyEncoding: 'binary', encoding: 'binary' });
    await root.put(Buffer.from('format'), Buffer.from('postern-data 2'));
    await root.close();
    expect(await refused()).toMatchObject({
      code: 'E_GUARD',
      message: expect.stringContaining('was written by a newer version of Postern'),
      hint: expect.stringContaining('Run the newer version'),
    });
  });

  it('are refused with what to do when the native part is missing', async () => {
    vi.doMock('lmdb', () => {
      throw new Error('No native build was found for platform=linux arch=x64');
    });
    vi.resetModules();
    try {
      const again = await import('./embedded.ts');
      const error = await again.createEmbeddedData(folder).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({
        code: 'E_GUARD',
        message: `the native part of the embedded store is missing for ${process.platform}-${process.arch}`,
        hint: expect.stringContaining('--include=optional'),
      });
    } finally {
      vi.doUnmock('lmdb');
      vi.resetModules();
    }
  });

  it('come back from a copy that was made while nobody wrote', async () => {
    const store = await createEmbeddedData(folder);
    const row = newSubject();
    await store.vault.addSubject(row);
    const copy = join(folder, '..', 'copy');
    mkdirSync(copy, { mode: 0o700 });
    copyFileSync(join(folder, 'data.mdb'), join(copy, 'data.mdb'));
    chmodSync(join(copy, 'data.mdb'), 0o600);
    await store.vault.tombstone(row.id, 1, newReference());
    await store.vault.dropKey(row.id);
    await store.close();
    // That is why an old copy brings keys back, and why epochs' keys are destroyed.
    expect(await (await data(copy)).vault.subject(row.id)).toEqual(row);
  });

  it('are used no more after the store was closed', async () => {
    const store = await createEmbeddedData(folder);
    await store.close();
    await store.close();
    await expect((async () => store.vault.subject(newId()))()).rejects.toMatchObject({ code: 'unavailable' });
    await expect(store.vault.addSubject(newSubject())).rejects.toMatchObject({ code: 'unavailable' });
  });
});

/** In both meta pages. */
function patch(file: string, at: number, value: number): void {
  const bytes = readFileSync(file);
  for (const page of [0, 4096]) bytes.writeUInt32LE(value, page + at);
  writeFileSync(file, bytes);
}
