import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PosternError } from '../../core/errors.ts';
import { Refusal } from '../contract/refusal.ts';
import { BATCH, type Batch, newBatch } from './batch.ts';
import { type JournalKey, signCheckpoint } from './checkpoint.ts';
import type { Journal, JournalEvent, JournalOptions, JournalState } from './contract.ts';
import type { DecisionEntry } from './entry.ts';
import { asError, reasonOf, refusal } from './failure.ts';
import { type Checkpoint, checkpointBody, entryBody, sealLine, segmentBody } from './line.ts';
import { lockFile } from './lock.ts';
import { FIRST_HEAD, fileOfWorker, finish, type Head, SegmentFile, takeOver } from './segment-file.ts';
import { WitnessFeed } from './witness-feed.ts';

/**
 * Opens the journal of this process: a new segment that links to what an earlier process left.
 *
 * @throws PosternError `E_OUTPUT` when the file cannot be made or another process writes it
 */
export async function createJournal(options: JournalOptions): Promise<Journal> {
  const path = fileOfWorker(options.file, options.worker);
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const unlock = await lockFile(`${path}.lock`);
    const journal = new FileJournal(path, options, unlock);
    try {
      await journal.open();
    } catch (error) {
      await unlock();
      throw error;
    }
    return journal;
  } catch (cause) {
    if (cause instanceof PosternError) throw cause;
    throw new PosternError('E_OUTPUT', `the journal ${path} cannot be written (${reasonOf(cause)})`, { cause });
  }
}

/** Entries of one write from which on the next one gathers, how long it does (ms), and how many are enough. */
const MANY = 8;
const GATHER_MS = 1;
const ENOUGH = 64;

