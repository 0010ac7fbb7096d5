import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JournalOptions } from './contract.ts';
import { createJournal } from './journal.ts';
import { checkpointBody, linkOf, sealLine } from './line.ts';
import { decision, testKey } from './testing/entries.ts';
import { type Problem, verifyJournal } from './verify.ts';
import { createFileWitness, createHttpWitness, readWitnessFile } from './witness.ts';

const key = testKey();
const publicKeys = [key.publicKey];

/** The files of a journal of so many entries, oldest first. */
async function written(entries: number, options: Partial<JournalOptions> = {}): Promise<string[]> {
  const file = join(mkdtempSync(join(tmpdir(), 'postern-verify-')), 'decisions.jsonl');
  const journal = await createJournal({ file, key, checkpointEvery: 5, ...options });
  for (let i = 0; i < entries; i++) await journal.commit(decision(i));
  await journal.close();
  return filesIn(dirname(file));
}

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((name) => join(folder, name));
}

function kinds(problems: readonly Problem[]): string[] {
  return problems.map(({ line, kind }) => `${line} ${kind}`);
}

/** What is found when the lines of a whole journal are changed. */
async function problemsAfter(change: (lines: string[]) => string[]): Promise<string[]> {
  const copy = join(mkdtempSync(join(tmpdir(), 'postern-verify-')), 'decisions.jsonl');
  writeFileSync(copy, `${change([...lines]).join('\n')}\n`);
  return kinds((await verifyJournal([copy], { publicKeys })).problems);
}

let bytes: Buffer;
let lines: string[];
const folder = mkdtempSync(join(tmpdir(), 'postern-verify-'));
const mutant = join(folder, 'mutant.jsonl');

beforeAll(async () => {
  // 12 entries with checkpoints after 5 and 10 and at the end: segment, open, 5, count, 5, count, 2, close.
  const [file = ''] = await written(12);
  bytes = readFileSync(file);
  lines = bytes.toString().slice(0, -1).split('\n');
});

