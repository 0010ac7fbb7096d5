/** Asks one endpoint at one pinned address, as a stranger and as the owner's accounts, one request at a time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PosternError } from '../../core/errors.ts';
import type { ExchangeEvidence } from '../../core/evidence.ts';
import type { AllowList } from '../../net/allow-list.ts';
import {
  type Deadline,
  type Dialer,
  type HttpAnswer,
  type NetworkTarget,
  Peer,
  type PinnedAddress,
  type PostingSession,
} from '../../net/index.ts';
import type { Account } from './model.ts';
import { MOST_BYTES } from './reading.ts';
import { ACCEPT } from './requests.ts';

/** Undefined: a stranger. */
export type Who = Account | undefined;

export interface SessionOptions {
  dialer: Dialer;
  target: NetworkTarget;
  at: PinnedAddress;
  port: number;
  tls: boolean;
  allow: AllowList;
  deadline: Deadline;
  firstByteMs: number;
  now: () => Date;
}

/** A dialer allows two sockets per host: a third speaker waits until one of these has left. */
const MOST_PEERS = 2;
const LONGEST_WAIT_S = 3;
const MOST_WAITS = 2;

export class Session {
  readonly exchanges: ExchangeEvidence[] = [];
  readonly #options: SessionOptions;
  /** The one that spoke last stands last. */
  readonly #speakers = new Map<Who, Speaker>();
  #waits = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** @returns the answer, or why there was none; what was not allowed is thrown, because that is a defect */
  async get(
    who: Who,
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<HttpAnswer | PosternError> {
    for (;;) {
      const answer = await this.#speakerOf(who)
        .http.get(path, { headers: { accept: ACCEPT, ...headers }, maxBytes: MOST_BYTES })
        .catch((error: unknown) => {
          if (error instanceof PosternError && error.code !== 'E_PROBE_FORBIDDEN') return error;
          throw error;
        });
      // After a failure the connection is of no use to the next request.
      if (answer instanceof PosternError) this.#leave(who);
      const seconds = waitOf(answer);
      if (seconds === undefined || this.#waits >= MOST_WAITS) return answer;
      this.#waits++;
      await sleep(seconds * 1_000, undefined, { signal: this.#options.deadline.signal }).catch(() => undefined);
    }
  }

  record(request: string, answer: string): void {
    const { at, port, now } = this.#options;
    const facts = [...this.#speakers.values()].at(-1)?.peer.signs.tls;
    this.exchanges.push({
      kind: 'exchange',
      service: 'api',
      address: at.address,
      port,
      ...(facts === undefined ? {} : { tls: { protocol: facts.protocol, fingerprint256: facts.fingerprint256 } }),
      request,
      answer,
      at: now().toISOString(),
    });
  }

  close(): void {
    for (const who of [...this.#speakers.keys()]) this.#leave(who);
  }

  #speakerOf(who: Who): Speaker {
    const known = this.#speakers.get(who);
    if (known !== undefined) {
      this.#speakers.delete(who);
      this.#speakers.set(who, known);
      return known;
    }
    const [oldest] = this.#speakers.keys();
    if (this.#speakers.size >= MOST_PEERS) this.#leave(oldest);
    const { now: _now, ...own } = this.#options;
    const peer = new Peer({
      ...own,
      // Ids stand in the paths: no journal keeps them.
      credentials: true,
      ...(who === undefined ? {} : { signedIn: who.headers, verified: true }),
    });
    const speaker = { peer, http: peer.http() };
    this.#speakers.set(who, speaker);
    return speaker;
  }

  #leave(who: Who): void {
    this.#speakers.get(who)?.peer.close();
    this.#speakers.delete(who);
  }
}

/** With one kept connection for all its requests. */
interface Speaker {
  peer: Peer;
  http: PostingSession;
}

/** Seconds that the server asks for, where that is short enough to wait for. */
function waitOf(answer: HttpAnswer | PosternError): number | undefined {
  if (answer instanceof PosternError || answer.status !== 429) return undefined;
  const seconds = Number(answer.headers['retry-after'] ?? Number.NaN);
  return seconds >= 0 && seconds <= LONGEST_WAIT_S ? seconds : undefined;
}
