import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { PosternError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { type AllowList, type Identifiers, permitsHttpRequest } from './allow-list.ts';
import type { HttpAnswer, PostingSession } from './connection.ts';
import { before, type Deadline, within } from './deadline.ts';
import type { PeerSigns } from './peer.ts';
import { headersOf } from './request-text.ts';
import { isTlsAlert } from './stream.ts';
import type { TlsFacts } from './tls.ts';

export interface HttpOptions {
  /** A connected stream to the pinned address; TLS when the port speaks it. */
  open: () => Promise<{ socket: Duplex; tls?: TlsFacts }>;
  address: string;
  port: number;
  host: string;
  allow: AllowList;
  deadline: Deadline;
  /** Milliseconds that the peer has for the head of its first answer. */
  firstByteMs: number;
  /** Positive controls only: lets `authorization` through. */
  credentials: boolean;
  /** The scope entry's public identifiers. */
  identifiers: Identifiers;
  /** What signs an account of the owner in, sent with every request; over a private link only. */
  signedIn: Readonly<Record<string, string>> | undefined;
  /** Told of every request before it is sent. */
  onSend: (text: string) => void;
  /** What is sent cannot be read on the way: TLS, or it never leaves this machine. */
  private: boolean;
  signs: PeerSigns;
  /** The host answered 429 or 5xx. */
  onOverload: () => void;
}

/** What servers say in clear on a TLS port: nginx, Go, Jetty and Tomcat in this order. */
const WANTS_TLS =
  /plain HTTP request was sent to HTTPS port|sent an HTTP request to an HTTPS server|requires TLS|instead use the HTTPS scheme/i;

/** The HTTP session over pinned sockets: one at a time, kept alive, dialed again when the peer closes. */
export class PinnedHttp implements PostingSession {
  readonly address: string;
  readonly port: number;
  #tls: TlsFacts | undefined;
  readonly #options: HttpOptions;
  readonly #agent: Agent;
  #answered = false;

  constructor(options: HttpOptions) {
    this.#options = options;
    this.address = options.address;
    this.port = options.port;
    this.#agent = new PinnedAgent(async () => {
      const opened = await options.open();
      this.#tls = opened.tls;
      return opened.socket;
    });
  }

  get tls(): TlsFacts | undefined {
    return this.#tls;
  }

  async get(path: string, options: { headers?: Record<string, string>; maxBytes?: number } = {}): Promise<HttpAnswer> {
    return await this.#ask(
      'GET',
      path,
      options.headers ?? {},
      Math.min(options.maxBytes ?? LIMITS.answerBytes, LIMITS.answerBytes),
    );
  }

  async head(path: string, options: { headers?: Record<string, string> } = {}): Promise<HttpAnswer> {
    return await this.#ask('HEAD', path, options.headers ?? {}, 0);
  }

  async post(
    path: string,
    body: string,
    options: { headers?: Record<string, string>; maxBytes?: number } = {},
  ): Promise<HttpAnswer> {
    const maxBytes = Math.min(options.maxBytes ?? LIMITS.answerBytes, LIMITS.answerBytes);
    return await this.#ask('POST', path, options.headers ?? {}, maxBytes, body);
  }

  close(): void {
    this.#agent.destroy();
  }

  async #ask(
    method: 'GET' | 'HEAD' | 'POST',
    path: string,
    headers: Record<string, string>,
    maxBytes: number,
    body?: string,
  ): Promise<HttpAnswer> {
    const { allow, credentials, deadline, firstByteMs, identifiers, onOverload, signedIn, signs } = this.#options;
    // The owner's own way in is judged by path and body; a probe's headers are judged with the rest.
    const judged = credentials ? without(headers, 'authorization') : headers;
    const asked = { method, path, headers: judged, ...(body === undefined ? {} : { body }) };
    if (!path.startsWith('/') || hasControl(path, headers) || !permitsHttpRequest(allow, asked, identifiers)) {
      throw new PosternError('E_PROBE_FORBIDDEN', `A ${method} request is not in the allow-list.`);
    }
    if ((signedIn !== undefined || (credentials && 'authorization' in headers)) && !this.#options.private) {
      throw new PosternError(
        'E_PROBE_IO',
        'the positive control was not run: a password would cross the network in clear',
        { hint: 'Enable TLS on the store, or give the control a trustedAddress on loopback.' },
      );
    }
    const send = async () => {
      this.#options.onSend(`${method} ${path}${body === undefined ? '' : `\n\n${body}`}`);
      const sent = request({
        agent: this.#agent,
        method,
        path,
        setHost: false,
        headers: headersOf(
          { headers: { ...headers, ...signedIn }, ...(body === undefined ? {} : { body }) },
          this.#options,
        ),
      });
      const stop = () => sent.destroy(new PosternError('E_PROBE_IO', 'The deadline passed.'));
      const patience = this.#answered ? deadline : within(deadline, firstByteMs);
      const head = await before(patience, 'an HTTP request', headOf(sent, signs, body), stop);
      this.#answered = true;
      signs.spoke = true;
      return await before(deadline, 'an HTTP answer', bodyOf(head, maxBytes), stop);
    };
    const answer = await send().catch((error: unknown) => {
      // A kept socket that the peer had already closed says nothing: asked again on a fresh one.
      if (error instanceof StaleSocket) return send();
      throw error;
    });
    if (answer.status === 400 && this.#tls === undefined && WANTS_TLS.test(answer.body.toString('latin1'))) {
      signs.wantsTls = true;
    }
    if (answer.status === 429 || answer.status >= 500) onOverload();
    return answer;
  }
}

