/** The connections to one node: kept alive, bounded in number, with a bounded queue in front. */
import { Refusal } from '../contract/refusal.ts';
import { Connection, type ConnectionOptions, type Exchange } from './connection.ts';

export interface PoolOptions extends ConnectionOptions {
  readonly connections: number;
  /** Requests that may wait for a connection. */
  readonly queue: number;
  /** Milliseconds from sending to the end of the answer, waiting included. */
  readonly timeout: number;
  now(): number;
}

interface Waiting {
  readonly request: string;
  readonly exchange: Exchange;
  readonly deadline: number;
}

/** After a failure to connect, the node is left alone for this long unless it is the only one. */
const PAUSE_MS = 1_000;

export class Pool {
  readonly #options: PoolOptions;
  readonly #all = new Set<Connection>();
  readonly #idle: Connection[] = [];
  readonly #waiting: Waiting[] = [];
  #pausedUntil = 0;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Requests that are running or wait. */
  get load(): number {
    return this.#all.size - this.#idle.length + this.#waiting.length;
  }

  get paused(): boolean {
    return this.#options.now() < this.#pausedUntil;
  }

  send(request: string, exchange: Exchange): void {
    if (this.#closed) {
      exchange.failed(new Refusal('unavailable', 'the store was replaced'), 'sent');
      return;
    }
    const deadline = this.#options.now() + this.#options.timeout;
    const connection = this.#idle.pop();
    if (connection) connection.exchange(request, exchange, deadline);
    else if (this.#all.size < this.#options.connections) this.#open().exchange(request, exchange, deadline);
    else if (this.#waiting.length < this.#options.queue) this.#waiting.push({ request, exchange, deadline });
    else exchange.failed(new Refusal('unavailable', 'every connection to the store is in use'), 'sent');
  }

  /** Gives up what took too long. Called every so often; one clock for all requests is cheaper than a timer for each. */
  sweep(): void {
    const now = this.#options.now();
    // First those that wait: a connection that ends would send the next of them, which nobody waits for any more.
    while (this.#waiting[0] && this.#waiting[0].deadline <= now) this.#waiting.shift()?.exchange.failed(slow(), 'sent');
    for (const connection of this.#all) {
      if (connection.deadline <= now) connection.destroy(slow());
    }
  }

  /** What runs or waits is refused, and so is what comes later. */
  close(): void {
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0))
      waiting.exchange.failed(new Refusal('unavailable', 'closing'), 'sent');
    for (const connection of [...this.#all]) connection.destroy();
  }

  #open(): Connection {
    const connection = new Connection(this.#options, {
      idle: (free) => {
        this.#pausedUntil = 0;
        const next = this.#waiting.shift();
        if (next) free.exchange(next.request, next.exchange, next.deadline);
        else this.#idle.push(free);
      },
      closed: (gone) => {
        this.#all.delete(gone);
        const at = this.#idle.indexOf(gone);
        if (at >= 0) this.#idle.splice(at, 1);
        if (!gone.connected) this.#pausedUntil = this.#options.now() + PAUSE_MS;
        const next = this.#waiting.shift();
        if (next) this.#open().exchange(next.request, next.exchange, next.deadline);
      },
    });
    this.#all.add(connection);
    return connection;
  }
}

function slow(): Refusal {
  return new Refusal('upstream_slow', 'the store did not answer in time');
}
