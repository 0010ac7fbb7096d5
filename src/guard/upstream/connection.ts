/** One kept-alive connection to a node of a store; the only file of this room that opens one. One request at a time. */
import net from 'node:net';
import tls from 'node:tls';
import { Refusal } from '../contract/refusal.ts';
import { AnswerParser, type ReadAnswer } from './answer-parser.ts';

export interface NodeAddress {
  readonly host: string;
  readonly port: number;
  /** Null: plain TCP. */
  readonly tls: (tls.SecureContextOptions & { servername?: string }) | null;
}

export interface ConnectionOptions {
  readonly node: NodeAddress;
  /** Milliseconds. */
  readonly connectTimeout: number;
  readonly answerBytes: number;
}

/**
 * How far a failed request came: `unsent`, the connection never stood; `unread`, nothing of an answer had arrived on a
 * connection that had been used before, which the store may have closed meanwhile; `sent`, anything else.
 */
export type Reached = 'unsent' | 'unread' | 'sent';

/** One of the two is called, once per exchange. */
export interface Exchange {
  readonly bodiless: boolean;
  /** `latin1` where the request is ASCII: writing it costs less. */
  readonly encoding: 'latin1' | 'utf8';
  done(answer: ReadAnswer): void;
  failed(refusal: Refusal, reached: Reached): void;
}

export class Connection {
  readonly #socket: net.Socket;
  readonly #parser: AnswerParser;
  readonly #onIdle: (connection: Connection) => void;
  readonly #onClosed: (connection: Connection) => void;
  #exchange: Exchange | null = null;
  #closed = false;
  #used = false;
  #connected = false;
  /** ms of a monotonic clock at which the pool gives the exchange up. */
  deadline = Number.POSITIVE_INFINITY;

  constructor(
    options: ConnectionOptions,
    on: { idle(connection: Connection): void; closed(connection: Connection): void },
  ) {
    const { host, port, tls: secure } = options.node;
    this.#onIdle = on.idle;
    this.#onClosed = on.closed;
    this.#parser = new AnswerParser(options.answerBytes);
    this.#socket =
      secure === null
        ? net.connect({ host, port, noDelay: true, keepAlive: true })
        : tls.connect({
            host,
            port,
            ...(net.isIP(host) ? {} : { servername: host }),
            ...secure,
            rejectUnauthorized: true,
          });
    if (secure !== null) this.#socket.setNoDelay(true);
    this.#socket.setTimeout(options.connectTimeout, () => this.#fail(down('connecting took too long')));
    this.#socket.once(secure === null ? 'connect' : 'secureConnect', () => {
      this.#connected = true;
      this.#socket.setTimeout(0);
    });
    this.#socket.on('data', (chunk) => this.#read(chunk));
    this.#socket.on('end', () => this.#ended());
    this.#socket.on('error', (cause) => this.#fail(down('the connection failed', cause)));
    this.#socket.on('close', () => this.#fail(down('the connection was closed')));
  }

  get idle(): boolean {
    return this.#exchange === null && !this.#closed;
  }

  /** Sends one request and reads its answer. The connection must be idle. */
  exchange(request: string, exchange: Exchange, deadline: number): void {
    this.#exchange = exchange;
    this.deadline = deadline;
    this.#parser.reset(exchange.bodiless);
    this.#socket.write(request, exchange.encoding);
  }

  /** Ends the connection; a running exchange fails. */
  destroy(refusal: Refusal = down('the connection was given up')): void {
    this.#fail(refusal);
  }

  #read(chunk: Buffer): void {
    if (this.#exchange === null) {
      // Nothing was asked: bytes here belong to no request, and must not become the answer to the next one.
      this.#fail(new Refusal('upstream_answer', 'the store sent bytes that nobody asked for'));
      return;
    }
    let answer: ReadAnswer | undefined;
    try {
      answer = this.#parser.push(chunk);
    } catch (error) {
      this.#fail(error instanceof Refusal ? error : new Refusal('upstream_answer', 'the answer could not be read'));
      return;
    }
    if (answer) this.#finish(answer);
  }

  #ended(): void {
    const answer = this.#exchange === null ? undefined : this.#parser.end();
    if (answer) this.#finish(answer);
    else this.#fail(down('the store closed the connection'));
  }

  #finish(answer: ReadAnswer): void {
    const exchange = this.#exchange;
    this.#exchange = null;
    this.deadline = Number.POSITIVE_INFINITY;
    this.#used = true;
    if (answer.reusable) this.#onIdle(this);
    else this.#close();
    exchange?.done(answer);
  }

  #fail(refusal: Refusal): void {
    if (this.#closed && this.#exchange === null) return;
    const exchange = this.#exchange;
    const reached = this.#reached(refusal);
    this.#exchange = null;
    this.#close();
    exchange?.failed(refusal, reached);
  }

  #reached(refusal: Refusal): Reached {
    if (refusal.code !== 'upstream_down') return 'sent';
    if (!this.#connected) return 'unsent';
    return this.#used && this.#parser.untouched ? 'unread' : 'sent';
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.destroy();
    this.#onClosed(this);
  }

  /** False while the handshake is still going on. */
  get connected(): boolean {
    return this.#connected;
  }
}

function down(detail: string, cause?: unknown): Refusal {
  return new Refusal('upstream_down', `the store: ${detail}`, cause === undefined ? {} : { cause });
}
