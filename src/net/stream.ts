import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { PosternError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import type { AllowList } from './allow-list.ts';
import type { Connection } from './connection.ts';
import { before, type Deadline, within } from './deadline.ts';
import { handshake } from './handshake.ts';
import type { PeerSigns } from './peer.ts';
import type { TlsFacts } from './tls.ts';

export interface StreamOptions {
  socket: Duplex;
  tls?: TlsFacts;
  address: string;
  port: number;
  host: string;
  allow: AllowList;
  deadline: Deadline;
  /** Milliseconds that the peer has for the first byte of its first answer. */
  firstByteMs: number;
  signs: PeerSigns;
  /** Told of every request before it is sent. */
  onSend: (bytes: Uint8Array) => void;
}

/** The `Connection` over one socket: allow-list, deadline and byte budget live here, below the plug-in. */
export class BudgetedStream implements Connection {
  readonly address: string;
  readonly port: number;
  #tls: TlsFacts | undefined;
  #socket: Duplex;
  readonly #options: StreamOptions;
  #chunks: Buffer[] = [];
  #held = 0;
  /** Bytes received since the last write. */
  #answer = 0;
  #any = false;
  #wrote = false;
  #ended = false;
  #failure: PosternError | undefined;
  #wake: (() => void) | undefined;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.address = options.address;
    this.port = options.port;
    this.#tls = options.tls;
    this.#socket = options.socket;
    this.#listen();
  }

  get tls(): TlsFacts | undefined {
    return this.#tls;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#options.allow.permitsBytes(bytes)) {
      throw new PosternError('E_PROBE_FORBIDDEN', `A request of ${bytes.length} bytes is not in the allow-list.`);
    }
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#ended) throw closed();
    this.#answer = 0;
    this.#wrote = true;
    this.#options.onSend(bytes);
    // The allow-list judged these bytes; a later change by the plug-in must not reach the wire.
    if (!this.#socket.write(Buffer.from(bytes))) {
      await before(
        this.#options.deadline,
        'a write',
        once(this.#socket, 'drain').catch(() => {}),
        () => this.close(),
      );
    }
  }

  async read(length: number): Promise<Buffer> {
    if (length > LIMITS.answerBytes) throw this.#tooLong(LIMITS.answerBytes);
    while (this.#held < length) if (!(await this.#more())) throw closed();
    return this.#take(length);
  }

  async readUntil(delimiter: Uint8Array | string, max: number): Promise<Buffer> {
    const mark = Buffer.from(typeof delimiter === 'string' ? Buffer.from(delimiter, 'latin1') : delimiter);
    let from = 0;
    for (;;) {
      const held = this.#join();
      const at = held.indexOf(mark, from);
      if (at >= 0 && at + mark.length <= max) return this.#take(at + mark.length);
      if (at >= 0 || held.length >= max) throw this.#tooLong(max);
      from = Math.max(0, held.length - mark.length + 1);
      if (!(await this.#more())) throw closed();
    }
  }

  async readSome(max: number): Promise<Buffer> {
    if (this.#held === 0) await this.#more();
    return this.#take(Math.min(max, this.#held));
  }

  async startTls(): Promise<void> {
    // Bytes that arrived before the handshake were sent in clear by anybody (CVE-2021-23222): they are no answer.
    if (this.#held > 0 || (this.#socket.readableLength ?? 0) > 0) {
      this.close();
      throw new PosternError('E_PROBE_IO', 'The peer sent data in clear before the TLS handshake.');
    }
    this.#socket.removeAllListeners('readable').removeAllListeners('end');
    const secured = await handshake(this.#socket, this.#options.host, this.#options.deadline);
    this.#socket = secured.socket;
    this.#tls = secured.facts;
    this.#options.signs.tls = secured.facts;
    this.#listen();
  }

  close(): void {
    this.#ended = true;
    this.#socket.destroy();
    this.#wake?.();
  }

  #listen(): void {
    const wake = () => this.#wake?.();
    this.#socket.on('readable', wake);
    this.#socket.on('end', () => {
      this.#ended = true;
      wake();
    });
    this.#socket.on('close', () => {
      this.#ended = true;
      wake();
    });
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET') this.#options.signs.reset = true;
      this.#failure ??= new PosternError('E_PROBE_IO', `The connection failed: ${error.code ?? 'protocol error'}.`);
      wake();
    });
  }

  /** Takes in what arrives next; false at the end of the stream. */
  async #more(): Promise<boolean> {
    const { deadline, signs, firstByteMs } = this.#options;
    const patience = this.#any ? deadline : within(deadline, firstByteMs);
    for (;;) {
      const chunk: Buffer | null = this.#socket.read();
      if (chunk !== null) {
        this.#accept(chunk);
        return true;
      }
      if (this.#ended || this.#failure !== undefined) {
        if (!this.#any && this.#wrote && this.#tls === undefined) signs.closedSilently = true;
        if (this.#failure !== undefined) throw this.#failure;
        return false;
      }
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await before(patience, 'a read', woken, () => this.close());
    }
  }

  #accept(chunk: Buffer): void {
    const { signs } = this.#options;
    if (!this.#any) {
      this.#any = true;
      signs.spoke = true;
      if (this.#tls === undefined && isTlsAlert(chunk)) {
        signs.wantsTls = true;
        this.close();
        throw new PosternError('E_PROBE_IO', 'The peer answered with a TLS alert.');
      }
    }
    this.#answer += chunk.length;
    if (this.#answer > LIMITS.answerBytes) throw this.#tooLong(LIMITS.answerBytes);
    this.#chunks.push(chunk);
    this.#held += chunk.length;
  }

  #tooLong(max: number): PosternError {
    this.close();
    return new PosternError('E_PROBE_IO', `The answer is longer than ${max} bytes.`);
  }

  #join(): Buffer {
    if (this.#chunks.length !== 1) this.#chunks = [Buffer.concat(this.#chunks, this.#held)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  #take(length: number): Buffer {
    const held = this.#join();
    const taken = held.subarray(0, length);
    this.#chunks = [held.subarray(length)];
    this.#held -= length;
    return taken;
  }
}

/** A TLS record of type alert (RFC 8446 section 5.1): 15 03 xx 00 02. */
export function isTlsAlert(bytes: Uint8Array): boolean {
  return bytes[0] === 0x15 && bytes[1] === 0x03 && (bytes.length < 5 || (bytes[3] === 0 && bytes[4] === 2));
}

function closed(): PosternError {
  return new PosternError('E_PROBE_IO', 'The connection was closed.');
}
