import type { Socket } from 'node:net';
import { PosternError } from '../core/errors.ts';
import { isLoopbackText } from './address.ts';
import type { AllowList } from './allow-list.ts';
import type { Connection, PostingSession } from './connection.ts';
import type { Deadline } from './deadline.ts';
import type { Dialer } from './dialer.ts';
import { handshake } from './handshake.ts';
import { PinnedHttp } from './http.ts';
import type { PinnedAddress } from './resolve.ts';
import type { NetworkTarget } from './scope.ts';
import { BudgetedStream } from './stream.ts';
import type { TlsFacts } from './tls.ts';

/** What the peer's behaviour told besides its answers; collected over all connections to one port. */
export interface PeerSigns {
  /** It sent at least one byte. */
  spoke: boolean;
  /** It answered in clear that it wants TLS. */
  wantsTls: boolean;
  /** It closed after a request in clear without having sent a byte, as TLS ports do. */
  closedSilently: boolean;
  /** It answered an HTTP request with something else. */
  notHttp: boolean;
  reset: boolean;
  /** Facts of the last TLS handshake. */
  tls: TlsFacts | undefined;
}

export function noSigns(): PeerSigns {
  return { spoke: false, wantsTls: false, closedSilently: false, notHttp: false, reset: false, tls: undefined };
}

export interface PeerOptions {
  dialer: Dialer;
  target: NetworkTarget;
  at: PinnedAddress;
  port: number;
  allow: AllowList;
  deadline: Deadline;
  /** Milliseconds that the peer has for the first byte of a connection's first answer. */
  firstByteMs: number;
  /** TLS from the first byte of each connection. */
  tls: boolean;
  /** Positive controls only: lets the `authorization` header through. */
  credentials?: boolean;
  /** Headers that sign an account of the owner in (`access` beyond a stranger's). */
  signedIn?: Readonly<Record<string, string>> | undefined;
  /** The certificate must hold against this machine's authorities before anything is sent; not asked for on loopback. */
  verified?: boolean;
  /** A socket that is already connected to this port; the first connection uses it. */
  first?: Socket | undefined;
}

/** Everything that one dialogue may open on one port of one pinned address. `close` ends all of it. */
export class Peer {
  readonly signs: PeerSigns = noSigns();
  readonly #options: PeerOptions;
  readonly #open: { close(): void }[] = [];
  #first: Socket | undefined;
  #opened = 0;
  readonly #onAbort = () => this.close();

  constructor(options: PeerOptions) {
    this.#options = options;
    this.#first = options.first;
    options.deadline.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  async connect(): Promise<Connection> {
    const { socket, tls } = await this.#socket();
    const stream = new BudgetedStream({ ...this.#facts(), socket, ...(tls === undefined ? {} : { tls }) });
    this.#open.push(stream);
    return stream;
  }

  http(): PostingSession {
    const { dialer, at, credentials = false, signedIn, target, tls } = this.#options;
    const session = new PinnedHttp({
      ...this.#facts(),
      credentials,
      identifiers: target.identifiers,
      signedIn,
      private: tls || isLoopbackText(at.address),
      open: () => this.#socket(),
      onOverload: () => dialer.slowDown(at),
    });
    this.#open.push(session);
    return session;
  }

  close(): void {
    this.#options.deadline.signal?.removeEventListener('abort', this.#onAbort);
    for (const one of this.#open) one.close();
    this.#first?.destroy();
    if (this.signs.reset) this.#options.dialer.slowDown(this.#options.at);
  }

  #facts() {
    const { at, port, target, allow, deadline, dialer, firstByteMs, credentials = false } = this.#options;
    const onSend = (sent: Uint8Array | string) =>
      dialer.sent?.({ host: target.host, address: at.address, port, sent, control: credentials });
    return { address: at.address, port, host: target.host, allow, deadline, firstByteMs, signs: this.signs, onSend };
  }

  async #socket(): Promise<{ socket: Socket; tls?: TlsFacts }> {
    const { dialer, target, at, port, deadline, tls, verified = false } = this.#options;
    if (deadline.signal?.aborted) throw new PosternError('E_PROBE_IO', 'The run was stopped.');
    if (++this.#opened > MOST_CONNECTIONS) {
      throw new PosternError('E_PROBE_IO', `The dialogue needs more than ${MOST_CONNECTIONS} connections.`);
    }
    const socket = this.#takeFirst() ?? (await this.#dial(dialer, target, at, port, deadline));
    // Whatever a dialogue leaves open ends with it, so that a place in the dialer's line is always given back.
    this.#open.push({ close: () => socket.destroy() });
    if (!tls) return { socket };
    const secured = await handshake(socket, target.host, deadline);
    this.signs.tls = secured.facts;
    if (verified && !secured.facts.trusted && !isLoopbackText(at.address)) {
      secured.socket.destroy();
      throw new PosternError('E_PROBE_IO', 'its certificate is not trusted here, so no credentials were sent', {
        hint: 'For an authority of your own, set NODE_EXTRA_CA_CERTS to its PEM file.',
      });
    }
    return { socket: secured.socket, tls: secured.facts };
  }

  #takeFirst(): Socket | undefined {
    const socket = this.#first;
    this.#first = undefined;
    return socket === undefined || socket.destroyed ? undefined : socket;
  }

  async #dial(
    dialer: Dialer,
    target: NetworkTarget,
    at: PinnedAddress,
    port: number,
    deadline: Deadline,
  ): Promise<Socket> {
    const dialed = await dialer.dial(target, at, port, deadline);
    if (dialed.state === 'open') return dialed.socket;
    throw new PosternError(
      'E_PROBE_IO',
      `A further connection was ${dialed.state === 'refused' ? 'refused' : 'not answered'}.`,
    );
  }
}

/** A server that closes after each answer costs one connection a request; beyond this it is no dialogue. */
const MOST_CONNECTIONS = 64;
