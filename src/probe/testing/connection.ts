/**
 * Test helper: the smallest `Connection` and `ProbeContext` over node:net that honour the contract (allow-list below the
 * plug-in, deadline, byte budget). Dialogues are unit-tested against it; the product uses the dialer of `net`.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { PosternError } from '../../core/errors.ts';
import type { AllowList } from '../../net/allow-list.ts';
import type { Connection } from '../../net/connection.ts';
import type { TlsFacts } from '../../net/tls.ts';
import type { ProbeContext } from '../service.ts';

export interface TestPeer {
  port: number;
  host?: string;
  /** TLS from the first byte. */
  tls?: boolean;
  emptyPassword?: boolean;
  /** Milliseconds until a read gives up. */
  deadline?: number;
  /** What `Connection.address` says, to test rules about loopback. */
  claimedAddress?: string;
}

export interface TestContext extends ProbeContext {
  readonly sent: Buffer[];
  readonly exchanges: { request: string; answer: string }[];
  readonly connections: TestConnection[];
  closeAll(): void;
}

const BUDGET = 8 * 1024 * 1024;

/** A context whose connections go to `peer`, judged by `allow`. */
export function testContext(allow: AllowList, peer: TestPeer): TestContext {
  const sent: Buffer[] = [];
  const exchanges: { request: string; answer: string }[] = [];
  const connections: TestConnection[] = [];
  const host = peer.host ?? '127.0.0.1';
  return {
    host,
    port: peer.port,
    options: { emptyPassword: peer.emptyPassword ?? false },
    sent,
    exchanges,
    connections,
    connect: async () => {
      const socket = net.connect(peer.port, host);
      await Promise.race([
        once(socket, 'connect'),
        once(socket, 'error').then(([error]) => Promise.reject(failure(String(error)))),
      ]);
      const connection = new TestConnection(socket, allow, sent, peer);
      connections.push(connection);
      if (peer.tls) await connection.startTls();
      return connection;
    },
    http: () => Promise.reject(failure('no HTTP in this test')),
    nonce: () => randomBytes(8).toString('hex').replace(/^\d/, 'x'),
    record: (request, answer) => exchanges.push({ request, answer }),
    closeAll: () => {
      for (const connection of connections) connection.close();
    },
  };
}

export class TestConnection implements Connection {
  readonly address: string;
  readonly port: number;
  tls: TlsFacts | undefined;
  closed = false;
  #socket: net.Socket;
  #buffer: Buffer = Buffer.alloc(0);
  #received = 0;
  #ended = false;
  #wake: (() => void) | undefined;
  readonly #allow: AllowList;
  readonly #sent: Buffer[];
  readonly #deadline: number;

  constructor(socket: net.Socket, allow: AllowList, sent: Buffer[], peer: TestPeer) {
    this.#socket = socket;
    this.#allow = allow;
    this.#sent = sent;
    this.#deadline = peer.deadline ?? 5000;
    this.address = peer.claimedAddress ?? peer.host ?? '127.0.0.1';
    this.port = peer.port;
    this.#listen();
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#allow.permitsBytes(bytes)) throw new PosternError('E_PROBE_FORBIDDEN', 'request outside the allow-list');
    this.#sent.push(Buffer.from(bytes));
    this.#socket.write(bytes);
  }

  async read(length: number): Promise<Buffer> {
    if (length > BUDGET) throw failure('byte budget spent');
    await this.#until(() => this.#buffer.length >= length);
    return this.#take(length);
  }

  async readUntil(delimiter: Uint8Array | string, max: number): Promise<Buffer> {
    const needle = Buffer.from(delimiter as string);
    await this.#until(() => {
      const at = this.#buffer.indexOf(needle);
      if (at < 0 ? this.#buffer.length > max : at + needle.length > max) throw failure('answer too long');
      return at >= 0;
    });
    return this.#take(this.#buffer.indexOf(needle) + needle.length);
  }

  async readSome(max: number): Promise<Buffer> {
    await this.#until(() => this.#buffer.length > 0 || this.#ended);
    return this.#take(Math.min(max, this.#buffer.length));
  }

  async startTls(): Promise<void> {
    this.#socket.removeAllListeners();
    const secure = tls.connect({ socket: this.#socket, rejectUnauthorized: false, servername: '' });
    await Promise.race([
      once(secure, 'secureConnect'),
      once(secure, 'error').then(([error]) => Promise.reject(failure(String(error)))),
      once(secure, 'close').then(() => Promise.reject(failure('closed in handshake'))),
    ]);
    this.#socket = secure;
    this.tls = {
      protocol: secure.getProtocol() ?? 'unknown',
      fingerprint256: secure.getPeerCertificate().fingerprint256 ?? '',
      trusted: secure.authorized,
    };
    this.#listen();
  }

  close(): void {
    this.closed = true;
    this.#socket.destroy();
  }

  #listen(): void {
    this.#socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.length;
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      this.#wake?.();
    });
    const end = () => {
      this.#ended = true;
      this.#wake?.();
    };
    this.#socket.on('end', end).on('close', end).on('error', end);
  }

  async #until(ready: () => boolean): Promise<void> {
    const limit = Date.now() + this.#deadline;
    while (!ready()) {
      if (this.#received > BUDGET) throw failure('byte budget spent');
      if (this.#ended) throw failure('the peer closed the connection');
      const left = limit - Date.now();
      if (left <= 0) throw failure('the deadline passed');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  #take(length: number): Buffer {
    const taken = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return taken;
  }
}

function failure(message: string): PosternError {
  return new PosternError('E_PROBE_IO', message);
}
