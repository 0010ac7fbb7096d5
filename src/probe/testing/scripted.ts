/** Test helper: a peer that lives in memory and answers each request by a script; no socket, no clock. */
import { PosternError } from '../../core/errors.ts';
import type { AllowList } from '../../net/allow-list.ts';
import type { Connection } from '../../net/connection.ts';
import type { TlsFacts } from '../../net/tls.ts';
import type { ProbeContext } from '../service.ts';

export interface Script {
  /** Sent before any request, on each connection. */
  greeting?: (connection: number) => Uint8Array;
  /** The answer to one request; `close` ends the connection. `connection` counts from 0. */
  answer?: (request: Buffer, connection: number) => Uint8Array | 'close';
  emptyPassword?: boolean;
  address?: string;
  nonce?: string;
}

export interface ScriptedContext extends ProbeContext {
  readonly sent: Buffer[];
  readonly exchanges: { request: string; answer: string }[];
  /** Connections opened so far. */
  opened(): number;
}

const TLS_FACTS: TlsFacts = { protocol: 'TLSv1.3', fingerprint256: 'AA:BB', trusted: false };

export function scriptedContext(allow: AllowList, script: Script): ScriptedContext {
  const sent: Buffer[] = [];
  const exchanges: { request: string; answer: string }[] = [];
  let connections = 0;
  return {
    host: 'store.example.org',
    port: 1,
    options: { emptyPassword: script.emptyPassword ?? false },
    sent,
    exchanges,
    opened: () => connections,
    connect: () => Promise.resolve(new ScriptedConnection(script, connections++, allow, sent)),
    http: () => Promise.reject(failed('no HTTP in this test')),
    nonce: () => script.nonce ?? 'abcdef0123456789',
    record: (request, answer) => exchanges.push({ request, answer }),
  };
}

class ScriptedConnection implements Connection {
  readonly port = 1;
  readonly address: string;
  tls: TlsFacts | undefined;
  readonly #script: Script;
  readonly #index: number;
  readonly #allow: AllowList;
  readonly #sent: Buffer[];
  #held: Buffer;
  #closed = false;

  constructor(script: Script, index: number, allow: AllowList, sent: Buffer[]) {
    this.#script = script;
    this.#index = index;
    this.#allow = allow;
    this.#sent = sent;
    this.address = script.address ?? '127.0.0.1';
    this.#held = Buffer.from(script.greeting?.(index) ?? []);
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#allow.permitsBytes(bytes)) throw new PosternError('E_PROBE_FORBIDDEN', 'request outside the allow-list');
    if (this.#closed) throw failed('the connection is closed');
    const request = Buffer.from(bytes);
    this.#sent.push(request);
    const answer = this.#script.answer?.(request, this.#index) ?? 'close';
    if (answer === 'close') this.#closed = true;
    else this.#held = Buffer.concat([this.#held, answer]);
  }

  async read(length: number): Promise<Buffer> {
    if (length > this.#held.length) throw failed('the peer closed the connection');
    return this.#take(length);
  }

  async readUntil(delimiter: Uint8Array | string, max: number): Promise<Buffer> {
    const mark = Buffer.from(typeof delimiter === 'string' ? Buffer.from(delimiter, 'latin1') : delimiter);
    const at = this.#held.indexOf(mark);
    if (at < 0 || at + mark.length > max)
      throw failed(at < 0 ? 'the peer closed the connection' : 'the answer is too long');
    return this.#take(at + mark.length);
  }

  async readSome(max: number): Promise<Buffer> {
    return this.#take(Math.min(max, this.#held.length));
  }

  async startTls(): Promise<void> {
    this.tls = TLS_FACTS;
  }

  close(): void {
    this.#closed = true;
  }

  #take(length: number): Buffer {
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return taken;
  }
}

function failed(message: string): PosternError {
  return new PosternError('E_PROBE_IO', message);
}