class FileJournal implements Journal {
  readonly #path: string;
  readonly #key: JournalKey;
  readonly #options: JournalOptions;
  readonly #witness: WitnessFeed | null;
  readonly #unlock: () => Promise<void>;
  readonly #now: () => number;
  readonly #limits: {
    every: number;
    after: number;
    rotateBytes: number;
    rotateAfter: number;
    pending: number;
    stall: number;
  };

  /** Null between two files. */
  #file: SegmentFile | null = null;
  #head: Head = FIRST_HEAD;
  #openedAt = 0;
  #sinceCheckpoint = 0;
  #checkpointAt = 0;

  /** In the order of commits; the last one gathers. */
  #waiting: Batch[] = [];
  #pending = 0;
  #writing: Batch | null = null;
  #busy = false;
  #startedAt = 0;
  #scheduled = false;
  /** Entries of the last write. */
  #written = 0;
  #gathering: NodeJS.Timeout | undefined;
  #checkpointDue = false;
  #stalled = false;
  #healthy = true;
  #closing: Promise<void> | null = null;
  #idle: (() => void) | null = null;
  #timer: NodeJS.Timeout | undefined;

  #entries = 0;
  #batches = 0;
  #failures = 0;

  constructor(path: string, options: JournalOptions, unlock: () => Promise<void>) {
    this.#path = path;
    this.#key = options.key;
    this.#options = options;
    this.#unlock = unlock;
    this.#now = options.now ?? Date.now;
    this.#witness = options.witness
      ? new WitnessFeed(options.witness, (reason) => this.#tell({ kind: 'witness-failed', reason }))
      : null;
    this.#limits = {
      every: options.checkpointEvery ?? 1000,
      after: options.checkpointAfter ?? 10_000,
      rotateBytes: options.rotateBytes ?? 256 * 1024 * 1024,
      rotateAfter: options.rotateAfter ?? Number.POSITIVE_INFINITY,
      pending: options.pending ?? 20_000,
      stall: options.stallAfter ?? 5000,
    };
  }

  async open(): Promise<void> {
    this.#head = await takeOver(this.#path);
    if (this.#head.torn) this.#tell({ kind: 'torn-tail', bytes: this.#head.torn.bytes });
    if (this.#head.setAside !== undefined) this.#tell({ kind: 'unreadable', file: this.#head.setAside });
    await this.#openSegment();
    this.#timer = setInterval(
      () => this.#tick(),
      Math.max(10, Math.min(1000, this.#limits.after / 2, this.#limits.stall / 2)),
    );
    this.#timer.unref();
  }

  // Bound: a pipeline takes it as a function.
  readonly commit = (entry: DecisionEntry): Promise<void> => {
    if (this.#closing || this.#stalled || this.#pending >= this.#limits.pending || !Number.isFinite(entry.time)) {
      const reason = this.#closing ? 'closed' : this.#stalled ? 'the disk does not answer' : 'too many entries wait';
      return Promise.reject(new Refusal('unavailable', `journal: ${reason}`));
    }
    let batch = this.#waiting[this.#waiting.length - 1];
    if (!batch || batch.entries.length >= BATCH) {
      batch = newBatch();
      this.#waiting.push(batch);
    }
    batch.entries.push(entry);
    this.#pending++;
    if (this.#gathering === undefined) this.#schedule();
    else if (batch.entries.length >= ENOUGH) this.#gathered();
    return batch.promise;
  };

  get healthy(): boolean {
    return this.#healthy && !this.#stalled && !this.#closing;
  }

  state(): JournalState {
    return {
      healthy: this.healthy,
      file: this.#path,
      entries: this.#entries,
      batches: this.#batches,
      bytes: this.#file?.length ?? 0,
      pending: this.#pending,
      failures: this.#failures,
      witnessFailures: this.#witness?.failures ?? 0,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#gathering !== undefined) this.#gathered();
    if (!(await this.#settled())) {
      // The disk hangs. What waits was refused, and the file cannot be closed in order: the next start sees to it.
      await this.#unlock();
      return;
    }
    const file = this.#file;
    try {
      if (file) await this.#append([], 'close');
      await this.#witness?.settled(this.#limits.stall);
    } finally {
      this.#file = null;
      await file?.close().catch(() => {});
      await this.#unlock();
    }
  }

  /** Waits for what was committed; false when the disk does not answer. */
  #settled(): Promise<boolean> {
    if (!this.#busy && this.#waiting.length === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const patience = setTimeout(() => {
        this.#giveUpWaiting();
        resolve(false);
      }, this.#limits.stall);
      this.#idle = () => {
        clearTimeout(patience);
        resolve(true);
      };
    });
  }

  /** All that is committed in one turn of the event loop goes into one write; with an idle disk nothing waits longer. */
  #schedule(): void {
    if (this.#scheduled || this.#busy) return;
    if (this.#written >= MANY && performance.now() - this.#startedAt < GATHER_MS) {
      this.#gathering ??= setTimeout(() => this.#gathered(), GATHER_MS);
      return;
    }
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  /**
   * A write to the disk costs the same for one entry as for fifty. Where many come at once, the next write waits a moment for
   * more of them; a lone caller's never waits.
   */
  #goOn(): void {
    if (this.#written < MANY || this.#closing || (this.#waiting[0]?.entries.length ?? 0) >= ENOUGH) this.#flush();
    else this.#gathering ??= setTimeout(() => this.#gathered(), GATHER_MS);
  }

  #gathered(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    this.#flush();
  }

  #flush(): void {
    if (this.#busy) return;
    const batch = this.#waiting.shift() ?? null;
    if (!batch && !this.#checkpointDue) {
      this.#idle?.();
      return;
    }
    this.#busy = true;
    this.#startedAt = performance.now();
    this.#writing = batch;
    const file = this.#file;
    if (file && !this.#mustRotate(file)) {
      this.#write(file, batch);
      return;
    }
    this.#rotate().then(
      (next) => this.#write(next, batch),
      (error: unknown) => this.#done(batch, asError(error)),
    );
  }

  #write(file: SegmentFile, batch: Batch | null): void {
    const entries = batch?.entries ?? [];
    const full = this.#sinceCheckpoint + entries.length >= this.#limits.every;
    const due = full ? 'count' : this.#checkpointDue || !this.#healthy ? 'time' : null;
    this.#checkpointDue = false;
    try {
      const next = this.#print(entries, due);
      file.append(next.bytes, (error) => {
        if (!error) this.#advance(next, entries.length);
        this.#done(batch, error);
      });
    } catch (error) {
      this.#done(batch, asError(error));
    }
  }

  /** Nothing is changed yet: where the write fails, the chain stays where it was. */
  #print(entries: readonly DecisionEntry[], due: Checkpoint['reason'] | null): Printed {
    let { seq, hash } = this.#head;
    let text = '';
    for (const entry of entries) {
      const sealed = sealLine(entryBody(entry), ++seq, hash);
      hash = sealed.hash;
      text += sealed.line;
    }
    let checkpoint: Checkpoint | null = null;
    if (due) {
      const { chain = '', segment } = this.#head;
      checkpoint = signCheckpoint({ chain, segment, seq, hash, time: this.#now(), reason: due }, this.#key);
      const sealed = sealLine(checkpointBody(checkpoint), ++seq, hash);
      hash = sealed.hash;
      text += sealed.line;
    }
    return { bytes: Buffer.from(text, 'utf8'), head: { ...this.#head, seq, hash }, checkpoint };
  }

  #advance(printed: Printed, entries: number): void {
    this.#head = printed.head;
    this.#entries += entries;
    this.#batches++;
    this.#sinceCheckpoint += entries;
    if (!printed.checkpoint) return;
    this.#sinceCheckpoint = 0;
    this.#checkpointAt = this.#now();
    this.#witness?.tell(printed.checkpoint);
  }

  #done(batch: Batch | null, error: Error | null): void {
    this.#busy = false;
    this.#stalled = false;
    this.#writing = null;
    this.#written = batch?.entries.length ?? 0;
    this.#pending -= this.#written;
    if (error) {
      this.#failures++;
      if (this.#healthy) this.#tell({ kind: 'failed', reason: reasonOf(error) });
      this.#healthy = false;
      batch?.reject(refusal(error));
    } else {
      if (!this.#healthy) this.#tell({ kind: 'recovered' });
      this.#healthy = true;
      batch?.resolve();
    }
    if (this.#waiting.length > 0) this.#goOn();
    else this.#idle?.();
  }

  #append(entries: readonly DecisionEntry[], due: Checkpoint['reason']): Promise<void> {
    const file = this.#file;
    if (!file) return Promise.reject(new Error('no file'));
    const printed = this.#print(entries, due);
    return new Promise((resolve, reject) => {
      file.append(printed.bytes, (error) => {
        if (error) return reject(error);
        this.#advance(printed, entries.length);
        resolve();
      });
    });
  }

  #mustRotate(file: SegmentFile): boolean {
    return (
      this.#lost !== null ||
      file.length >= this.#limits.rotateBytes ||
      this.#now() - this.#openedAt >= this.#limits.rotateAfter
    );
  }

  /** Each step can fail, on a full disk for one, and is then the first of the next attempt. */
  async #rotate(): Promise<SegmentFile> {
    if (this.#file && this.#lost !== null) {
      // Nothing can be said in it any more. The next segment links to what it held, so that its loss is seen.
      const file = this.#file;
      this.#file = null;
      this.#renameDue = this.#lost === 'cut';
      this.#lost = null;
      await file.close().catch(() => {});
    } else if (this.#file) {
      await this.#append([], 'rotate');
      const file = this.#file;
      this.#file = null;
      await file.close();
      this.#renameDue = true;
    }
    if (this.#renameDue) {
      await finish(this.#path, this.#head.segment);
      this.#renameDue = false;
    }
    const file = await this.#openSegment();
    this.#tell({ kind: 'rotated', segment: this.#head.segment });
    return file;
  }
  #renameDue = false;
  /** What somebody did to the file that is written. */
  #lost: 'gone' | 'cut' | null = null;

  /** An open file can be written long after it was removed. */
  #look(): void {
    const file = this.#file;
    if (!file || this.#lost !== null) return;
    file.fate(this.#path).then(
      (fate) => {
        if (fate === null || this.#file !== file || this.#closing) return;
        this.#lost = fate;
        this.#failures++;
        this.#healthy = false;
        this.#tell({ kind: 'failed', reason: fate === 'gone' ? 'the file was removed' : 'the file was cut' });
        this.#checkpointDue = true;
        this.#schedule();
      },
      () => {},
    );
  }

  async #openSegment(): Promise<SegmentFile> {
    const file = await SegmentFile.create(this.#path, this.#options.durability !== 'write');
    const now = this.#now();
    const chain = this.#head.chain ?? randomBytes(12).toString('base64url');
    const number = this.#head.segment + 1;
    const { publicKey } = this.#key;
    const body = segmentBody(
      { chain, number, torn: this.#head.torn, publicKey, pid: process.pid, startedAt: now },
      now,
    );
    const header = sealLine(body, this.#head.seq + 1, this.#head.hash);
    const after = { chain, segment: number, seq: this.#head.seq + 1, hash: header.hash };
    const checkpoint = signCheckpoint({ ...after, time: now, reason: 'open' }, this.#key);
    const signed = sealLine(checkpointBody(checkpoint), after.seq + 1, after.hash);
    try {
      await new Promise<void>((resolve, reject) => {
        file.append(Buffer.from(header.line + signed.line), (error) => (error ? reject(error) : resolve()));
      });
    } catch (error) {
      await file.close().catch(() => {});
      throw error;
    }
    this.#head = { ...after, seq: after.seq + 1, hash: signed.hash, torn: null };
    this.#file = file;
    this.#openedAt = now;
    this.#sinceCheckpoint = 0;
    this.#checkpointAt = now;
    this.#witness?.tell(checkpoint);
    return file;
  }

  #tick(): void {
    if (this.#busy && performance.now() - this.#startedAt > this.#limits.stall) this.#giveUpWaiting();
    this.#look();
    const old = this.#sinceCheckpoint > 0 && this.#now() - this.#checkpointAt >= this.#limits.after;
    // After a failure nobody may ask any more, so the journal itself tries whether the disk is back.
    if (!old && this.#healthy) return;
    this.#checkpointDue = true;
    this.#schedule();
  }

  /** A disk that hangs is a disk that failed, as far as requests are concerned. */
  #giveUpWaiting(): void {
    if (!this.#stalled) this.#tell({ kind: 'failed', reason: 'the disk does not answer' });
    this.#stalled = true;
    const error = refusal(new Error('the disk does not answer'));
    this.#writing?.reject(error);
    for (const batch of this.#waiting) {
      this.#pending -= batch.entries.length;
      batch.reject(error);
    }
    this.#waiting = [];
  }

  #tell(event: JournalEvent): void {
    this.#options.onEvent?.(event);
  }
}

interface Printed {
  readonly bytes: Buffer;
  readonly head: Head;
  readonly checkpoint: Checkpoint | null;
}
