/** What a listener knows of each connection: who is at its other end, and what is going on in it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Peer } from '../contract/principal.ts';
import type { Body } from './body.ts';

/** A request that was read whole. */
export interface Waiting {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly body: Uint8Array;
}

export class Connection {
  readonly socket: Socket;
  readonly peer: Peer;
  /** Requests handed over and not answered. */
  running = 0;
  /** HTTP/1.1: requests that wait for the ones before them. */
  readonly waiting: Waiting[] = [];
  /** HTTP/2: streams that are open. */
  streams = 0;
  /** HTTP/1.1: the body that is being read; there is one at most. */
  reading: Body | null = null;
  /** Nothing more is read from it. */
  closing = false;
  /** What is said when everything before has been answered, and then the end. */
  lastWords: string | null = null;
  /** Read by `servePlain`, and not by Node's server. */
  plain = false;
  /** A request was answered on it; of plain connections only. */
  served = false;
  /** Check intervals that it was idle for; of plain connections only. */
  ticks = 0;
  /** For the answers that are not taken: bytes written at the last look, and since when. */
  written = 0;
  writtenAt = 0;

  constructor(socket: Socket, peer: Peer) {
    this.socket = socket;
    this.peer = peer;
  }

  get idle(): boolean {
    return this.running === 0 && this.streams === 0 && this.reading === null && this.socket.writableLength === 0;
  }
}

/** Connections of one listener. */
export class Connections {
  readonly #bySocket = new Map<Socket, Connection>();
  readonly #byAddress = new Map<string, number>();
  readonly #perAddress: number;
  /** The one that was added last. */
  newest: Connection | undefined;

  constructor(perAddress: number) {
    this.#perAddress = perAddress;
  }

  get size(): number {
    return this.#bySocket.size;
  }

  /** Counts a connection from an address; false: it has too many, and this one is not counted. */
  admit(address: string): boolean {
    const count = this.#byAddress.get(address) ?? 0;
    if (count >= this.#perAddress) return false;
    this.#byAddress.set(address, count + 1);
    return true;
  }

  leave(address: string): void {
    const count = (this.#byAddress.get(address) ?? 1) - 1;
    if (count <= 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, count);
  }

  add(connection: Connection): void {
    this.newest = connection;
    this.#bySocket.set(connection.socket, connection);
    connection.socket.once('close', () => {
      this.#bySocket.delete(connection.socket);
      if (this.newest === connection) this.newest = undefined;
    });
  }

  of(socket: Socket): Connection | undefined {
    return this.#bySocket.get(socket);
  }

  all(): IterableIterator<Connection> {
    return this.#bySocket.values();
  }

  /** Ends connections whose answer nobody takes. Called at every check interval. */
  endStalled(now: number, timeout: number): void {
    for (const connection of this.#bySocket.values()) {
      const { socket } = connection;
      if (socket.writableLength === 0) {
        connection.writtenAt = 0;
      } else if (connection.writtenAt === 0 || socket.bytesWritten !== connection.written) {
        connection.written = socket.bytesWritten;
        connection.writtenAt = now;
      } else if (now - connection.writtenAt > timeout) socket.destroy();
    }
  }
}

/** IPv4 in its own notation, also where the socket is an IPv6 one. */
export function addressOf(socket: Socket): string {
  const address = socket.remoteAddress ?? '';
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