class StaleSocket extends PosternError {}

class PinnedAgent extends Agent {
  readonly #open: () => Promise<Duplex>;

  constructor(open: () => Promise<Duplex>) {
    super({ keepAlive: true, maxSockets: 1, maxFreeSockets: 1 });
    this.#open = open;
  }

  override createConnection(_options: object, callback?: (error: Error | null, stream: Duplex) => void): undefined {
    this.#open().then(
      (socket) => callback?.(null, socket),
      // The stream is not read when there is an error; the types ask for one.
      (error: Error) => callback?.(error, undefined as never),
    );
    return undefined;
  }
}

function without(headers: Readonly<Record<string, string>>, name: string): Record<string, string> {
  const { [name]: _left, ...rest } = headers;
  return rest;
}

/** What could end a line of the request. */
function hasControl(path: string, headers: Readonly<Record<string, string>>): boolean {
  return [path, ...Object.keys(headers), ...Object.values(headers)].some((text) => !/^[\x20-\x7e]*$/.test(text));
}

function headOf(sent: ClientRequest, signs: PeerSigns, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.once('response', resolve);
    sent.on('error', (error: NodeJS.ErrnoException & { rawPacket?: Buffer }) => reject(failure(error, sent, signs)));
    sent.end(body);
  });
}

function failure(
  error: NodeJS.ErrnoException & { rawPacket?: Buffer },
  sent: ClientRequest,
  signs: PeerSigns,
): PosternError {
  if (error instanceof PosternError) return error;
  const clear = signs.tls === undefined;
  if (error.rawPacket !== undefined) {
    signs.spoke = true;
    signs.notHttp = true;
    if (clear && isTlsAlert(error.rawPacket)) signs.wantsTls = true;
    return new PosternError('E_PROBE_IO', 'The answer is not HTTP.');
  }
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') {
    if (sent.reusedSocket) return new StaleSocket('E_PROBE_IO', 'The peer closed the kept connection.');
    signs.reset = true;
    if (clear) signs.closedSilently = true;
    return new PosternError('E_PROBE_IO', 'The peer closed the connection without an HTTP answer.');
  }
  return new PosternError('E_PROBE_IO', `The HTTP request failed: ${error.code ?? 'protocol error'}.`);
}

function bodyOf(head: IncomingMessage, maxBytes: number): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const answer = (truncated: boolean): HttpAnswer => ({
      status: head.statusCode ?? 0,
      headers: plainHeaders(head),
      body: Buffer.concat(chunks),
      truncated,
    });
    head.on('data', (chunk: Buffer) => {
      const room = maxBytes - length;
      chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
      length += Math.min(chunk.length, room);
      if (chunk.length <= room) return;
      resolve(answer(true));
      head.destroy();
    });
    head.on('end', () => resolve(answer(false)));
    head.on('error', () => reject(new PosternError('E_PROBE_IO', 'The peer closed the connection within its answer.')));
    head.on('close', () => reject(new PosternError('E_PROBE_IO', 'The peer closed the connection within its answer.')));
  });
}

function plainHeaders(head: IncomingMessage): Record<string, string> {
  const plain: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(head.headers)) {
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}