describe('journal verification', () => {
  it('finds nothing wrong in a journal that nobody changed, and says what it cannot know', async () => {
    writeFileSync(mutant, bytes);
    expect(await verifyJournal([mutant], { publicKeys })).toEqual({
      entries: 12,
      segments: 1,
      checkpoints: 4,
      unsigned: 0,
      torn: [],
      keys: 'pinned',
      problems: [],
      problemsOmitted: 0,
      truncation: 'not excluded',
    });
    expect(await verifyJournal([mutant])).toMatchObject({ keys: 'as the files name them', problems: [] });
  });

  it('finds an edited line', async () => {
    const edited = await problemsAfter((all) =>
      all.map((line, i) => (i === 4 ? line.replace('"allow"', '"deny"') : line)),
    );
    expect(edited).toEqual(['5 edited']);
  });

  it('finds a line that was edited and hashed anew', async () => {
    const forged = await problemsAfter((all) => {
      const text = (all[4] ?? '').replace('"allow"', '"deny"');
      const link = linkOf(Buffer.from(all[4] ?? ''));
      const body = text.slice(0, text.lastIndexOf(',"chain":'));
      return all.with(4, sealLine(body, link?.seq ?? 0, link?.prev ?? '').line.trimEnd());
    });
    expect(forged).toEqual(['6 broken-link']);
  });

  it('finds a rest of the chain that was hashed anew as a whole, by the signatures', async () => {
    const forged = await problemsAfter((all) => {
      let { seq, prev } = linkOf(Buffer.from(all[4] ?? '')) ?? { seq: 0, prev: '' };
      return all.map((line, i) => {
        if (i < 4) return line;
        const text = i === 4 ? line.replace('"allow"', '"deny"') : line;
        const sealed = sealLine(text.slice(0, text.lastIndexOf(',"chain":')), seq++, prev);
        prev = sealed.hash;
        return sealed.line.trimEnd();
      });
    });
    expect(forged).toEqual(['8 bad-signature', '14 bad-signature', '17 bad-signature']);
  });

  it('finds a checkpoint of another key', async () => {
    const other = testKey();
    const stolen = await problemsAfter((all) => {
      const line = JSON.parse(all[7] ?? '');
      const { hash: prev } = linkOf(Buffer.from(all[6] ?? '')) ?? { hash: '' };
      const content = { ...line.postern.checkpoint, publicKey: other.publicKey };
      return all.with(7, sealLine(checkpointBody(content), 7, prev).line.trimEnd());
    });
    expect(stolen).toEqual(['8 bad-signature', '9 broken-link']);
  });

  it('finds a whole journal of another key where keys are pinned, and can only say so where they are not', async () => {
    const files = await written(3, { key: testKey() });
    const pinned = await verifyJournal(files, { publicKeys });
    expect(new Set(pinned.problems.map(({ kind }) => kind))).toEqual(new Set(['unknown-key', 'unsigned-segment']));
    expect(await verifyJournal(files)).toMatchObject({ problems: [], keys: 'as the files name them' });
  });

  it('finds deletion, duplication and exchange of lines, and names the place', async () => {
    expect(await problemsAfter((all) => all.toSpliced(4, 1))).toEqual(['5 missing-lines']);
    expect(await problemsAfter((all) => all.toSpliced(4, 3))).toEqual(['5 missing-lines']);
    expect(await problemsAfter((all) => all.toSpliced(4, 0, all[3] ?? ''))).toEqual(['5 out-of-order']);
    expect(await problemsAfter((all) => all.with(3, all[4] ?? '').with(4, all[3] ?? ''))).toEqual([
      '4 missing-lines',
      '5 out-of-order',
      '6 missing-lines',
    ]);
    expect(await problemsAfter((all) => all.slice(1))).toEqual(['1 no-header']);
    expect(await problemsAfter((all) => [...all, all[3] ?? ''])).toEqual(['18 out-of-order', '18 after-end']);
  });

  it('finds any single change of a byte', async () => {
    const place = fc.integer({ min: 0, max: bytes.length - 1 });
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ by;
        writeFileSync(mutant, changed);
        expect((await verifyJournal([mutant], { publicKeys })).problems).not.toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('finds any single change of the lines that is not a cut of the tail', async () => {
    const one = fc.integer({ min: 0, max: 15 });
    const change = fc.oneof(
      fc.record({ kind: fc.constant('delete' as const), at: one, other: one }),
      fc.record({ kind: fc.constant('duplicate' as const), at: one, other: one }),
      fc.record({ kind: fc.constant('swap' as const), at: one, other: one }),
      fc.record({ kind: fc.constant('move' as const), at: one, other: one }),
      fc.record({ kind: fc.constant('insert' as const), at: one, other: one }),
    );
    await fc.assert(
      fc.asyncProperty(change, async ({ kind, at, other }) => {
        if ((kind === 'swap' || kind === 'move') && at === other) return;
        const found = await problemsAfter((all) => {
          const [a = '', b = ''] = [all[at], all[other]];
          if (kind === 'delete') return all.toSpliced(at, 1);
          if (kind === 'duplicate') return all.toSpliced(other, 0, a);
          if (kind === 'swap') return all.with(at, b).with(other, a);
          if (kind === 'move') return all.toSpliced(at, 1).toSpliced(other, 0, a);
          return all.toSpliced(at, 0, '');
        });
        expect(found).not.toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('finds a file that is missing between two, at the start, or twice there', async () => {
    const files = await written(20, { rotateBytes: 4000 });
    expect(files.length).toBeGreaterThanOrEqual(4);
    expect((await verifyJournal(files, { publicKeys })).problems).toEqual([]);
    const [first = '', second = '', third = ''] = files;
    const kindsOf = async (some: string[]) => (await verifyJournal(some, { publicKeys })).problems;
    expect(await kindsOf(files.toSpliced(1, 1))).toEqual([{ file: third, line: 1, kind: 'missing-segment' }]);
    expect(await kindsOf(files.slice(1))).toEqual([{ file: second, line: 1, kind: 'missing-segment' }]);
    expect(await kindsOf([...files, first])).toContainEqual({ file: first, line: 1, kind: 'duplicate-segment' });
    expect(await kindsOf([...files].reverse())).toEqual([]);
  });

  it('finds a cut inside the chain: the tail of a file that another follows', async () => {
    const files = await written(20, { rotateBytes: 4000 });
    const [first = '', second = ''] = files;
    const text = readFileSync(first, 'utf8').split('\n');
    writeFileSync(first, `${text.slice(0, -3).join('\n')}\n`);
    expect((await verifyJournal(files)).problems).toEqual([{ file: second, line: 1, kind: 'missing-lines' }]);
  });

  it('checks the files of several processes together, in any order', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'postern-verify-')), 'decisions.jsonl');
    for (const worker of ['0', '1']) {
      const journal = await createJournal({ file, key, worker, rotateBytes: 4000 });
      for (let i = 0; i < 12; i++) await journal.commit(decision(i));
      await journal.close();
    }
    const files = filesIn(dirname(file)).sort((a, b) => a.length - b.length);
    expect(await verifyJournal(files, { publicKeys })).toMatchObject({ entries: 24, problems: [] });
    // A file of one cannot stand for a file of the other.
    const [one = '', other = ''] = files.filter((name) => name.includes('000001'));
    writeFileSync(one, readFileSync(other));
    const found = (await verifyJournal(files, { publicKeys })).problems.map(({ kind }) => kind);
    expect(found).toContain('duplicate-segment');
    expect(found).toContain('missing-segment');
  });

  it('reads packed files', async () => {
    const [file = ''] = await written(6);
    writeFileSync(`${file}.gz`, gzipSync(readFileSync(file)));
    expect(await verifyJournal([`${file}.gz`], { publicKeys })).toMatchObject({ entries: 6, problems: [] });
  });

  it('counts what no signature covers yet', async () => {
    writeFileSync(mutant, `${lines.slice(0, 12).join('\n')}\n`);
    expect(await verifyJournal([mutant])).toMatchObject({ entries: 9, unsigned: 4, problems: [] });
  });

  it('reports an unfinished end that no later file owns up to', async () => {
    writeFileSync(mutant, bytes.subarray(0, bytes.length - 1));
    expect(kinds((await verifyJournal([mutant])).problems)).toEqual(['17 torn-tail']);
  });

  it('survives what is no journal: nothing, noise, a line without end', async () => {
    const noise = join(folder, 'noise.jsonl');
    for (const content of [
      Buffer.alloc(0),
      Buffer.alloc(3_000_000, 0x61),
      Buffer.from('{}\n{}\n'),
      Buffer.alloc(5000),
    ]) {
      writeFileSync(noise, content);
      expect(kinds((await verifyJournal([noise])).problems)).toEqual(['1 no-header']);
    }
    writeFileSync(noise, Buffer.concat([bytes, Buffer.alloc(3_000_000, 0x61), Buffer.from('\n')]));
    expect(kinds((await verifyJournal([noise])).problems)).toEqual(['18 edited']);
    await expect(verifyJournal([join(folder, 'absent')])).rejects.toMatchObject({ code: 'E_INPUT_NOT_FOUND' });
  });

  it('lists a bounded number of problems and counts the rest', async () => {
    const noise = join(folder, 'many.jsonl');
    writeFileSync(noise, Buffer.concat([bytes, Buffer.from('x\n'.repeat(5000))]));
    const result = await verifyJournal([noise]);
    expect([result.problems.length, result.problemsOmitted]).toEqual([1000, 4000]);
  });
});

describe('a witness', () => {
  async function witnessed(entries: number): Promise<{ files: string[]; witness: string }> {
    const witness = join(mkdtempSync(join(tmpdir(), 'postern-witness-')), 'witness.jsonl');
    return { files: await written(entries, { witness: createFileWitness(witness) }), witness };
  }

  it('excludes that the tail was cut, where it kept the closing checkpoint', async () => {
    const { files, witness } = await witnessed(12);
    const result = await verifyJournal(files, { publicKeys, witness: readWitnessFile(witness) });
    expect(result).toMatchObject({ problems: [], truncation: 'excluded' });
  });

  it('excludes it up to its last checkpoint, where it was away when the gateway started again', async () => {
    const { files, witness } = await witnessed(12);
    const [file = ''] = files;
    const journal = await createJournal({ file, key });
    await journal.commit(decision(1));
    await journal.close();
    const all = filesIn(dirname(file));
    const result = await verifyJournal(all, { publicKeys, witness: readWitnessFile(witness) });
    expect(result).toMatchObject({ problems: [], truncation: 'excluded up to the last witnessed checkpoint' });
  });

  it('excludes it up to its last checkpoint, where the process was not closed', async () => {
    const { files, witness } = await witnessed(12);
    const [file = ''] = files;
    const kept = readFileSync(witness, 'utf8').split('\n').slice(0, 3);
    writeFileSync(witness, `${kept.join('\n')}\n`);
    writeFileSync(file, `${lines.length > 0 ? readFileSync(file, 'utf8').split('\n').slice(0, 15).join('\n') : ''}\n`);
    const result = await verifyJournal(files, { witness: readWitnessFile(witness) });
    expect(result).toMatchObject({
      problems: [],
      truncation: 'excluded up to the last witnessed checkpoint',
      unsigned: 1,
    });
  });

  it('shows that the tail was cut, with every checkpoint in it', async () => {
    const { files, witness } = await witnessed(12);
    const [file = ''] = files;
    writeFileSync(file, `${readFileSync(file, 'utf8').split('\n').slice(0, 8).join('\n')}\n`);
    expect((await verifyJournal(files, { publicKeys })).problems).toEqual([]);
    const result = await verifyJournal(files, { publicKeys, witness: readWitnessFile(witness) });
    expect(result).toMatchObject({ problems: [{ file, line: 0, kind: 'truncated' }], truncation: 'not excluded' });
  });

  it('shows that the tail was cut before the gateway started again', async () => {
    const { files, witness } = await witnessed(12);
    const [file = ''] = files;
    writeFileSync(file, `${readFileSync(file, 'utf8').split('\n').slice(0, 8).join('\n')}\n`);
    const journal = await createJournal({ file, key, witness: createFileWitness(witness), checkpointEvery: 5 });
    for (let i = 0; i < 30; i++) await journal.commit(decision(i));
    await journal.close();
    const all = filesIn(dirname(file));
    expect((await verifyJournal(all, { publicKeys })).problems).toEqual([]);
    const result = await verifyJournal(all, { publicKeys, witness: readWitnessFile(witness) });
    expect(result.problems.map(({ kind }) => kind)).toContain('witness-differs');
    expect(result.truncation).toBe('not excluded');
  });

  it('shows that a whole journal is gone', async () => {
    const { files, witness } = await witnessed(3);
    const others = await written(3);
    for (const file of files) rmSync(file);
    const result = await verifyJournal(others, { witness: readWitnessFile(witness) });
    expect(result).toMatchObject({
      problems: [{ file: 'witness', line: 0, kind: 'truncated' }],
      truncation: 'not excluded',
    });
  });

  it('is not believed where its records are not signed', async () => {
    const { files, witness } = await witnessed(12);
    const text = readFileSync(witness, 'utf8');
    writeFileSync(witness, text.replace(/"seq":\d+/, '"seq":999'));
    appendFileSync(witness, 'noise\n{"seq":1}\n');
    const result = await verifyJournal(files, { publicKeys, witness: readWitnessFile(witness) });
    expect(result.problems.map(({ line, kind }) => `${line} ${kind}`)).toEqual([
      '1 witness-invalid',
      '5 witness-invalid',
      '6 witness-invalid',
    ]);
  });

  it('that is asked over HTTP has kept a checkpoint when it says so', async () => {
    const sent: string[] = [];
    let status = 204;
    const witness = createHttpWitness(async (body) => {
      sent.push(body);
      return status;
    });
    const checkpoint = {
      chain: 'c',
      segment: 1,
      seq: 1,
      hash: 'h',
      time: 1,
      reason: 'open',
      publicKey: 'k',
      signature: 's',
    } as const;
    await witness.record(checkpoint);
    expect(JSON.parse(sent[0] ?? '')).toEqual(checkpoint);
    status = 500;
    await expect(witness.record(checkpoint)).rejects.toThrow('500');
  });
});
