import { PosternError } from '../../core/errors.ts';
import { isSigned, readCheckpoint } from './checkpoint.ts';
import { type Checkpoint, HASH_LENGTH, type Link, linkOf, NO_LINE, type Segment } from './line.ts';
import { type FileLine, readLines } from './lines.ts';
import { describeTorn, readHeader, readSegment } from './segment-file.ts';
import { Testimony, type Truncation } from './testimony.ts';

export interface VerifyOptions {
  /** Raw Ed25519 keys, base64url. Without them the keys that the files name are believed, and the result says so. */
  readonly publicKeys?: readonly string[];
  /** What a witness kept; `readWitnessFile` reads one. */
  readonly witness?: AsyncIterable<Checkpoint | undefined> | null;
}

export type ProblemKind =
  | 'no-header' /* the file does not begin as a journal begins */
  | 'edited' /* the line's bytes are not those that were hashed */
  | 'missing-lines' /* lines before this one are gone */
  | 'out-of-order' /* the line belongs further up, or stands here twice */
  | 'broken-link' /* the line follows another line than the one before it */
  | 'torn-tail' /* an unfinished line at the end */
  | 'after-end' /* a line after the checkpoint that closed the file */
  | 'bad-signature'
  | 'unknown-key'
  | 'unsigned-segment' /* the file's first lines are not signed */
  | 'missing-segment' /* a file of the chain is missing before this one */
  | 'duplicate-segment'
  | 'witness-differs' /* a witness knows another line in this place */
  | 'witness-invalid'
  | 'truncated' /* a witness knows lines that are not there */;

export interface Problem {
  readonly file: string;
  /** From 1; 0 for the file as a whole. */
  readonly line: number;
  readonly kind: ProblemKind;
}

export interface VerifyResult {
  /** Decisions. */
  readonly entries: number;
  readonly segments: number;
  readonly checkpoints: number;
  /** Decisions after the last checkpoint of their chain: who can write the file could have rewritten them. */
  readonly unsigned: number;
  /** Unfinished ends that the next segment owns up to. */
  readonly torn: readonly { readonly file: string; readonly bytes: number }[];
  /** Whether the keys were given, or only read from the files. */
  readonly keys: 'pinned' | 'as the files name them';
  readonly problems: readonly Problem[];
  /** Found but not listed. */
  readonly problemsOmitted: number;
  /**
   * Whether lines can be missing at the end. Excluded entirely only where a witness kept the closing checkpoint; up to the
   * newest one that it kept otherwise; without a witness not at all.
   */
  readonly truncation: Truncation;
}

const LISTED_PROBLEMS = 1000;

/**
 * Checks the journals of one or more processes, whole or in part, in bounded memory.
 *
 * @param files in any order; packed ones end in `.gz`
 * @throws PosternError `E_INPUT_NOT_FOUND`
 */
export async function verifyJournal(files: readonly string[], options: VerifyOptions = {}): Promise<VerifyResult> {
  const verifier = new Verifier(options);
  if (options.witness) await verifier.hear(options.witness);
  const chains = new Map<string, { file: string; segment: Segment }[]>();
  for (const file of files) {
    const segment = await readHeader(file).catch((cause: unknown) => {
      throw new PosternError('E_INPUT_NOT_FOUND', `${file} cannot be read`, { cause });
    });
    if (!segment) verifier.report(file, 1, 'no-header');
    else chains.set(segment.chain, [...(chains.get(segment.chain) ?? []), { file, segment }]);
  }
  for (const [chain, parts] of chains) {
    parts.sort((a, b) => a.segment.number - b.segment.number);
    await verifier.chain(chain, parts);
  }
  return verifier.result();
}

interface Part {
  readonly file: string;
  readonly segment: Segment;
}

class Verifier {
  readonly #pinned: ReadonlySet<string> | null;
  #testimony: Testimony | null = null;
  readonly #chains = new Map<string, number>();
  #entries = 0;
  #segments = 0;
  #checkpoints = 0;
  #unsigned = 0;
  readonly #torn: { file: string; bytes: number }[] = [];
  #problems: Problem[] = [];
  #omitted = 0;

  constructor(options: VerifyOptions) {
    this.#pinned = options.publicKeys ? new Set(options.publicKeys) : null;
  }

  async hear(witness: AsyncIterable<Checkpoint | undefined>): Promise<void> {
    this.#testimony = new Testimony();
    let line = 0;
    for await (const checkpoint of witness) {
      line++;
      if (!checkpoint || !isSigned(checkpoint) || this.#pinned?.has(checkpoint.publicKey) === false) {
        this.report('witness', line, 'witness-invalid');
      } else if (!this.#testimony.add(checkpoint)) {
        this.report('witness', line, 'witness-differs');
      }
    }
  }

