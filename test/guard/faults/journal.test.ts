/** The journal cannot be written, or somebody takes it away: nothing is answered that was not written down. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyJournal } from '../../../src/guard/journal/index.ts';
import { type FakeStore, startStore } from '../../../src/guard/upstream/testing/store.ts';
import { errorShape, type Got, makePlace, policyText, search, stand, stopAll, tagsIn, tokenFor } from './gateway.ts';

let store: FakeStore;

beforeEach(async () => {
  store = await startStore();
});

afterEach(async () => {
  await stopAll();
  await store.stop();
});

const UNAVAILABLE = errorShape(503, 'status_exception');

async function bench(journal = '{ durability: write }') {
  const place = await makePlace(policyText({ stores: [store.port], more: `journal: ${journal}` }));
  const token = await tokenFor(place.key);
  return { place, token, ...(await stand(place)) };
}

/** The ids of the requests that the files speak of. */
function idsIn(files: readonly string[]): Set<string> {
  return new Set(
    files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/"id":"([\w-]+-[0-9a-z]+)"/g)].map(([, id]) => id ?? ''),
    ),
  );
}

/** Where the second line ends: the header and its checkpoint stay. */
function secondLine(file: string): number {
  const bytes = readFileSync(file);
  return bytes.indexOf(10, bytes.indexOf(10) + 1) + 1;
}

const idOf = ({ headers }: Got) => String(headers['x-request-id']);

describe('a full disk', () => {
  it('refuses every request, asks the store nothing more, and ends by itself when there is room', async (context) => {
    const mount = mkdtempSync(join(tmpdir(), 'postern-full-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=192k', 'tmpfs', mount], { stdio: 'ignore' });
    } catch {
      rmSync(mount, { recursive: true });
      console.warn('SKIPPED: a small file system cannot be mounted here (not root)');
      return context.skip();
    }
    try {
      const ballast = join(mount, 'ballast');
      writeFileSync(ballast, Buffer.alloc(96 * 1024));
      const file = join(mount, 'decisions.jsonl');
      const { url, token, gateway, logs, stop } = await bench(`{ file: '${file}' }`);
      const answered: Got[] = [];
      let refused: Got | undefined;
      while (refused === undefined) {
        for (const got of await Promise.all(['a', 'b', 'c', 'd'].map((tag) => search(url, token, tag)))) {
          if (got.status === 200) answered.push(got);
          else refused = got;
        }
      }
      expect(refused).toMatchObject(UNAVAILABLE);
      expect(gateway.notReady()).toBe('the journal cannot be written');
      expect(await gateway.metrics.registry.metrics()).toMatch(/^postern_guard_journal_healthy 0$/m);
      // A short line may still find room in the last block: then the journal is back, honestly, until that is full too.
      let refusedUnasked = 0;
      for (let round = 0; round < 200 && refusedUnasked < 10; round++) {
        const before = { down: gateway.notReady() !== undefined, asked: store.asked.length, lines: logs.length };
        const got = await search(url, token, 'x');
        if (got.status === 200) answered.push(got);
        else expect(got).toMatchObject(UNAVAILABLE);
        if (!before.down || logs.length !== before.lines) continue;
        expect(got.status).toBe(503);
        expect(store.asked.length).toBe(before.asked);
        refusedUnasked++;
      }
      expect(refusedUnasked).toBe(10);
      rmSync(ballast);
      await expect.poll(() => gateway.notReady(), { timeout: 10_000 }).toBeUndefined();
      const after = await search(url, token, 'after');
      expect(tagsIn(after)).toEqual(['after', 'after']);
      const told = logs.filter((line) => line.includes('journal'));
      expect(told.length).toBeGreaterThan(0);
      expect(told).toEqual(
        told.map((_line, at) =>
          at % 2 === 0 ? 'error: the journal cannot be written: ENOSPC' : 'info: the journal can be written again',
        ),
      );
      expect(told.length % 2).toBe(0);
      await stop();
      const kept = idsIn([file]);
      expect([...answered, after].map(idOf).filter((id) => !kept.has(id))).toEqual([]);
      expect(answered.length).toBeGreaterThan(10);
      expect(await verifyJournal([file])).toMatchObject({ problems: [] });
    } finally {
      await stopAll();
      execFileSync('umount', [mount]);
      rmSync(mount, { recursive: true });
    }
  });
});

describe('a journal that somebody takes away while it is written', () => {
  it.each([
    ['removed', (file: string) => rmSync(file), 'the file was removed', 'missing-segment'],
    ['moved', (file: string) => renameSync(file, `${file}.moved`), 'the file was removed', 'missing-segment'],
    ['cut', (file: string) => truncateSync(file, secondLine(file)), 'the file was cut', 'missing-lines'],
  ])('is begun anew when it was %s, and its loss is told and stays to be seen', async (_what, harm, reason, kind) => {
    const { url, token, logs, stop, place } = await bench();
    const before: Got[] = [];
    for (let at = 0; at < 5; at++) before.push(await search(url, token, 'x'));
    const file = join(place.folder, 'journal', 'decisions.jsonl');
    harm(file);
    await expect.poll(() => logs, { timeout: 10_000 }).toContain('info: the journal can be written again');
    expect(logs).toContain(`error: the journal cannot be written: ${reason}`);
    const after = await search(url, token, 'after');
    expect(tagsIn(after)).toEqual(['after', 'after']);
    await stop();
    const kept = idsIn([file]);
    expect([...before, after].map(idOf).filter((id) => kept.has(id))).toEqual([idOf(after)]);
    const { problems } = await verifyJournal(place.journals());
    expect(problems.map((problem) => problem.kind)).toContain(kind);
  });

  it('with its folder refuses everything until there is one again', async () => {
    const { url, token, gateway, place, stop } = await bench();
    await search(url, token, 'x');
    const folder = join(place.folder, 'journal');
    renameSync(folder, `${folder}-elsewhere`);
    await expect.poll(() => gateway.notReady(), { timeout: 10_000 }).toBe('the journal cannot be written');
    expect(await search(url, token, 'x')).toMatchObject(UNAVAILABLE);
    renameSync(`${folder}-elsewhere`, folder);
    rmSync(join(folder, 'decisions.jsonl'));
    await expect.poll(() => gateway.notReady(), { timeout: 10_000 }).toBeUndefined();
    expect(tagsIn(await search(url, token, 'y'))).toEqual(['y', 'y']);
    await stop();
  });
});
