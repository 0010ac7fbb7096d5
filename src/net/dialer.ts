/**
 * The only place that opens a connection to something that is judged. It connects to addresses that were pinned for an
 * authorized target, keeps the bounds on sockets and speed, and tells closed ports from filtered ones.
 */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { PosternError } from '../core/errors.ts';
import { isLoopbackText } from './address.ts';
import { type Attempt, attempt } from './attempt.ts';
import type { Deadline } from './deadline.ts';
import { Bucket, Gate } from './gate.ts';
import { isPinned, type Lookup, type PinnedAddress, type Resolution, resolveTarget, systemLookup } from './resolve.ts';
import { RoundTrips } from './round-trips.ts';
import type { NetworkTarget } from './scope.ts';

export interface DialerOptions {
  /** The resolver; the system's by default. */
  lookup?: Lookup;
  /** Sockets open at once, in all. */
  sockets?: number;
  /** Sockets open at once to one address. */
  socketsPerHost?: number;
  /** Told of everything that is sent, before it is sent; must not throw. */
  onSend?: (sent: Sent) => void;
}

/** One request on its way: raw bytes, or an HTTP request as `METHOD PATH` and, after an empty line, its body. */
export interface Sent {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly sent: Uint8Array | string;
  /** A positive control: `sent` may hold the owner's password and must not be kept. */
  readonly control: boolean;
}

export type Dialed =
  | { state: 'open'; socket: Socket }
  | { state: 'refused' }
  | { state: 'filtered'; reason: string }
  | { state: 'no-route'; reason: string };

export interface Dialer {
  /** @throws PosternError `E_SCOPE`, `E_PROBE_IO` */
  resolve(target: NetworkTarget): Promise<Resolution>;
  /**
   * Connects to a pinned address; asks twice before it says `filtered`.
   * @throws PosternError `E_SCOPE` when the address was not pinned for this target; `E_PROBE_IO` when the deadline passes
   *   before an attempt could be made
   */
  dial(target: NetworkTarget, at: PinnedAddress, port: number, deadline: Deadline): Promise<Dialed>;
  /** The host showed that it is asked too fast. */
  slowDown(at: PinnedAddress): void;
  /** Passes on what is sent to whoever keeps a journal. */
  readonly sent?: ((sent: Sent) => void) | undefined;
}

/** Connect timeouts: three round trips, within these bounds (milliseconds). */
const SHORTEST = 250;
const LONGEST = 2_000;
/** First timeout where no round trip is known yet. */
const UNKNOWN_FIRST = 1_000;

interface Host {
  gate: Gate;
  bucket: Bucket;
  /** Smoothed round trip, milliseconds. */
  rtt: number | undefined;
  loopback: boolean;
  /** What the other hosts showed. */
  others: RoundTrips;
}

export function createDialer(options: DialerOptions = {}): Dialer {
  const lookup = options.lookup ?? systemLookup;
  const all = new Gate(options.sockets ?? 1_000);
  const hosts = new Map<string, Host>();
  // Loopback answers at once and says nothing about the network.
  const near = new RoundTrips();
  const far = new RoundTrips();

  function hostOf(address: string): Host {
    let host = hosts.get(address);
    if (host === undefined) {
      const loopback = isLoopbackText(address);
      const now = () => performance.now();
      // Polite to strangers' uplinks; one's own machine takes more.
      const bucket = loopback ? new Bucket(500, 200, now) : new Bucket(25, 30, now);
      host = {
        gate: new Gate(options.socketsPerHost ?? 2),
        bucket,
        rtt: undefined,
        loopback,
        others: loopback ? near : far,
      };
      hosts.set(address, host);
    }
    return host;
  }

  async function dial(target: NetworkTarget, at: PinnedAddress, port: number, deadline: Deadline): Promise<Dialed> {
    if (!isPinned(target, at)) {
      throw new PosternError('E_SCOPE', `${at.address} was not authorized for ${target.host}.`);
    }
    const host = hostOf(at.address);
    const leaveHost = await host.gate.enter();
    const leaveAll = await all.enter();
    const leave = () => {
      leaveHost();
      leaveAll();
    };
    try {
      const outcome = await twice(host, at.address, port, deadline);
      if (outcome.state === 'open') outcome.socket.once('close', leave);
      else leave();
      return outcome;
    } catch (error) {
      leave();
      throw error;
    }
  }

  return {
    resolve: (target) => resolveTarget(target, lookup),
    dial,
    slowDown: (at) => hostOf(at.address).bucket.halve(),
    sent: options.onSend,
  };
}

/** A lost packet must not look like a firewall: no answer is asked again once, with more patience. */
async function twice(host: Host, address: string, port: number, deadline: Deadline): Promise<Attempt> {
  const outcome = await once(host, address, port, 1, deadline);
  if (outcome.state !== 'filtered') return outcome;
  return await once(host, address, port, 2, deadline);
}

async function once(host: Host, address: string, port: number, times: number, deadline: Deadline): Promise<Attempt> {
  const wait = host.bucket.take();
  if (wait >= deadline.left() || deadline.signal?.aborted) {
    throw new PosternError('E_PROBE_IO', 'The deadline passed before a connection was tried.');
  }
  if (wait > 0) await sleep(wait);
  const most = Math.max(1, deadline.left());
  const outcome = await attempt(address, port, () => Math.min(LONGEST, times * patienceFor(host), most));
  if ('ms' in outcome) {
    host.rtt = host.rtt === undefined ? outcome.ms : host.rtt * 0.7 + outcome.ms * 0.3;
    host.others.add(outcome.ms);
  }
  return outcome;
}

/** Three round trips of this host, or of the slow ones among the others while it has not answered. Milliseconds. */
function patienceFor(host: Host): number {
  const trip = host.rtt ?? host.others.slow;
  if (trip !== undefined) return Math.max(SHORTEST, 3 * trip);
  return host.loopback ? SHORTEST : UNKNOWN_FIRST;
}