  report(file: string, line: number, kind: ProblemKind): void {
    if (this.#problems.length < LISTED_PROBLEMS) this.#problems.push({ file, line, kind });
    else this.#omitted++;
  }

  async chain(chain: string, parts: readonly Part[]): Promise<void> {
    const state: ChainState = { seq: -1, hash: NO_LINE, sinceCheckpoint: 0, known: true };
    let number = 0;
    for (const [index, part] of parts.entries()) {
      if (part.segment.number === number) this.report(part.file, 1, 'duplicate-segment');
      else if (part.segment.number !== number + 1) {
        this.report(part.file, 1, 'missing-segment');
        state.known = false;
      }
      number = part.segment.number;
      await this.#segment(part, state, parts[index + 1]?.segment);
    }
    this.#unsigned += state.sinceCheckpoint;
    this.#chains.set(chain, state.seq);
    const last = parts.at(-1);
    if (last && this.#testimony?.isAfter(chain, state.seq)) this.report(last.file, 0, 'truncated');
  }

  async #segment(part: Part, state: ChainState, next: Segment | undefined): Promise<void> {
    this.#segments++;
    const found: Problem[] = [];
    const reading: Reading = { part, found, good: 0, end: 0, closed: false, signed: false };
    for await (const lines of readLines(part.file)) {
      for (const line of lines) this.#line(line, state, reading);
    }
    // What a killed process left unfinished is no problem where the next one, started on it, described it as it is.
    const torn = next?.torn;
    if (torn && found.length > 0 && reading.firstBad !== undefined && torn.bytes === reading.end - reading.good) {
      const actual = await describeTorn(part.file, reading.good);
      if (actual.hash === torn.hash && found.every(({ line }) => line >= (reading.firstBad ?? 0))) {
        this.#torn.push({ file: part.file, bytes: torn.bytes });
        found.length = 0;
        state.known = true;
      }
    } else if (torn && reading.end === reading.good) {
      found.push({ file: part.file, line: 0, kind: 'torn-tail' });
    }
    if (!reading.signed) found.push({ file: part.file, line: 1, kind: 'unsigned-segment' });
    for (const { file, line, kind } of found) this.report(file, line, kind);
  }

  #line(line: FileLine, state: ChainState, reading: Reading): void {
    const { part, found } = reading;
    const { file } = part;
    reading.end = line.end;
    const link = line.whole && line.bytes ? linkOf(line.bytes) : undefined;
    if (!link || !line.bytes) {
      reading.firstBad ??= line.number;
      found.push({ file, line: line.number, kind: line.whole ? 'edited' : 'torn-tail' });
      state.known = false;
      return;
    }
    reading.good = line.end;
    reading.firstBad = undefined;
    const kind = state.known ? misplaced(link, state) : undefined;
    if (kind) found.push({ file, line: line.number, kind });
    if (reading.closed) found.push({ file, line: line.number, kind: 'after-end' });
    if (this.#testimony?.contradicts(part.segment.chain, link.seq, link.hash)) {
      found.push({ file, line: line.number, kind: 'witness-differs' });
    }
    this.#content(line.bytes, line.number, link, state, reading);
    state.known = true;
    state.seq = link.seq;
    state.hash = link.hash;
  }

  #content(bytes: Buffer, number: number, link: Link, state: ChainState, reading: Reading): void {
    const { part, found } = reading;
    const { file, segment } = part;
    if (bytes.includes(CHECKPOINT)) {
      this.#checkpoints++;
      const checkpoint = parseCheckpoint(bytes);
      const fits =
        checkpoint !== undefined &&
        checkpoint.chain === segment.chain &&
        checkpoint.segment === segment.number &&
        checkpoint.seq === link.seq - 1 &&
        checkpoint.hash === link.prev &&
        checkpoint.publicKey === segment.publicKey &&
        isSigned(checkpoint);
      if (!fits) found.push({ file, line: number, kind: 'bad-signature' });
      else if (this.#pinned?.has(checkpoint.publicKey) === false) {
        found.push({ file, line: number, kind: 'unknown-key' });
      } else {
        state.sinceCheckpoint = 0;
        reading.signed = reading.signed || (number === 2 && checkpoint.reason === 'open');
        reading.closed = checkpoint.reason === 'close' || checkpoint.reason === 'rotate';
      }
      return;
    }
    if (bytes.includes(SEGMENT)) {
      if (number !== 1 || !readSegment(bytes)) found.push({ file, line: number, kind: 'out-of-order' });
      return;
    }
    this.#entries++;
    state.sinceCheckpoint++;
  }

  result(): VerifyResult {
    const gone = this.#testimony?.unseen() ?? [];
    for (const _ of gone) this.report('witness', 0, 'truncated');
    const truncation = gone.length > 0 ? 'not excluded' : (this.#testimony?.verdict(this.#chains) ?? 'not excluded');
    return {
      entries: this.#entries,
      segments: this.#segments,
      checkpoints: this.#checkpoints,
      unsigned: this.#unsigned,
      torn: this.#torn,
      keys: this.#pinned ? 'pinned' : 'as the files name them',
      problems: this.#problems,
      problemsOmitted: this.#omitted,
      truncation,
    };
  }
}

// Inside a JSON string every quote has a backslash before it, so these can only be keys of ours.
const CHECKPOINT = Buffer.from(',"postern":{"checkpoint":{');
const SEGMENT = Buffer.from(',"postern":{"segment":{');

interface ChainState {
  seq: number;
  hash: string;
  /** Entries. */
  sinceCheckpoint: number;
  /** False after a line that could not be trusted: the next one is then taken as it comes. */
  known: boolean;
}

interface Reading {
  readonly part: Part;
  readonly found: Problem[];
  /** Bytes up to the end of the last line that was right in itself. */
  good: number;
  end: number;
  /** The first line of the bad ones that stand at the end. */
  firstBad?: number | undefined;
  closed: boolean;
  signed: boolean;
}

function misplaced(link: Link, state: ChainState): ProblemKind | undefined {
  if (link.seq > state.seq + 1) return 'missing-lines';
  if (link.seq <= state.seq) return 'out-of-order';
  return link.prev === state.hash ? undefined : 'broken-link';
}

function parseCheckpoint(bytes: Buffer): Checkpoint | undefined {
  try {
    const { postern } = JSON.parse(bytes.toString('utf8')) as { postern: { checkpoint: unknown } };
    const checkpoint = readCheckpoint(postern.checkpoint);
    return checkpoint?.hash.length === HASH_LENGTH ? checkpoint : undefined;
  } catch {
    return undefined;
  }
}
