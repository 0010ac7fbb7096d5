import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { PosternError } from '../../core/errors.ts';
import { Refusal } from '../contract/refusal.ts';
import type { Journal, JournalEvent, JournalOptions } from './contract.ts';
import { createJournal } from './journal.ts';
import type { Checkpoint } from './line.ts';
import { decision, testKey } from './testing/entries.ts';
import { verifyJournal } from './verify.ts';
import type { Witness } from './witness.ts';

const key = testKey();
const open: Journal[] = [];

afterEach(async () => {
  for (const journal of open.splice(0)) await journal.close();
});

function newFile(): string {
  return join(mkdtempSync(join(tmpdir(), 'postern-journal-')), 'decisions.jsonl');
}

async function journalOf(file: string, options: Partial<JournalOptions> = {}): Promise<Journal> {
  const journal = await createJournal({ file, key, ...options });
  open.push(journal);
  return journal;
}

function linesOf(file: string): Record<string, Record<string, unknown>>[] {
  const text = readFileSync(file, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line));
}

const actions = (file: string) => linesOf(file).map(({ event }) => event?.action);

describe('the journal', () => {
  it('has an entry in its file when the commit resolves', async () => {
    const file = newFile();
    const journal = await journalOf(file);
    await journal.commit(decision(1, { requestId: 'first' }));
    const line = linesOf(file).at(-1);
    expect(line).toMatchObject({ http: { request: { id: 'first' } }, event: { action: 'search' } });
  });

  it('writes entries of one turn together and in order, behind one promise', async () => {
    const file = newFile();
    const journal = await journalOf(file);
    const promises = new Set(Array.from({ length: 50 }, (_, i) => journal.commit(decision(i))));
    expect(promises.size).toBe(1);
    await Promise.all(promises);
    expect(journal.state()).toMatchObject({ entries: 50, batches: 1, pending: 0, healthy: true });
    const ids = linesOf(file).flatMap(({ http }) => (http ? [(http.request as { id: string }).id] : []));
    expect(ids).toEqual(Array.from({ length: 50 }, (_, i) => `r-${i}`));
  });

  it('gathers what arrives while a write is under way, and loses nothing', async () => {
    const file = newFile();
    const journal = await journalOf(file, { checkpointEvery: 100 });
    let next = 0;
    const client = async () => {
      while (next < 3000) await journal.commit(decision(next++));
    };
    await Promise.all(Array.from({ length: 100 }, client));
    await journal.close();
    const result = await verifyJournal([file], { publicKeys: [key.publicKey] });
    expect(result).toMatchObject({ entries: 3000, segments: 1, unsigned: 0, problems: [] });
    expect(result.checkpoints).toBeGreaterThanOrEqual(20);
    expect(journal.state().batches).toBeLessThan(1000);
  });

  it('is closed to others: file and folder', async () => {
    const file = join(dirname(newFile()), 'sub', 'decisions.jsonl');
    await journalOf(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
  });

  it('gives each worker a file of its own', async () => {
    const file = newFile();
    const journal = await journalOf(file, { worker: '2' });
    expect(journal.state().file).toBe(file.replace('.jsonl', '-2.jsonl'));
    expect(existsSync(journal.state().file)).toBe(true);
  });

  it('signs after so many entries, and at the end', async () => {
    const file = newFile();
    const journal = await journalOf(file, { checkpointEvery: 2 });
    for (let i = 0; i < 5; i++) await journal.commit(decision(i));
    await journal.close();
    const [start, signed, end] = ['journal-segment', 'journal-checkpoint', 'journal-checkpoint'];
    const entry = 'search';
    expect(actions(file)).toEqual([start, signed, entry, entry, signed, entry, entry, signed, entry, end]);
  });

  it('signs entries that are few after a while', async () => {
    const file = newFile();
    const journal = await journalOf(file, { checkpointAfter: 20 });
    await journal.commit(decision(1));
    await expect
      .poll(() => actions(file))
      .toEqual(['journal-segment', 'journal-checkpoint', 'search', 'journal-checkpoint']);
  });

  it('begins a new file when one is full, and the chain goes on in it', async () => {
    const file = newFile();
    const journal = await journalOf(file, { rotateBytes: 4000 });
    for (let i = 0; i < 20; i++) await journal.commit(decision(i));
    await journal.close();
    const files = readdirSync(join(file, '..')).sort();
    expect(files.slice(0, 2)).toEqual(['decisions.000001.jsonl', 'decisions.000002.jsonl']);
    const result = await verifyJournal(files.map((name) => join(file, '..', name)));
    expect(result).toMatchObject({ entries: 20, segments: files.length, problems: [] });
  });

  it('begins a new file when one is old', async () => {
    const file = newFile();
    let now = 1_000_000;
    const journal = await journalOf(file, { rotateAfter: 60_000, now: () => now });
    await journal.commit(decision(1));
    now += 60_000;
    await journal.commit(decision(2));
    expect(existsSync(file.replace('.jsonl', '.000001.jsonl'))).toBe(true);
  });

  it('goes on after a restart where it stopped', async () => {
    const file = newFile();
    for (let run = 0; run < 3; run++) {
      const journal = await journalOf(file);
      await journal.commit(decision(run));
      await journal.close();
    }
    const files = ['.000001.jsonl', '.000002.jsonl', '.jsonl'].map((end) => file.replace('.jsonl', end));
    const result = await verifyJournal(files);
    expect(result).toMatchObject({ entries: 3, segments: 3, problems: [] });
    const chains = files.map((name) => JSON.stringify(linesOf(name)[0]?.postern?.segment).slice(0, 30));
    expect(new Set(chains).size).toBe(1);
  });

  it('goes on when the process died between two files', async () => {
    const file = newFile();
    const first = await journalOf(file, { rotateBytes: 3000 });
    for (let i = 0; i < 10; i++) await first.commit(decision(i));
    await first.close();
    const finished = readdirSync(join(file, '..')).length;
    // As if it had died after the old file got its final name.
    renameSync(file, file.replace('.jsonl', `.00000${finished}.jsonl`));
    const second = await journalOf(file);
    await second.commit(decision(10));
    await second.close();
    const files = readdirSync(join(file, '..')).map((name) => join(file, '..', name));
    expect(await verifyJournal(files)).toMatchObject({ entries: 11, problems: [] });
  });

  it('reports an unfinished line of a process that died, and owns up to it in the next file', async () => {
    const file = newFile();
    const first = await journalOf(file);
    for (let i = 0; i < 3; i++) await first.commit(decision(i));
    await first.close();
    appendFileSync(file, '{"@timestamp":"2026-01-02T03:0');
    const events: JournalEvent[] = [];
    const second = await journalOf(file, { onEvent: (event) => events.push(event) });
    await second.commit(decision(3));
    await second.close();
    expect(events).toEqual([{ kind: 'torn-tail', bytes: 30 }]);
    const old = file.replace('.jsonl', '.000001.jsonl');
    const result = await verifyJournal([old, file]);
    expect(result).toMatchObject({ entries: 4, problems: [], torn: [{ file: old, bytes: 30 }] });
    // Nobody may change it afterwards, not even to nothing.
    truncateSync(old, statSync(old).size - 10);
    expect((await verifyJournal([old, file])).problems).not.toEqual([]);
  });

  it('starts over in a file whose first line was never finished', async () => {
    const file = newFile();
    appendFileSync(file, '{"@timestamp":"2026');
    const events: string[] = [];
    const journal = await journalOf(file, { onEvent: ({ kind }) => events.push(kind) });
    await journal.commit(decision(1));
    await journal.close();
    expect(events).toEqual(['unreadable']);
    expect(await verifyJournal([file])).toMatchObject({ entries: 1, problems: [] });
  });

  it('lets no second process write the same file', async () => {
    const file = newFile();
    const journal = await journalOf(file);
    await expect(journalOf(file)).rejects.toThrow(PosternError);
    await journal.close();
    await journalOf(file);
  });

  it('is not kept from starting by the lock of a process that is gone', async () => {
    const file = newFile();
    appendFileSync(`${file}.lock`, `${process.pid} 1\n`);
    await journalOf(file);
  });

  it('says why it cannot be opened', async () => {
    const file = newFile();
    appendFileSync(file, '');
    await expect(journalOf(join(file, 'below', 'decisions.jsonl'))).rejects.toMatchObject({ code: 'E_OUTPUT' });
  });

  it('refuses what comes after its end, and what cannot wait', async () => {
    const file = newFile();
    const journal = await journalOf(file, { pending: 2 });
    const kept = [journal.commit(decision(1)), journal.commit(decision(2))];
    await expect(journal.commit(decision(3))).rejects.toMatchObject({ code: 'unavailable', status: 503 });
    await Promise.all(kept);
    await journal.close();
    expect(journal.healthy).toBe(false);
    await expect(journal.commit(decision(4))).rejects.toThrow(Refusal);
    expect(await verifyJournal([file])).toMatchObject({ entries: 2, problems: [] });
  });

  it('tells a witness every checkpoint, and is not stopped by one that fails', async () => {
    const file = newFile();
    const kept: Checkpoint[] = [];
    const events: string[] = [];
    let works = true;
    const witness: Witness = {
      record: async (checkpoint) => {
        if (!works) throw new Error('away');
        kept.push(checkpoint);
      },
    };
    const journal = await journalOf(file, { witness, checkpointEvery: 1, onEvent: ({ kind }) => events.push(kind) });
    await journal.commit(decision(1));
    works = false;
    await journal.commit(decision(2));
    works = true;
    await journal.close();
    expect(events).toEqual(['witness-failed']);
    expect(kept.map(({ reason }) => reason)).toEqual(['open', 'count', 'close']);
  });

  it('does not wait for ever for a witness that does not answer', async () => {
    const file = newFile();
    const witness: Witness = { record: () => new Promise(() => {}) };
    const journal = await journalOf(file, { witness, stallAfter: 20 });
    await journal.commit(decision(1));
    await journal.close();
    expect(await verifyJournal([file])).toMatchObject({ entries: 1, unsigned: 0, problems: [] });
  });
});
